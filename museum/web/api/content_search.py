"""IIIF Content Search 2.0 within one object, and the completion of its words."""

from flask import Blueprint, Response, request

from museum import addresses
from museum.db import reading
from museum.errors import Invalid
from museum.iiif import content_search
from museum.iiif.content_search import Hit, Note, Request
from museum.iiif.stored import etag, fill
from museum.search import within
from museum.web import inside
from museum.web.context import museum
from museum.web.public import base_url
from museum.web.responses import allow_everyone

blueprint = Blueprint("content_search", __name__)
MEDIA_TYPE = f'application/ld+json;profile="{content_search.CONTEXT}"'
_LONGEST = 300  # characters of a query; the rest is not read
_MOST_MOTIVATIONS = 10
_MARKING = {"highlighting", "contextualizing"}  # of the annotations on what is found: they choose nothing
_UNKNOWN = ("date", "user")  # parameters of the standard that no note of ours could match (§4.1.1)


@blueprint.get(addresses.content_search("<record_id>"))
def search(record_id: str) -> Response:
    """What stands inside a record: notes that hold all words asked for, page by page."""
    asked = _request(record_id)
    found = _notes(asked)
    if asked.words:
        matches = within.find(asked.words, [note.words for note in found])
        hits = [Hit(note=found[match.place], spans=match.spans) for match in matches]
    else:
        hits = [Hit(note=note) for note in found]
    return _answer(content_search.result(asked, hits))


@blueprint.get(addresses.content_search("<record_id>", "autocomplete"))
def autocomplete(record_id: str) -> Response:
    """Words inside a record that begin like those asked for. Raises Invalid ``web.no_words`` without any."""
    asked = _request(record_id)
    if not asked.words:
        raise Invalid("web.no_words")
    least = _number("min")
    found = within.complete(asked.words, [note.words for note in _notes(asked)], least=least)
    return _answer(content_search.terms(asked, found, more={"min": str(least)} if least > 1 else {}))


def _request(record_id: str) -> Request:
    motivations = request.args.get("motivation", "").split()[:_MOST_MOTIVATIONS]
    return Request(
        record_id=record_id,
        words=request.args.get("q", "").strip()[:_LONGEST],
        motivations=tuple(motivations),
        page=_number("page"),
        ignored=tuple(name for name in _UNKNOWN if request.args.get(name)),
    )


def _notes(asked: Request) -> list[Note]:
    with reading(museum().engine) as session:
        found = inside.notes(session, asked.record_id)
    wanted = set(asked.motivations) - _MARKING
    return [note for note in found if not wanted or note.motivation in wanted]


def _number(name: str) -> int:
    """A number of the query from 1 on; 1 for what is none."""
    given = request.args.get(name, "")
    return max(1, int(given)) if given.isascii() and given.isdecimal() and len(given) < 9 else 1


def _answer(body: bytes) -> Response:
    response = Response(fill(body, base_url()), content_type=MEDIA_TYPE)
    response.headers["ETag"] = etag(body, base_url())
    response.headers["Cache-Control"] = "public, max-age=60"
    return allow_everyone(response)
