"""oEmbed 1.0: who pastes an address of ours into a text gets a picture with a frame, without knowing us."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import orjson
from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from museum import addresses
from museum.catalog import institutions, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Media, Record
from museum.db import reading
from museum.errors import LANGUAGES, Invalid, NotFound
from museum.viewer.embed import LEAST_HEIGHT_PX, LEAST_WIDTH_PX, Frame, frame_for, iframe, shrunk
from museum.web import language, stories
from museum.web.answers import Gone, NotOffered, Private
from museum.web.context import museum
from museum.web.details import rights_of
from museum.web.language import address, words
from museum.web.pictures import title_text
from museum.web.public import base_url, public_by_number, public_media, public_record, public_story
from museum.web.responses import allow_everyone
from museum.web.showing import Shelf, show_of

blueprint = Blueprint("oembed", __name__)
_CACHE_S = 3600
_THUMBNAIL_PX = 960
_LARGEST_PX = 100_000
_PATH = re.compile(r"/(?:embed/)?(o|e|t|m|s|n)/(.+)")
_TAIL = re.compile(r"(?:\.(?:json|jsonld)|/(?:text|card|label|conservation)(?:\.pdf)?)$")
_TYPES = {"json": "application/json", "xml": "text/xml"}
Answer = dict[str, str | int]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A page of ours, as its address names it: the letter of its kind, its name, the view asked for."""

    kind: str
    name: str
    view: str = ""


@blueprint.get("/oembed")
def answer() -> Response:
    """The consumer's request (oEmbed 1.0 §2.2); 404 for what we don't have, 401 for what was withdrawn, 501 else."""
    wanted = request.args.get("format", "json").lower()
    if wanted not in _TYPES:
        raise NotOffered("oembed.format", format=wanted[:20])
    asked = _page_of(request.args.get("url", ""))
    bounds = _bound("maxwidth"), _bound("maxheight")
    try:
        with reading(museum().engine) as session:
            told = _of_story(session, asked, *bounds) if asked.kind in "et" else _of_record(session, asked, *bounds)
    except Gone as gone:  # the specification knows no 410: what is gone is unknown, what is hidden is not public
        kind = Private if gone.code.endswith(".withdrawn") else NotFound
        raise kind(gone.code, **gone.values) from gone
    body = orjson.dumps(told) if wanted == "json" else _xml(told)
    response = Response(body, content_type=f"{_TYPES[wanted]}; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    return allow_everyone(response)


def _page_of(url: str) -> _Asked:
    """What the address names. Raises Invalid without one, NotFound for an address of another host or page.

    The museum answers to its public name and to the name it was asked by, on any port and by any scheme.
    """
    if not url:
        raise Invalid("oembed.no_url")
    try:
        parts = urlsplit(url if "://" in url or url.startswith("/") else f"//{url}")
    except ValueError as error:
        raise NotFound("oembed.unknown", url=url[:200]) from error
    ours = {urlsplit(base_url()).hostname, urlsplit(request.host_url).hostname}
    found = _PATH.fullmatch(unquote(parts.path).rstrip("/"))
    if (parts.hostname is not None and parts.hostname not in ours) or found is None:
        raise NotFound("oembed.unknown", url=url[:200])
    query = parse_qs(parts.query)
    spoken = query.get("lang", [""])[0]
    if spoken in LANGUAGES:
        language.speak(spoken)
    kind = found[1]
    name = found[2] if kind == "n" else _TAIL.sub("", found[2])
    return _Asked(kind=kind, name=name, view=query.get("view", [""])[0])


def _bound(name: str) -> int | None:
    """A size from the query in pixels, at least 1; None where none or nonsense is given (it then bounds nothing)."""
    given = request.args.get(name, "")
    return min(max(int(given), 1), _LARGEST_PX) if given.isascii() and given.isdigit() else None


def _of_record(session: Session, asked: _Asked, max_width: int | None, max_height: int | None) -> Answer:
    record, view = _record_of(session, asked)
    shelf = store.derivatives(session, (m.sha256 for m in record.media))
    show = show_of(record, shelf, asked=view)
    media = show.media[show.current.id] if show.current else None
    suffix = f"?view={view}" if view and media and media.id == view else ""
    owner = _owner(session, record)
    thumbnail = _thumbnail(media, shelf, max_width, max_height) if media else {}
    return {
        **_told(
            title=words(title_text(record)),
            embed=addresses.object_embed(record.id) + suffix,
            author=words(owner.name) if owner else words(museum().settings.name),
            author_page=owner.homepage if owner and owner.homepage else base_url() + address("/"),
            frame=frame_for(max_width_px=max_width, max_height_px=max_height),
        ),
        **thumbnail,
        **_licence(media),
    }


def _of_story(session: Session, asked: _Asked, max_width: int | None, max_height: int | None) -> Answer:
    story = public_story(session, asked.name)
    gallery = stories.gallery_of(session, [story])
    media = gallery.media(story.cover.object, story.cover.media)
    return {
        **_told(
            title=words(story.title),
            embed=addresses.story_embed(story.slug),
            author=words(museum().settings.name),
            author_page=base_url() + address("/"),
            frame=frame_for(max_width_px=max_width, max_height_px=max_height),
        ),
        **(_thumbnail(media, gallery.derivatives, max_width, max_height) if media else {}),
        **_licence(media),
    }


def _record_of(session: Session, asked: _Asked) -> tuple[Record, str]:
    """The public record and the view asked for; media and numbers lead to their record."""
    if asked.kind == "o":
        return public_record(session, asked.name), asked.view
    if asked.kind == "n":
        public = list(public_by_number(session, asked.name))
        if len(public) != 1:
            raise NotFound("web.no_number", number=asked.name)
        return public_record(session, public[0]), ""
    found = public_media(session, asked.name)
    if asked.kind == "s" and found.kind != "scan":
        raise NotFound("catalog.no_media", id=asked.name)
    return public_record(session, found.record_id), asked.name


def _owner(session: Session, record: Record) -> Institution | None:
    try:
        return institutions.get(session, record.institution)
    except NotFound:
        return None


def _told(*, title: str, embed: str, author: str, author_page: str, frame: Frame | None) -> Answer:
    """What every answer says (oEmbed 1.0 §2.3.4): "rich" with its frame, or "link" where no frame fits the bounds."""
    told: Answer = {
        "version": "1.0",
        "type": "rich" if frame else "link",
        "title": title,
        "author_name": author,
        "author_url": author_page,
        "provider_name": words(museum().settings.name),
        "provider_url": base_url() + address("/"),
        "cache_age": _CACHE_S,
    }
    if frame:
        told |= {
            "html": iframe(base_url() + address(embed), title=title, frame=frame),
            "width": frame.width_px,
            "height": frame.height_px,
        }
    return told


def _licence(media: Media | None) -> Answer:
    """Name and address of the picture's licence; the specification lets providers add such members."""
    found = rights_of([media])[0:1] if media else ()
    return {k: v for r in found for k, v in (("license", r.name), ("license_url", r.link)) if v}


def _thumbnail(media: Media, shelf: Shelf, max_width: int | None, max_height: int | None) -> Answer:
    """The largest stored JPEG (or PNG) that fits; else one computed by the image service; else none."""
    width, height = min(max_width or _THUMBNAIL_PX, _THUMBNAIL_PX), min(max_height or _THUMBNAIL_PX, _THUMBNAIL_PX)
    made = [d for d in shelf.get(media.sha256, ()) if d.facts.get("width_px")]
    stored = [
        d
        for d in made
        if d.media_type in ("image/jpeg", "image/png")
        and int(d.facts["width_px"]) <= width
        and int(d.facts["height_px"]) <= height
    ]
    if stored:
        best = max(stored, key=lambda d: int(d.facts["width_px"]))
        size = Frame(width_px=int(best.facts["width_px"]), height_px=int(best.facts["height_px"]))
        where = addresses.derivative(media.id, best.name, best.digest)
    else:
        pyramid = next((d for d in made if d.name == "pyramid"), None)
        if pyramid is None or min(width, height) < min(LEAST_WIDTH_PX, LEAST_HEIGHT_PX) // 4:
            return {}
        size = shrunk(
            int(pyramid.facts["width_px"]), int(pyramid.facts["height_px"]), max_width_px=width, max_height_px=height
        )
        where = addresses.image(media.id, size=f"{size.width_px},{size.height_px}")
    return {
        "thumbnail_url": base_url() + where,
        "thumbnail_width": size.width_px,
        "thumbnail_height": size.height_px,
    }


def _xml(told: dict[str, Any]) -> bytes:
    """The same in XML (oEmbed 1.0 §2.3.4.3)."""
    lines = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in told.items())
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>{lines}</oembed>\n'.encode()
