"""IIIF Content Search 1.0 of the same notes: Mirador 4 and Universal Viewer 4, the viewers of today, know no other."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from museum import addresses
from museum.addresses import PLACEHOLDER
from museum.iiif.content_search import (
    MOST_MARKED,
    Hit,
    Note,
    Request,
    page_address,
    query_of,
    quote,
    shown_of,
    term_of,
)
from museum.iiif.source import Json
from museum.iiif.stored import guarded, serialize

CONTEXT = "http://iiif.io/api/search/1/context.json"
_CONTEXTS = ["http://iiif.io/api/presentation/2/context.json", CONTEXT]
# Presentation 2.1 says of transcriptions that they paint (§5.6), and has no word for what only goes with a canvas.
MOTIVATIONS = {"supplementing": "sc:painting", "commenting": "oa:commenting"}


def service(record_id: str) -> Json:
    """The service as a manifest of Presentation 3.0 names one of an older standard (3.0 §3.3)."""
    profile = "http://iiif.io/api/search/1/{}"
    completion = {
        "@id": PLACEHOLDER + addresses.content_search(record_id, "autocomplete", version=1),
        "@type": "AutoCompleteService1",
        "profile": profile.format("autocomplete"),
    }
    return {
        "@id": PLACEHOLDER + addresses.content_search(record_id, version=1),
        "@type": "SearchService1",
        "profile": profile.format("search"),
        "service": [completion],
    }


def result(asked: Request, hits: Sequence[Hit]) -> bytes:
    """One page of what was found, `hits` being all of it, with the placeholder (1.0 §3.3, §3.4)."""
    shown = shown_of(asked, hits)
    layer: Json = {"@id": page_address(asked, 0), "@type": "sc:Layer", "total": len(hits)}
    if asked.ignored:
        layer["ignored"] = list(asked.ignored)
    own = page_address(asked, shown.number if shown.pages > 1 else 0)
    document: Json = {"@context": _CONTEXTS, "@id": own, "@type": "sc:AnnotationList", "within": layer}
    if shown.pages > 1:
        layer |= {"first": page_address(asked, 1), "last": page_address(asked, shown.pages)}
        document["startIndex"] = shown.start
    if shown.number < shown.pages:
        document["next"] = page_address(asked, shown.number + 1)
    if shown.number > 1:
        document["prev"] = page_address(asked, shown.number - 1)
    document["resources"] = [_annotation(hit.note) for hit in shown.hits]
    document["hits"] = [_hit(hit, span) for hit in shown.hits for span in hit.spans[:MOST_MARKED]]
    return serialize(document)


def terms(asked: Request, found: Sequence[tuple[str, int]], *, more: Mapping[str, str]) -> bytes:
    """Completions, (words, how many annotations have them) in order, with the placeholder (1.0 §4.3)."""
    address = PLACEHOLDER + addresses.content_search(asked.record_id, "autocomplete", version=1)
    document: Json = {"@context": CONTEXT, "@id": f"{address}?{query_of(asked, **more)}", "@type": "search:TermList"}
    if asked.ignored:
        document["ignored"] = list(asked.ignored)
    document["terms"] = [
        {
            "match": guarded(term_of(words)),
            "url": page_address(replace(asked, words=term_of(words)), 0),
            "count": count,
            "label": guarded(words),
        }
        for words, count in found
    ]
    return serialize(document)


def _annotation(note: Note) -> Json:
    resource: Json = {"@type": "cnt:ContentAsText", "format": "text/plain", "chars": guarded(note.words)}
    if note.language not in ("", "und"):
        resource["language"] = note.language
    return {
        "@id": note.id,
        "@type": "oa:Annotation",
        "motivation": MOTIVATIONS.get(note.motivation, note.motivation),
        "resource": resource,
        "on": note.target if "#" in note.target else f"{note.target}#{_whole(note)}",
    }


def _whole(note: Note) -> str:
    """The whole canvas as a part of it: Universal Viewer reads no target without one."""
    width, height = note.size
    return f"xywh=0,0,{width},{height}" if width and height else "t=0"


def _hit(hit: Hit, span: tuple[int, int]) -> Json:
    before, match, after = (guarded(part) for part in quote(hit.note.words, span))
    return {"@type": "search:Hit", "annotations": [hit.note.id], "match": match, "before": before, "after": after}
