"""What a page says to get the next one: a place in an order, not a count, so that it stays right as the index grows."""

import base64
import binascii
from typing import Any

import orjson

from museum.search.engine import Key


def write(sort: str, level: int, key: Key) -> str:
    """The cursor after the record with `key` in tier `level`."""
    return base64.urlsafe_b64encode(orjson.dumps([sort, level, key])).decode().rstrip("=")


def is_one(cursor: str, *, sort: str) -> bool:
    """Whether `write` may have made it, for this order: `read` takes all else for the beginning."""
    match _parts(cursor):
        case [str(given_sort), int(), int() | str()]:
            return given_sort == sort
    return False


def read(cursor: str, *, sort: str, levels: int, is_text: bool) -> tuple[int, Key | None]:
    """Level and key a cursor names; the beginning for one that is none of ours."""
    match _parts(cursor):
        case [str(given_sort), int(level), int() | str() as key]:
            if given_sort == sort and 0 <= level < levels and isinstance(key, str) is is_text:
                return level, key
    return 0, None


def _parts(cursor: str) -> Any:
    """What a cursor holds; None for the empty one and for what is none."""
    try:
        return orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))) if cursor else None
    except (binascii.Error, ValueError):
        return None
