"""The files a manifest shows: held already, kept from a run that broke off, or fetched now; failures are told."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from museum.catalog import store
from museum.catalog.licences import licence_name, licence_uri
from museum.catalog.record import Media, Record
from museum.db import reading
from museum.errors import BackendError, MuseumError, SourceError
from museum.ingest import files
from museum.ingest.drafts import FETCHED_FROM, MediaDraft
from museum.ingest.manifests import pictures
from museum.ingest.manifests.canvases import Wanted
from museum.ingest.manifests.document import IDENTIFIER, canonical
from museum.ingest.manifests.errands import Errands
from museum.ingest.manifests.larder import Larder
from museum.ingest.manifests.naming import Named
from museum.ingest.parts import Parts
from museum.ingest.problems import Problem, from_error
from museum.text import Text

_SUFFIXES = {"jpeg": ".jpg", "png": ".png", "tiff": ".tif", "webp": ".webp", "jp2": ".jp2", "gif": ".gif",
             "ply": ".ply", "glb": ".glb", "matroska": ".webm", "mp3": ".mp3", "flac": ".flac", "ogg": ".ogg",
             "aiff": ".aif", "pdf": ".pdf"}  # fmt: skip
_BRANDED = {"photo": {b"avif": ".avif", b"": ".heic"}, "sound": {b"": ".m4a"}, "film": {b"qt  ": ".mov", b"": ".mp4"}}
OnFile = Callable[[int, int], None]
_FACTS_KEPT = ("offered_px", "got_px", "assembled_tiles")


@dataclass(frozen=True, kw_only=True)
class Held:
    """What the museum holds of a manifest: its record, and its files by the address they were fetched at."""

    record: Record | None = None
    files: Mapping[str, tuple[Media, Path]] = field(default_factory=dict)


@dataclass
class Gathered:
    """Files in the order of their canvases; addresses that gave nothing now; lines for the report."""

    media: list[MediaDraft] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fetched: int = 0


def is_ours(error: MuseumError) -> bool:
    """True for a failure of our own (disk, database), which ends the run; False for one of somebody else's server."""
    return isinstance(error, BackendError) and not error.code.startswith("fetch.")


def held(parts: Parts, key: str) -> Held:
    """What the museum holds of the manifest with that key."""
    with reading(parts.engine) as session:
        record_id = store.find(session, IDENTIFIER, key, institution=parts.settings.institution_code)
        record = store.get(session, record_id) if record_id else None
    found: dict[str, tuple[Media, Path]] = {}
    for media in record.media if record else ():
        if record is not None and (origin := media.facts.get(FETCHED_FROM)):
            path = parts.masters.open_path(parts.object_id(record.id), media.path)
            found[canonical(str(origin))] = (media, path)
    return Held(record=record, files=found)


@dataclass(frozen=True, kw_only=True)
class Gatherer:
    """Gets files. `errands` None fetches nothing (a dry run); `again` fetches also what is held; `leaves_out` takes the
    rest where something can't be had, instead of refusing the manifest. `on_file` is told (done, of how many)."""

    errands: Errands | None
    larder: Larder
    held: Held
    shown: str
    again: bool = False
    leaves_out: bool = False
    on_file: OnFile | None = None

    def all(self, wanted: Sequence[Wanted], *, named: Mapping[int, Named]) -> Gathered:
        """Every file of `wanted`; `named` gives whom to name for each by its place."""
        found = Gathered()
        references: dict[str, str] = {}
        for place, one in enumerate(wanted):
            try:
                path, facts, is_new = self._path(one, found)
            except MuseumError as error:
                if is_ours(error):
                    raise
                self._tell(found, one, error)
                continue
            if is_new and self.on_file is not None:
                self.on_file(place + 1, len(wanted))
            if path is None:
                found.missing.append(one.origin)
                found.fetched += 1
                continue
            found.fetched += is_new
            draft = self._draft(one, path, facts, order=len(found.media) + 1, named=named[place])
            if one.of:
                if canonical(one.of) not in references:
                    continue  # what it serves was left out
                draft = replace(draft, of=references[canonical(one.of)])
            references.setdefault(canonical(one.origin), draft.reference)
            found.media.append(draft)
        return found

    def _path(self, one: Wanted, found: Gathered) -> tuple[Path | None, Mapping[str, Any], bool]:
        """Where the file lies, what is known of it, and whether it came just now; no path in a dry run."""
        here = self.held.files.get(canonical(one.origin))
        if here is not None and not self.again:
            media, path = here
            return path, {name: media.facts[name] for name in _FACTS_KEPT if name in media.facts}, False
        kept = self.larder.get(one.origin)
        if kept is not None:
            return kept.path, kept.facts, False
        if self.errands is None:
            return None, {}, False
        self._room()
        part = self.larder.part(one.origin)
        facts: Mapping[str, Any] = {}
        if one.kind == "photo":
            picture = pictures.fetch(self.errands, one, part, settings=self.errands.settings)
            facts = picture.facts
            pictures.size_of(part, one.origin, settings=self.errands.settings)  # is it one, and whole?
        else:
            self.errands.file(one.address, part)
        found.problems += self._remarks(one, facts)
        kept = self.larder.keep(one.origin, part, suffix=suffix_of(part, one), facts=facts)
        return kept.path, kept.facts, True

    def _room(self) -> None:
        """Fetch nothing that leaves the disk fuller than the museum wants."""
        assert self.errands is not None
        settings = self.errands.settings
        free = shutil.disk_usage(settings.media).free >> 20
        if free < settings.keep_free_mib:
            raise BackendError("ingest.disk_low", path=settings.media, free=free, need=settings.keep_free_mib)

    def _remarks(self, one: Wanted, facts: Mapping[str, Any]) -> list[Problem]:
        place = f"{self.shown}, {one.shown_as}"
        if "got_px" in facts:
            values = {"width": facts["got_px"][0], "height": facts["got_px"][1],
                      "full_width": facts["offered_px"][0], "full_height": facts["offered_px"][1]}  # fmt: skip
            return [Problem(code="manifest.reduced", file=place, values=values, severity="warning")]
        if "assembled_tiles" in facts:
            values = {"count": facts["assembled_tiles"]}
            return [Problem(code="manifest.assembled", file=place, values=values, severity="note")]
        return []

    def _tell(self, found: Gathered, one: Wanted, error: MuseumError) -> None:
        found.missing.append(one.origin)
        place = f"{self.shown}, {one.shown_as}"
        problem = from_error(error, file=place)
        if not self.leaves_out:
            found.problems.append(problem)
            return
        found.problems.append(
            Problem(code=problem.code, file=place, values=problem.values, severity="warning"),
        )

    def _draft(self, one: Wanted, path: Path, facts: Mapping[str, Any], *, order: int, named: Named) -> MediaDraft:
        known = files.type_of(path.name)
        uri = licence_uri(one.rights)
        label = one.label.say("en")
        return MediaDraft(
            path=path,
            reference=f"{one.origin}#{order}-{path.name}",
            kind=one.kind,
            media_type=known.media_type if known else one.media_type,
            role=files.role_of(name="", label=label, kind=one.kind) if label else "view",
            order=order,
            label=one.label,
            alt=one.alt if one.kind in ("photo", "scan", "film") else Text(),
            rights=uri,
            licence=licence_name(uri) or one.rights,
            attribution=named.attribution,
            language=one.language,
            digital_source=named.digital_source,
            size_bytes=path.stat().st_size,
            table=f"{self.shown}, {one.shown_as}",
            facts={**facts, FETCHED_FROM: one.origin},
        )


def suffix_of(path: Path, one: Wanted) -> str:
    """The ending that fits what a file is, by its first bytes. Raises SourceError manifest.not_media."""
    with path.open("rb") as stream:
        start = stream.read(2048)
    if not start:
        raise SourceError("ingest.empty_file", path=one.address)
    signature = files.signature_of(start)
    if signature == "isobmff":
        brands = _BRANDED.get(one.kind, {})
        return brands.get(start[8:12], brands.get(b"", ".mp4"))
    if signature == "riff":
        return ".avi" if start[8:11] == b"AVI" else ".wav"
    if one.kind == "captions" and start.lstrip(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        return ".vtt"
    by_name = Path(one.address.partition("?")[0]).suffix.lower()
    found = _SUFFIXES.get(signature) or (by_name if files.type_of(f"x{by_name}") else "")
    known = files.type_of(f"x{found}") if found else None
    if known is None or known.kind != one.kind or start[:512].lstrip().lower().startswith((b"<!doctype", b"<html")):
        raise SourceError("manifest.not_media", address=one.address, kind=one.kind)
    return found
