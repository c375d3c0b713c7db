"""A whole result to take away: CSV, JSON Lines, an Excel workbook. However long it is, it is sent as it is read."""

from collections.abc import Iterator
from typing import Literal

from flask import Blueprint, Response, request

from museum import addresses
from museum.web import exporting, workbook
from museum.web.asking import asked_in, from_the_start
from museum.web.context import museum
from museum.web.finding import Asked, every, every_hit, find
from museum.web.language import say
from museum.web.public import base_url
from museum.web.responses import allow_everyone
from museum.web.streaming import streamed

blueprint = Blueprint("exports", __name__)
Suffix = Literal["csv", "jsonl", "xlsx"]
MEDIA_TYPES: dict[Suffix, str] = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "xlsx": workbook.MEDIA_TYPE,
}
TOTAL = "X-Total-Count"


@blueprint.get(addresses.search_api("csv"))
def as_csv() -> Response:
    """The result as a table of comma-separated values."""
    return _export("csv")


@blueprint.get(addresses.search_api("jsonl"))
def as_json_lines() -> Response:
    """The result's records whole, one JSON object a line."""
    return _export("jsonl")


@blueprint.get(addresses.search_api("xlsx"))
def as_workbook() -> Response:
    """The result as an Excel workbook."""
    return _export("xlsx")


def _export(suffix: Suffix) -> Response:
    """The whole result in the order asked for. Its header tells how many records there are: whoever got fewer was cut
    off, or one was taken out meanwhile."""
    asked = from_the_start(asked_in(request.args))
    total = find(asked, limit=1, counted=()).total
    name = say("search-result")
    response = streamed(
        _pieces(suffix, asked),
        media_type=MEDIA_TYPES[suffix],
        file_name=f"{name}.{suffix}",
        turns=museum().turns,
    )
    response.headers[TOTAL] = str(total)
    response.headers["Access-Control-Expose-Headers"] = TOTAL
    return allow_everyone(response)


def _pieces(suffix: Suffix, asked: Asked) -> Iterator[bytes]:
    engine, base = museum().engine, base_url()
    if suffix == "jsonl":
        return exporting.as_json_lines(engine, every(asked), base=base)
    known = museum().reader.position()  # before the search: what it finds is of this moment or later
    rows = exporting.rows(engine, every_hit(asked), known=known, base=base)
    if suffix == "csv":
        return exporting.as_csv(rows)
    header = [say(words) for words in exporting.COLUMNS.values()]
    return workbook.workbook(header, rows, title=say("Search"))
