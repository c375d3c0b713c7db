"""A document as it stands in a tantivy index: rows, and what stands for longer texts in them. Needs no tantivy."""

from binascii import b2a_base64
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import orjson

from museum.search.document import SearchDoc
from museum.search.engine import sort_keys
from museum.search.nodes import FIELDS

# Facets of many values have a column of numbers that stand for them: to look one value up in a column's own dictionary
# takes longer than to count a hundred records.
NUMBERED = ("material", "place")
_NUMBER_BYTES = 5
_START_BYTES = 5


def row_of(doc: SearchDoc, *, newest: int, stored: bytes) -> str:
    """A document as the library takes it fastest: one JSON object. Made in another process it is cheap to hand over."""
    row: dict[str, Any] = {
        "id": doc.id,
        "stored": b2a_base64(stored, newline=False).decode(),
        "whole": [short(whole) for whole in doc.wholes],
    }
    held = {name: doc.streams[name] for name in FIELDS if doc.streams.get(name)}
    row.update(held)
    row["all"] = list(held.values())
    row.update({f"marked_{scope}": stream for scope, stream in doc.marked.items() if stream})
    row.update({f"facet_{name}": [item.value for item in values] for name, values in doc.facets.items()})
    for name in NUMBERED:
        if values := doc.facets.get(name):
            row[column(name)] = [value_number(item.value) for item in values]
    if doc.year_from is not None and doc.year_to is not None:
        row["year_from"], row["year_to"] = doc.year_from, doc.year_to
    keys = sort_keys(doc, newest=newest)
    if keys["title_en"] == keys["title_vi"]:
        del keys["title_en"]
    for name, key in keys.items():
        row[f"key_{name}"] = key
        if isinstance(key, str):
            row[f"start_{name}"] = start_of(key)
    return orjson.dumps(row).decode()


def start_of(key: str) -> int:
    """The first bytes of a key as a number: ordered like the keys, ties where they begin alike."""
    return int.from_bytes(key.encode("utf-8")[:_START_BYTES].ljust(_START_BYTES, b"\0"), "big")


def short(whole: str) -> str:
    """36 bits that stand for a whole title or number: nobody reads it, and in full it takes five times the room. Where
    it counts, all words are asked for, too."""
    return b2a_base64(blake2b(whole.encode(), digest_size=6).digest(), newline=False)[:6].decode()


def column(name: str) -> str:
    """The column in which a facet is counted."""
    return f"number_{name}" if name in NUMBERED else f"facet_{name}"


@lru_cache(maxsize=16384)
def value_number(value: str) -> int:
    """40 bits that stand for a facet's value, in each index the same. Of 50,000 values hardly two share one."""
    return int.from_bytes(blake2b(value.encode(), digest_size=_NUMBER_BYTES).digest(), "big")
