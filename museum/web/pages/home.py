"""The first page: one large object, exhibitions, what came lately, restoration, the collections."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from flask import Blueprint, render_template

from museum import addresses
from museum.catalog import store
from museum.catalog.completeness import measure
from museum.catalog.record import Record
from museum.db import reading
from museum.search.index import Page
from museum.web import linked
from museum.web.cards import Card, card_of
from museum.web.context import museum
from museum.web.finding import Asked, counts, find
from museum.web.language import say_many
from museum.web.pages.collections import shelves_of
from museum.web.public import base_url, cared_for, newest_records
from museum.web.stories import published_cards
from museum.web.terms import HAS_NAMES
from museum.web.viewer_options import script_safe

blueprint = Blueprint("home", __name__)
_NEWEST, _SHOWN, _FIRST_PX = 48, 8, 1600
_STORIES, _CARED, _CARED_READ = 2, 4, 12


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number of what the museum holds, and where it leads."""

    words: str
    address: str


@blueprint.get("/")
def home() -> str:
    """The museum's first page; a fixed number of statements."""
    everything = find(Asked(), limit=1)
    with reading(museum().engine) as session:
        newest = newest_records(session, limit=_NEWEST)
        cared = cared_for(session, limit=_CARED_READ)[0][:_CARED]
        made = store.derivatives(session, (m.sha256 for r in (*newest, *cared) for m in r.media))
        stories = published_cards(session)[:_STORIES]
    first = _first(newest)
    shown = card_of(first, made, up_to_px=_FIRST_PX) if first else None
    return render_template(
        "pages/home.html",
        first=shown,
        first_sizes=_sizes(shown),
        stories=stories,
        newest=tuple(card_of(r, made) for r in newest if r is not first and r.media)[:_SHOWN],
        cared_for=tuple(card_of(r, made) for r in cared),
        has_monuments=any(c.value == "monument" for c in counts(everything, "kind")),
        shelves=shelves_of(everything),
        figures=_figures(everything),
        total=everything.total,
        jsonld=script_safe(orjson.dumps(linked.museum_jsonld(museum().settings.name, base=base_url())).decode()),
    )


def _first(records: Sequence[Record]) -> Record | None:
    """Of the newest records the object with the largest photograph, the more complete one where two are as large."""
    objects = [r for r in records if r.kind == "object" and r.media]
    best = max(objects, key=lambda r: (_pixels(r), measure(r, museum().types.of(r.kind)).percent), default=None)
    return best or next((r for r in records if r.media), records[0] if records else None)


def _sizes(card: Card | None) -> str:
    """How wide the first picture stands (first.css: whole, 46 % of a phone's height, 78 % of a desk's)."""
    if card is None or card.picture is None or not card.picture.height_px:
        return "100vw"
    share = card.picture.width_px / card.picture.height_px
    return f"(min-width: 62rem) min(54vw, {round(78 * share)}vh), min(100vw, {round(46 * share)}vh)"


def _pixels(record: Record) -> int:
    """Megapixels of the largest photograph; a scan counts as two, as its poster fills a screen too."""
    sizes = [int(m.facts.get("width_px", 0)) * int(m.facts.get("height_px", 0)) for m in record.media]
    return max([*(size // 1_000_000 for size in sizes), 2 * any(m.kind == "scan" for m in record.media)])


def _figures(everything: Page) -> tuple[Figure, ...]:
    total = everything.total
    having = {c.value: c.count for c in counts(everything, "has")}
    image, scan, film, sound = (having.get(kind, 0) for kind in HAS_NAMES)
    lines = (
        ("", total, say_many("%(num)s record", "%(num)s records", total)),
        ("image", image, say_many("%(num)s with photographs", "%(num)s with photographs", image)),
        ("scan", scan, say_many("%(num)s with a 3D scan", "%(num)s with 3D scans", scan)),
        ("film", film, say_many("%(num)s with film", "%(num)s with film", film)),
        ("sound", sound, say_many("%(num)s with sound", "%(num)s with sound", sound)),
    )
    path = addresses.search_page()
    return tuple(
        Figure(words=words, address=f"{path}?has={kind}" if kind else path) for kind, number, words in lines if number
    )
