"""What a file itself says before it enters: size, duration, unit, capture data; bad files are refused here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from museum.catalog.record import Value
from museum.config import Settings
from museum.errors import MuseumError
from museum.geometry import scan
from museum.geometry.checks import plausible_unit, scale_conflict
from museum.geometry.child import Stage
from museum.geometry.facts import ScanFacts
from museum.geometry.limits import ScanLimits
from museum.geometry.reading.workspace import LARGE_BYTES
from museum.geometry.units import UNITS_MM
from museum.imaging import source as photograph
from museum.ingest import av, captions, documents, workroom
from museum.ingest.drafts import MediaDraft
from museum.ingest.problems import Problem, from_error

_DROPPED = ("vertices", "faces", "textures")
_STATED = ("height", "width", "depth", "length", "diameter", "rim_diameter")


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """Facts and capture data of one file; unit and axis with who stated them; what a curator should know."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    capture: Mapping[str, Any] = field(default_factory=dict)
    unit: str = ""
    up_axis: str = ""
    unit_source: str = ""
    remarks: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ScanManner:
    """How scans are taken in: `unit` is that of those for which nobody states one; `keep_good` takes the sound parts of
    damaged ones; `on_stage` hears what is being done with which file."""

    unit: str = ""
    keep_good: bool = False
    on_stage: Callable[[str, Stage], None] | None = None


def inspect(
    draft: MediaDraft,
    *,
    parts: Sequence[Path],
    values: Mapping[str, tuple[Value, ...]],
    settings: Settings,
    manner: ScanManner | None = None,
) -> Inspected:
    """Look at one file as its kind demands. `parts` are the files that serve it, `values` the record's own (stated
    dimensions are compared with a scan's). Raises SourceError image.*, scan.*, av.*, document.*."""
    if draft.kind == "photo":
        return _photograph(draft, settings)
    if draft.kind == "scan":
        return _scan(draft, parts, values, settings, manner or ScanManner())
    if draft.kind in ("film", "sound"):
        facts = asdict(av.inspect(draft.path, name=draft.reference, time_limit_s=settings.parse_seconds))
        return Inspected(facts={name: value for name, value in facts.items() if value not in ("", 0, 0.0)})
    if draft.kind == "captions":
        cues = captions.read(draft.path, name=draft.reference)
        return Inspected(facts={"cues": len(cues), "duration_s": max(cue.end_s for cue in cues)})
    if draft.kind == "transcript":
        return Inspected(facts={"characters": len(captions.read_text(draft.path, name=draft.reference))})
    if draft.kind == "document":
        if draft.media_type != "application/pdf":
            return Inspected(facts={"characters": len(captions.read_text(draft.path, name=draft.reference))})
        facts = asdict(documents.inspect(draft.path, name=draft.reference))
        return Inspected(facts={name: value for name, value in facts.items() if value not in ("", False)})
    return Inspected()


def stated_mm(values: Mapping[str, tuple[Value, ...]]) -> list[float]:
    """The dimensions that a record states, in millimetres."""
    found: list[float] = []
    for name in _STATED:
        for value in values.get(name, ()):
            if value.preferred and value.unit in UNITS_MM and isinstance(value.value, int | float):
                found.append(float(value.value) * UNITS_MM[value.unit])
    return found


def _photograph(draft: MediaDraft, settings: Settings) -> Inspected:
    facts = photograph.inspect(
        draft.path, max_pixels=settings.max_pixels, name=draft.reference, seconds=settings.parse_seconds
    )
    known = {
        "width_px": facts.width_px,
        "height_px": facts.height_px,
        "format": facts.format,
        "bands": facts.bands,
        "bits": facts.bits,
        "icc_name": facts.icc_name,
        "dpi": facts.dpi,
        "pages": facts.pages if facts.pages > 1 else None,
    }
    return Inspected(
        facts={name: value for name, value in known.items() if value not in ("", None)},
        capture=dict(facts.capture),
        remarks=tuple(_remark(error, draft) for error in facts.remarks),
    )


def _scan(
    draft: MediaDraft,
    parts: Sequence[Path],
    values: Mapping[str, tuple[Value, ...]],
    settings: Settings,
    manner: ScanManner,
) -> Inspected:
    limits = ScanLimits(
        faces=settings.max_triangles,
        vertices=settings.max_triangles,
        time_s=settings.parse_seconds,
        memory_bytes=settings.parse_memory_mib << 20,
    )
    hear = manner.on_stage
    with ExitStack() as stack:
        is_large = (
            draft.path.stat().st_size >= LARGE_BYTES
        )  # its arrays are better kept off a temporary folder in memory
        found = scan.inspect(
            draft.path, parts=parts, unit=draft.unit, fallback_unit=manner.unit, limits=limits, name=draft.reference,
            salvage=manner.keep_good, work=stack.enter_context(workroom.workroom(settings)) if is_large else None,
            on_stage=None if hear is None else lambda stage: hear(draft.reference, stage),
        )  # fmt: skip
    unit_source = "table" if draft.unit else "format" if found.format_unit else "person" if found.unit else ""
    facts = _scan_facts(found)
    stated = stated_mm(values)
    if (extent := found.extent_mm) and (conflict := scale_conflict(extent, stated, unit=found.unit)):
        facts["scale_conflict"] = {"factor": conflict.factor, "explained_by": conflict.explained_by}
    return Inspected(
        facts=facts,
        unit=found.unit,
        up_axis=draft.up_axis or found.up_axis,
        unit_source=unit_source,
        remarks=(*scale_remarks(draft, facts, found.unit, stated), *_scan_remarks(draft, found)),
    )


def _scan_remarks(draft: MediaDraft, found: ScanFacts) -> Iterator[Problem]:
    """What a curator should know of a scan that was read."""
    for error in found.remarks:
        yield _remark(error, draft)
    where: dict[str, Any] = {"file": draft.table, "row": draft.row, "column": draft.column}
    if draft.unit and found.format_unit not in ("", draft.unit):
        values = {"path": draft.reference, "stated": draft.unit, "format": found.format_unit}
        yield Problem(code="ingest.unit_overruled", values=values, severity="note", **where)
    if found.dropped:
        left = {name: found.dropped.get(name, 0) for name in _DROPPED}
        said: dict[str, Any] = {"path": draft.reference, **left}
        yield Problem(code="ingest.scan_salvaged", values=said, severity="warning", **where)


def scale_remarks(draft: MediaDraft, facts: Mapping[str, Any], unit: str, stated: Sequence[float]) -> Iterator[Problem]:
    """Warnings for a scan whose size contradicts the record, or whose scale nobody states."""
    if conflict := facts.get("scale_conflict"):
        said = {
            "path": draft.reference,
            "unit": unit,
            "scan_cm": f"{max(facts['extent_mm']) / 10:g}",
            "stated_cm": f"{max(stated, default=0) / 10:g}",
            "explained": conflict["explained_by"] or "?",
        }
        yield Problem(code="ingest.scale_conflict", file=draft.table, row=draft.row, column=draft.column,
                      values=said, severity="warning")  # fmt: skip
    if unit:
        return
    values: dict[str, Any] = {"path": draft.reference}
    hint = plausible_unit(facts.get("extent", ()), stated)
    if hint:
        values |= {"unit": hint, "largest": f"{max(facts['extent']):g}", "stated_cm": f"{max(stated) / 10:g}"}
    yield Problem(code="ingest.scale_hint" if hint else "ingest.scale_unknown", file=draft.table, row=draft.row,
                  column=draft.column, values=values, severity="warning")  # fmt: skip


def _scan_facts(found: ScanFacts) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "format": found.format,
        "vertices": found.vertices,
        "faces": found.faces,
        "is_point_cloud": found.is_point_cloud,
        "has_vertex_color": found.has_vertex_color,
        "has_texture": found.has_texture,
        "extent": list(found.extent),
        "is_watertight": found.is_watertight,
        "open_edges": found.open_edges,
        "nonmanifold_edges": found.nonmanifold_edges,
    }
    if found.is_point_cloud:
        facts["points"] = found.vertices
    if found.dropped:
        facts["salvaged"] = dict(found.dropped)
    if extent := found.extent_mm:
        scale = UNITS_MM[found.unit]
        facts["extent_mm"] = list(extent)
        facts["transform"] = [scale, 0, 0, 0, 0, scale, 0, 0, 0, 0, scale, 0, 0, 0, 0, 1]
        facts["area_mm2"] = found.area * scale**2
        if found.volume is not None:
            facts["volume_mm3"] = found.volume * scale**3
    return facts


def _remark(error: MuseumError, draft: MediaDraft) -> Problem:
    problem = from_error(error, file=draft.table, row=draft.row, column=draft.column)
    return Problem(code=problem.code, file=problem.file, row=problem.row, column=problem.column,
                   values=problem.values, severity="note")  # fmt: skip
