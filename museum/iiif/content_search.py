"""IIIF Content Search 2.0: the words inside one object as annotations on its canvases, found and completed.

What is searched is put together elsewhere; here is how it is said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import orjson

from museum import addresses
from museum.addresses import PLACEHOLDER
from museum.iiif.source import Json
from museum.iiif.stored import guarded, serialize

CONTEXT = "http://iiif.io/api/search/2/context.json"
PAGE_SIZE = 100  # annotations of one page
_AROUND = 40  # characters before and after what was found
MOST_MARKED = 20  # places in one annotation
_FRONT = b'{"@context":'
_NEXT = b',"id":'


@dataclass(frozen=True, kw_only=True)
class Note:
    """Words on a canvas or a part of one: `id` and `target` are addresses with the placeholder, `language` "" or "und"
    where nobody said it. `motivation` is of the Web Annotation Data Model or Presentation 3.0 ("supplementing": the
    object's own words, "commenting": words about it). `size` is the canvas's width and height, 0 where it has none.
    `container` is the type of what `target` is (a part of) where Presentation 4.0 (draft) wants to know it, "" for 3.0.
    """

    id: str
    words: str
    target: str
    motivation: str
    language: str = ""
    size: tuple[int, int] = (0, 0)
    container: str = ""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A note that was found, and where in its words: (start, end) of the text."""

    note: Note
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a client asks of one record's service: `page` counts from 1. `ignored` are the standard's parameters that
    were given and that we do not know (§4.2.4). `version` is that of the standard, `presentation` that of the manifest
    whose containers are meant."""

    record_id: str
    words: str = ""
    motivations: tuple[str, ...] = ()
    page: int = 1
    ignored: tuple[str, ...] = ()
    version: int = 2
    presentation: int = 3


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The hits of one page: its number of so many, and how many stand before it."""

    hits: Sequence[Hit]
    number: int
    pages: int
    start: int


def shown_of(asked: Request, hits: Sequence[Hit]) -> Shown:
    """The page that is asked for, the last one for any beyond."""
    pages = max(1, -(-len(hits) // PAGE_SIZE))
    number = max(1, min(asked.page, pages))
    start = (number - 1) * PAGE_SIZE
    return Shown(hits=hits[start : start + PAGE_SIZE], number=number, pages=pages, start=start)


def quote(words: str, span: tuple[int, int]) -> tuple[str, str, str]:
    """(what stands before, the place itself, what stands after) of a place in words."""
    start, end = span
    return words[max(0, start - _AROUND) : start], words[start:end], words[end : end + _AROUND]


def term_of(words: str) -> str:
    """The query that finds a completion: several words in quotation marks."""
    return f'"{words}"' if " " in words else words


def service(record_id: str, *, presentation: int = 3) -> Json:
    """The service as a manifest of that version of the Presentation API names it (§3)."""
    completion = _address(record_id, "autocomplete", presentation=presentation)
    return {
        "id": _address(record_id, presentation=presentation),
        "type": "SearchService2",
        "service": [{"id": completion, "type": "AutoCompleteService2"}],
    }


def naming_services(body: bytes, services: Sequence[Json]) -> bytes:
    """A stored manifest, which a museum may also give out as a file, with the services that answer while it is served.

    Its context comes before Presentation's (Presentation 3.0 §4.6). Bytes that begin otherwise stay as they are.
    """
    end = body.find(_NEXT)
    if end < 0 or not body.startswith(_FRONT):
        return body
    given = orjson.loads(body[len(_FRONT) : end])
    *others, last = given if isinstance(given, list) else [given]
    front = serialize({"@context": [*others, CONTEXT, last], "service": list(services)})
    return front[:-1] + body[end:]


def result(asked: Request, hits: Sequence[Hit]) -> bytes:
    """One page of what was found, `hits` being all of it, with the placeholder (§4.2)."""
    shown = shown_of(asked, hits)
    own = page_address(asked, shown.number if shown.pages > 1 else 0)
    document: Json = {"@context": CONTEXT, "id": own, "type": "AnnotationPage"}
    if shown.pages > 1:
        document |= dict(_place(asked, shown, total=len(hits)))
    if asked.ignored:
        document["ignored"] = list(asked.ignored)
    document["items"] = [_annotation(hit.note) for hit in shown.hits]
    if marked := [mark for hit in shown.hits for mark in _marks(hit)]:
        document["annotations"] = [{"id": f"{own}#matches", "type": "AnnotationPage", "items": marked}]
    return serialize(document)


def terms(asked: Request, found: Sequence[tuple[str, int]], *, more: Mapping[str, str]) -> bytes:
    """Completions, (words, how many annotations have them) in order, with the placeholder (§5.2); `more` are further
    parameters that were asked with."""
    query = query_of(asked, **more)
    address = _address(asked.record_id, "autocomplete", presentation=asked.presentation)
    document: Json = {"@context": CONTEXT, "id": f"{address}?{query}"}
    document["type"] = "TermPage"
    if asked.ignored:
        document["ignored"] = list(asked.ignored)
    document["items"] = [_term(asked, words, count) for words, count in found]
    return serialize(document)


def _term(asked: Request, words: str, count: int) -> Json:
    sought = replace(asked, words=term_of(words))
    search = {"id": page_address(sought, 0), "type": "SearchService2"}
    term: Json = {"type": "Term", "value": guarded(sought.words), "total": count, "service": [search]}
    return term | ({"label": {"none": [guarded(words)]}} if sought.words != words else {})


def _place(asked: Request, shown: Shown, *, total: int) -> Iterator[tuple[str, object]]:
    """Where a page stands among the others (§4.2.2)."""

    def at(place: int) -> Json:
        return {"id": page_address(asked, place), "type": "AnnotationPage"}

    collection = {"id": page_address(asked, 0), "type": "AnnotationCollection", "total": total}
    yield "partOf", {**collection, "first": at(1), "last": at(shown.pages)}
    if shown.number < shown.pages:
        yield "next", at(shown.number + 1)
    if shown.number > 1:
        yield "prev", at(shown.number - 1)
    yield "startIndex", shown.start


def _annotation(note: Note) -> Json:
    body: Json = {"type": "TextualBody", "value": guarded(note.words), "format": "text/plain"}
    if note.language not in ("", "und"):
        body["language"] = [note.language] if note.container else note.language
    return {
        "id": note.id,
        "type": "Annotation",
        "motivation": [note.motivation] if note.container else note.motivation,
        "body": body,
        "target": _target(note) if note.container else note.target,
    }


def _target(note: Note) -> Json:
    """The target as Presentation 4.0 (draft) says it: an object, a part of one with a selector."""
    whole, _, part = note.target.partition("#")
    container = {"id": whole, "type": note.container}
    if not part:
        return container
    selector = {"type": "FragmentSelector", "value": part}
    own = f"{note.id}/place"
    return {"id": own, "type": "SpecificResource", "source": container, "selector": [selector]}


def _marks(hit: Hit) -> Iterator[Json]:
    """Where in its words a note was found, each place an annotation on the note (§4.2.6, §4.2.7)."""
    for number, span in enumerate(hit.spans[:MOST_MARKED]):
        before, exact, after = quote(hit.note.words, span)
        selector: Json = {"type": "TextQuoteSelector", "exact": guarded(exact)}
        if before:
            selector["prefix"] = guarded(before)
        if after:
            selector["suffix"] = guarded(after)
        yield {
            "id": f"{hit.note.id}/match/{number}",
            "type": "Annotation",
            "motivation": "highlighting",
            "target": {"type": "SpecificResource", "source": hit.note.id, "selector": [selector]},
        }


def page_address(asked: Request, number: int) -> str:
    """The address of a page, with the placeholder; 0: of the whole result."""
    query = query_of(asked, **({"page": str(number)} if number else {}))
    address = _address(asked.record_id, version=asked.version, presentation=asked.presentation)
    return f"{address}?{query}" if query else address


def query_of(asked: Request, **more: str) -> str:
    """The query by which all this is asked for."""
    pairs = {"q": asked.words, "motivation": " ".join(asked.motivations), **more}
    return urlencode({name: value for name, value in pairs.items() if value})


def _address(record_id: str, part: str = "", *, version: int = 2, presentation: int = 3) -> str:
    return PLACEHOLDER + addresses.content_search(record_id, part, version=version, presentation=presentation)
