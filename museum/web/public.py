"""What the public may see, asked of the policy in one place, and the museum's own address."""

from collections.abc import Iterable, Sequence

from flask import request
from sqlalchemy.orm import Session

from museum.accounts.policy import VISITOR, Target, may
from museum.accounts.roles import Action, Level
from museum.catalog import store
from museum.catalog.record import Record
from museum.catalog.standing import Standing, standings, was_open
from museum.catalog.store import Found
from museum.catalog.visibility import is_behind, is_open, seen, target_of
from museum.conservation.dossier import KINDS, dossier_of
from museum.errors import NotFound
from museum.exhibitions import store as stories
from museum.exhibitions.store import StoryTitle
from museum.exhibitions.story import Story
from museum.web.answers import Gone, Moved
from museum.web.context import museum
from museum.web.formats import day
from museum.web.locating import moved_to


def base_url() -> str:
    """The museum's public address without a trailing slash: from the settings, else from the request."""
    return (museum().settings.public_url or request.host_url).rstrip("/")


def is_shown(thing: Record | Found | Standing | Story | StoryTitle) -> bool:
    """The one question of every public route: may a visitor see this, and does the museum show it at present?"""
    return is_wanted(thing) and may(VISITOR, Action.VIEW, _target(thing))


def _target(thing: Record | Found | Standing | Story | StoryTitle) -> Target:
    if isinstance(thing, Record):
        return target_of(thing)
    if isinstance(thing, Found):
        return Target(state=thing.state, level=thing.level)
    return Target(state=thing.state)


def as_seen(records: Iterable[Record]) -> list[Record]:
    """Of these records those that the public may see, as it sees them, without their links to others."""
    return [seen(record, museum().types, Level.PUBLIC, linked=()) for record in records if is_shown(record)]


def shown_records(session: Session, record_ids: Sequence[str]) -> dict[str, Record]:
    """Records by id, those that the public may see, as it sees them, without links to others; one statement."""
    return {record.id: record for record in as_seen(store.get_many(session, record_ids).values())}


def shown_with_links(session: Session, record_ids: Sequence[str]) -> list[Record]:
    """Of these records those that the public may see, as it sees them, in this order and with their links to others
    that are public; two statements."""
    held = store.get_many(session, record_ids)
    found = [held[i] for i in record_ids if i in held and is_shown(held[i])]
    known = standings(session, sorted({link.target for record in found for link in record.links}))
    linked = {i for i, standing in known.items() if is_shown(standing)}
    return [seen(record, museum().types, Level.PUBLIC, linked=linked) for record in found]


def newest_records(session: Session, *, limit: int) -> list[Record]:
    """The newest public records; one statement."""
    with_samples = museum().settings.show_samples
    return as_seen(store.published(session, newest=True, limit=limit, with_samples=with_samples))


def cared_for(session: Session, *, after: str = "", limit: int) -> tuple[list[Record], str]:
    """Public records with public documentation of care among the next `limit`, and after which id more of them follow
    ("" where none do); one statement."""
    with_samples = museum().settings.show_samples
    found = store.with_procedures(session, KINDS, after=after, limit=limit + 1, with_samples=with_samples)
    told = [record for record in as_seen(found[:limit]) if dossier_of(record).events]
    return told, found[limit - 1].id if len(found) > limit else ""


def public_record(session: Session, record_id: str) -> Record:
    """A published record as the public sees it, with its links to others that are public.

    Raises Gone for one that was public and is not any more (withdrawn, deleted, a sample while samples are hidden),
    NotFound for all others: a draft's existence is nobody's business. One statement where it is public, two where it
    has links.
    """
    record = _open_record(session, record_id)
    known = standings(session, sorted({link.target for link in record.links}))
    linked = {i for i, standing in known.items() if is_shown(standing)}
    return seen(record, museum().types, Level.PUBLIC, linked=linked)


def public_manifest(session: Session, record_id: str, *, version: str = "3") -> bytes:
    """The stored manifest of a public record, in a version of the Presentation API; two statements.

    NotFound while it is one of what may no longer be seen, or tells of images on request where the museum tells of none
    any more.
    Raises as `public_record` does.
    """
    record = _open_record(session, record_id)
    body, built_behind = store.manifest(session, record_id, version=version)
    if not is_behind(built_behind, record, museum().types, tells=museum().settings.images_on_request):
        raise NotFound("catalog.no_manifest", id=record_id)
    return body


def public_media(session: Session, media_id: str) -> Found:
    """A medium that the public may see; NotFound, the same for a hidden one as for none. One statement."""
    try:
        found = store.find_media(session, media_id)
    except NotFound:
        _lead_on(session, media_id)
        raise
    if not is_shown(found):
        raise NotFound("catalog.no_media", id=media_id)
    return found


def public_by_number(session: Session, number: str) -> dict[str, Record]:
    """The public records that bear a number which the public may know, current ones first; two statements."""
    ids = store.find_number(session, number)
    records = shown_records(session, ids)
    return {i: records[i] for i in ids if i in records and any(n.value == number for n in records[i].identifiers)}


def _open_record(session: Session, record_id: str) -> Record:
    try:
        record = store.get(session, record_id)
    except NotFound:
        grave = store.tombstone(session, record_id)
        if grave is None or not was_open(session, record_id):
            raise
        _lead_on(session, record_id)
        raise Gone("web.gone", id=record_id, date=day(grave.at, timezone=museum().settings.timezone)) from None
    if is_shown(record):
        return record
    if is_open(record.state) or (record.state == "withdrawn" and was_open(session, record_id)):
        raise Gone("web.withdrawn", id=record_id)
    raise NotFound("catalog.no_record", id=record_id)


def _lead_on(session: Session, id_: str) -> None:
    """Raises Moved for what was merged into another."""
    target = moved_to(session, id_)
    if target is not None:
        raise Moved("web.moved", id=id_, target=target)


def public_story(session: Session, slug: str) -> Story:
    """The story of an address, for everyone; one statement where it is public.

    Raises Gone for one that was public and is not any more (withdrawn, deleted, or of the hidden demonstration),
    NotFound for all others: a draft's existence is nobody's business.
    """
    story = stories.find(session, slug)
    if story is None:
        grave = stories.tombstone(session, slug)
        if grave is None or not was_open(session, grave.record_id):
            raise NotFound("story.none", slug=slug)
        raise Gone("story.gone", slug=slug, date=day(grave.at, timezone=museum().settings.timezone))
    if is_shown(story):
        return story
    if is_open(story.state) or (story.state == "withdrawn" and was_open(session, story.id)):
        raise Gone("story.withdrawn", slug=slug)
    raise NotFound("story.none", slug=slug)


def public_stories(session: Session, *, kind: str | None = None) -> list[Story]:
    """The public stories, newest first; one statement."""
    found = stories.published(session, with_samples=museum().settings.show_samples, kind=kind)
    return [story for story in found if is_shown(story)]


def public_story_titles(session: Session) -> list[StoryTitle]:
    """What the public stories are called, newest first; one statement."""
    found = stories.titles(session, with_samples=museum().settings.show_samples)
    return [title for title in found if is_shown(title)]


def is_wanted(thing: Record | Found | Standing | Story | StoryTitle) -> bool:
    """False for what belongs to the demonstration where the museum hides it."""
    return museum().settings.show_samples or not thing.is_sample
