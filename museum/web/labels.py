"""What must be said of pictures, models and sounds that software made: one place for every page, print and embed."""

from museum.catalog import digital_source
from museum.catalog.record import Media, Record
from museum.text import Text, phrases

_STATEMENTS = {"scan": "synthetic_scan", "sound": "synthetic_sound", "film": "synthetic_film"}


def synthetic_label(thing: Media | Record) -> Text:
    """The short label ("Minh họa tạo bằng máy"), empty where no software made the thing.

    Of a record with both real and generated media it says that some are.
    """
    if isinstance(thing, Media):
        name = "synthetic_voice" if thing.kind == "sound" else "synthetic"
        return phrases("media")[name] if digital_source.is_synthetic(thing) else Text()
    return synthetic_badge(digital_source.share(thing))


def synthetic_badge(share: str) -> Text:
    """The short label of a record of which software made "all" or "some"; empty for anything else."""
    if share not in ("all", "some"):
        return Text()
    return phrases("media")["synthetic" if share == "all" else "synthetic_some"]


def synthetic_statement(thing: Media | Record) -> Text:
    """The whole sentence that must stand beside it, empty where no software made the thing."""
    if not synthetic_label(thing):
        return Text()
    kind = thing.kind if isinstance(thing, Media) else _only_kind(thing)
    return phrases("media")[_STATEMENTS.get(kind, "synthetic_statement")]


def _only_kind(record: Record) -> str:
    """The kind that all generated media of a record have, else "" (pictures speak for the rest)."""
    kinds = {m.kind for m in record.media if digital_source.is_synthetic(m)}
    return kinds.pop() if len(kinds) == 1 else ""
