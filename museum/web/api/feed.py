"""A result as a feed: who subscribes to a search is told of what is new in it."""

from dataclasses import replace

from flask import Blueprint, Response, request

from museum import addresses
from museum.catalog import institutions
from museum.catalog.record import Record
from museum.catalog.standing import Moments, moments, partly
from museum.db import reading
from museum.text import unmarked
from museum.web import feeds
from museum.web.api.iiif import MEDIA_TYPE as MANIFEST_TYPE
from museum.web.api.search import checked, limit_in, next_address
from museum.web.asking import address_of, asked_in
from museum.web.context import museum
from museum.web.feeds import Entry, Feed, Link
from museum.web.finding import find
from museum.web.language import address, current, words, words_language
from museum.web.pictures import title_or
from museum.web.public import as_seen, base_url
from museum.web.responses import allow_everyone
from museum.web.results import Listed, listed
from museum.web.told import line_for

blueprint = Blueprint("feed", __name__)
USUAL, MOST = 30, 100  # entries of one page
SORT = "newest"  # a feed's order where none is asked for
_LONGEST = 600  # characters of a description


@blueprint.get(addresses.search_api("atom"))
def feed() -> Response:
    """The result as Atom, newest records first; six statements."""
    asked = checked(asked_in(request.args, sort=SORT))
    limit = limit_in(USUAL, MOST)
    known = museum().reader.position()  # before the search: what it finds is of this moment or later
    found = find(asked, limit=limit, counted=())
    base, path = base_url(), addresses.search_api("atom")
    with reading(museum().engine) as session:
        given = listed(session, found.hits, known=known, base=base)
        ids = [one.summary.id for one in given]
        when = moments(session, ids)
        described = {r.id: r for r in as_seen(partly(session, ids, "description").values())}
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
            entries=[
                _entry(one, described[one.summary.id], when[one.summary.id], names)
                for one in given
                if one.summary.id in when and one.summary.id in described
            ],
        )
    )
    response = Response(body, mimetype=feeds.MEDIA_TYPE)
    response.headers["Cache-Control"] = "public, max-age=60"
    return allow_everyone(response)


def _entry(result: Listed, record: Record, when: Moments, names: dict[str, str]) -> Entry:
    """The entry of a result; `record` holds its description."""
    said = result.summary
    title = title_or(said.title, said.numbers)
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
        title=words(title),
        language=words_language(title),
        published_at=when.published_at or when.updated_at,
        updated_at=when.updated_at,
        author=names.get(said.institution) or said.institution,
        summary="\n".join(filter(None, (line_for(said), description))),
        links=tuple(links),
        categories=((said.kind, words(museum().types.of(said.kind).label)),),
        thumbnail=result.thumbnail,
    )
