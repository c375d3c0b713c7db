"""What a page says to get the next one: a place in an order, not a count, so that it stays right as the index grows."""

import base64
import binascii
from typing import Any

import orjson

from museum.search.engine import Key

_MOST = 2**63  # engines keep whole numbers in 64 bits, and texts without character 0


def write(sort: str, level: int, key: Key) -> str:
    """The cursor after the record with `key` in tier `level`."""
    return base64.urlsafe_b64encode(orjson.dumps([sort, level, key])).decode().rstrip("=")


def is_one(cursor: str, *, sort: str) -> bool:
    """Whether `write` may have made it, for this order: `read` takes all else for the beginning."""
    found = _parts(cursor)
    return found is not None and found[0] == sort


def read(cursor: str, *, sort: str, levels: int, is_text: bool) -> tuple[int, Key | None]:
    """Level and key a cursor names; the beginning for one that is none of ours."""
    found = _parts(cursor)
    if found is not None:
        given_sort, level, key = found
        if given_sort == sort and 0 <= level < levels and isinstance(key, str) is is_text:
            return level, key
    return 0, None


def _parts(cursor: str) -> tuple[str, int, Key] | None:
    """What a cursor holds: order, tier, key; None for the empty one and for what `write` never made."""
    try:
        given: Any = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))) if cursor else None
    except (binascii.Error, ValueError):
        return None
    match given:
        case [str(), bool(), _] | [str(), _, bool()]:  # which Python takes for numbers, and PostgreSQL doesn't
            return None
        case [str(sort), int(level), int(key)] if -_MOST <= key < _MOST:
            return sort, level, key
        case [str(sort), int(level), str(key)] if "\x00" not in key:
            return sort, level, key
    return None
