"""IIIF Presentation: stored manifests, and collections, with the museum's address filled in."""

from functools import lru_cache

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from museum.catalog import changes, institutions, store
from museum.db import reading
from museum.errors import NotFound
from museum.iiif.source import Institution
from museum.iiif.stored import etag, fill
from museum.web.context import museum
from museum.web.public import base_url, public_record
from museum.web.responses import allow_everyone

blueprint = Blueprint("iiif", __name__)
# IIIF Presentation 3.0 §6.1
MEDIA_TYPE = 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"'


@blueprint.get("/iiif/presentation/3/<record_id>/manifest")
def manifest(record_id: str) -> Response:
    """The stored manifest of a published record."""
    with reading(museum().engine) as session:
        public_record(session, record_id)
        body, _ = store.manifest(session, record_id)
    return _answer(body)


@blueprint.get("/iiif/collection/<slug>")
def collection(slug: str) -> Response:
    """A collection of manifests by reference, built anew only after the catalogue has changed."""
    with reading(museum().engine) as session:
        newest = changes.last_seq(session)
    return _answer(_collection(str(museum().engine.url), slug, newest))


@lru_cache(maxsize=64)
def _collection(database: str, slug: str, newest: int) -> bytes:
    """The bytes with the placeholder; kept as long as the change log's newest number stays."""
    # Not at the top: it brings iiif-prezi3 (1.2 s, 47 MB), which a web worker needs only once somebody harvests.
    from museum.iiif.collection import build_collection, member_collection, member_of, plan_collections

    del database, newest
    with reading(museum().engine) as session:
        records = store.published(session)
        kinds = {kind: found.plural for kind, found in museum().types.by_kind.items()}
        plans = plan_collections(records, kinds=kinds, vocabulary=museum().vocabulary)
        plan = next((p for p in plans if p.slug == slug and p.records), None)
        if plan is None:
            raise NotFound("web.no_collection", slug=slug)
        wanted = set(plan.records)
        shown = [r for r in records if r.id in wanted]
        shelf = store.derivatives(session, (m.sha256 for r in shown for m in r.media))
        owner = _owner(session)
    inner = [member_collection(name, label) for name, label in plan.collections.items()]
    return build_collection(
        slug,
        label=plan.label,
        members=[*inner, *(member_of(r, shelf) for r in shown if r.media)],
        institution=owner,
        languages=("vi", "en") if museum().settings.language == "vi" else ("en", "vi"),
    )


def _owner(session: Session) -> Institution:
    settings = museum().settings
    try:
        found = institutions.get(session, settings.institution_code)
    except NotFound:
        return Institution(code=settings.institution_code, name=settings.name)
    return Institution(code=found.code, name=found.name, homepage=found.homepage)


def _answer(body: bytes) -> Response:
    """Stored bytes as a response: address filled in, strong ETag, open to every origin."""
    response = Response(fill(body, base_url()), content_type=MEDIA_TYPE)
    response.headers["ETag"] = etag(body, base_url())
    response.headers["Cache-Control"] = "public, max-age=60"
    return allow_everyone(response)
