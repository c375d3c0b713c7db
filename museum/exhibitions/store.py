"""Stories in the database: read, save through the change log, delete. One session per request or job, passed in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from museum.addresses import is_id
from museum.catalog import changes
from museum.catalog.changes import Change, Subject
from museum.catalog.record import State, to_json
from museum.catalog.tables import ChangeRow
from museum.db import utc_now
from museum.errors import Conflict, Invalid, NotFound
from museum.exhibitions.story import Story, story_from_json
from museum.exhibitions.tables import StoryRow
from museum.text import Text

SUBJECT: Subject = "story"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = 128


@dataclass(frozen=True, kw_only=True)
class StoryTitle:
    """A story by its title alone: enough to name it and to lead there."""

    slug: str
    kind: str
    state: State
    is_sample: bool
    title: Text


def is_slug(text: str) -> bool:
    """True for lower-case letters, digits and single hyphens, at most 128 characters."""
    return len(text) <= _LONGEST and bool(_SLUG.fullmatch(text))


def get(session: Session, story_id: str) -> Story:
    """The story; NotFound when there is none."""
    row = session.get(StoryRow, story_id)
    if row is None:
        raise NotFound("story.none", slug=story_id)
    return story_from_json(row.body)


def by_slug(session: Session, slug: str) -> Story:
    """The story of this address; NotFound when there is none (or no longer one: see `tombstone`)."""
    row = session.scalar(select(StoryRow).where(StoryRow.slug == slug))
    if row is None:
        raise NotFound("story.none", slug=slug)
    return story_from_json(row.body)


def find(session: Session, slug: str) -> Story | None:
    """The story of this address, or None."""
    row = session.scalar(select(StoryRow).where(StoryRow.slug == slug))
    return story_from_json(row.body) if row is not None else None


def all_stories(session: Session) -> list[Story]:
    """All stories by slug."""
    return [story_from_json(row.body) for row in session.scalars(select(StoryRow).order_by(StoryRow.slug))]


def published(session: Session, *, with_samples: bool = True, kind: str | None = None) -> list[Story]:
    """The public stories, newest first; one statement."""
    query = select(StoryRow).where(StoryRow.state == "published").order_by(StoryRow.published_at.desc(), StoryRow.slug)
    if not with_samples:
        query = query.where(StoryRow.is_sample.is_(False))
    if kind is not None:
        query = query.where(StoryRow.kind == kind)
    return [story_from_json(row.body) for row in session.scalars(query)]


def titles(session: Session, *, with_samples: bool = True) -> list[StoryTitle]:
    """What the public stories are called, newest first, without reading them; one statement."""
    query = (
        select(StoryRow.slug, StoryRow.kind, StoryRow.state, StoryRow.is_sample, StoryRow.body["title"])
        .where(StoryRow.state == "published")
        .order_by(StoryRow.published_at.desc(), StoryRow.slug)
    )
    if not with_samples:
        query = query.where(StoryRow.is_sample.is_(False))
    return [
        StoryTitle(slug=slug, kind=kind, state=state, is_sample=is_sample, title=Text(title))
        for slug, kind, state, is_sample, title in session.execute(query)
    ]


def showing(session: Session, record_id: str, *, with_samples: bool = True) -> list[Story]:
    """The public stories that show a record, newest first; one statement, which reads no others."""
    query = select(StoryRow).where(StoryRow.state == "published", cast(StoryRow.body, String).contains(record_id))
    if not with_samples:
        query = query.where(StoryRow.is_sample.is_(False))
    query = query.order_by(StoryRow.published_at.desc(), StoryRow.slug)
    found = (story_from_json(row.body) for row in session.scalars(query))
    return [story for story in found if record_id in story.objects]


def is_known(session: Session, story_id: str) -> bool:
    """True when the story stands in the database or the log remembers it (it was deleted on purpose)."""
    return session.get(StoryRow, story_id) is not None or bool(changes.history(session, story_id))


def tombstone(session: Session, slug: str) -> Change | None:
    """The change that deleted the story of this address, or None when there never was one."""
    query = (
        select(ChangeRow.record_id)
        .where(ChangeRow.subject == SUBJECT, ChangeRow.action == "delete")
        .order_by(ChangeRow.seq.desc())
    )
    for story_id in session.scalars(query):
        last = changes.history(session, story_id)[-1]
        if last.action == "delete" and (last.before or {}).get("slug") == slug:
            return last
    return None


def save(session: Session, story: Story, *, person: str, batch: str) -> Change | None:
    """Write a story and its change in the caller's transaction; None when nothing differs.

    Raises Invalid for a malformed id or slug, Conflict when another story has its slug.
    """
    if not is_id(story.id):
        raise Invalid("catalog.bad_id", id=story.id)
    if not is_slug(story.slug):
        raise Invalid("story.bad_slug", slug=story.slug)
    other = session.scalar(select(StoryRow.id).where(StoryRow.slug == story.slug, StoryRow.id != story.id))
    if other is not None:
        raise Conflict("story.slug_taken", slug=story.slug)
    row, after = session.get(StoryRow, story.id), to_json(story)
    if row is not None and row.body == after:
        return None
    return _write(session, row, story, after, person=person, batch=batch)


def restore(session: Session, snapshots: Mapping[str, Any], *, person: str, batch: str) -> list[Change]:
    """Make stories what they were: each id its snapshot from the log, word for word, or None to take it out.

    Raises Conflict story.slug_taken when a story outside of them has a slug of theirs.
    """
    rows = {i: session.get(StoryRow, i) for i in snapshots}
    done: list[Change] = []
    for story_id in sorted(snapshots, key=lambda i: snapshots[i] is not None):
        row, after = rows[story_id], snapshots[story_id]
        if after is None:
            if row is not None:
                done.append(delete(session, story_id, person=person, batch=batch))
        elif row is None or row.body != after:
            story = story_from_json(after)
            other = session.scalar(select(StoryRow.id).where(StoryRow.slug == story.slug, StoryRow.id != story_id))
            if other is not None:
                raise Conflict("story.slug_taken", slug=story.slug)
            done.append(_write(session, row, story, after, person=person, batch=batch))
    return done


def bodies(session: Session, story_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The snapshots of stories as they stand now, by id; those that exist."""
    rows = session.execute(select(StoryRow.id, StoryRow.body).where(StoryRow.id.in_(story_ids)))
    return {row.id: row.body for row in rows}


def _write(
    session: Session, row: StoryRow | None, story: Story, after: dict[str, Any], *, person: str, batch: str
) -> Change:
    now, before = utc_now(), row.body if row is not None else None
    if row is None:
        row = StoryRow(id=story.id, created_at=now, revision=changes.count_of(session, story.id), published_at=None)
        session.add(row)
    was_published = (before or {}).get("state") == "published"
    if story.state != "published":
        row.published_at = None if was_published else row.published_at
    elif not was_published:
        row.published_at = row.published_at or now  # one that came back from the masters keeps its day
    row.slug, row.kind, row.institution, row.state = story.slug, story.kind, story.institution, story.state
    row.revision, row.body, row.updated_at, row.is_sample = row.revision + 1, after, now, story.is_sample
    session.flush()
    return changes.append(
        session, at=now, person=person, batch=batch, record_id=story.id, before=before, after=after, subject=SUBJECT
    )


def set_state(session: Session, story_id: str, state: State, *, person: str, batch: str) -> Change | None:
    """Publish, withdraw, or send back to draft."""
    return save(session, replace(get(session, story_id), state=state), person=person, batch=batch)


def delete(session: Session, story_id: str, *, person: str, batch: str) -> Change:
    """Take a story out; the log keeps it, its masters stay, its address answers 410."""
    row = session.get(StoryRow, story_id)
    if row is None:
        raise NotFound("story.none", slug=story_id)
    before = row.body
    session.delete(row)
    session.flush()
    return changes.append(
        session,
        at=utc_now(),
        person=person,
        batch=batch,
        record_id=story_id,
        before=before,
        after=None,
        subject=SUBJECT,
    )
