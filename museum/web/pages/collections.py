"""Collections: everything, each kind of record, each object type. Their names are those of the IIIF collections."""

from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request

from museum import addresses
from museum.db import reading
from museum.errors import NotFound
from museum.search.facets import FacetCount
from museum.search.index import Page
from museum.text import Text, as_slug, phrases
from museum.web.context import museum
from museum.web.finding import Asked, counts, find
from museum.web.formats import capitalize_first
from museum.web.language import address, words, words_language
from museum.web.terms import label_of
from museum.web.told import told_of

blueprint = Blueprint("collections", __name__)
ALL = "all"  # as museum.iiif.collection names it, which is too heavy to import for a word
_PREFIXES = {"object_type": "type", "kind": "kind"}


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """A collection in a list: its name, its language where it differs, how many records, where it is.

    `is_kind`: of a kind of record (objects, monuments), not of a type of object (drums, seals).
    """

    slug: str
    name: str
    name_language: str
    count: int
    address: str
    is_kind: bool = False


@blueprint.get("/c")
def collections() -> str:
    """All collections; no statement, the index knows."""
    everything = find(Asked(), limit=1)
    return render_template("pages/collections.html", shelves=shelves_of(everything), total=everything.total)


@blueprint.get("/c/<slug>")
def collection(slug: str) -> str:
    """The records of one collection by title; two statements."""
    label, filters = _named(slug, find(Asked(), limit=1))
    known = museum().reader.position()  # before the search: what it finds is of this moment or later
    found = find(Asked(filters=filters, sort="title", cursor=request.args.get("after", "")[:500]))
    if not found.hits:
        raise NotFound("web.no_collection", slug=slug)
    with reading(museum().engine) as session:
        cards = [one.card for one in told_of(session, found.hits, known=known)]
    path = addresses.collection_page(slug)
    return render_template(
        "pages/collection.html",
        slug=slug,
        name=capitalize_first(words(label)),
        name_language=words_language(label),
        total=found.total,
        cards=cards,
        next_address=address(f"{path}?after={found.cursor}") if found.cursor else "",
        first_address=address(path) if request.args.get("after") else "",
        manifest=addresses.iiif_collection(slug),
    )


def shelves_of(everything: Page) -> tuple[Shelf, ...]:
    """The collections that the facets of the whole catalogue show: object types, and kinds where there are several."""
    kinds = counts(everything, "kind")
    found: dict[str, Shelf] = {}
    for shelf in (*(_shelf("object_type", c) for c in counts(everything, "object_type")), *_kinds(kinds)):
        same = found.get(shelf.slug)  # two spellings of one type
        found[shelf.slug] = replace(shelf, count=shelf.count + (same.count if same else 0))
    return tuple(found.values())


def slug_of_value(facet: str, count: FacetCount) -> str:
    """Part of an address for a facet's value: "type-mosaic", "kind-monument" (as `plan_collections` names them)."""
    name = label_of(facet, count, {}).pick("en")[0] if facet == "object_type" else count.value
    return f"{_PREFIXES[facet]}-{as_slug(name)}"


def _kinds(counted: tuple[FacetCount, ...]) -> list[Shelf]:
    return [_shelf("kind", c) for c in counted] if len(counted) > 1 else []


def _shelf(facet: str, count: FacetCount) -> Shelf:
    label = label_of(facet, count, {})
    slug = slug_of_value(facet, count)
    return Shelf(
        slug=slug,
        name=capitalize_first(words(label)),
        name_language=words_language(label),
        count=count.count,
        address=addresses.collection_page(slug),
        is_kind=facet == "kind",
    )


def _named(slug: str, everything: Page) -> tuple[Text, dict[str, tuple[str, ...]]]:
    if slug == ALL:
        return phrases("media")["all_records"], {}
    for facet in _PREFIXES:
        same = [count for count in counts(everything, facet) if slug_of_value(facet, count) == slug]
        if same:
            return label_of(facet, same[0], {}), {facet: tuple(count.value for count in same)}
    raise NotFound("web.no_collection", slug=slug)
