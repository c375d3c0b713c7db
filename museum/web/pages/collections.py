"""Collections: everything, each kind of record, each object type. Their names are those of the IIIF collections."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request

from museum import addresses
from museum.catalog import store
from museum.db import reading
from museum.errors import NotFound
from museum.iiif.collection import ALL, slug_of
from museum.text import Text, phrases
from museum.web.cards import cards_of
from museum.web.context import museum
from museum.web.finding import PAGE_SIZE, Facet, Option, Request
from museum.web.formats import capitalize_first
from museum.web.language import address, current, words, words_language

blueprint = Blueprint("collections", __name__)
_FACETS = {"kind": "kind", "object_type": "type"}


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """A collection in a list: its name, its language where it differs, how many records, where it is."""

    slug: str
    name: str
    name_language: str
    count: int
    address: str


@blueprint.get("/c")
def collections() -> str:
    """All collections."""
    with reading(museum().engine) as session:
        found = museum().finder.find(session, Request(size=1, language=current()))
    return render_template("pages/collections.html", shelves=shelves_of(found.facets), total=found.total)


@blueprint.get("/c/<slug>")
def collection(slug: str) -> str:
    """The records of one collection, by title."""
    number = max(1, request.args.get("page", 1, type=int))
    with reading(museum().engine) as session:
        facets = museum().finder.find(session, Request(size=1, language=current())).facets
        label, filters = _named(slug, facets)
        asked = Request(filters=filters, sort="title", page=number, language=current())
        found = museum().finder.find(session, asked)
        records = store.get_many(session, found.ids)
        cards = cards_of(session, [records[i] for i in found.ids if i in records])
    if not found.total or (number > 1 and not cards):
        raise NotFound("web.no_collection", slug=slug)
    return render_template(
        "pages/collection.html",
        slug=slug,
        name=words(label),
        name_language=words_language(label),
        total=found.total,
        cards=cards,
        page=number,
        pages=-(-found.total // PAGE_SIZE),
        page_address=lambda number: address(f"{addresses.collection_page(slug)}?page={number}"),
        manifest=addresses.iiif_collection(slug),
    )


def shelves_of(facets: Sequence[Facet]) -> tuple[Shelf, ...]:
    """The collections that the facets of the whole catalogue show: object types, and kinds where there are several."""
    kinds = next((f for f in facets if f.name == "kind"), Facet(name="kind", options=()))
    types = next((f for f in facets if f.name == "object_type"), Facet(name="object_type", options=()))
    found = [_shelf("type", o) for o in types.options]
    if len(kinds.options) > 1:
        found += [_shelf("kind", o) for o in kinds.options]
    return tuple(found)


def slug_of_option(prefix: str, option: Option) -> str:
    """Part of an address for a facet's value: "type-mosaic", "kind-monument"."""
    name = option.label.get("en", option.value) if prefix == "type" else option.value
    return f"{prefix}-{slug_of(name)}"


def _shelf(prefix: str, option: Option) -> Shelf:
    label = _label(prefix, option)
    slug = slug_of_option(prefix, option)
    name = words(label)
    return Shelf(
        slug=slug,
        name=capitalize_first(name),
        name_language=words_language(label),
        count=option.count,
        address=addresses.collection_page(slug),
    )


def _label(prefix: str, option: Option) -> Text:
    if prefix == "kind" and option.value in museum().types.by_kind:
        return museum().types.of(option.value).plural
    return option.label or Text({"und": option.value})


def _named(slug: str, facets: Iterable[Facet]) -> tuple[Text, dict[str, tuple[str, ...]]]:
    if slug == ALL:
        return phrases("media")["all_records"], {}
    for facet in facets:
        prefix = _FACETS.get(facet.name, "")
        for option in facet.options if prefix else ():
            if slug_of_option(prefix, option) == slug:
                return _label(prefix, option), {facet.name: (option.value,)}
    raise NotFound("web.no_collection", slug=slug)
