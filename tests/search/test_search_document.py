"""What of a record is searchable, and what is not."""

from museum.catalog.record import Identifier, Media, Procedure, Record, Value
from museum.search.document import document
from museum.text import Text
from tests.search.relics import relic


def test_dates_become_years_and_words() -> None:
    doc = document(relic("a", title="Cao đỉnh", date="1835/1837"))
    assert (doc.year_from, doc.year_to) == (1835, 1837)
    assert document(relic("a", title="Chuông", date="18XX")).year_to == 1899
    assert document(relic("a", title="Trống đồng", date="-0299/-0199")).year_from == -300
    assert document(relic("a", title="Bia")).year_from is None


def test_contradicting_dates_are_all_covered() -> None:
    dates = (Value(value="06XX", source="báo chí"), Value(value="0950", preferred=False, certainty="disputed"))
    doc = document(Record(id="a", kind="object", institution="chăm", values={"date": dates}))
    assert (doc.year_from, doc.year_to) == (600, 950)


def test_a_reign_year_in_the_description_is_a_year_to_find() -> None:
    doc = document(relic("a", title="Đỉnh", description="Đúc năm Minh Mạng thứ 16; khắc 明命十六年"))
    assert "1835" in doc.streams["date"].split()
    assert doc.year_from is None


def test_marks_of_a_description_are_no_words() -> None:
    doc = document(relic("a", title="Đỉnh", description='<em lang="vi">Khắc</em> minh, cao < 3 m'))
    words = doc.streams["text"].split()
    assert "khac" in words and "minh" in words
    assert "em" not in words and "lang" not in words


def test_what_is_not_public_is_not_searched() -> None:
    record = Record(
        id="a",
        kind="object",
        institution="huế",
        values={
            name: (Value(value="bí mật", source="bí mật"),) for name in ("owner", "keeper", "acquisition", "condition")
        },
        procedures=(Procedure(id="p", kind="condition", text=Text.of(vi="bí mật")),),
        media=(
            Media(
                id="m",
                kind="photo",
                sha256="0" * 64,
                size_bytes=1,
                path="p",
                file_name="bí mật.jpg",
                media_type="",
                capture={"artist": "bí mật"},
                alt=Text.of(vi="Mặt trước"),
            ),
        ),
    )
    doc = document(record)
    assert all("mat ¶" not in stream.replace("truoc", "") for stream in doc.streams.values())
    assert doc.streams["text"] == "mat truoc ¶"


def test_concepts_carry_their_names_in_other_languages() -> None:
    doc = document(relic("a", title="Ngai", material=("gỗ", "sơn son"), material_en=("wood", "vermilion lacquer")))
    assert [(v.value, v.label.say("en")) for v in doc.facets["material"]] == [
        ("wood", "wood"),
        ("sơn son", "vermilion lacquer"),
    ]
    doc = document(relic("a", title="Throne", material_en="wood"))
    assert [v.value for v in doc.facets["material"]] == ["wood"]


def test_former_numbers_are_found_too() -> None:
    record = Record(
        id="a",
        kind="object",
        institution="huế",
        identifiers=(
            Identifier(scheme="inventory_number", value="BTH-12"),
            Identifier(scheme="inventory_number", value="MK 7", former=True),
        ),
    )
    assert {"bth12", "mk7"} <= set(document(record).wholes)


def test_the_digest_tells_contents_apart() -> None:
    one, same, other = (document(relic("a", title=title)) for title in ("Vạc đồng", "Vạc đồng", "Vac dong"))
    assert one.digest == same.digest != other.digest
