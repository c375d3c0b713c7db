"""Interface texts: all translated, placeholders kept; numbers, dates and compounds as the language writes them."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import museum.web
from museum.text import nfc
from museum.web import formats
from museum.web.compounds import NO_BREAK, bind
from tests.web.conftest import House

WEB = Path(museum.web.__file__).parent
METHODS = [("**/templates/**.html", "jinja2.ext.babel_extract"), ("**.py", "python")]
OPTIONS = {"**/templates/**.html": {"newstyle_gettext": "true"}}
KEYWORDS = {"_": None, "ngettext": (1, 2), "say": None, "say_many": (1, 2), "later": None}
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


def messages() -> set[str]:
    """Every message id in templates and code."""
    found = extract_from_dir(WEB, METHODS, OPTIONS, keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def catalog(language: str) -> dict[str, str]:
    """Message id → words."""
    with (WEB.parent / "translations" / f"{language}.po").open("rb") as source:
        read = read_po(source, locale=language)
    return {_one(m.id): _one(m.string) for m in read if m.id}


def _one(given: object) -> str:
    return str(given[0]) if isinstance(given, tuple | list) else str(given or "")


def test_every_text_is_translated() -> None:
    vietnamese = catalog("vi")
    assert messages() - {m for m, words in vietnamese.items() if words} == set()
    assert set(vietnamese) - messages() == set(), "translations nobody uses"


def test_extraction_sees_templates_and_code() -> None:
    assert {"Skip to the content", "no number yet", "%(num)s result"} <= messages()


def test_translations_keep_their_placeholders_and_marks() -> None:
    for message, words in catalog("vi").items():
        wanted, given = set(PLACEHOLDER.findall(message)), set(PLACEHOLDER.findall(words))
        assert given <= wanted | {"%(roman)s"}, message
        if "%(ordinal)s" not in message:
            assert given == wanted, message
        assert nfc(words) == words
        if message[-1] == ":" or (message[-1] == "." and " " in message and message[-3:] != "no."):
            assert words[-1] == message[-1], message


@contextmanager
def speaking(house: House, language: str) -> Iterator[None]:
    """Inside a request in that language."""
    with house.app.test_request_context("/" if language == "vi" else "/?lang=en"):
        house.app.preprocess_request()
        yield


@pytest.mark.parametrize(
    ("edtf", "vi", "en"),
    [
        ("0115/0150", "năm 115–150", "AD 115–150"),
        ("1835", "1835", "1835"),
        ("1835/1837", "1835–1837", "1835–1837"),
        ("-0349/-0299", "350–300 trước Công nguyên", "350–300 BC"),
        ("18XX", "thế kỷ XIX", "19th century"),
        ("16XX/..", "từ thế kỷ XVII", "from the 17th century"),
        ("../16XX", "đến thế kỷ XVII", "until the 17th century"),
        ("1835~", "khoảng 1835", "about 1835"),
        ("2012-10-01", "1 tháng 10 năm 2012", "1 October 2012"),
        ("1835-12", "tháng 12 năm 1835", "December 1835"),
        ("../1900", "đến 1900", "until 1900"),
        ("[1667,1668]", "[1667,1668]", "[1667,1668]"),
    ],
)
def test_dates_in_words(house: House, edtf: str, vi: str, en: str) -> None:
    with speaking(house, "vi"):
        assert formats.edtf_words(edtf) == vi
    with speaking(house, "en"):
        assert formats.edtf_words(edtf) == en


def test_numbers_by_language(house: House) -> None:
    with speaking(house, "vi"):
        assert formats.pixels(2082, 2868).replace(NO_BREAK, " ") == "2.082 × 2.868 px"
        assert formats.quantity(12.8, "cm") == f"12,8{NO_BREAK}cm"
        assert formats.bytes_size(4_200_000) == f"4,2{NO_BREAK}MB"
        assert formats.day(dt.date(2026, 11, 21)) == "21 tháng 11 năm 2026"
    with speaking(house, "en"):
        assert formats.quantity(12.8, "cm") == f"12.8{NO_BREAK}cm"
        assert formats.integer(140905) == "140,905"


def test_compounds_do_not_break() -> None:
    assert bind("Chân dung xác ướp người phụ nữ") == "Chân\u00a0dung xác\u00a0ướp người\u00a0phụ\u00a0nữ"
    assert bind("Vạc đồng thời chúa Nguyễn") == "Vạc\u00a0đồng thời chúa Nguyễn"
    assert bind("Head of a Woman") == "Head of a Woman"
