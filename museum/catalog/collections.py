"""Stored IIIF collections: a small set, replaced as a whole when the catalogue has changed."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from museum.catalog.tables import CollectionRow
from museum.errors import NotFound


def seq(session: Session) -> int:
    """The newest change that the stored collections know of; -1 when none were stored yet."""
    found = session.scalar(select(func.max(CollectionRow.seq)))
    return -1 if found is None else found


def replace_all(session: Session, bodies: Mapping[str, bytes], *, seq: int) -> int:
    """Make the stored collections these; how many differ from before (the others keep their digest, so their ETag)."""
    before = dict(session.execute(select(CollectionRow.slug, CollectionRow.digest)).all())
    digests = {slug: hashlib.sha256(body).hexdigest() for slug, body in bodies.items()}
    session.execute(delete(CollectionRow))
    session.add_all(CollectionRow(slug=slug, body=body, digest=digests[slug], seq=seq) for slug, body in bodies.items())
    session.flush()
    return sum(before.get(slug) != digest for slug, digest in digests.items()) + len(before.keys() - digests.keys())


def get(session: Session, slug: str) -> bytes:
    """The stored bytes of a collection; NotFound("catalog.no_collection") when there is none."""
    body = session.scalar(select(CollectionRow.body).where(CollectionRow.slug == slug))
    if body is None:
        raise NotFound("catalog.no_collection", slug=slug)
    return body
