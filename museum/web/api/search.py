"""Search for programs: the search page's own parameters, JSON, and cursors that lead to the last record of all."""

from dataclasses import replace
from typing import Any

import orjson
from flask import Blueprint, Response, request

from museum import addresses
from museum.db import reading
from museum.errors import Invalid
from museum.search import cursor
from museum.search.facets import FacetCount
from museum.search.index import Page
from museum.search.query import FACETS
from museum.web import results
from museum.web.asking import address_of, asked_in
from museum.web.context import museum
from museum.web.finding import Asked, find
from museum.web.language import address
from museum.web.public import base_url
from museum.web.responses import allow_everyone

blueprint = Blueprint("search_api", __name__)
USUAL, MOST = 50, 500  # records of one page


@blueprint.get("/api/search")
def search() -> Response:
    """One page of a result: total, records, facets, the address of the next page; three statements."""
    asked = checked(asked_in(request.args))
    limit = limit_in(USUAL, MOST)
    with_facets = request.args.get("facets", "") != "none"
    known = museum().reader.position()  # before the search: what it finds is of this moment or later
    found = find(asked, limit=limit, counted=FACETS if with_facets else ())
    base = base_url()
    with reading(museum().engine) as session:
        given = results.listed(session, found.hits, known=known, base=base)
    matched = {hit.id: list(hit.fields) for hit in found.hits}
    body: dict[str, Any] = {
        "total": found.total,
        "items": [results.described(r) | {"matched": matched[r.summary.id]} for r in given],
        "next": next_address(addresses.search_api(), asked, found) or None,
        "page": base + address(address_of(addresses.search_page(), replace(asked, cursor=""))),
        "years": list(found.years) if found.years else None,
        "suggestions": list(found.suggestions),
    }
    if with_facets:
        body["facets"] = {name: [_counted(c) for c in counts] for name, counts in found.facets.items()}
    return allow_everyone(Response(orjson.dumps(body), mimetype="application/json"))


def limit_in(usual: int, most: int) -> int:
    """How many records a page shall hold: `limit` in the query, no fewer than one, at most `most`.

    Raises Invalid ``web.bad_limit`` for what is no number.
    """
    given = request.args.get("limit", "").strip()
    if not given:
        return usual
    if not given.isascii() or not given.isdecimal() or len(given) > 9:
        raise Invalid("web.bad_limit", value=given[:40], most=most)
    return max(1, min(int(given), most))


def checked(asked: Asked) -> Asked:
    """`asked`, if its cursor is one of ours for its order; a program that began anew unawares would never end.

    Raises Invalid ``web.bad_cursor``.
    """
    if asked.cursor and not cursor.is_one(asked.cursor, sort=asked.sort):
        raise Invalid("web.bad_cursor", value=asked.cursor[:40])
    return asked


def next_address(path: str, asked: Asked, found: Page, *, sort: str = "relevance", **more: str | int) -> str:
    """The absolute address of the page after `found`, with whatever else this one was asked with; "" on the last."""
    if not found.cursor:
        return ""
    kept = {name: value for name in ("limit", "facets") if (value := request.args.get(name, ""))}
    following = replace(asked, cursor=found.cursor)
    return base_url() + address(address_of(path, following, sort=sort, **{**kept, **more}))


def _counted(count: FacetCount) -> dict[str, Any]:
    return {"value": count.value, "label": dict(count.label), "count": count.count, "is_chosen": count.is_chosen}
