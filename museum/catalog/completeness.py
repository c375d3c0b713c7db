"""How complete a record is, and what it still lacks: for curators and, openly, for visitors."""

from dataclasses import dataclass

from museum.catalog.record import Record
from museum.catalog.record_types import RecordType
from museum.text import Text

_WEIGHT = {"required": 3, "recommended": 2, "optional": 0}


@dataclass(frozen=True, kw_only=True)
class Completeness:
    """`percent` 0-100; `missing` names what lowers it, in both languages, weightiest first."""

    percent: int
    missing: tuple[Text, ...]


def measure(record: Record, record_type: RecordType) -> Completeness:
    """Weigh a record: required fields 3, recommended 2; number, pictures, their words and rights count too."""
    wanted: list[tuple[int, bool, Text]] = [
        (_WEIGHT[f.obligation], bool(record.values.get(f.name)), f.label)
        for f in record_type.fields
        if _WEIGHT[f.obligation]
    ]
    pictured = [m for m in record.media if m.kind in ("photo", "scan", "film")]
    described = [m for m in pictured if m.alt]
    titles = record.title
    wanted += [
        (2, "vi" in titles, Text.of(vi="Tên tiếng Việt", en="Vietnamese title")),
        (1, "en" in titles, Text.of(vi="Tên tiếng Anh", en="English title")),
        (2, _numbered(record), Text.of(vi="Số đăng ký hoặc số kiểm kê", en="Registration or inventory number")),
        (2, bool(record.media), Text.of(vi="Ảnh, bản quét hoặc bản ghi", en="A photograph, scan or recording")),
        (
            2,
            all(m.rights or m.licence for m in record.media),
            Text.of(vi="Quyền sử dụng của từng tệp", en="Rights of each file"),
        ),
    ]
    if pictured:
        words = Text.of(vi="Văn bản thay thế cho ảnh", en="Alternative text for pictures")
        wanted.append((2, len(described) == len(pictured), words))
    scans = [m for m in record.media if m.kind == "scan"]
    if scans:
        wanted.append((2, all(m.unit for m in scans), Text.of(vi="Tỷ lệ của bản quét 3D", en="Scale of the 3D scan")))
    total = sum(weight for weight, _, _ in wanted)
    reached = sum(weight for weight, there, _ in wanted if there)
    lacking = sorted((w for w in wanted if not w[1]), key=lambda w: -w[0])
    return Completeness(percent=round(100 * reached / total), missing=tuple(label for _, _, label in lacking))


def _numbered(record: Record) -> bool:
    return any(i.scheme in ("accession_number", "inventory_number") and not i.former for i in record.identifiers)
