"""Records as our own JSON and as JSON-LD, what is like one; suggestions while typing."""

from dataclasses import asdict
from typing import Any

import orjson
from flask import Blueprint, Response, request

from museum import addresses
from museum.catalog import institutions, listing, store
from museum.db import reading
from museum.errors import NotFound
from museum.web import linked, results
from museum.web.context import museum
from museum.web.language import say
from museum.web.public import base_url, public_record
from museum.web.resembling import resembling
from museum.web.responses import allow_everyone
from museum.web.suggesting import GROUPS, suggest

blueprint = Blueprint("records", __name__)
_LONGEST = 100  # characters of what is typed; the rest is not read


def answer_json(record_id: str) -> Response:
    """The record with absolute addresses, media digests and measured facts."""
    with reading(museum().engine) as session:
        record = public_record(session, record_id)
        made = store.derivatives(session, (m.sha256 for m in record.media))
        has_manifest = record_id in store.manifest_ids(session, [record_id])
    body = listing.describe(record, made, has_manifest=has_manifest, base_url=base_url())
    return allow_everyone(Response(orjson.dumps(body), mimetype="application/json"))


def answer_jsonld(record_id: str) -> Response:
    """The record as schema.org JSON-LD."""
    with reading(museum().engine) as session:
        record = public_record(session, record_id)
        made = store.derivatives(session, (m.sha256 for m in record.media))
        try:
            institution = institutions.get(session, record.institution)
        except NotFound:
            institution = None
    body = linked.record_jsonld(record, made, institution, base=base_url())
    return allow_everyone(Response(orjson.dumps(body), mimetype="application/ld+json"))


@blueprint.get(addresses.similar_json("<record_id>"))
def similar(record_id: str) -> Response:
    """What is like a public record: `looking` by its picture, `sharing` by what is said of it."""
    base = base_url()
    with reading(museum().engine) as session:
        found = resembling(session, record_id)
        others = list(dict.fromkeys(record.id for record, _ in (*found.looking, *found.sharing)))
        told = {one.summary.id: results.described(one) for one in results.results(session, others, base=base)}
    body: dict[str, Any] = {
        "id": found.record.id,
        "page": base + addresses.similar_page(found.record.id),
        "colors": [vars(shade) for shade in found.look.colors] if found.look else [],
        "looking": [told[one.id] | {"bits": bits} for one, bits in found.looking if one.id in told],
        "sharing": [told[one.id] | {"shared": list(shared)} for one, shared in found.sharing if one.id in told],
    }
    return allow_everyone(Response(orjson.dumps(body), mimetype="application/json"))


@blueprint.get("/api/suggest")
def suggestions() -> Response:
    """What may be meant by the words typed so far: objects, terms, places, exhibitions, in this order."""
    found = suggest(request.args.get("q", "")[:_LONGEST])
    body = [{**asdict(suggestion), "group_words": say(GROUPS[suggestion.group])} for suggestion in found]
    return allow_everyone(Response(orjson.dumps(body), mimetype="application/json"))
