"""Stored IIIF collections: a small set, replaced as a whole when the catalogue has changed."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from museum.catalog import store
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


def key(slug: str, *, with_samples: bool) -> str:
    """Under which name a collection is stored: the one without the samples beside the whole one."""
    return slug if with_samples else f"without-samples/{slug}"  # no slug holds a slash


def get(session: Session, slug: str, *, with_samples: bool = True) -> bytes:
    """The stored bytes of a collection; NotFound("catalog.no_collection") when there is none.

    A catalogue that holds no sample has its collections once.
    """
    name = key(slug, with_samples=with_samples or not store.has_samples(session))
    body = session.scalar(select(CollectionRow.body).where(CollectionRow.slug == name))
    if body is None:
        raise NotFound("catalog.no_collection", slug=slug)
    return body
