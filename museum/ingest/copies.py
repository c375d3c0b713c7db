"""Derivatives: which a medium needs, made from its master by kind, kept in the store and noted in the catalogue."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from museum.catalog import store
from museum.catalog.record import Media, Record
from museum.catalog.store import Derivative
from museum.ingest import photos, recordings
from museum.ingest.made import Made
from museum.storage.derivatives import Derivatives
from museum.storage.ocfl import Masters

# A recipe's number goes up when its outcome changes: then museums make these derivatives anew.
_RECIPES = {"photo": 1, "scan": 5, "film": 1, "sound": 1, "captions": 1, "transcript": 1, "document": 3}
_PRIMARY = {"photo": "pyramid", "scan": "web.glb", "film": "video.mp4", "sound": "audio.m4a",
            "transcript": "transcript.txt", "document": "document.pdf"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What is to be made for a medium: `primary` is the derivative whose presence, with `code` in its facts, shows
    that all of them are there."""

    code: str
    primary: str


def recipe_of(media: Media, record: Record) -> Recipe | None:
    """The recipe for a medium; None for parts, which are not shown themselves."""
    if media.kind not in _RECIPES:
        return None
    said = f"{media.kind}-{_RECIPES[media.kind]}"
    if media.kind == "scan":
        parts = sorted(m.sha256 for m in record.media if m.of == media.id and m.kind == "part")
        digest = hashlib.sha256("".join(parts).encode()).hexdigest()[:8] if parts else ""
        said += f";unit={media.unit};up={media.up_axis};parts={digest}"
    if media.kind == "captions":
        language = media.language or "und"
        return Recipe(code=f"{said};{language}", primary=f"captions.{language}.vtt")
    if media.kind == "document" and media.media_type != "application/pdf":
        return Recipe(code=said, primary="document.txt")
    return Recipe(code=said, primary=_PRIMARY[media.kind])


def lacking(record: Record, derivatives: Mapping[str, Sequence[Derivative]]) -> list[Media]:
    """The media of a record whose derivatives are not there, or were made by another recipe."""
    found: list[Media] = []
    for media in record.media:
        recipe = recipe_of(media, record)
        if recipe is None:
            continue
        made = {d.name: d for d in derivatives.get(media.sha256, ())}
        if recipe.primary not in made or made[recipe.primary].facts.get("recipe") != recipe.code:
            found.append(media)
    return found


@dataclass(frozen=True, kw_only=True)
class Kitchen:
    """Where derivatives are made: masters to read, store to keep them in, a folder for work in progress."""

    masters: Masters
    shelf: Derivatives
    work: Path
    find: Callable[[Media], Path] | None = field(default=None)

    def make(self, media: Media, record: Record, object_id: str) -> list[Derivative]:
        """Make and keep all derivatives of one medium; what to note in the catalogue is returned, primary last.

        The same master and recipe give the same names; running twice replaces them. Raises SourceError, BackendError.
        """
        recipe = recipe_of(media, record)
        if recipe is None:
            return []

        def path_of(wanted: Media) -> Path:
            if self.find is not None:
                return self.find(wanted)
            return self.masters.open_path(object_id, wanted.path)

        made = _made(media, record, path_of, self.work)
        made.sort(key=lambda m: m.name == recipe.primary)
        return [self.keep(media.sha256, one, recipe) for one in made]

    def has(self, sha256: str, name: str) -> bool:
        """Whether the files of a derivative are in the store."""
        return any(f"{own}/".startswith(f"{name}/") for own in self.shelf.names(sha256))

    def keep(self, sha256: str, made: Made, recipe: Recipe) -> Derivative:
        """Put what was made into the store; gives what to note in the catalogue."""
        facts: dict[str, Any] = {name: value for name, value in made.facts.items() if value is not None}
        facts["recipe"] = recipe.code
        size, digest = sum(path.stat().st_size for path in made.files), _sha256(made.files[0])
        for path in reversed(made.files):  # a pyramid last: one that is open is looked at anew once it was replaced
            self.shelf.put(sha256, f"{made.name}/{path.name}" if made.is_folder else made.name, path, move=True)
        return Derivative(
            sha256=sha256, name=made.name, media_type=made.media_type, size_bytes=size, digest=digest, facts=facts
        )


def is_kept(sizes: Mapping[str, int], derivative: Derivative) -> bool:
    """Whether a derivative's files (a pyramid is a folder of them) are there in full size, by `Derivatives.sizes`."""
    own = [size for name, size in sizes.items() if name == derivative.name or name.startswith(f"{derivative.name}/")]
    return bool(own) and sum(own) == derivative.size_bytes


def note(session: Any, derivatives: Sequence[Derivative]) -> None:
    """Write what was kept into the catalogue, in the caller's transaction."""
    for derivative in derivatives:
        store.put_derivative(session, derivative)


def _made(media: Media, record: Record, path_of: Callable[[Media], Path], work: Path) -> list[Made]:
    path = path_of(media)
    if media.kind == "photo":
        return photos.derive(path, work, name=media.file_name)
    if media.kind == "scan":
        from museum.ingest import scans  # loads compilers: `museum work` waits for jobs without them

        parts = [path_of(m) for m in record.media if m.of == media.id and m.kind == "part"]
        return scans.derive(
            path, work, parts=parts, unit=media.unit, up_axis=media.up_axis, name=media.file_name,
            salvage="salvaged" in media.facts,
        )  # fmt: skip
    if media.kind == "film":
        return recordings.derive_film(path, work, duration_s=float(media.facts.get("duration_s", 0)))
    if media.kind == "sound":
        return recordings.derive_sound(path, work)
    if media.kind == "captions":
        return recordings.derive_captions(path, work, language=media.language or "und", name=media.file_name)
    if media.kind == "transcript" or media.media_type != "application/pdf":
        name = "transcript.txt" if media.kind == "transcript" else "document.txt"
        return recordings.derive_text(path, work, out_name=name, name=media.file_name)
    from museum.ingest import documents

    return documents.derive(path, work, name=media.file_name)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
