"""Presentation 3.0 collections: everything, each kind, each object type; members by reference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from museum import addresses
from museum.addresses import PLACEHOLDER
from museum.catalog.record import Record
from museum.catalog.vocabulary import Vocabulary
from museum.errors import NotFound
from museum.iiif import checks, prezi
from museum.iiif.agent import provider
from museum.iiif.manifest import label_of, nav_date, thumbnail_of
from museum.iiif.source import Derivatives, Institution, Json
from museum.iiif.stored import serialize
from museum.iiif.words import phrase, plain, rich
from museum.text import Text, as_slug

ALL = "all"
OBJECT_TYPES = "object_types"  # the vocabulary's scheme


@dataclass(frozen=True, kw_only=True)
class Member:
    """One entry of a collection: its address without the public one, label, and for a manifest a thumbnail and date."""

    address: str
    label: Text
    type: Literal["Manifest", "Collection"] = "Manifest"
    thumbnail: Sequence[Json] = ()
    nav_date: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A collection to build: its slug, label, the ids of its records, and the slugs of collections within it."""

    slug: str
    label: Text
    records: tuple[str, ...] = ()
    collections: Mapping[str, Text] = field(default_factory=dict)


def plan_collections(
    records: Sequence[Record], *, kinds: Mapping[str, Text], vocabulary: Vocabulary | None = None
) -> list[Plan]:
    """The collections of these records: "all" (which leads to the others), "kind-<kind>" and "type-<object type>".

    `kinds` names each kind; `vocabulary` gives a known object type its labels, from which the slug is made
    (English where there is one). An object type in two spellings of case or marks is one collection.
    """
    by_slug: dict[str, tuple[Text, list[str]]] = {}
    for record in records:
        slugs = {f"kind-{record.kind}": kinds[record.kind]}
        object_type = record.text("object_type")
        if vocabulary and object_type:
            term = vocabulary.find(OBJECT_TYPES, object_type.say("en"))
            object_type = term.label if term else object_type
        slug = as_slug(object_type.say("en"))
        if slug:
            slugs[f"type-{slug}"] = object_type
        for name, label in slugs.items():
            by_slug.setdefault(name, (label, []))[1].append(record.id)
    parts = [Plan(slug=slug, label=label, records=tuple(ids)) for slug, (label, ids) in sorted(by_slug.items())]
    everything = Plan(
        slug=ALL,
        label=phrase("all_records"),
        records=tuple(record.id for record in records),
        collections={part.slug: part.label for part in parts},
    )
    return [everything, *parts]


def member_of(record: Record, derivatives: Derivatives) -> Member:
    """The entry of a record's manifest."""
    return Member(
        address=addresses.manifest(record.id),
        label=label_of(record),
        thumbnail=thumbnail_of(record, derivatives),
        nav_date=nav_date(record),
    )


def member_collection(slug: str, label: Text) -> Member:
    """The entry of a collection within a collection."""
    return Member(address=addresses.iiif_collection(slug), label=label, type="Collection")


def build_collection(
    slug: str,
    *,
    label: Text,
    members: Sequence[Member],
    institution: Institution,
    languages: Sequence[str] = ("vi", "en"),
    summary: Text | None = None,
) -> bytes:
    """The collection as JSON bytes with the placeholder, checked as manifests are.

    Raises NotFound ``iiif.nothing_to_show`` without members (Presentation 3.0 §3.1 wants at least one).
    """
    if not members:
        raise NotFound("iiif.nothing_to_show", id=slug)
    document: Json = {"id": PLACEHOLDER + addresses.iiif_collection(slug), "type": "Collection", "label": plain(label)}
    if summary:
        document["summary"] = rich(summary)
    document["provider"] = [provider(institution, languages=languages)]
    document["homepage"] = [
        {
            "id": PLACEHOLDER
            + addresses.page(addresses.collection_page(slug), language=code, first_language=languages[0]),
            "type": "Text",
            "label": plain(label),
            "format": "text/html",
            "language": [code],
        }
        for code in languages
    ]
    small = next((m.thumbnail for m in members if m.thumbnail), ())
    if small:
        document["thumbnail"] = list(small)
    document["items"] = [entry_of(member) for member in members]
    whole = prezi.collection(document)
    checks.require_sound(whole)
    return serialize(whole)


def entry_of(member: Member) -> Json:
    """A member as it stands among a collection's items."""
    entry: Json = {"id": PLACEHOLDER + member.address, "type": member.type, "label": plain(member.label)}
    if member.thumbnail:
        entry["thumbnail"] = list(member.thumbnail)
    if member.nav_date:
        entry["navDate"] = member.nav_date
    return entry
