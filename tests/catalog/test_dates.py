"""Dates as Vietnamese and other museums write them."""

import pytest

from museum.catalog.dates import bounds, parse, span
from museum.db import utc_now
from museum.errors import Invalid


@pytest.mark.parametrize(
    ("written", "edtf", "years"),
    [
        ("AD 115–150", "0115/0150", (115, 150)),
        ("350–300 BC", "-0349/-0299", (-350, -300)),
        ("Minh Mạng năm thứ 16", "1835", (1835, 1835)),
        ("năm Minh Mạng 16", "1835", (1835, 1835)),
        ("明命十六年", "1835", (1835, 1835)),
        ("thế kỷ XIX", "18XX", (1800, 1899)),
        ("cuối thế kỷ 17", "1670/1699", (1670, 1699)),
        ("thế kỷ VII–VIII", "06XX/07XX", (600, 799)),
        ("khoảng 1835", "1835~", (1835, 1835)),
        ("12/1835", "1835-12", (1835, 1835)),
        ("ngày 26/5/1822", "1822-05-26", (1822, 1822)),
        ("1 March 1837", "1837-03-01", (1837, 1837)),
        ("thế kỷ I", "00XX", (1, 99)),
        ("thế kỷ I–II", "00XX/01XX", (1, 199)),
        ("thế kỷ IV TCN", "-0399/-0300", (-400, -301)),
        ("thời Nguyễn", "", None),
        ("", "", None),
    ],
)
def test_a_written_date_is_read(written: str, edtf: str, years: tuple[int, int] | None) -> None:
    reading = parse(written)
    assert reading.edtf == edtf
    assert reading.as_written == written
    assert bounds(reading.edtf) == years


def test_what_goes_on_is_of_every_year_until_now() -> None:
    now = utc_now().year
    assert span("16XX/..") == (1600, now)
    assert span("2025-01-01/..") == (2025, now)
    assert span("../1837") == (1837, 1837)
    assert span("../18XX") == (1800, 1899)
    assert span("1659/1684") == bounds("1659/1684") == (1659, 1684)
    assert span("../..") is None
    assert bounds("Y-4600000000") == (-4_600_000_001, -4_600_000_001)
    assert span("Y-4600000000") == (-2_000_000_000, -2_000_000_000)
    assert span("Y-4600000000/..") == (-2_000_000_000, now)
    assert span("") is None


def test_years_of_the_table_win_over_words_that_say_nothing() -> None:
    reading = parse("thời Nguyễn", year_from=1802, year_to=1945)
    assert reading.edtf == "1802/1945"
    assert reading.as_written == "thời Nguyễn"


@pytest.mark.parametrize("written", ["31/02/2020", "13/1835", "1900–1800", "Minh Mạng 45", "năm 0"])
def test_an_impossible_date_is_refused_with_words(written: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(written)
    assert written in caught.value.message("vi")


def test_a_range_that_runs_backwards_is_refused() -> None:
    with pytest.raises(Invalid):
        parse("", year_from=150, year_to=115)
