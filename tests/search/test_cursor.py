"""A cursor that nobody was given is none, whatever its parts are."""

import base64

import orjson
import pytest

from museum.search import cursor


def made(*parts: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


@pytest.mark.parametrize("key", [2**63, 2**64 - 1, "a\x00b", None, [1], 1.5, True])
def test_what_no_engine_keeps_is_no_cursor(key: object) -> None:
    assert not cursor.is_one(made("year", 0, key), sort="year")
    assert cursor.read(made("year", 0, key), sort="year", levels=1, is_text=isinstance(key, str)) == (0, None)


def test_what_was_written_is_read() -> None:
    for key in (0, 2**63 - 1, "vac dong\x02vn0000018"):
        given = cursor.write("title", 1, key)
        assert cursor.is_one(given, sort="title")
        assert not cursor.is_one(given, sort="year")
        assert cursor.read(given, sort="title", levels=2, is_text=isinstance(key, str)) == (1, key)
