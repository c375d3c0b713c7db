"""A visitor who walks through every address there is and reads everything: headers, packed bodies, files' insides."""

import gzip
import html
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pikepdf
import pypdfium2
from flask import Flask
from werkzeug.test import Client

from museum.catalog import store
from museum.db import reading
from museum.iiif.image import Limits
from museum.iiif.service import ImageService
from museum.storage.derivatives import Derivatives
from museum.storage.local import LocalBlobs
from museum.web.locating import locator
from museum.web.pages import image_access
from museum.web.tiles import ImageRoute
from tests.web.planted import Planted
from tests.web.planted_words import IDS, POSITION, SECRETS, SLUGS

HOST = "https://baotang.example"
_LINK = re.compile(
    rb"""(?:href|src|srcset|action|content|data-[a-z-]+)=["']([^"']+)["']|"((?:https://baotang\.example)?/[^"\\\s]*)\""""
)
_PLACES = re.compile(r"<(?:(\w+):)?(\w+)>")
_NO_PAGES = ("/static/",)
_NUMBERS = ("BTH.12", SECRETS["draft number"], SECRETS["location code"])
_LIKE_OTHERS = tuple(IDS[name] for name in ("stored", "person", "shared"))  # public, with prints like all
_OTHER = "xqvwzzkqpxj"  # a word that stands nowhere, asked for beside each secret


@dataclass
class Visit:
    """What the walk saw: how many addresses, statuses, and where each secret was read (place → addresses)."""

    addresses: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    found: dict[str, list[str]] = field(default_factory=dict)


def crawl(app: Flask, planted: Planted, *, with_prints: bool = True) -> Visit:
    """Walk from every route filled with every id, hidden or not, and every question, along all links that come up.

    A print takes a second; where every record is shown they are too many, so `with_prints` can leave them out.
    """
    service = ImageService(
        locator(planted.engine, Derivatives(LocalBlobs(planted.settings.derived)), with_samples=False),
        Limits(max_width_px=4096, max_area_px=4096 * 4096),
    )
    client = Client(ImageRoute(app.wsgi_app, service, gate=image_access.gate_in(app.extensions).answer))
    visit = Visit()
    asked = (*_routes(app, planted), *_pictures(planted), *_questions(), *_oembeds(planted))
    waiting = [path for path in asked if path.startswith("/search") or _is_wanted(path, with_prints)]
    known = set(waiting)
    while waiting:
        path = waiting.pop()
        for accept in _accepted(path):
            links = _read(client, path, accept, visit)
            fresh = [link for link in links if link not in known and _is_wanted(link, with_prints)]
            known.update(fresh)
            waiting += fresh
    return visit


def _accepted(path: str) -> tuple[str, ...]:
    bare = path.partition("?")[0]
    return ("*/*", "application/json", "application/ld+json") if re.fullmatch(r"/o/\w+", bare) else ("*/*",)


def _read(client: Client, path: str, accept: str, visit: Visit) -> list[str]:
    answer = client.get(path, headers={"Accept-Encoding": "gzip", "Accept": accept}, base_url=HOST)
    body = answer.get_data()
    kind = answer.mimetype or ""
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    visit.addresses += 1
    visit.statuses[answer.status_code] = visit.statuses.get(answer.status_code, 0) + 1
    said = [head.encode(), body, *_insides(body, kind)]
    for place, secret in SECRETS.items():
        if _tells(said, place, secret, path):
            visit.found.setdefault(place, []).append(f"{answer.status_code} {path}")
    answer.close()
    is_text = kind.startswith("text/") or "json" in kind or "xml" in kind
    links = [answer.headers["Location"]] if "Location" in answer.headers else []
    return _links([*links, *(_written(body) if is_text else ())])


def _tells(said: Iterable[bytes], place: str, secret: str, path: str) -> bool:
    """True when an answer holds a secret that its address does not: a page repeats what it was asked for."""
    if secret.lower() in unquote(path).lower():
        return False
    forms = _forms(place, secret)
    return any(form in part for part in said for form in forms)


def _forms(place: str, secret: str) -> tuple[bytes, ...]:
    words = {secret, secret.upper(), secret.capitalize()}
    plain = tuple(
        form for word in words for form in (word.encode(), word.encode("utf-16-be"), word.encode("utf-16-le"))
    )
    return (struct.pack(">I", POSITION), struct.pack("<I", POSITION)) if place == "EXIF position" else plain


def _insides(body: bytes, kind: str) -> Iterator[bytes]:
    """What a file holds packed: a PDF's text, metadata, attachments and streams, a PNG's texts, pages' entities."""
    if body.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(body)
        for page in document:
            yield page.get_textpage().get_text_bounded().encode()
        yield repr(document.get_metadata_dict()).encode()
        document.close()
        with pikepdf.open(io.BytesIO(body)) as pdf:
            yield repr({k: str(v) for k, v in pdf.docinfo.items()}).encode()
            for thing in pdf.objects:
                if isinstance(thing, pikepdf.Stream):
                    try:
                        yield thing.read_bytes()
                    except pikepdf.PdfError:  # a picture whose packing only viewers undo
                        yield thing.read_raw_bytes()
                else:
                    yield repr(thing).encode()
    elif body.startswith(b"PK\3\4"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield html.unescape(archive.read(name).decode("utf-8", "replace")).encode()
    elif body.startswith(b"\x89PNG"):
        for packed in re.findall(rb"(?:zTXt|iTXt)[^\0]+\0[\0\1]?\0?(?:\0\0)?(x.+?)IDAT", body, re.S):
            yield zlib.decompressobj().decompress(packed)
    elif kind.startswith("text/") or "json" in kind or "xml" in kind:
        yield html.unescape(body.decode("utf-8", "replace")).encode()


def _written(body: bytes) -> Iterator[str]:
    for one, other in _LINK.findall(body):
        for part in html.unescape((one or other).decode("utf-8", "replace")).split(", "):
            yield part.split(" ")[0]
    text = html.unescape(body.decode("utf-8", "replace"))
    yield from (part for part in re.findall(r'"((?:https://baotang\.example)?/[^"\\\s<>]*)"', text))


def _links(found: Iterable[str]) -> list[str]:
    links = []
    for link in found:
        link = link.removeprefix(HOST)
        if link.startswith("/") and not link.startswith("//") and "{" not in link:
            parts = urlsplit(link)
            links.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return links


def _is_wanted(link: str, with_prints: bool) -> bool:
    """All but the built files and some prints, which take a second each.

    Addresses of searches and logins multiply without end: those with one condition or none are walked (a visitor's
    search for each secret is among the questions).
    """
    if link.startswith(_NO_PAGES):
        return False
    if link.startswith("/o/") and ".pdf" in link and (not with_prints or link.split("/")[2] in _LIKE_OTHERS):
        return False
    most = 1 if link.startswith("/search") else 0
    return not link.startswith(("/search", "/login")) or len(parse_qsl(urlsplit(link).query)) <= most


def _routes(app: Flask, planted: Planted) -> Iterator[str]:
    """Every GET route, filled with every id, number, slug and file that exists, hidden or not, in both languages."""
    with reading(planted.engine) as session:
        media = [m for record in planted.records.values() for m in record.media]
        made = store.derivatives(session, [m.sha256 for m in media])
    files = [(m.id, d.digest[:12], d.name) for m in media for d in made[m.sha256]]
    media_ids = [m.id for m in media]
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(_NO_PAGES):
            continue
        names = [name for _, name in _PLACES.findall(rule.rule)]
        rows: list[dict[str, str]] = [{}]
        if {"media_id", "digest", "name"} <= set(names):
            rows = [{"media_id": m, "digest": d, "name": quote(n)} for m, d, n in files]
        else:
            for name in names:
                rows = [{**row, name: value} for row in rows for value in _values(rule.rule, name, media_ids)]
        for row in rows:
            path = _PLACES.sub(lambda m, row=row: row[m[2]], rule.rule)  # type: ignore[misc]  # bound at once
            yield path
            yield f"{path}?lang=en"


def _values(rule: str, name: str, media_ids: list[str]) -> list[str]:
    records = list(IDS.values())
    if name == "media_id":
        return media_ids
    if name == "number":
        return [quote(n) for n in _NUMBERS]
    if name == "suffix":
        return ["svg", "png"]
    if name == "record_id":
        return records
    if name == "name" and rule.startswith("/o/"):
        return [i + suffix for i in records for suffix in ("", ".json", ".jsonld")]
    if name in ("slug", "name"):
        facets = [f"type-{s}" for s in (SECRETS["hidden object type"], "vac")]
        lists = ["all", "kind-object", "kind-person", *facets] if rule.startswith(("/c/", "/iiif/collection")) else []
        return [*lists, *(s + suffix for s in SLUGS for suffix in (("", ".json") if name == "name" else ("",)))]
    return [*records, *SLUGS]


def _pictures(planted: Planted) -> Iterator[str]:
    """The image service, both versions, of every medium there is."""
    asked = {3: ("full/max/0/default", "full/90,/0/default", "0,0,256,256/256,256/0/default"),
             2: ("full/full/0/default", "full/90,/0/default", "0,0,256,256/256,/0/default")}  # fmt: skip
    for record in planted.records.values():
        for media in record.media:
            for version, paths in asked.items():
                base = f"/iiif/image/{version}/{media.id}"
                yield from (base, f"{base}/info.json")
                yield from (f"{base}/{path}.{kind}" for path in paths for kind in ("jpg", "png", "webp"))


def _questions() -> Iterator[str]:
    """Searches, filters and completions for each secret: whole, misspelt, half typed."""
    for secret in (*SECRETS.values(), _OTHER):
        for asked in (secret, f"{secret[:4]}{secret[5:]}"):
            yield f"/search?q={quote(asked)}"
        for asked in (secret[:-1], secret[:5], secret[:2]):
            yield f"/api/suggest?q={quote(asked)}"
        for facet in ("place", "object_type"):
            yield f"/search?{facet}={quote(secret)}"
        for path in ("/api/search", "/api/search.csv", "/api/search.atom", "/iiif/collection/search"):
            yield f"{path}?q={quote(secret)}"
        for record in (IDS["open"], IDS["stored"]):
            yield f"/iiif/search/2/{record}/search?q={quote(secret)}"
            yield f"/iiif/search/2/{record}/autocomplete?q={quote(secret[:4])}"
    for sort in ("title", "year", "year_down", "newest"):
        yield f"/search?sort={sort}"


def _oembeds(planted: Planted) -> Iterator[str]:
    pages = [f"/o/{i}" for i in IDS.values()] + [f"/e/{slug}" for slug in SLUGS] + [f"/n/{n}" for n in _NUMBERS]
    pages += [f"/{kind}/{m.id}" for r in planted.records.values() for m in r.media for kind in "ms"]
    for page in pages:
        for kind in ("json", "xml"):
            yield f"/oembed?url={quote(HOST + page, safe='')}&format={kind}"
