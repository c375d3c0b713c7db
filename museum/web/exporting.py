"""A whole result as a file, however long: records are read a few hundred at a time and sent on."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import orjson
from sqlalchemy import Engine

from museum.catalog import listing, store
from museum.catalog.summary import SEPARATOR
from museum.db import reading
from museum.search.hits import Hit
from museum.text import Text
from museum.web.language import later
from museum.web.public import shown_with_links
from museum.web.results import Listed, listed

_T = TypeVar("_T")
COLUMNS = {
    "id": later("Permanent identifier"),
    "numbers": later("Numbers"),
    "title_vi": later("Title (Vietnamese)"),
    "title_en": later("Title (English)"),
    "title_other": later("Title (other languages)"),
    "kind": later("Kind of record"),
    "institution": later("Institution"),
    "object_type_vi": later("Object type (Vietnamese)"),
    "object_type_en": later("Object type (English)"),
    "maker": later("Maker"),
    "date": later("Date (EDTF)"),
    "date_as_written": later("Date as written"),
    "material_vi": later("Material (Vietnamese)"),
    "material_en": later("Material (English)"),
    "place_vi": later("Place (Vietnamese)"),
    "place_en": later("Place (English)"),
    "designations": later("Designations"),
    "display": later("On display"),
    "has": later("To see and hear"),
    "licences": later("Licences"),
    "page": later("Page"),
    "data": later("Data (JSON)"),
    "manifest": later("IIIF manifest"),
    "thumbnail": later("Small picture"),
}
"""The columns of a table of records, and their headings for people."""
_STEP = 500  # records read at once for a table
_WHOLE_STEP = 100  # and whole, with all their files
_BOM = "\ufeff"  # without it Excel takes UTF-8 for something else
# What a spreadsheet would calculate when it opens CSV. A year before Christ ("-0349") is none.
_FORMULA = re.compile(r"[=+@\t\r]|-(?!\d[\d/.~?%X-]*$)")


def rows(engine: Engine, hits: Iterable[Hit], *, known: int, base: str) -> Iterator[tuple[str, ...]]:
    """One row of COLUMNS for each record found that everybody may see; `known` as in `results.listed`."""
    for some in _steps(hits, _STEP):
        with reading(engine) as session:
            found = listed(session, some, known=known, base=base)
        yield from map(_row, found)


def as_csv(given: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8 with a byte order mark; the names of COLUMNS come first.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    out.write(_BOM)
    writer.writerow(COLUMNS)
    for row in given:
        writer.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in row])
        if out.tell() > 30_000:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def as_json_lines(engine: Engine, ids: Iterable[str], *, base: str) -> Iterator[bytes]:
    """Each record whole, as at its own address with ".json", on a line of its own."""
    for some in _steps(ids, _WHOLE_STEP):
        with reading(engine) as session:
            records = shown_with_links(session, some)
            made = store.derivatives(session, (m.sha256 for record in records for m in record.media))
            with_manifest = store.manifest_ids(session, [record.id for record in records])
        for record in records:
            said = listing.describe(record, made, has_manifest=record.id in with_manifest, base_url=base)
            yield orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)


def _steps(given: Iterable[_T], step: int) -> Iterator[list[_T]]:
    waiting = iter(given)
    while some := list(islice(waiting, step)):
        yield some


def _row(result: Listed) -> tuple[str, ...]:
    return tuple(cell(result) for cell in _CELLS)


def _vi(text: Text) -> str:
    return text.get("vi") or text.get("und", "")


def _en(text: Text) -> str:
    return text.get("en", "")


def _all(text: Text) -> str:
    return SEPARATOR.join(dict.fromkeys(text.values()))


def _other(text: Text) -> str:
    return SEPARATOR.join(f"{code}: {words}" for code, words in text.items() if code not in ("vi", "en", "und"))


def _said(name: str, how: Callable[[Any], str]) -> Callable[[Listed], str]:
    return lambda result: how(getattr(result.summary, name))


_OWN: dict[str, Callable[[Listed], str]] = {
    "title_other": _said("title", _other),
    "maker": _said("maker", _all),
    **{name: _said(name, SEPARATOR.join) for name in ("numbers", "designations", "has", "licences")},
    **{f"{name}_vi": _said(name, _vi) for name in ("title", "object_type", "material", "place")},
    **{f"{name}_en": _said(name, _en) for name in ("title", "object_type", "material", "place")},
    **{name: _said(name, str) for name in ("id", "kind", "institution", "date", "date_as_written", "display")},
    "page": lambda result: result.page,
    "data": lambda result: result.data,
    "manifest": lambda result: result.manifest,
    "thumbnail": lambda result: result.thumbnail,
}
_CELLS = [_OWN[name] for name in COLUMNS]
