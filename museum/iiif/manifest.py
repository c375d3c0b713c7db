"""The Presentation 3.0 manifest of one record: built at publish, stored with a placeholder, never in a request."""

import re
from collections.abc import Mapping, Sequence

from museum import addresses
from museum.addresses import PLACEHOLDER
from museum.catalog import digital_source
from museum.catalog.arrangement import Arrangement, arrange
from museum.catalog.record import Media, Record
from museum.catalog.vocabulary import Vocabulary
from museum.errors import NotFound
from museum.iiif import authorization, bodies, canvases, checks, prezi, semantics_4
from museum.iiif.agent import provider
from museum.iiif.canvases import Bench
from museum.iiif.description import metadata
from museum.iiif.rights import required_statement, shared_rights
from museum.iiif.source import Derivatives, FieldLabel, Institution, Json, OnRequest, Shelf
from museum.iiif.stored import serialize
from museum.iiif.words import in_language, joined, phrase, plain, rich
from museum.text import Text

_LANGUAGES = ("vi", "en")
_EDTF_START = re.compile(r"([0-9X]{4})(?:-([0-9X]{2}))?(?:-([0-9X]{2}))?(?![0-9])")


def build_manifest(
    record: Record,
    *,
    derivatives: Derivatives,
    institution: Institution,
    labels: Sequence[FieldLabel],
    languages: Sequence[str] = _LANGUAGES,
    part_of: Mapping[str, Text] | None = None,
    vocabulary: Vocabulary | None = None,
    on_request: OnRequest | None = None,
) -> bytes:
    """The record's manifest as JSON bytes with ``addresses.PLACEHOLDER`` for the public address (see `stored.fill`).

    `labels` are the fields to tell as metadata, in order; `languages` the page languages, the bare address' first;
    `part_of` the collections it stands in, slug → label; `vocabulary` gives known terms their other languages;
    `on_request` are images that not everybody may see, but everybody may know of: none of them is in `record`.
    1,000 canvases take well under 2 s.
    Raises NotFound ``iiif.nothing_to_show`` for a record without anything to look at or listen to (a manifest must
    have a canvas), BackendError ``iiif.dropped``, ``iiif.refused`` or ``iiif.faulty`` where our own result is wrong.
    """
    shelf, arrangement = Shelf(derivatives=derivatives), arrange(record)
    address = PLACEHOLDER + addresses.manifest(record.id)
    told = on_request or OnRequest()
    bench = Bench(
        base=address.rpartition("/")[0],
        shelf=shelf,
        arrangement=arrangement,
        institution=institution,
        languages=languages,
        shared_rights=shared_rights(_shown(record), beside=told.media),
        has_both=digital_source.share(record) == "some",
    )
    items, structures = _canvases_and_ranges(bench, told)
    if not items:
        raise NotFound("iiif.nothing_to_show", id=record.id)
    document: Json = {"id": address, "type": "Manifest", "label": plain(label_of(record))}
    document |= description_of(record, bench, labels=labels, vocabulary=vocabulary or Vocabulary(()))
    document |= links_of(record, bench, part_of=part_of or {})
    if any(shelf.find(media, *canvases.MODELS) for media in arrangement.scans):
        document["seeAlso"].append(_of_version_4(record))
    document["items"] = items
    if structures:
        document["structures"] = structures
    whole = prezi.manifest(document)
    if on_request and on_request.media:
        whole["@context"] = [authorization.CONTEXT, prezi.CONTEXT]  # Authorization Flow 2.0 §2.1; ours comes last
    checks.require_sound(whole)
    return serialize(whole)


def label_of(record: Record) -> Text:
    """The record's title; one without says so, with its number."""
    number = record.identifier("inventory_number") or record.identifier("accession_number") or record.id
    return label_or(record.title, number)


def label_or(title: Text, number: str) -> Text:
    """A title, else the words for "untitled" with the number."""
    return title or joined([phrase("untitled"), Text({"und": number})], ": ")


def thumbnail_of(record: Record, derivatives: Derivatives) -> list[Json]:
    """The small picture that stands for the record: its first photograph, else the poster of what else there is."""
    shelf, a = Shelf(derivatives=derivatives), arrange(record)
    shown = (*a.photographs, *a.scans, *a.films, *a.documents, *a.sounds)
    return next((small for media in shown if (small := bodies.thumbnail(shelf, media))), [])


def nav_date(record: Record) -> str:
    """The date by which clients may order: the first day of the record's EDTF date; "" if unknown or before year 1."""
    given = record.first("date")
    return first_day(str(given.value)) if given else ""


def first_day(edtf: str) -> str:
    """The same of an EDTF date."""
    match = _EDTF_START.match(edtf.lstrip("[{").split("/")[0].rstrip("~?%"))
    if match is None:
        return ""
    year, month, day = (part or "" for part in match.groups())
    year = year.replace("X", "0")
    month = "01" if not month.isdigit() or not 1 <= int(month) <= 12 else month  # 21–41 are seasons and quarters
    day = "01" if not day.isdigit() or not 1 <= int(day) <= 28 else day  # the day matters to nobody's order
    return f"{year}-{month}-{day}T00:00:00Z" if int(year) >= 1 else ""


def _canvases_and_ranges(bench: Bench, told: OnRequest) -> tuple[list[Json], list[Json]]:
    """Canvases in the order of showing; a table of contents when kinds are mixed; the turntable as a sequence.

    No ranges where sound or film stands among pictures: see `bodies.mixes_time`.
    """
    a = bench.arrangement
    many, hidden = len(a.views) > 1, told.media
    several = len(hidden) > 1
    made = {
        "photo": [canvases.lights(bench, one_set) for one_set in a.lights]
        + [canvases.photograph(bench, m, place=n if many else 0) for n, m in enumerate(a.views, start=1)],
        "turntable": [
            canvases.photograph(bench, m, kind="turntable_frame", place=n) for n, m in enumerate(a.turntable, start=1)
        ],
        "composite": [canvases.photograph(bench, m, kind="composite") for m in a.composites],
        "scan": [canvases.scan(bench, m) for m in a.scans],
        "film": [canvases.film(bench, m) for m in a.films],
        "sound": [canvases.sound(bench, m) for m in a.sounds],
        "document": [canvases.document(bench, m) for m in a.documents],
        "on_request": [
            canvases.on_request(bench, m, told=told, place=n if several else 0)
            for n, m in enumerate(told.media, start=1)
        ],
    }
    groups = {kind: found for kind, given in made.items() if (found := [c for c in given if c])}
    items = [canvas for found in groups.values() for canvas in found]
    return items, [] if bodies.mixes_time(items) else _structures(bench, groups)


def _structures(bench: Bench, groups: Mapping[str, Sequence[Json]]) -> list[Json]:
    structures: list[Json] = []
    if len(groups) > 1:
        parts = [_range(bench, kind, found) for kind, found in groups.items()]
        contents: Json = {"id": f"{bench.base}/range/contents", "type": "Range", "label": plain(phrase("contents"))}
        structures.append(contents | {"items": parts})
    if groups.get("turntable"):
        around = _range(bench, "turntable", groups["turntable"])
        structures.append({**around, "id": f"{bench.base}/range/around", "behavior": ["sequence"]})
    return structures


def _range(bench: Bench, kind: str, found: Sequence[Json]) -> Json:
    return {
        "id": f"{bench.base}/range/{kind}",
        "type": "Range",
        "label": plain(phrase(kind)),
        "items": [{"id": canvas["id"], "type": "Canvas"} for canvas in found],
    }


def description_of(record: Record, bench: Bench, *, labels: Sequence[FieldLabel], vocabulary: Vocabulary) -> Json:
    """Metadata, summary, required statement, rights and date of navigation, as every version says them."""
    said: Json = {}
    pairs = metadata(record, labels, languages=bench.languages, vocabulary=vocabulary)
    if pairs:
        said["metadata"] = pairs
    summary = record.text("description")
    if summary:
        said["summary"] = rich(summary)
    said["requiredStatement"] = required_statement(_shown(record), bench.institution, languages=bench.languages)
    if not any(said["requiredStatement"]["value"].values()):
        del said["requiredStatement"]
    if bench.shared_rights[0]:
        said["rights"] = bench.shared_rights[0]
    if date := nav_date(record):
        said["navDate"] = date
    return said


def links_of(record: Record, bench: Bench, *, part_of: Mapping[str, Text]) -> Json:
    """Provider, homepage, seeAlso, thumbnail, rendering, behavior. Homepage and seeAlso share no id (Clover hangs)."""
    links: Json = {"provider": [provider(bench.institution, languages=bench.languages)]}
    links["homepage"] = [
        {
            "id": PLACEHOLDER
            + addresses.page(addresses.object_page(record.id), language=code, first_language=bench.languages[0]),
            "type": "Text",
            "label": in_language(label_of(record), code),
            "format": "text/html",
            "language": [code],
        }
        for code in bench.languages
    ]
    as_json = bodies.linked(
        PLACEHOLDER + addresses.record_json(record.id),
        kind="Dataset",
        label=phrase("record_json"),
        media_type="application/json",
    )
    as_jsonld = bodies.linked(
        PLACEHOLDER + addresses.record_jsonld(record.id),
        kind="Dataset",
        label=phrase("record_jsonld"),
        media_type="application/ld+json",
    )
    links["seeAlso"] = [as_json, as_jsonld | {"profile": "https://schema.org/"}]
    small = thumbnail_of(record, bench.shelf.derivatives)
    if small:
        links["thumbnail"] = small
    documents = [canvases.document_link(bench.shelf, m) for m in bench.arrangement.documents]
    if documents:
        links["rendering"] = documents
    if len(_pictures(bench.arrangement)) > 1:
        links["behavior"] = ["individuals"]
    if part_of:
        links["partOf"] = [
            {"id": PLACEHOLDER + addresses.iiif_collection(slug), "type": "Collection", "label": plain(label)}
            for slug, label in part_of.items()
        ]
    return links


def _of_version_4(record: Record) -> Json:
    """The same record as 3D scenes (see `manifest_4`), for clients that know the draft."""
    address = PLACEHOLDER + addresses.manifest(record.id, version=4)
    link = bodies.linked(address, kind="Manifest", label=phrase("manifest_4"), media_type="application/ld+json")
    return link | {"profile": semantics_4.CONTEXT}


def _shown(record: Record) -> list[Media]:
    return [m for m in record.media if m.kind in ("photo", "scan", "film", "sound", "document")]


def _pictures(arrangement: Arrangement) -> tuple[object, ...]:
    return (*arrangement.lights, *arrangement.views, *arrangement.turntable, *arrangement.composites)
