"""Two revisions as a page shows them: each part with its label, statements side by side, words marked, pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from museum.catalog import comparing
from museum.catalog.comparing import Difference, Pair, Piece
from museum.web.change_words import display_word, part_name, state_word
from museum.web.details import predicate_label
from museum.web.language import later, say

_LONGEST = 400  # characters of a technical value
_LANGUAGES = {"vi": later("Vietnamese"), "en": later("English"), "zh-Hant": later("Chinese"), "fr": later("French")}
_QUIET = frozenset({"facts", "capture", "sha256", "size_bytes", "path"})


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side of a row: its words in runs, in which language they are, remarks, and a picture's SHA-256 or ""."""

    pieces: tuple[Piece, ...]
    language: str = ""
    notes: tuple[str, ...] = ()
    picture: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One statement or item on both sides; None where a side has none."""

    before: Side | None
    after: Side | None


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One part that differs."""

    label: str
    rows: tuple[Row, ...]
    has_pictures: bool = False


def show(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Shown]:
    """The parts in which two snapshots differ, as the page shows them; what is the same is left out."""
    kind = str((after or before or {}).get("kind", ""))
    found = []
    for part in comparing.compare(before, after):
        rows = tuple(_row(part, pair) for pair in part.pairs if not pair.is_same)
        if not rows:  # the same items in another order
            rows = tuple(_row(part, pair) for pair in part.pairs)
        label = part_name(part.name, kind=kind, is_field=part.is_field)
        found.append(Shown(label=label, rows=rows, has_pictures=part.name == "media"))
    return found


def _row(part: Difference, pair: Pair) -> Row:
    old, new = _words(part, pair.before), _words(part, pair.after)
    runs = comparing.pieces(old, new) if pair.before is not None and pair.after is not None else None
    return Row(
        before=None if pair.before is None else _side(part, pair.before, pair.after, old, runs, "inserted"),
        after=None if pair.after is None else _side(part, pair.after, pair.before, new, runs, "deleted"),
    )


def _side(part: Difference, item: Any, other: Any, words: str, runs: Sequence[Piece] | None, not_here: str) -> Side:
    side = "inserted" if not_here == "deleted" else "deleted"
    pieces = (
        (Piece(side=side, text=words),)  # type: ignore[arg-type]  # one of the two literals
        if runs is None
        else tuple(piece for piece in runs if piece.side != not_here)
    )
    is_mapping = isinstance(item, Mapping)
    return Side(
        pieces=pieces,
        language=str(item.get("language", "")) if is_mapping and part.is_field else "",
        notes=tuple(_notes(part, item, other)),
        picture=str(item.get("sha256", "")) if is_mapping and part.name == "media" else "",
    )


def _words(part: Difference, item: Any) -> str:
    """What a statement or item says, in one line."""
    if item is None:
        return ""
    if part.name == "state" and not part.is_field:
        return state_word(str(item))
    if part.name == "display" and not part.is_field:
        return display_word(str(item))
    if not isinstance(item, Mapping):
        return _short(item)
    if part.is_field:
        said = item.get("as_written") or item["value"]
        return f"{said} {item.get('unit', '')}".strip() if not item.get("as_written") else str(said)
    match part.name:
        case "identifiers":
            return str(item["value"])
        case "links":
            return f"{predicate_label(str(item['predicate']), is_inverse=False)}: {item['target']}"
        case "media":
            return str(item.get("file_name", ""))
        case "procedures":
            return " · ".join(x for x in (item["kind"], item.get("date", ""), *_texts(item.get("text"))) if x)
        case "designations":
            return " · ".join(str(x) for x in item.values() if x)
    return " / ".join(_texts(item))


def _notes(part: Difference, item: Any, other: Any) -> list[str]:
    if not isinstance(item, Mapping):
        return []
    if part.is_field:
        return _notes_of_value(item)
    if part.name == "identifiers":
        return [str(item["scheme"]).replace("_", " "), *([say("former")] if item.get("former") else [])]
    if not isinstance(other, Mapping):
        return []
    changed = sorted(k for k in item.keys() | other.keys() if item.get(k) != other.get(k) and k not in _QUIET)
    return [f"{name}: {_short(item.get(name, '–'))}" for name in changed if name not in ("file_name", "value")]


def _notes_of_value(item: Mapping[str, Any]) -> list[str]:
    language = str(item.get("language", ""))
    notes = [say(_LANGUAGES[language]) if language in _LANGUAGES else language] if language else []
    if item.get("source"):
        notes.append(say("source: %(source)s", source=item["source"]))
    if item.get("certainty"):
        notes.append(str(item["certainty"]))
    if item.get("as_written"):
        notes.append(say("read as %(value)s", value=f"{item['value']} {item.get('unit', '')}".strip()))
    if not item.get("preferred", True):
        notes.append(say("not preferred"))
    return notes


def _texts(thing: Any) -> list[str]:
    return [str(x) for x in thing.values() if x] if isinstance(thing, Mapping) else []


def _short(thing: Any) -> str:
    said = str(thing)
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
