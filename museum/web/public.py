"""What the public may see, and the museum's own address."""

from collections.abc import Sequence

from flask import request
from sqlalchemy.orm import Session

from museum.catalog import store
from museum.catalog.record import Record
from museum.catalog.store import Found
from museum.errors import NotFound
from museum.exhibitions import store as stories
from museum.exhibitions.story import Story
from museum.web.answers import Gone
from museum.web.context import museum
from museum.web.formats import day


def base_url() -> str:
    """The museum's public address without a trailing slash: from the settings, else from the request."""
    return (museum().settings.public_url or request.host_url).rstrip("/")


def is_shown(thing: Record | Found) -> bool:
    """True for what the public may see now: published, and no sample while samples are hidden."""
    published = thing.is_published if isinstance(thing, Found) else thing.state == "published"
    return published and (museum().settings.show_samples or not thing.is_sample)


def shown_records(session: Session, record_ids: Sequence[str]) -> dict[str, Record]:
    """Records by id, those that the public may see; one statement."""
    return {i: record for i, record in store.get_many(session, record_ids).items() if is_shown(record)}


def public_record(session: Session, record_id: str) -> Record:
    """A published record.

    Raises Gone for one that was published and is not any more (withdrawn, deleted, a sample while samples are
    hidden), NotFound for all others: a draft's existence is nobody's business. One statement where it is public.
    """
    try:
        record = store.get(session, record_id)
    except NotFound:
        grave = store.tombstone(session, record_id)
        if grave is None or (grave.before or {}).get("state") not in ("published", "withdrawn"):
            raise
        raise Gone("web.gone", id=record_id, date=day(grave.at, timezone=museum().settings.timezone)) from None
    if record.state == "withdrawn" or (record.state == "published" and not is_shown(record)):
        raise Gone("web.withdrawn", id=record_id)
    if record.state != "published":
        raise NotFound("catalog.no_record", id=record_id)
    return record


def public_story(session: Session, slug: str) -> Story:
    """The story of an address, for everyone; one statement where it is public.

    Raises Gone for one that was public and is not any more (withdrawn, deleted, or of the hidden demonstration),
    NotFound for all others: a draft's existence is nobody's business.
    """
    story = stories.find(session, slug)
    if story is None:
        grave = stories.tombstone(session, slug)
        if grave is None or (grave.before or {}).get("state") not in ("published", "withdrawn"):
            raise NotFound("story.none", slug=slug)
        raise Gone("story.gone", slug=slug, date=day(grave.at, timezone=museum().settings.timezone))
    if story.state == "withdrawn" or (story.state == "published" and not is_wanted(story)):
        raise Gone("story.withdrawn", slug=slug)
    if story.state != "published":
        raise NotFound("story.none", slug=slug)
    return story


def is_wanted(thing: Story | Record) -> bool:
    """False for what belongs to the demonstration where the museum hides it."""
    return museum().settings.show_samples or not thing.is_sample
