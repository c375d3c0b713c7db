"""What a page says to get the next one: a place in an order, not a count, so that it stays right as the index grows."""

import base64
import binascii

import orjson

from museum.search.engine import Key


def write(sort: str, level: int, key: Key) -> str:
    """The cursor after the record with `key` in tier `level`."""
    return base64.urlsafe_b64encode(orjson.dumps([sort, level, key])).decode().rstrip("=")


def read(cursor: str, *, sort: str, levels: int, is_text: bool) -> tuple[int, Key | None]:
    """Level and key a cursor names; the beginning for one that is none of ours."""
    try:
        given = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)) if cursor else b"null"
        parts = orjson.loads(given)
    except (binascii.Error, ValueError):
        return 0, None
    match parts:
        case [str(given_sort), int(level), int() | str() as key]:
            if given_sort == sort and 0 <= level < levels and isinstance(key, str) is is_text:
                return level, key
    return 0, None
