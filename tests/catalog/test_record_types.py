"""Forms are data: shipped, complete in both languages, and the museum's own take their place."""

from pathlib import Path

import pytest

from museum.catalog import completeness, record_types, vocabulary
from museum.catalog.record import Record, Value
from museum.errors import Invalid


@pytest.mark.parametrize("kind", record_types.KINDS)
def test_every_field_speaks_both_languages(kind: str) -> None:
    form = record_types.load().of(kind)
    assert {"vi", "en"} <= set(form.label) & set(form.plural)
    for field in form.fields:
        assert {"vi", "en"} <= set(field.label), field.name
    assert len({f.name for f in form.fields}) == len(form.fields)
    assert form.field("title") is not None


def test_the_legal_columns_of_the_object_list_are_there() -> None:
    columns = {f.legal_column.get("en", "") for f in record_types.load().of("object").fields}
    for number in (2, 4, 5, 6, 7, 8, 9, 10):
        assert any(f"column {number})" in c for c in columns), number


def test_a_museums_own_form_takes_the_shipped_ones_place(tmp_path: Path) -> None:
    (tmp_path / "object.toml").write_text(
        'kind = "object"\nlabel = {vi = "Cổ vật"}\nplural = {vi = "Cổ vật"}\n'
        '[[field]]\nname = "title"\nlabel = {vi = "Tên"}\n',
        encoding="utf-8",
    )
    types = record_types.load(tmp_path)
    assert types.of("object").label.say("vi") == "Cổ vật"
    assert types.of("monument").label.say("vi") == "Di tích"


def test_a_broken_form_is_named(tmp_path: Path) -> None:
    (tmp_path / "place.toml").write_text('kind = "plaza"', encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        record_types.load(tmp_path)
    assert "place.toml" in caught.value.message("vi")


def test_a_term_is_found_by_any_label_with_or_without_marks() -> None:
    terms = vocabulary.shipped()
    for name in ("mosaic", "Tranh khảm", "tranh kham", "khảm"):
        concept = terms.find("object_types", name)
        assert concept is not None
        assert concept.code == "mosaic"
    assert terms.find("object_types", "điều chưa ai đặt tên") is None


def test_a_missing_date_and_number_lower_completeness() -> None:
    form = record_types.load().of("object")
    bare = Record(id="x", kind="object", institution="hue", values={"title": (Value(value="Chuông", language="vi"),)})
    dated = Record(id="x", kind="object", institution="hue", values={**bare.values, "date": (Value(value="1822"),)})
    assert completeness.measure(bare, form).percent < completeness.measure(dated, form).percent < 100
    assert "Niên đại" in [t.say("vi") for t in completeness.measure(bare, form).missing]
