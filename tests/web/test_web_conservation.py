"""Restoration pages: what was stated, what nobody stated, what is nobody's business."""

from dataclasses import replace

import pytest

from museum.addresses import conservation_page
from museum.catalog import store
from museum.catalog.record import Media, Procedure
from museum.db import writing
from museum.text import Text
from tests.sample_records import photo
from tests.web.conftest import Counter, House, records

FRONT = Text.of(vi="Nhìn từ trước", en="From the front")


@pytest.fixture(scope="module")
def cleaned(house: House) -> str:
    """The address of a record with two campaigns, made from the film's record."""
    record = records()["film"]
    pair = tuple(
        photo(f"campaign{n}", epoch=str(n), order=10 + n, label=FRONT, file_name=f"tuong-{n}.jpg") for n in (1, 2)
    )
    event = Procedure(
        id="e1",
        kind="treatment",
        date="2024-06-03",
        people=("Trần Văn Minh",),
        text=Text.of(vi="Lau bụi bằng chổi mềm.", en="Dust removed with a soft brush."),
        details={"materials": Text.of(vi="Nước cất", en="Distilled water")},
        media=("campaign1", "campaign2"),
    )
    with writing(house.engine) as session:
        saved = replace(record, media=(*record.media, *pair), procedures=(event,))
        store.save(session, saved, person="test", batch="three")
        for item in pair:
            _poster(session, item)
    return conservation_page(record.id)


def _poster(session: object, item: Media) -> None:
    facts = {"width_px": 1200, "height_px": 900}
    poster = store.Derivative(
        sha256=item.sha256, name="poster.jpg", media_type="image/jpeg", size_bytes=1, digest="d" * 64, facts=facts
    )
    store.put_derivative(session, poster)  # type: ignore[arg-type]  # the session of `writing`


def test_dossier_tells_event_details_pictures_and_the_curtain(house: House, cleaned: str) -> None:
    page = house.client.get(cleaned).text
    for said in ("Lau bụi bằng chổi mềm.", "Nước cất", "Vật liệu", "Trước: Đợt 1", "Sau: Đợt 2"):
        assert said in page, said
    assert "Trần Văn Minh" not in page, "who did it is the institution's business"
    assert 'data-viewer="compare"' in page
    assert "/iiif/image/3/campaign1" in page
    assert "Distilled water" in house.client.get(f"{cleaned}?lang=en").text


def test_record_without_care_says_that_none_was_given(house: House) -> None:
    page = house.client.get(conservation_page(house.ids["venus"])).text
    assert "Chưa có hồ sơ tu bổ" in page


def test_list_names_only_records_with_care(house: House, cleaned: str) -> None:
    page = house.client.get("/conservation").text
    assert house.ids["whole"] in page
    assert house.ids["venus"] not in page


def test_valuation_is_on_no_public_page(house: House) -> None:
    """Positive control: the condition check of the same record is there."""
    for address in (f"/o/{house.ids['whole']}", conservation_page(house.ids["whole"])):
        page = house.client.get(address).text
        assert "Ổn định." in page
        assert "Chín tỷ" not in page


@pytest.mark.parametrize(("name", "status"), [("draft", 404), ("withdrawn", 410), ("deleted", 410)])
def test_hidden_record_shows_no_dossier(house: House, name: str, status: int) -> None:
    assert house.client.get(conservation_page(house.ids[name])).status_code == status


def test_number_of_statements_is_fixed(house: House, cleaned: str, statements: Counter) -> None:
    house.client.get(cleaned)
    assert statements.number == 2
    house.client.get("/conservation")
    assert statements.number == 4
