"""The files of one object: named in its row, in the `media` sheet, or by a scan among them; each found and checked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from museum.catalog.record import MediaKind
from museum.errors import MuseumError
from museum.ingest import files
from museum.ingest.drafts import MediaDraft
from museum.ingest.fields import Fields, language_of
from museum.ingest.problems import Problem, from_error
from museum.ingest.references import SourceFolder, natural_key
from museum.ingest.rows import Rights, read_rights
from museum.text import Text, nfc


@dataclass(frozen=True, kw_only=True)
class Named:
    """One file as a table (or a folder) names it, before it is looked for."""

    reference: str
    order: float | None = None
    role: str = ""
    label: Text = field(default_factory=Text)
    alt: Text = field(default_factory=Text)
    unit: str = ""
    up_axis: str = ""
    language: str = ""
    epoch: str = ""
    digital_source: str = ""
    level: str = ""
    rights: Rights | None = None
    sha256: str = ""
    size_bytes: int = 0
    table: str = ""
    row: int = 0
    column: str = ""
    beside: Path | None = None
    is_from_sheet: bool = False


def named_in_row(fields: Fields, *, rights: Rights, beside: Path) -> list[Named]:
    """The files of the object row's own media column; its alternative text goes to the first, its unit to all."""
    column = fields.column("media")
    unit, axis = fields.word("unit", "units"), fields.word("up_axis", "axes")
    alt = fields.by_language("media_alt")
    return [
        Named(reference=reference, alt=alt if place == 0 else Text(), unit=unit, up_axis=axis, rights=rights,
              table=fields.file, row=fields.row.number, column=column.header if column else "", beside=beside)
        for place, reference in enumerate(fields.items("media"))
    ]  # fmt: skip


def named_in_sheet(fields: Fields, *, rights: Rights, beside: Path) -> Named | None:
    """A row of the `media` sheet; None (and a problem) when it names no file."""
    column = fields.column("path")
    reference = fields.text("path")
    if not reference:
        fields.problem("sheet.media_without_file", column)
        return None
    sha256 = fields.text("sha256").lower()
    if sha256 and (len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef")):
        fields.problem("sheet.not_a_digest", fields.column("sha256"), values={"text": sha256[:70]})
    size = fields.number("bytes")
    return Named(
        reference=reference,
        order=fields.number("order"),
        role=fields.text("role"),
        label=fields.by_language("label"),
        alt=fields.by_language("alt"),
        unit=fields.word("unit", "units"),
        up_axis=fields.word("up_axis", "axes"),
        language=fields.word("language", "languages"),
        epoch=fields.text("epoch"),
        digital_source=fields.word("digital_source", "digital_sources"),
        level=fields.word("visibility", "levels"),
        rights=read_rights(fields, fallback=rights),
        sha256=sha256,
        size_bytes=int(size) if size else 0,
        table=fields.file,
        row=fields.row.number,
        column=column.header if column else "",
        beside=beside,
        is_from_sheet=True,
    )


def attach(
    named: Sequence[Named], *, folder: SourceFolder, rights: Rights
) -> tuple[tuple[MediaDraft, ...], list[Problem]]:
    """Find, check and arrange the files of one object. A file named twice counts once, the fuller entry first.

    Directories stand for the files in them. Textures and materials that a scan names are added by themselves.
    """
    problems: list[Problem] = []
    found: dict[Path, MediaDraft] = {}
    places: dict[Path, tuple[float, int]] = {}
    failed: set[str] = set()
    expanded = list(enumerate(_expanded(named, folder, problems)))
    for place, entry in sorted(expanded, key=lambda pair: not pair[1].is_from_sheet):
        if nfc(entry.reference) in failed:
            continue
        try:
            path = folder.find(entry.reference, beside=entry.beside)
            kind = files.check(path, shown_as=folder.shown(path))
        except MuseumError as error:
            failed.add(nfc(entry.reference))
            problems.append(from_error(error, file=entry.table, row=entry.row, column=entry.column))
            continue
        if entry.size_bytes and path.stat().st_size != entry.size_bytes:
            values = {"path": entry.reference, "stated": entry.size_bytes, "size": path.stat().st_size}
            problems.append(
                Problem(code="ingest.size_differs", file=entry.table, row=entry.row, column=entry.column, values=values)
            )
            continue
        if path not in found:
            found[path] = _draft(entry, path, kind, folder=folder, rights=rights)
            places[path] = (math.inf if entry.order is None else entry.order, place)
        else:
            places[path] = (places[path][0], min(places[path][1], place))
    ordered = sorted(found, key=lambda path: places[path])
    drafts = [replace(found[path], order=order) for order, path in enumerate(ordered, start=1)]
    drafts = _with_parts(drafts, folder, problems)
    drafts = _with_turntable(drafts)
    return tuple(_with_served(drafts)), problems


def _expanded(named: Sequence[Named], folder: SourceFolder, problems: list[Problem]) -> list[Named]:
    """Each file once as named in the row and once as in the `media` sheet, in order; directories opened."""
    out: list[Named] = []
    tried: set[tuple[str, str, bool]] = set()
    for entry in named:
        key = (nfc(entry.reference), entry.sha256, entry.is_from_sheet)
        if key in tried:
            continue
        tried.add(key)
        try:
            path = folder.find(entry.reference, beside=entry.beside)
        except MuseumError:
            out.append(entry)  # reported where the file is wanted
            continue
        try:
            path = folder.opened(path)
        except MuseumError as error:
            problems.append(from_error(error, file=entry.table, row=entry.row, column=entry.column))
            continue
        if path.is_dir():
            inside = [p for p in folder.files(path) if files.type_of(p.name)]
            if not inside:
                values = {"path": entry.reference}
                problems.append(
                    Problem(code="ingest.empty_folder", file=entry.table, row=entry.row, column=entry.column,
                            values=values)
                )  # fmt: skip
            out.extend(replace(entry, reference=folder.shown(p), beside=None, sha256="", size_bytes=0) for p in inside)
        else:
            out.append(entry)
    return out


def _draft(entry: Named, path: Path, kind: files.FileType, *, folder: SourceFolder, rights: Rights) -> MediaDraft:
    own = entry.rights or rights
    spoken = kind.kind in ("captions", "transcript", "sound", "film", "document")
    is_scan = kind.kind == "scan"
    return MediaDraft(
        path=path,
        reference=folder.shown(path),
        kind=kind.kind,
        media_type=kind.media_type,
        role=files.role_of(name=path.name, stated=entry.role, label=entry.label.say("en"), kind=kind.kind),
        label=_spoken(entry.label),
        alt=_spoken(entry.alt),
        rights=own.uri,
        licence=own.licence,
        attribution=own.attribution,
        language=entry.language or (files.language_in_name(path.name) if spoken else ""),
        unit=entry.unit if is_scan else "",
        up_axis=entry.up_axis if is_scan else "",
        epoch=entry.epoch,
        digital_source=entry.digital_source,
        level=entry.level,
        sha256=entry.sha256,
        size_bytes=path.stat().st_size,
        table=entry.table,
        row=entry.row,
        column=entry.column,
    )


def _spoken(text: Text) -> Text:
    """Words whose language nobody stated: "vi" when they prove it, else kept as "und"."""
    if set(text) == {"und"} and (language := language_of(text["und"])):
        return Text({language: text["und"]})
    return text


def _with_parts(drafts: list[MediaDraft], folder: SourceFolder, problems: list[Problem]) -> list[MediaDraft]:
    """Turn the materials and textures of scans into parts that serve their scan; add those that no table names."""
    by_path = {draft.path: draft for draft in drafts}
    for scan in [draft for draft in drafts if draft.kind == "scan"]:
        for path in _parts_of(scan, folder, problems):
            draft = by_path.get(path)
            kind = files.type_of(path.name)
            if draft is None:
                media_type = kind.media_type if kind else "application/octet-stream"
                draft = replace(scan, path=path, reference=folder.shown(path), media_type=media_type, sha256="",
                                size_bytes=path.stat().st_size, label=Text(), alt=Text(),
                                order=len(by_path) + 1)  # fmt: skip
            if draft.kind == "scan" and draft.of:
                continue
            by_path[path] = replace(draft, kind="part", role="part", of=scan.reference, unit="", up_axis="")
    return list(by_path.values())


def _parts_of(scan: MediaDraft, folder: SourceFolder, problems: list[Problem]) -> list[Path]:
    found: list[Path] = []
    waiting = [scan.path]
    while waiting:
        here = waiting.pop()
        try:
            names = files.parts_named_in(here)
        except MuseumError as error:
            problems.append(from_error(error, file=scan.table, row=scan.row, column=scan.column))
            continue
        for name in names:
            try:
                path = folder.find(f"{folder.shown(here.parent)}/{name}" if _is_plain(name) else name)
            except MuseumError as error:
                problems.append(_part_problem(error, scan, here, name, folder))
                continue
            if path != scan.path and path not in found:
                found.append(path)
                waiting.append(path)
    return found


def _is_plain(name: str) -> bool:
    return not name.startswith(("/", "\\", "~")) and ":" not in name


def _part_problem(error: MuseumError, scan: MediaDraft, here: Path, name: str, folder: SourceFolder) -> Problem:
    """A part that leaves the folder refuses the row; one that is missing costs the scan its texture, unless glTF."""
    values = {"path": folder.shown(here), "part": name}
    if error.code == "ingest.path_outside":
        code, severity = "ingest.part_outside", "error"
    else:
        code, severity = "ingest.part_missing", "error" if here.suffix.lower() in (".gltf", ".glb") else "warning"
    return Problem(
        code=code,
        file=scan.table,
        row=scan.row,
        column=scan.column,
        values=values,
        severity="error" if severity == "error" else "warning",
    )


def _with_turntable(drafts: list[MediaDraft]) -> list[MediaDraft]:
    photographs: list[Path] = [d.path for d in drafts if d.kind == "photo" and d.role == "view"]
    frames = files.turntable_frames(photographs)
    return [replace(d, role="turntable") if d.path in frames else d for d in drafts]


def _with_served(drafts: list[MediaDraft]) -> list[MediaDraft]:
    """Captions and transcripts point at their film or sound: by stem, or at the only one there is."""
    served: tuple[MediaKind, ...] = ("film", "sound")
    hosts = [d for d in drafts if d.kind in served]
    out: list[MediaDraft] = []
    for draft in drafts:
        if draft.kind in ("captions", "transcript") and not draft.of:
            candidates = sorted((h.reference for h in hosts), key=natural_key)
            host = files.served_by(draft.path.name, candidates)
            films = [h.reference for h in hosts if h.kind == "film"] if draft.kind == "captions" else candidates
            if not host and len(films) == 1:
                host = films[0]
            draft = replace(draft, of=host)
            if draft.kind == "transcript" and not host:
                draft = replace(draft, kind="document", role="view")
        out.append(draft)
    return out
