"""A museum with something to embed and print: real pictures, an exhibition, a generated object with Hán characters."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from PIL import Image

from museum.catalog import store
from museum.catalog.record import Identifier, Record, Value
from museum.db import writing
from museum.exhibitions import store as stories
from museum.storage.derivatives import Derivatives
from museum.storage.local import LocalBlobs
from tests.sample_records import photo
from tests.sample_stories import hand_made_story, story_id
from tests.web.conftest import House, _checked, _derive, make_house

STORY = "bon-cach-nhin"
HAN = "高鼎"


def generated_urn() -> Record:
    """A generated urn: contradicting weights with their sources, an inscription in Hán characters."""
    return Record(
        id=_checked("vn000009"),
        kind="object",
        institution="museum",
        state="published",
        is_sample=True,
        values={
            "title": (Value(value="Cao đỉnh", language="vi"), Value(value="Cao urn", language="en")),
            "material": (Value(value="bronze", language="en"),),
            "date": (Value(value="1835/1837", as_written="Minh Mạng năm thứ 16"),),
            "weight": (
                Value(value=4307, unit="can", source="Minh văn trên đỉnh"),
                Value(value=2601.4, unit="kg", source="Bảng lưu hành", certainty="disputed", preferred=False),
            ),
            "inscription": (Value(value=f"Trên thân đỉnh khắc {HAN}, đọc là Cao Đỉnh", language="vi"),),
            "owner": (Value(value="Nhà nước", language="vi"),),
        },
        identifiers=(Identifier(scheme="object_id", value="MẪU-0001"),),
        media=(photo("urnphoto", digital_source="algorithmicMedia", licence="CC0 1.0", rights="", attribution=""),),
    )


def make_shown_house(home: Path) -> Iterator[House]:
    """The museum of the web tests with all this, under the names "urn" and STORY."""
    for house in make_house(home, language="vi"):
        urn = generated_urn()
        story = hand_made_story(house.ids)
        with writing(house.engine) as session:
            store.save(session, urn, person="test", batch="one")
            for item in urn.media:
                _derive(session, house.settings, item)
            for one in (
                story,
                replace(story, id=story_id(3), slug="ban-nhap", state="draft"),
                replace(story, id=story_id(4), slug="da-rut"),
                replace(story, id=story_id(5), slug="da-xoa"),
            ):
                stories.save(session, one, person="test", batch="one")
            stories.set_state(session, story_id(4), "withdrawn", person="test", batch="two")
            stories.delete(session, story_id(5), person="test", batch="two")
            whole = store.get(session, house.ids["whole"])
        _draw_posters(house, whole)
        _draw_posters(house, urn)
        yield replace(house, ids={**house.ids, "urn": urn.id})


def _draw_posters(house: House, record: Record) -> None:
    """Put real pictures where the fixture has bytes of nothing."""
    shades = Image.radial_gradient("L").convert("RGB")
    blobs = Derivatives(LocalBlobs(house.settings.derived))
    for name, size in (("poster.jpg", (1200, 900)), ("poster.avif", (1200, 900)), ("card.webp", (480, 360))):
        drawn = io.BytesIO()
        shades.resize(size).save(drawn, name.rpartition(".")[2].replace("jpg", "jpeg"))
        for item in record.media:
            if item.kind in ("photo", "scan"):
                blobs.put(item.sha256, name, drawn.getvalue())
