"""A term is found by its labels in either language, however the curator wrote it."""

from museum.catalog.record import Record, Value
from museum.search.document import document


def record(**values: str) -> Record:
    given = {name: (Value(value=words),) for name, words in values.items()}
    return Record(id="x", kind="object", institution="hue", state="published", values=given)


def test_an_english_term_is_indexed_under_its_vietnamese_label_too() -> None:
    doc = document(record(object_type="mosaic", material="stone tesserae"))
    assert "kham" in doc.streams["type"].split()
    assert "tesserae" in doc.streams["material"].split()
    assert "ghep" in doc.streams["material"].split()


def test_one_term_is_one_facet_value_however_it_is_written() -> None:
    values = {document(record(object_type=words)).facets["object_type"][0].value for words in ("mosaic", "Tranh khảm")}
    assert values == {"mosaic"}


def test_unknown_words_stay_as_they_are() -> None:
    (facet,) = document(record(object_type="nỏ thần")).facets["object_type"]
    assert facet.value == "nỏ thần"
