"""A record with every kind of medium, and the derivatives it would have after ingest."""

from typing import Any

from museum.catalog.record import Designation, Identifier, Media, Record, Value
from museum.catalog.store import Derivative

LIGHTS = ("normal", "raking", "uv", "infrared", "x-ray")
GETTY = "© 2023 J. Paul Getty Trust"


def media(media_id: str, kind: Any, *, order: int = 0, **more: Any) -> Media:
    """A medium whose digest is its id made long."""
    given: dict[str, Any] = {"file_name": f"{media_id}.bin", "media_type": "image/jpeg", "licence": "CC BY 4.0"}
    given |= {"rights": "https://creativecommons.org/licenses/by/4.0/", "attribution": GETTY} | more
    return Media(
        id=media_id, kind=kind, order=order, sha256=digest(media_id), size_bytes=1, path=f"content/{media_id}", **given
    )


def digest(word: str) -> str:
    """64 characters that differ by word."""
    return (word.encode().hex() * 64)[:64]


def photo(media_id: str, *, width_px: int = 2082, height_px: int = 2868, **more: Any) -> Media:
    """A photograph of a known size."""
    return media(media_id, "photo", facts={"width_px": width_px, "height_px": height_px}, **more)


def derived(item: Media, name: str, media_type: str, **facts: Any) -> Derivative:
    """One derivative of a medium."""
    return Derivative(
        sha256=item.sha256, name=name, media_type=media_type, size_bytes=10, digest=digest(name), facts=facts
    )


def derivatives_of(record: Record) -> dict[str, list[Derivative]]:
    """What ingest would have made for every medium of the record."""
    return {item.sha256: _made(item) for item in record.media}


def _made(item: Media) -> list[Derivative]:
    poster = derived(item, "poster.jpg", "image/jpeg", width_px=1200, height_px=900)
    small = derived(item, "poster.avif", "image/avif", width_px=1200, height_px=900)
    match item.kind:
        case "photo":
            size = {k: item.facts[k] for k in ("width_px", "height_px")}
            return [derived(item, "pyramid", "image/tiff", tile_px=256, levels=5, **size), poster, small]
        case "scan":
            models = [derived(item, name, "model/gltf-binary", faces=24058) for name in ("open.glb", "web.glb")]
            return [*models, poster, small]
        case "film":
            facts = {"width_px": 610, "height_px": 720, "duration_s": 7.5}
            return [derived(item, "video.mp4", "video/mp4", **facts), poster]
        case "sound":
            both = {"audio.m4a": "audio/mp4", "audio.mp3": "audio/mpeg"}
            return [derived(item, name, media_type, duration_s=10.9) for name, media_type in both.items()]
        case "document":
            page = derived(item, "page.jpg", "image/jpeg", width_px=900, height_px=1273)
            return [page, derived(item, "document.pdf", "application/pdf")]
        case "captions":
            return [derived(item, f"captions.{item.language}.vtt", "text/vtt")]
        case "transcript":
            return [derived(item, "transcript.txt", "text/plain")]
    return []


def whole_record(**changes: Any) -> Record:
    """Chân dung xác ướp người phụ nữ: lights, views, a turntable, scans, a film, a sound, a document."""
    items = [photo(f"light{n}", role=light, order=n) for n, light in enumerate(LIGHTS)]
    items += [photo(f"view{n}", width_px=6000, height_px=4000, order=10 + n) for n in range(2)]
    items += [photo(f"turn{n:02}", width_px=1827, height_px=2160, role="turntable", order=20 + n) for n in range(12)]
    items += [
        media("venus", "scan", order=40, unit="mm", facts={"faces": 24058}, capture={}),
        media("plato", "scan", order=41, facts={"faces": 17064}),
        media("film1", "film", order=50),
        media("capvi", "captions", of="film1", language="vi", order=51),
        media("capen", "captions", of="film1", language="en", order=52),
        media("words", "transcript", of="film1", language="vi", order=53),
        media("bell1", "sound", order=60),
        media("paper", "document", order=70, media_type="application/pdf", file_name="Hồ sơ giám định.pdf"),
    ]
    given: dict[str, Any] = {
        "id": "3t8kq0zx7",
        "kind": "object",
        "institution": "museum",
        "state": "published",
        "values": {
            "title": (
                Value(value="Chân dung xác ướp người phụ nữ", language="vi"),
                Value(value="Mummy Portrait of a Woman", language="en"),
            ),
            "description": (Value(value="Người vẽ đặt từng vệt sáp nóng.", language="vi"),),
            "object_type": (Value(value="tranh", language="vi"), Value(value="painting", language="en")),
            "date": (Value(value="0100/0125", as_written="AD 100–125"),),
            "height": (
                Value(value=48, unit="cm", source="Getty"),
                Value(value=47.5, unit="cm", source="Sổ kiểm kê 1981", preferred=False, certainty="uncertain"),
            ),
            "inscription": (Value(value="<script>alert(1)</script>"),),
        },
        "identifiers": (Identifier(scheme="inventory_number", value="81.AP.42"),),
        "designations": (Designation(scheme="national_treasure", decision_number="1426/QĐ-TTg", date="2012-10-01"),),
        "media": tuple(items),
    }
    return Record(**(given | changes))
