"""What the public may see, and the museum's own address."""

from flask import request
from sqlalchemy.orm import Session

from museum.catalog import store
from museum.catalog.record import Record
from museum.errors import NotFound
from museum.web.answers import Gone
from museum.web.context import museum
from museum.web.formats import day


def base_url() -> str:
    """The museum's public address without a trailing slash: from the settings, else from the request."""
    return (museum().settings.public_url or request.host_url).rstrip("/")


def public_record(session: Session, record_id: str) -> Record:
    """A published record.

    Raises Gone for one that was published and is not any more (withdrawn or deleted), NotFound for all others:
    a draft's existence is nobody's business. One statement where the record is public.
    """
    try:
        record = store.get(session, record_id)
    except NotFound:
        grave = store.tombstone(session, record_id)
        if grave is None or (grave.before or {}).get("state") not in ("published", "withdrawn"):
            raise
        raise Gone("web.gone", id=record_id, date=day(grave.at, timezone=museum().settings.timezone)) from None
    if record.state == "withdrawn":
        raise Gone("web.withdrawn", id=record_id)
    if record.state != "published":
        raise NotFound("catalog.no_record", id=record_id)
    return record
