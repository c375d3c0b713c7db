"""A museum with images for everybody, for its own people, for few, and of records that nobody outside knows."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import Client

from museum.catalog import institutions, redirects, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Media, Record, Value
from museum.catalog.store import Derivative
from museum.config import Settings
from museum.db import Base, open_engine, writing
from museum.imaging import arrays, pyramid
from museum.storage.derivatives import Derivatives
from museum.storage.digests import digest_file
from museum.storage.local import LocalBlobs
from museum.text import Text
from museum.web.app import wsgi
from tests.sample_records import media
from tests.web.planted_words import checked

SIZE = (1400, 900)
SECRET_LABEL = "xqlabelkzw"
# Each medium: (record, state, level). "moved" was merged into the internal one of the open record.
PLACES = {
    "openphoto": ("open", "published", ""),
    "internal": ("open", "published", "internal"),
    "confident": ("open", "published", "confidential"),
    "draftphoto": ("draft", "draft", ""),
    "reviewed": ("review", "in_review", ""),
    "withdrawn": ("gone", "withdrawn", ""),
    "otherhouse": ("other", "published", "internal"),
    "samplephoto": ("sample", "published", "internal"),
}
RECORDS = {
    name: checked(f"vb00000{n}") for n, name in enumerate(("open", "draft", "review", "gone", "other", "sample"))
}
MERGED, MERGED_PHOTO = checked("vb000009"), "movedphoto"
ORIGIN = "https://viewer.example"


@dataclass(frozen=True, kw_only=True)
class ImageMuseum:
    """The museum; `app(…)` serves it with other settings."""

    engine: Engine
    settings: Settings

    def client(self, **settings: Any) -> Client:
        """A browser without cookies at the museum as it is served, with these settings changed."""
        return Client(wsgi(replace(self.settings, **settings), engine=self.engine), use_cookies=False)


def build_image_museum(
    home: Path,
    *,
    public_url: str = "https://baotang.example",
    extra: tuple[str, ...] = (),
    database_url: str = "",
) -> ImageMuseum:
    """Build it in `home`; `extra` are more public photographs of the open record; `database_url` an empty database
    ("": SQLite in `home`)."""
    settings = Settings(home=home, media=home / "media", public_url=public_url, database_url=database_url)
    home.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.database)
    Base.metadata.create_all(engine)
    with writing(engine) as session:
        for code in ("museum", "khac"):
            institutions.put(session, Institution(code=code, name=Text.of(vi=f"Bảo tàng {code}", en=f"Museum {code}")))
        media_of: dict[str, list[Media]] = {}
        places = PLACES | dict.fromkeys(extra, ("open", "published", ""))
        for number, (media_id, (record, _, level)) in enumerate(places.items()):
            media_of.setdefault(record, []).append(_photo(session, settings, media_id, level, number))
        moved = _photo(session, settings, MERGED_PHOTO, "internal", 1)
        for name, photos in media_of.items():
            state = next(s for r, s, _ in PLACES.values() if r == name)
            record = Record(
                id=RECORDS[name], kind="object", institution="khac" if name == "other" else "museum", state="published",
                values={"title": (Value(value=f"Hiện vật {name}", language="vi"),)}, media=tuple(photos),
                is_sample=name == "sample",
            )  # fmt: skip
            if state in ("published", "withdrawn"):
                store.save(session, record, person="test", batch="one")
            store.save(session, replace(record, state=state), person="test", batch="two")
        other = Record(id=MERGED, kind="object", institution="museum", state="published", media=(moved,))
        store.save(session, other, person="test", batch="one")
        store.delete(session, MERGED, person="test", batch="merge")
        redirects.put(session, MERGED, record_id=MERGED, target=RECORDS["open"], batch="merge")
        redirects.put(session, MERGED_PHOTO, record_id=MERGED, target="internal", batch="merge")
    return ImageMuseum(engine=engine, settings=settings)


def set_level(museum: ImageMuseum, media_id: str, level: str) -> None:
    """Give a medium of the open record another level, as an import would."""
    with writing(museum.engine) as session:
        record = store.get(session, RECORDS["open"])
        items = tuple(replace(m, level=level) if m.id == media_id else m for m in record.media)
        store.save(session, replace(record, media=items), person="test", batch="levels")


def _photo(session: Any, settings: Settings, media_id: str, level: str, number: int) -> Media:
    """A photograph with a real pyramid, its pixels like no other's."""
    width, height = SIZE
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    pixels = np.stack([(x // 9 + 31 * number) % 256, (y // 7 + 53 * number) % 256, (x + y) // 11 % 256], axis=-1)
    source = settings.home / f"{media_id}.png"
    arrays.write(pixels.astype(np.uint8), source)
    sha256 = digest_file(source).sha256
    folder = settings.derived / str(Derivatives(LocalBlobs(settings.derived)).key(sha256, "pyramid"))
    facts = pyramid.build(source, folder)
    digest = hashlib.sha256((folder / "pyramid.tif").read_bytes()).hexdigest()
    store.put_derivative(
        session,
        Derivative(
            sha256=sha256, name="pyramid", media_type="image/tiff", size_bytes=1, digest=digest,
            facts={"width_px": width, "height_px": height, "tile_px": 256, "levels": facts.levels},
        ),
    )  # fmt: skip
    given = media(media_id, "photo", order=number, level=level, facts={"width_px": width, "height_px": height})
    label = Text.of(vi=f"{SECRET_LABEL} chi tiết", en=f"{SECRET_LABEL} detail") if level else Text()
    return replace(given, sha256=sha256, label=label, alt=label, capture={"camera": SECRET_LABEL} if level else {})


def app_of(museum: ImageMuseum, **settings: Any) -> Flask:
    """The pages alone, for tests that look into them."""
    from museum.web.app import create_app

    return create_app(replace(museum.settings, **settings), engine=museum.engine)
