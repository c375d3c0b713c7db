"""The first page: one large object, the collections, what came lately, what the museum holds."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from flask import Blueprint, render_template

from museum.catalog import store
from museum.catalog.record import Record
from museum.db import reading
from museum.web import linked
from museum.web.cards import card_of
from museum.web.context import museum
from museum.web.finding import Facet, Request
from museum.web.language import current, say_many
from museum.web.pages.collections import shelves_of
from museum.web.public import base_url
from museum.web.viewer_words import script_safe

blueprint = Blueprint("home", __name__)
_NEWEST, _FIRST_PX = 9, 1600


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number of what the museum holds, and where it leads."""

    words: str
    address: str


@blueprint.get("/")
def home() -> str:
    """The museum's first page; a fixed number of statements."""
    with reading(museum().engine) as session:
        newest = store.published(session, newest=True, limit=_NEWEST)
        found = museum().finder.find(session, Request(size=1, language=current()))
        made = store.derivatives(session, (m.sha256 for r in newest for m in r.media))
    first = _first(newest)
    return render_template(
        "pages/home.html",
        first=card_of(first, made, up_to_px=_FIRST_PX) if first else None,
        newest=tuple(card_of(r, made) for r in newest if r is not first)[: _NEWEST - 1],
        shelves=shelves_of(found.facets),
        figures=_figures(found.total, found.facets),
        total=found.total,
        jsonld=script_safe(orjson.dumps(linked.museum_jsonld(museum().settings.name, base=base_url())).decode()),
    )


def _first(records: Sequence[Record]) -> Record | None:
    """The newest record whose first photograph or scan is large enough to fill the screen, else the newest of all."""
    large = (r for r in records if any(int(m.facts.get("width_px", 0)) >= 1400 or m.kind == "scan" for m in r.media))
    return next(large, records[0] if records else None)


def _figures(total: int, facets: Sequence[Facet]) -> tuple[Figure, ...]:
    counts = {o.value: o.count for f in facets if f.name == "has" for o in f.options}
    lines = [Figure(words=say_many("%(num)s published record", "%(num)s published records", total), address="/search")]
    for kind, one, many in (
        ("photo", "%(num)s with photographs", "%(num)s with photographs"),
        ("scan", "%(num)s with a 3D scan", "%(num)s with 3D scans"),
        ("film", "%(num)s with film", "%(num)s with film"),
        ("sound", "%(num)s with sound", "%(num)s with sound"),
    ):
        if counts.get(kind):
            lines.append(Figure(words=say_many(one, many, counts[kind]), address=f"/search?has={kind}"))
    return tuple(lines)
