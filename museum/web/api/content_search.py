"""IIIF Content Search within one object, 2.0 and 1.0, and the completion of its words.

2.0 answers twice: on the canvases of the manifest of Presentation 3.0, and on the containers of that of 4.0 (draft).
"""

from flask import Blueprint, Response, request

from museum import addresses
from museum.db import reading
from museum.errors import Invalid
from museum.iiif import content_search, content_search_1
from museum.iiif.content_search import Hit, Note, Request
from museum.iiif.stored import etag, fill
from museum.search import within
from museum.web import inside
from museum.web.context import museum
from museum.web.public import base_url
from museum.web.responses import allow_everyone

blueprint = Blueprint("content_search", __name__)
_LONGEST = 300  # characters of a query; the rest is not read
_MOST_MOTIVATIONS = 10
_MARKING = {"highlighting", "contextualizing"}  # of the annotations on what is found: they choose nothing
_UNKNOWN = ("date", "user")  # parameters of the standards that no note of ours could match (2.0 §4.1.1)
# What 1.0 and its viewers call motivations, with their prefixes or without.
_OF_VERSION_1 = {name.partition(":")[2]: ours for ours, name in content_search_1.MOTIVATIONS.items()}


@blueprint.get(addresses.content_search("<record_id>"))
def search(record_id: str) -> Response:
    """What stands inside a record: notes that hold all words asked for, page by page."""
    asked = _request(record_id, version=2)
    return _answer(content_search.result(asked, _hits(asked)), context=content_search.CONTEXT)


@blueprint.get(addresses.content_search("<record_id>", "autocomplete"))
def autocomplete(record_id: str) -> Response:
    """Words inside a record that begin like those asked for. Raises Invalid ``web.no_words`` without any."""
    asked = _request(record_id, version=2)
    found, more = _completions(asked)
    return _answer(content_search.terms(asked, found, more=more), context=content_search.CONTEXT)


@blueprint.get(addresses.content_search("<record_id>", presentation=4))
def search_4(record_id: str) -> Response:
    """The same on the scenes and other containers of a record with scans."""
    asked = _request(record_id, version=2, presentation=4)
    return _answer(content_search.result(asked, _hits(asked)), context=content_search.CONTEXT)


@blueprint.get(addresses.content_search("<record_id>", "autocomplete", presentation=4))
def autocomplete_4(record_id: str) -> Response:
    """The completion that goes with it."""
    asked = _request(record_id, version=2, presentation=4)
    found, more = _completions(asked)
    return _answer(content_search.terms(asked, found, more=more), context=content_search.CONTEXT)


@blueprint.get(addresses.content_search("<record_id>", version=1))
def search_1(record_id: str) -> Response:
    """The same as Content Search 1.0 says it."""
    asked = _request(record_id, version=1)
    return _answer(content_search_1.result(asked, _hits(asked)), context=content_search_1.CONTEXT)


@blueprint.get(addresses.content_search("<record_id>", "autocomplete", version=1))
def autocomplete_1(record_id: str) -> Response:
    """The same as Content Search 1.0 says it."""
    asked = _request(record_id, version=1)
    found, more = _completions(asked)
    return _answer(content_search_1.terms(asked, found, more=more), context=content_search_1.CONTEXT)


def _request(record_id: str, *, version: int, presentation: int = 3) -> Request:
    motivations = request.args.get("motivation", "").split()[:_MOST_MOTIVATIONS]
    return Request(
        record_id=record_id,
        words=request.args.get("q", "").strip()[:_LONGEST],
        motivations=tuple(motivations),
        page=_number("page"),
        ignored=tuple(name for name in _UNKNOWN if request.args.get(name)),
        version=version,
        presentation=presentation,
    )


def _hits(asked: Request) -> list[Hit]:
    found = _notes(asked)
    if not asked.words:
        return [Hit(note=note) for note in found]
    matches = within.find(asked.words, [note.words for note in found])
    return [Hit(note=found[match.place], spans=match.spans) for match in matches]


def _completions(asked: Request) -> tuple[list[tuple[str, int]], dict[str, str]]:
    """(words, how many notes have them), and what more was asked with."""
    if not asked.words:
        raise Invalid("web.no_words")
    least = _number("min")
    found = within.complete(asked.words, [note.words for note in _notes(asked)], least=least)
    return found, {"min": str(least)} if least > 1 else {}


def _notes(asked: Request) -> list[Note]:
    with reading(museum().engine) as session:
        found = inside.notes(session, asked.record_id, presentation=asked.presentation)
    wanted = set(asked.motivations) - _MARKING
    if asked.version == 1:
        wanted = {_OF_VERSION_1.get(name.rpartition(":")[2], name) for name in wanted}
    return [note for note in found if not wanted or note.motivation in wanted]


def _number(name: str) -> int:
    """A number of the query from 1 on; 1 for what is none."""
    given = request.args.get(name, "")
    return max(1, int(given)) if given.isascii() and given.isdecimal() and len(given) < 9 else 1


def _answer(body: bytes, *, context: str) -> Response:
    response = Response(fill(body, base_url()), content_type=f'application/ld+json;profile="{context}"')
    response.headers["ETag"] = etag(body, base_url())
    response.headers["Cache-Control"] = "public, max-age=60"
    return allow_everyone(response)
