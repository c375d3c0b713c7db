"""Header names in either language, with or without marks, find their field."""

import tomllib
import unicodedata
from importlib.resources import files

import pytest

from museum.catalog import record_types
from museum.ingest import words
from museum.ingest.columns import ROLES, column_types, nearest, recognise
from museum.ingest.rows import DIMENSION_FIELDS, TEXT_FIELDS


@pytest.mark.parametrize(
    ("header", "field", "language", "unit"),
    [
        ("Mã hiện vật", "object_id", "", ""),
        ("MA HIEN VAT", "object_id", "", ""),
        (unicodedata.normalize("NFD", "Số kiểm kê"), "accession_number", "", ""),
        ("accession_no", "accession_number", "", ""),
        ("Tên (tiếng Anh)", "title", "en", ""),
        ("name (en)", "title", "en", ""),
        ("title_vi", "title", "vi", ""),
        ("Cao (cm)", "height", "", "cm"),
        ("height_mm", "height", "", "mm"),
        ("Trọng lượng (kg)", "weight", "", "kg"),
        ("Tác giả / Văn hóa", "culture", "", ""),
        ("Đường kính miệng [cm]", "rim_diameter", "", "cm"),
        ("Licence URL", "licence_url", "", ""),
    ],
)
def test_headers_are_recognised(header: str, field: str, language: str, unit: str) -> None:
    column = recognise(header, "objects")
    assert column is not None
    assert (column.field, column.language, column.unit) == (field, language, unit)


def test_an_unknown_header_is_given_the_nearest_known_name() -> None:
    assert recognise("Chât liêụ gốc", "objects") is None
    assert nearest("Chất liệuu", "objects") == "chất liệu"
    assert nearest("xyzzy", "objects") == ""


@pytest.mark.parametrize("role", ROLES)
def test_no_name_means_two_fields(role: str) -> None:
    seen: dict[str, str] = {}
    for kind in column_types(role).values():  # type: ignore[arg-type]  # ROLES holds the literal's words
        for name in {words.key_of(n) for n in (kind.field, *kind.names)}:
            assert seen.setdefault(name, kind.field) == kind.field, name


def test_no_word_means_two_codes() -> None:
    table = tomllib.loads((files("museum.ingest") / "words.toml").read_text(encoding="utf-8"))
    for group, codes in table.items():
        seen: dict[str, str] = {}
        for code, names in codes.items():
            for name in {words.key_of(n) for n in names}:
                assert seen.setdefault(name, code) == code, (group, name)


def test_every_field_of_every_record_type_has_a_column() -> None:
    taken = {*TEXT_FIELDS, *DIMENSION_FIELDS, "date", "quantity"}
    types = record_types.load()
    missing = {f.name for kind in record_types.KINDS for f in types.of(kind).fields} - taken
    assert not missing
