"""The public interfaces described for programs: OpenAPI 3.1 at /api/openapi.json, written in this one place.

Shapes of records come from the record's own dataclasses, so that the two cannot drift apart.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

import orjson
from flask import Blueprint, Response

import museum as package
from museum import addresses
from museum.catalog.record import Designation, Identifier, Link, Procedure, Value
from museum.search.query import FACETS, SORTS
from museum.text import Text
from museum.web import feeds, workbook
from museum.web.api import feed
from museum.web.api.search import MOST, USUAL
from museum.web.context import museum
from museum.web.language import words
from museum.web.public import base_url
from museum.web.responses import allow_everyone

blueprint = Blueprint("openapi", __name__)
Json = dict[str, Any]
_JSON, _LD, _XML = "application/json", "application/ld+json", "text/xml"
_ID = {"type": "string", "pattern": "^[0-9b-z]{9}$", "description": "Permanent identifier of a record."}
_MEDIA_ID = {"type": "string", "maxLength": 16, "description": "Identifier of one file of a record."}
_SLUG = {"type": "string", "pattern": "^[a-z0-9-]+$", "maxLength": 128}
_WORDS = {"type": "object", "additionalProperties": {"type": "string"}, "description": "Text by language code."}
_KINDS = {str: "string", int: "integer", float: "number", bool: "boolean"}


@blueprint.get("/api/openapi.json")
def openapi() -> Response:
    """This museum's interfaces, its own name and address in them."""
    name = words(museum().settings.name)
    body = {**described(), "servers": [{"url": base_url(), "description": name}]}
    return allow_everyone(Response(orjson.dumps(body), mimetype=_JSON))


@cache
def described() -> Json:
    """The whole description without the server's address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Museum",
            "version": package.__version__,
            "description": "What everybody may read: records, stories, IIIF, oEmbed. No key is needed.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": _paths(),
        "components": {"schemas": _schemas()},
    }


def _paths() -> Json:
    record, slug, media = _path("record_id", _ID), _path("slug", _SLUG), _path("media_id", _MEDIA_ID)
    manifest = {"type": "object", "required": ["@context", "id", "type"]}
    found: Json = {
        "/api/openapi.json": _get("This description", _answer(_JSON, {"type": "object"})),
        "/api/suggest": _get(
            "What may be meant by what is typed: objects, terms, places, exhibitions",
            _answer(_JSON, {"type": "array", "items": _ref("Suggestion")}),
            _query("q", {"type": "string", "maxLength": 100}),
        ),
        **_search(),
        "/o/{record_id}.json": _get("A record", _answer(_JSON, _ref("Record")), record, can_be_gone=True),
        "/o/{record_id}.jsonld": _get(
            "A record as schema.org", _answer(_LD, {"type": "object"}), record, can_be_gone=True
        ),
        addresses.similar_json("{record_id}"): _get(
            "What is like a record: by its picture, and by type, material, place, maker or designation",
            _answer(_JSON, _ref("Resembling")),
            record,
            can_be_gone=True,
        ),
        "/iiif/presentation/3/{record_id}/manifest": _get(
            "A record's IIIF manifest", _answer(_LD, manifest), record, can_be_gone=True
        ),
        "/iiif/presentation/4/{record_id}/manifest": _get(
            "The IIIF manifest of a record with scans as 3D scenes: Presentation 4.0, a draft",
            _answer(_LD, manifest),
            record,
            can_be_gone=True,
        ),
        "/iiif/presentation/3/story/{slug}/manifest": _get(
            "A story's IIIF manifest", _answer(_LD, manifest), slug, can_be_gone=True
        ),
        **{
            addresses.content_search("{record_id}", part, version=version, presentation=presentation): _get(
                f"Words inside an object{words_of}: IIIF Content Search {version}.0 for Presentation {presentation}.0",
                _answer(_LD, {"type": "object", "required": ["@context"]}),
                record,
                *_inside(number),
                can_be_gone=True,
            )
            for version, presentation in ((1, 3), (2, 3), (2, 4))
            for part, number, words_of in (("search", "page", ""), ("autocomplete", "min", " that begin so"))
        },
        "/iiif/collection/{slug}": _get("A IIIF collection", _answer(_LD, manifest), slug),
        "/d/{media_id}/{digest}/{name}": _get(
            "A file made for showing",
            _answer("*/*", {}),
            media,
            _path("digest", {"type": "string", "minLength": 12, "maxLength": 12}),
            _path("name", {"type": "string"}),
        ),
        "/s/{media_id}/{digest}/{name}": _get(
            "A large scan as 3D Tiles 1.1: tileset.json, and its tiles as GLB beside it",
            _answer("*/*", {}),
            media,
            _path("digest", {"type": "string", "minLength": 12, "maxLength": 12}),
            _path("name", {"type": "string"}),
        ),
        "/iiif/auth/2/probe/{media_id}": _get(
            "Which status a picture on request would have: IIIF Authorization Flow 2.0, probe service",
            _answer(_LD, {"type": "object", "required": ["@context", "type", "status"]}),
            media,
        ),
        "/iiif/auth/2/substitute/{media_id}.jpg": _get(
            "The small version of a picture on request", _answer("image/jpeg", {}), media
        ),
        "/oembed": _oembed(),
    }
    for letter, kind in (("e", "exhibition"), ("t", "tour")):
        found[f"/{letter}/{{slug}}.json"] = _get(
            f"A story, told as {kind}", _answer(_JSON, _ref("Story")), slug, can_be_gone=True
        )
    for version in (2, 3):
        found |= _images(version, media)
    return found


def _images(version: int, media: Json) -> Json:
    """IIIF Image API 2.1 or 3.0, level 2."""
    words_of = {"region": "full", "size": "max" if version == 3 else "full", "rotation": "0"}
    parts = [_path(name, {"type": "string", "examples": [said]}) for name, said in words_of.items()]
    quality = _path("quality", {"enum": ["default", "color", "gray", "bitonal"]})
    suffix = _path("suffix", {"enum": ["jpg", "png", "webp"]})
    base = f"/iiif/image/{version}/{{media_id}}"
    refused = {"400": _plain("The request is none of the standard."), "501": _plain("Not offered, such as enlarging.")}
    info = _get(f"Image information, version {version}", _answer(_LD, {"type": "object"}), media)
    picture = _get("A picture or a part of one", _answer("image/*", {}), media, *parts, quality, suffix)
    for operation in (info, picture):
        operation["get"]["responses"] |= {**refused, "404": _plain("No such picture.")}
    return {f"{base}/info.json": info, f"{base}/{{region}}/{{size}}/{{rotation}}/{{quality}}.{{suffix}}": picture}


def _search() -> Json:
    """The search page's own query, for programs."""
    year = {"type": "integer", "minimum": -9999, "maximum": 9999, "description": "-350 is 350 BC."}
    asked = (
        _query("q", {"type": "string", "maxLength": 300, "description": "As in the search box."}),
        *(_query(name, {"type": "array", "items": {"type": "string"}, "maxItems": 20}) for name in FACETS),
        _query("from", year),
        _query("to", year),
        _query("sort", {"enum": list(SORTS)}),
        _query("lang", {"enum": ["vi", "en"]}),
    )
    after = _query("after", {"type": "string", "description": "Don't write it: take the address under `next`."})
    limit = _query("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL})
    facets = _query("facets", {"enum": ["none"]})
    return {
        "/api/search": _get(
            "Records, page by page to the last", _answer(_JSON, _ref("Found")), *asked, after, limit, facets
        ),
        addresses.search_collection(): _get(
            "A result as IIIF collections, each part with the next one within it",
            _answer(_LD, {"type": "object", "required": ["@context", "id", "type"]}),
            *asked,
            after,
            limit,
        ),
        addresses.search_api("atom"): _get(
            "A result as Atom feed, newest records first",
            _answer(feeds.MEDIA_TYPE, {"type": "string"}),
            *asked,
            after,
            _query("limit", {"type": "integer", "minimum": 1, "maximum": feed.MOST}),
        ),
        **{
            addresses.search_api(suffix): _file(f"All records of a result: {words_of}", media_type, *asked)
            for suffix, media_type, words_of in (
                ("csv", "text/csv", "a table, UTF-8"),
                ("jsonl", "application/jsonl", "each whole, one a line"),
                ("xlsx", workbook.MEDIA_TYPE, "an Excel workbook"),
            )
        },
    }


def _inside(number: str = "page") -> tuple[Json, ...]:
    words_of = {"type": "string", "maxLength": 300}
    least = {"type": "integer", "minimum": 1}
    return _query("q", words_of, required=number == "min"), _query("motivation", words_of), _query(number, least)


def _file(summary: str, media_type: str, *asked: Json) -> Json:
    operation = _get(summary, _answer(media_type, {"type": "string"}), *asked)
    total = {"description": "How many records there are.", "schema": {"type": "integer"}}
    operation["get"]["responses"]["200"]["headers"] = {"X-Total-Count": total}
    operation["get"]["responses"]["503"] = _error("Other results are just being sent: try again later.")
    return operation


def _oembed() -> Json:
    size = {"type": "integer", "minimum": 1, "maximum": 100_000}
    operation = _get(
        "oEmbed of any page of the museum",
        {**_answer(_JSON, _ref("OEmbed")), _XML: {"schema": {"type": "string"}}},
        _query("url", {"type": "string"}, required=True),
        _query("format", {"type": "string", "enum": ["json", "xml"], "default": "json"}),
        _query("maxwidth", size),
        _query("maxheight", size),
    )
    operation["get"]["responses"] |= {
        "400": _error("No address was given."),
        "401": _error("The page was withdrawn."),
        "501": _error("A format that is not offered."),
    }
    return operation


def _schemas() -> Json:
    parts = {kind.__name__: _shape(kind) for kind in (Value, Identifier, Link, Designation, Procedure)}
    text, link = {"type": "string"}, {"type": ["string", "null"]}
    strings = {"type": "array", "items": text}
    return {
        **parts,
        "Error": _object({"error": text, "vi": text, "en": text}, required=("error", "vi", "en")),
        "Suggestion": _object(
            {"group": {"enum": ["object", "term", "place", "exhibition"]}, "group_words": text, "field": text,
             "words": text, "language": text, "line": text, "records": {"type": "integer"}, "address": text,
             "image": text},
            required=("group", "field", "words", "records", "address"),
        ),
        "Summary": _object(
            {"id": text, "kind": text, "institution": text, "title": _WORDS, "numbers": strings, "object_type": _WORDS,
             "maker": _WORDS, "date": {**text, "description": "EDTF"}, "date_as_written": text, "material": _WORDS,
             "place": _WORDS, "designations": strings, "display": text, "has": strings, "licences": strings,
             "synthetic": {"enum": ["", "some", "all"], "description": "How much of what is shown software made."},
             "page": text, "data": text, "manifest": link, "thumbnail": link,
             "matched": {**strings, "description": "Fields in which the words stand."}},
            required=("id", "kind", "institution", "title", "page", "data"),
        ),
        "Found": _object(
            {"total": {"type": "integer"}, "items": _list("Summary"), "next": link, "page": text,
             "years": {"type": ["array", "null"], "items": {"type": "integer"}}, "suggestions": strings,
             "facets": {"type": "object", "additionalProperties": {"type": "array", "items": _object(
                 {"value": text, "label": _WORDS, "count": {"type": "integer"}, "is_chosen": {"type": "boolean"}},
                 required=("value", "count"))}}},
            required=("total", "items", "next", "page"),
        ),
        "Resembling": _object(
            {"id": text, "page": text,
             "colors": {"type": "array", "items": _object(
                 {"name": text, "share": {"type": "integer", "description": "Per cent."}, "hex": text},
                 required=("name", "share", "hex"))},
             "looking": {"type": "array", "items": {"allOf": [_ref("Summary"), _object(
                 {"bits": {"type": "integer", "description": "Of 256, by which the pictures differ."}},
                 required=("bits",))]}},
             "sharing": {"type": "array", "items": {"allOf": [_ref("Summary"), _object(
                 {"shared": {**strings, "description": "Fields in which they agree."}}, required=("shared",))]}}},
            required=("id", "page", "colors", "looking", "sharing"),
        ),
        "Derivative": _object(
            {"name": text, "media_type": text, "size_bytes": {"type": "integer"}, "digest": text,
             "facts": {"type": "object"}, "address": link},
            required=("name", "media_type"),
        ),
        "Media": _object(
            {"id": text, "kind": text, "role": text, "order": {"type": "integer"}, "file_name": text,
             "media_type": text, "size_bytes": {"type": "integer"}, "sha256": text, "label": _WORDS, "alt": _WORDS,
             "rights": text, "licence": text, "attribution": text, "unit": text, "unit_source": text, "of": text,
             "digital_source_type": link, "capture": {"type": "object"}, "facts": {"type": "object"},
             "image_service": link, "scan": link, "tileset": link, "derivatives": _list("Derivative")},
            required=("id", "kind", "sha256"),
        ),
        "Record": _object(
            {"id": text, "kind": text, "institution": text, "state": text, "title": _WORDS,
             "identifiers": _list("Identifier"), "page": text, "manifest": link,
             "values": {"type": "object", "additionalProperties": _list("Value")}, "links": _list("Link"),
             "designations": _list("Designation"), "procedures": _list("Procedure"), "display": text,
             "is_sample": {"type": "boolean"}, "digital_source": text, "media": _list("Media")},
            required=("id", "kind", "institution", "title", "page", "values", "media"),
        ),
        "Story": _object(
            {"id": text, "slug": text, "kind": text, "institution": text, "title": _WORDS, "lead": _WORDS,
             "stops": {"type": "array", "items": {"type": "object"}}, "page": text, "text_version": text,
             "manifest": link, "objects": {"type": "array", "items": text}},
            required=("id", "slug", "kind", "title", "page"),
        ),
        "OEmbed": _object(
            {"version": {"const": "1.0"}, "type": {"enum": ["rich", "link"]}, "title": text, "html": text,
             "width": {"type": "integer"}, "height": {"type": "integer"}},
            required=("version", "type", "title"),
        ),
    }  # fmt: skip


def _shape(kind: Any) -> Json:
    """The JSON schema of a dataclass as `to_json` writes it: what has its default may be left out."""
    if kind is Text:
        return _WORDS
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        required = tuple(f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING)
        return _object({f.name: _shape(hints[f.name]) for f in fields(kind)}, required=required)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": list(inner)}
    if origin is tuple:
        return {"type": "array", "items": _shape(inner[0])}
    if origin is not None and issubclass(origin, Mapping) if isinstance(origin, type) else False:
        return {"type": "object", "additionalProperties": _shape(inner[1])}
    if inner:  # a union
        return {"anyOf": [_shape(one) for one in inner]}
    return {"type": _KINDS[kind]} if kind in _KINDS else {}


def _object(properties: Json, *, required: tuple[str, ...] = ()) -> Json:
    return {"type": "object", "properties": properties, "required": list(required)}


def _list(name: str) -> Json:
    return {"type": "array", "items": _ref(name)}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _path(name: str, schema: Json) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query(name: str, schema: Json, *, required: bool = False) -> Json:
    return {"name": name, "in": "query", "required": required, "schema": schema}


def _answer(media_type: str, schema: Json) -> Json:
    return {media_type: {"schema": schema}}


def _get(summary: str, content: Json, *parameters: Json, can_be_gone: bool = False) -> Json:
    responses: Json = {"200": {"description": "Found.", "content": content}}
    if parameters:
        responses |= {"404": _error("There is none, or it is not public."), "400": _error("Malformed.")}
    if any(p["in"] == "path" for p in parameters):
        responses["308"] = {"description": "It has another address."}
    if can_be_gone:
        responses["410"] = _error("It was public and was taken away.")
    return {"get": {"summary": summary, "parameters": list(parameters), "responses": responses}}


def _error(words_of: str) -> Json:
    return {"description": words_of, "content": _answer(_JSON, _ref("Error"))}


def _plain(words_of: str) -> Json:
    return {"description": words_of, "content": {"text/plain": {"schema": {"type": "string"}}}}
