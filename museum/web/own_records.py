"""Records as their institution's people see them at the workbench: standing or deleted, redacted to their level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from museum.accounts.policy import Target, Viewer, highest_level, may
from museum.accounts.roles import Action, Level
from museum.catalog import changes, history, store
from museum.catalog.record import Record, record_from_json, to_json
from museum.catalog.visibility import seen, target_of
from museum.text import Text
from museum.web.context import museum
from museum.web.language import words
from museum.web.people import require


@dataclass(frozen=True, kw_only=True)
class OwnRecord:
    """A record (as it last stood, where it was deleted), its revision, what the policy is asked, the viewer's level."""

    record: Record
    is_deleted: bool
    revision: int
    target: Target
    level: Level


def own_record(session: Session, record_id: str, *, action: Action) -> OwnRecord:
    """The record, if this person may do `action` to it. Raises NotFound, NotAllowed, SignInFirst."""
    number = changes.count_of(session, record_id)
    last = history.last_whole(session, record_id)
    is_deleted = not store.exists(session, record_id)
    record = record_from_json(last.snapshot or {})
    target = target_in(session, record)
    who = require(action, target)
    return OwnRecord(
        record=record, is_deleted=is_deleted, revision=number, target=target, level=highest_level(who, target)
    )


def target_in(session: Session, record: Record) -> Target:
    """What the policy is asked about a record, with who made it."""
    first = changes.of_records(session, [record.id])[:1]
    return target_of(record, created_by=first[0].person if first else "")


def as_seen(snapshot: Mapping[str, Any] | None, level: Level) -> dict[str, Any] | None:
    """A snapshot without what lies above `level`."""
    if snapshot is None:
        return None
    if level is max(Level):
        return dict(snapshot)
    shown: dict[str, Any] = to_json(seen(record_from_json(snapshot), museum().types, level))
    return shown


def may_all(who: Viewer, action: Action, bodies: Sequence[Mapping[str, Any]]) -> bool:
    """True when the person may do `action` to every one of these records or stories."""
    return all(may(who, action, target_of_body(body)) for body in bodies)


def target_of_body(body: Mapping[str, Any]) -> Target:
    """What the policy is asked about a snapshot of a record or a story."""
    if "stops" in body:
        return Target(institution=str(body.get("institution", "")), state=str(body.get("state", "draft")))
    return target_of(record_from_json(body))


def title_of(body: Mapping[str, Any], fallback: str) -> str:
    """The title of a snapshot in the page's language; its id where it has none."""
    title = body.get("title") if "stops" in body else None
    said = Text(dict(title)) if isinstance(title, Mapping) else record_from_json(body).title if body else Text()
    return words(said) or fallback
