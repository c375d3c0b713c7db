"""A result as a feed: who subscribes to a search is told of what is new in it."""

from dataclasses import replace

from flask import Blueprint, Response, request

from museum import addresses
from museum.catalog import institutions
from museum.catalog.standing import Moments, moments
from museum.db import reading
from museum.text import unmarked
from museum.web import feeds
from museum.web.api.iiif import MEDIA_TYPE as MANIFEST_TYPE
from museum.web.api.search import checked, limit_in, next_address
from museum.web.asking import address_of, asked_in
from museum.web.cards import summary_line
from museum.web.context import museum
from museum.web.feeds import Entry, Feed, Link
from museum.web.finding import find
from museum.web.language import address, current, words, words_language
from museum.web.pictures import title_text
from museum.web.public import base_url
from museum.web.responses import allow_everyone
from museum.web.results import Result, results

blueprint = Blueprint("feed", __name__)
USUAL, MOST = 30, 100  # entries of one page
SORT = "newest"  # a feed's order where none is asked for
_LONGEST = 600  # characters of a description


@blueprint.get(addresses.search_api("atom"))
def feed() -> Response:
    """The result as Atom, newest records first; five statements."""
    asked = checked(asked_in(request.args, sort=SORT))
    limit = limit_in(USUAL, MOST)
    found = find(asked, limit=limit, counted=())
    base, path = base_url(), addresses.search_api("atom")
    with reading(museum().engine) as session:
        given = results(session, [hit.id for hit in found.hits], base=base)
        when = moments(session, [r.record.id for r in given])
        keepers = institutions.all_of(session)
    names = {code: words(keeper.name) for code, keeper in keepers.items()}
    first = base + address(address_of(path, replace(asked, cursor=""), sort=SORT))
    own = base + address(address_of(path, asked, sort=SORT))
    page = base + address(address_of(addresses.search_page(), replace(asked, cursor="")))
    following = next_address(path, asked, found, sort=SORT)
    links = [
        Link(relation="self", address=own, media_type=feeds.MEDIA_TYPE),
        Link(relation="first", address=first, media_type=feeds.MEDIA_TYPE),
        Link(relation="alternate", address=page, media_type="text/html", language=current()),
    ]
    if following:
        links.append(Link(relation="next", address=following, media_type=feeds.MEDIA_TYPE))
    museum_name = words(museum().settings.name)
    body = feeds.atom(
        Feed(
            id=first,
            title=f"{asked.text} – {museum_name}" if asked.text else museum_name,
            author=museum_name,
            language=current(),
            total=found.total,
            links=tuple(links),
            entries=[_entry(r, when[r.record.id], names) for r in given if r.record.id in when],
        )
    )
    response = Response(body, mimetype=feeds.MEDIA_TYPE)
    response.headers["Cache-Control"] = "public, max-age=60"
    return allow_everyone(response)


def _entry(result: Result, when: Moments, names: dict[str, str]) -> Entry:
    record, said = result.record, result.summary
    title = title_text(record)
    description = unmarked(words(record.text("description")))
    if len(description) > _LONGEST:
        description = description[:_LONGEST].rsplit(" ", 1)[0] + " …"
    links = [
        Link(relation="alternate", address=result.page, media_type="text/html"),
        Link(relation="related", address=result.data, media_type="application/json"),
    ]
    if result.manifest:
        links.append(Link(relation="related", address=result.manifest, media_type=MANIFEST_TYPE))
    return Entry(
        id=result.page,
        title=unmarked(words(title)),
        language=words_language(title),
        published_at=when.published_at or when.updated_at,
        updated_at=when.updated_at,
        author=names.get(record.institution) or record.institution,
        summary="\n".join(filter(None, (summary_line(record), description))),
        links=tuple(links),
        categories=((said.kind, words(museum().types.of(record.kind).label)),),
        thumbnail=result.thumbnail,
    )
