"""A museum with secrets: unique words in every kind of place that a visitor must not see, with real derivatives.

Each secret is one made-up word (or a number) that stands nowhere else; see `planted_words`.
"""

import io
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational
from sqlalchemy import Engine

from museum.catalog import institutions, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Identifier, Link, Media, Procedure, Record, Value
from museum.catalog.store import Derivative
from museum.config import Settings
from museum.db import Base, open_engine, writing
from museum.exhibitions import store as stories
from museum.exhibitions.story import Stop, Story, View
from museum.imaging import source
from museum.ingest import collecting, documents, photos, publish
from museum.ingest.made import Made
from museum.search import indexer
from museum.search.location import Location
from museum.storage.derivatives import Derivatives
from museum.storage.digests import digest_file
from museum.storage.local import LocalBlobs
from museum.text import Text
from tests.web.planted_words import IDS, POSITION, SECRETS, SLUGS, checked

OPEN_PHOTO, OPEN_PNG, HIDDEN_PHOTO, HIDDEN_FILM = "openphoto", "openpng", "hiddenphoto", "hiddenfilm"


@dataclass(frozen=True, kw_only=True)
class Planted:
    """The museum and what was put into it."""

    engine: Engine
    settings: Settings
    records: dict[str, Record]


def s(place: str) -> str:
    """The secret of a place."""
    return SECRETS[place]


def plant(home: Path, *, is_guarded: bool = True, **changed: Any) -> Planted:
    """Build the museum in `home`, with some settings `changed`. Without the guard its derivatives are the originals
    themselves, metadata and all."""
    settings = Settings(home=home, media=home / "media", public_url="https://baotang.example", show_samples=False)
    settings = replace(settings, **changed)
    home.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.database)
    Base.metadata.create_all(engine)
    files = _files(home / "originals")
    records = _records(files)
    with writing(engine) as session:
        institutions.put(session, Institution(code="museum", name=Text.of(vi="Bảo tàng thử", en="Test Museum")))
        for name, record in records.items():
            state = "published" if name in ("withdrawn", "deleted") else record.state
            store.save(session, replace(record, state=state), person="test", batch="one")
            for item in record.media:
                _derive(session, settings, item, files[item.id], is_guarded=is_guarded)
        store.set_state(session, IDS["withdrawn"], "withdrawn", person="test", batch="two")
        store.delete(session, IDS["deleted"], person="test", batch="two")
        for story in _stories():
            if story.state == "withdrawn":
                stories.save(session, replace(story, state="published"), person="test", batch="one")
            stories.save(session, story, person="test", batch="two")
    _publish(engine, settings, records)
    indexer.rebuild(engine, Location.of(settings))
    collecting.collect(engine, settings)
    return Planted(engine=engine, settings=settings, records=records)


def _publish(engine: Engine, settings: Settings, records: dict[str, Record]) -> None:
    types = Location.of(settings).types
    with writing(engine) as session:
        for name, record in records.items():
            if name != "deleted" and record.media:
                body = publish.manifest_of(session, record, settings=settings, types=types)
                publish.put_manifest(session, record, body, settings=settings, types=types)


def _records(files: dict[str, Path]) -> dict[str, Record]:
    made = _object(files)
    bare = Record(id=IDS["review"], kind="object", institution="museum", state="in_review")
    return {
        "open": made,
        "draft": _draft(files),
        "review": replace(bare, values=_title(s("title under review"))),
        "unpublished": replace(
            bare, id=IDS["unpublished"], state="withdrawn", values=_title(s("title never published, withdrawn"))
        ),
        "withdrawn": replace(bare, id=IDS["withdrawn"], state="withdrawn", values=_title(s("title withdrawn"))),
        "deleted": replace(bare, id=IDS["deleted"], state="draft", values=_title("Đã xóa")),
        "sample": replace(
            bare, id=IDS["sample"], state="published", is_sample=True, values=_title(s("sample title")),
            media=(_medium("samplephoto", "photo", files, file_name=f"{s('sample file name')}.jpg"),),
        ),
        "person": Record(
            id=IDS["person"], kind="person", institution="museum", state="published",
            values={
                "title": (Value(value="Nghệ nhân Nguyễn Văn Độ", language="vi"),),
                "date": (Value(value=f"{s('birth date of somebody living')}/..", as_written="sinh năm 1987"),),
            },
        ),
        "stored": replace(
            bare, id=IDS["stored"], state="published", display="in_store", values=_title("Chuông chùa Thiên Mụ"),
            display_place=Text.of(vi=f"Kho {s('place of an object in store')}"),
        ),
        # Another record with the very file that the first one hides: this one shows it, and only this one.
        "shared": replace(
            bare, id=IDS["shared"], state="published", values=_title("Bia Quốc Học"),
            media=(_medium("sharedphoto", "photo", files),),
        ),
    }  # fmt: skip


def _title(words: str) -> dict[str, tuple[Value, ...]]:
    return {"title": (Value(value=words, language="vi"),)}


def _draft(files: dict[str, Path]) -> Record:
    return Record(
        id=IDS["draft"],
        kind="object",
        institution="museum",
        values={
            "title": (
                Value(value=s("draft title"), language="vi"),
                Value(value=s("draft title in English"), language="en"),
            ),
            "description": (Value(value=s("draft description"), language="vi"),),
            "place": (Value(value=s("draft place"), language="vi"),),
        },
        identifiers=(Identifier(scheme="inventory_number", value=s("draft number")),),
        media=(
            _medium("draftphoto", "photo", files, label=Text.of(vi=s("draft file label"))),
            _medium("draftcaps", "captions", files, file_name=f"{s('draft file name')}.vtt", language="vi"),
        ),
    )


def _object(files: dict[str, Path]) -> Record:
    def hidden(place: str, level: str = "internal", **more: str) -> Value:
        return Value(value=s(place), language=more.pop("language", "vi"), level=level, preferred=False, **more)

    def secret(place: str) -> tuple[Value, ...]:
        return (Value(value=s(place)),)

    values: dict[str, tuple[Value, ...]] = {
        "title": (Value(value="Vạc đồng thời Nguyễn", language="vi"), Value(value="Bronze cauldron", language="en")),
        "description": (
            Value(value="Đúc năm 1835.", language="vi"),
            hidden("hidden description", as_written=s("as written of a hidden value")),
        ),
        "other_names": (hidden("hidden other name", "confidential", source=s("source of a hidden value")),),
        "place": (Value(value="Huế", language="vi"), hidden("hidden place")),
        "material": (Value(value="đồng", language="vi"), hidden("hidden material")),
        "maker": (hidden("hidden maker"),),
        "object_type": (Value(value="vạc", language="vi"), hidden("hidden object type", "confidential")),
        "valuation": secret("valuation"),
        "insurance": secret("insurance"),
        "storage_location": secret("storage location"),
        "acquisition_price": secret("purchase price"),
        "donor": secret("donor"),
        "contact": secret("contact"),
        "coordinates": secret("exact coordinates"),
        "coordinates_public": (Value(value="16,5 B; 107,6 Đ"),),
        "internal_note": secret("internal note"),
        "field_of_an_older_form": secret("field of no form"),
    }
    return Record(
        id=IDS["open"],
        kind="object",
        institution="museum",
        state="published",
        values=values,
        identifiers=(
            Identifier(scheme="inventory_number", value="BTH.12"),
            Identifier(scheme="location_code", value=s("location code")),
        ),
        links=(Link(predicate="related_to", target=IDS["draft"]), Link(predicate="made_by", target=IDS["person"])),
        media=_open_media(files),
        procedures=_events(),
    )


def _events() -> tuple[Procedure, ...]:
    def event(number: int, kind: str, place: str, **more: object) -> Procedure:
        return Procedure(id=f"ev{number}", kind=kind, date="2024-05", text=Text.of(vi=s(place)), **more)  # type: ignore[arg-type]  # the fields of an event by name

    return (
        event(1, "valuation", "valuation event"),
        event(2, "movement", "movement event"),
        event(3, "loan", "loan event"),
        event(4, "acquisition", "acquisition event"),
        event(5, "condition", "hidden condition check", level="internal"),
        event(6, "sampling", "sampling event"),
        Procedure(
            id="ev7", kind="treatment", date="2024-06", level="confidential",
            details={"method": Text.of(vi=s("hidden treatment's method"))},
        ),
        Procedure(
            id="ev8", kind="treatment", date="2024-07", text=Text.of(vi="Làm sạch khô."),
            people=(s("person of a treatment"),), media=(OPEN_PHOTO, HIDDEN_PHOTO),
        ),
    )  # fmt: skip


def _open_media(files: dict[str, Path]) -> tuple[Media, ...]:
    capture = {
        "camera": "Nikon D850", "gps": s("position in capture data"),
        "serial_number": s("serial number in capture data"),
    }  # fmt: skip
    # The older one last: two campaigns, so that the restoration page has something to compare.
    return (
        _medium(OPEN_PHOTO, "photo", files, epoch="2019", capture=capture),
        _medium(OPEN_PNG, "photo", files, order=1, epoch="2024"),
        _medium("openpaper", "document", files, order=2, media_type="application/pdf", file_name="Hồ sơ.pdf"),
        _medium(
            HIDDEN_PHOTO, "photo", files, order=3, level="internal", file_name=f"{s('hidden file name')}.jpg",
            label=Text.of(vi=s("hidden file label")), alt=Text.of(vi=s("hidden file alt")),
            attribution=s("hidden file attribution"),
        ),
        _medium(HIDDEN_FILM, "film", files, order=4, level="confidential", facts={"duration_s": 7.5}),
        _medium("hiddencaps", "captions", files, order=5, of=HIDDEN_FILM, language="vi"),
        _medium("lonelycaps", "captions", files, order=6, language="en"),
    )  # fmt: skip


def _medium(media_id: str, kind: str, files: dict[str, Path], **more: object) -> Media:
    path = files[media_id]
    facts: dict[str, object] = dict(more.pop("facts", {}))  # type: ignore[call-overload]  # a mapping where given
    capture = dict(more.pop("capture", {}))  # type: ignore[call-overload]  # as above
    if kind == "photo":
        found = source.inspect(path, max_pixels=10**8)
        facts |= {"width_px": found.width_px, "height_px": found.height_px}
        capture = {**found.capture, **capture}
    given = {"file_name": path.name, "media_type": "image/jpeg", "licence": "CC BY 4.0", **more}
    return Media(
        id=media_id, kind=kind, sha256=digest_file(path).sha256, size_bytes=path.stat().st_size, path=path.name,
        facts=facts, capture=capture, **given,
    )  # type: ignore[arg-type]  # the fields of a medium by name  # fmt: skip


def _stories() -> tuple[Story, ...]:
    shown = View(kind="image", object=IDS["open"], media=OPEN_PHOTO)
    unseen = View(kind="image", object=IDS["open"], media=HIDDEN_PHOTO, lights=(OPEN_PHOTO,))
    of_draft = View(kind="image", object=IDS["draft"], media="draftphoto")
    pair = View(kind="compare", object=IDS["open"], before=OPEN_PHOTO, after=HIDDEN_PHOTO)
    title = Text.of(vi="Chuyện cái vạc", en="Of a cauldron")
    stops = (
        Stop(id="mot", title=title, text=title, views=(shown, unseen, pair), audio=HIDDEN_FILM),
        Stop(id="hai", title=title, text=title, views=(unseen, of_draft)),
    )
    story = Story(
        id=checked("st000001"), slug=SLUGS[0], kind="exhibition", institution="museum", state="published",
        title=title, lead=title, cover=shown, stops=stops,
    )  # fmt: skip
    words = Text.of(vi=s("story draft text"))
    return (
        story,
        replace(
            story, id=checked("st000002"), slug=SLUGS[1], state="draft", title=Text.of(vi=s("story draft title")),
            stops=(replace(stops[0], text=words),),
        ),
        replace(
            story, id=checked("st000003"), slug=SLUGS[2], kind="tour", state="withdrawn",
            title=Text.of(vi=s("story withdrawn")),
        ),
    )  # fmt: skip


def _derive(session: object, settings: Settings, item: Media, path: Path, *, is_guarded: bool) -> None:
    """The derivatives as ingest makes them; without the guard, the original under the name of each of them."""
    work = settings.home / "work" / item.id
    work.mkdir(parents=True)
    if item.kind == "photo":
        made = photos.derive(path, work, name=item.file_name)
    elif item.kind == "document":
        made = documents.derive(path, work, name=item.file_name)
    elif item.kind == "captions":
        made = [Made(name=f"captions.{item.language}.vtt", media_type="text/vtt", files=(path,))]
    else:
        made = [Made(name="video.mp4", media_type="video/mp4", files=(path,), facts={"duration_s": 7.5})]
    blobs = Derivatives(LocalBlobs(settings.derived))
    for one in made:
        for file in one.files:
            is_copied = not is_guarded and one.name != "pyramid"
            blobs.put(
                item.sha256, f"{one.name}/{file.name}" if one.is_folder else one.name, path if is_copied else file
            )
        whole = (one.files[0] if is_guarded or one.is_folder else path).read_bytes()
        store.put_derivative(
            session,  # type: ignore[arg-type]  # a session, as the caller has it
            Derivative(
                sha256=item.sha256, name=one.name, media_type=one.media_type, size_bytes=len(whole),
                digest=digest_file(one.files[0]).sha256, facts=dict(one.facts),
            ),
        )  # fmt: skip


def _files(folder: Path) -> dict[str, Path]:
    folder.mkdir()
    dice = np.random.default_rng(7)
    pictures = {
        name: Image.fromarray(np.kron(dice.integers(0, 255, (6, 8, 3), np.uint8), np.ones((60, 60, 1), np.uint8)))
        for name in (OPEN_PHOTO, OPEN_PNG, HIDDEN_PHOTO, "draftphoto", "samplephoto")
    }
    found: dict[str, Path] = {}
    for name, picture in pictures.items():
        found[name] = folder / f"{name}.jpg"
        picture.save(found[name], quality=90)
    found[OPEN_PHOTO].write_bytes(_with_metadata(pictures[OPEN_PHOTO]))
    found[HIDDEN_PHOTO].write_bytes(found[HIDDEN_PHOTO].read_bytes() + s("hidden file's bytes").encode())
    found["sharedphoto"] = found[HIDDEN_PHOTO]
    found[OPEN_PNG] = folder / f"{OPEN_PNG}.png"
    found[OPEN_PNG].write_bytes(_png_with_text(pictures[OPEN_PNG]))
    found["openpaper"] = folder / "paper.pdf"
    _pdf(found["openpaper"])
    found[HIDDEN_FILM] = folder / "film.mp4"
    found[HIDDEN_FILM].write_bytes(b"\0\0\0\x18ftypmp42" + b"film" * 40)
    for name, place in (
        ("hiddencaps", "words of a hidden film"),
        ("lonelycaps", "words of a hidden film without owner"),
        ("draftcaps", "words of a draft's film"),
    ):
        found[name] = folder / f"{name}.vtt"
        found[name].write_text(f"WEBVTT\n\n00:00.000 --> 00:02.500\n{s(place)}\n", encoding="utf-8")
    return found


def _with_metadata(picture: Image.Image) -> bytes:
    """A JPEG as a camera and an agency write it: EXIF with serial number and position, XMP, IPTC."""
    exif = Image.Exif()
    exif[0x0110] = "Nikon D850"
    exif.get_ifd(0x8769)[0xA431] = s("EXIF serial number")
    gps = exif.get_ifd(0x8825)
    gps[1], gps[3] = "N", "E"
    gps[2] = gps[4] = (IFDRational(16), IFDRational(28), IFDRational(POSITION, 10**8))
    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
        f'photoshop:City="{s("XMP city")}"/></rdf:RDF></x:xmpmeta>'
    )
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, exif=exif, xmp=xmp.encode())
    city = s("IPTC city").encode()
    record = b"\x1c\x02\x5a" + struct.pack(">H", len(city)) + city
    block = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record + b"\0" * (len(record) % 2)
    segment = b"Photoshop 3.0\0" + block
    body = out.getvalue()
    return body[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + body[2:]


def _png_with_text(picture: Image.Image) -> bytes:
    info = PngInfo()
    info.add_text("Comment", s("PNG text"), zip=True)
    out = io.BytesIO()
    picture.save(out, "PNG", pnginfo=info)
    return out.getvalue()


def _pdf(path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(300, 400))
        pdf.docinfo["/Author"] = s("author in PDF")
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
            xmp["pdf:Keywords"] = s("XMP of a PDF")
        pdf.save(path)
