"""Merging two records that describe one thing: what goes where, as a plan that a person reads before it is done.

The winner keeps all it has and gets what it lacks; a contradicting statement stands beside its own, not
preferred; numbers become former ones; files move with their ids, so that their addresses go on; a file both hold is
kept once. Who linked to the other links to the winner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from museum.catalog.record import Identifier, Link, Media, Procedure, Record, Value, record_from_json, to_json
from museum.catalog.tables import LinkRow, RecordRow
from museum.errors import Conflict, Invalid, NotFound


@dataclass(frozen=True, kw_only=True)
class MergePlan:
    """Both records as they are, the winner as it will be, and what happens to each part of the other.

    `snapshots` are all records that change (the other: None), `media_same` maps the other's doubled files to the
    winner's, `repointed` are the records whose links will lead to the winner.
    """

    winner: Record
    other: Record
    merged: Record
    values_added: tuple[tuple[str, Value], ...]
    numbers_former: tuple[Identifier, ...]
    links_added: tuple[Link, ...]
    media_moved: tuple[Media, ...]
    media_same: Mapping[str, str]
    procedures_moved: tuple[Procedure, ...]
    repointed: tuple[str, ...]
    snapshots: Mapping[str, dict[str, Any] | None]


def plan(session: Session, winner_id: str, other_id: str) -> MergePlan:
    """What merging `other_id` into `winner_id` would do; nothing is written.

    Raises NotFound, Invalid merge.itself or merge.other_kind, Conflict merge.winner_hidden (addresses that the public
    knows would lead to nothing) or merge.sample (samples can be removed, real records can't).
    """
    bodies = {i: _body(session, i) for i in (winner_id, other_id)}
    winner, other = (record_from_json(bodies[i]) for i in (winner_id, other_id))
    _refuse(winner, other)
    same = _doubled(winner, other)
    moved = _moved(winner, other, same)
    added = tuple((name, value) for name in sorted(other.values) for value in _new_values(winner, other, name))
    numbers = _former(winner, other)
    links = _links(winner, other)
    procedures = tuple(
        replace(p, media=tuple(same.get(i, i) for i in p.media))
        for p in other.procedures
        if p.id not in {own.id for own in winner.procedures}
    )
    merged = replace(
        winner,
        values=_with_values(winner, added),
        identifiers=(*winner.identifiers, *numbers),
        links=links,
        designations=(*winner.designations, *(d for d in other.designations if d not in winner.designations)),
        media=(*winner.media, *moved),
        procedures=(*winner.procedures, *procedures),
    )
    repointed = _repointed(session, winner_id, other_id)
    return MergePlan(
        winner=winner,
        other=other,
        merged=merged,
        values_added=added,
        numbers_former=numbers,
        links_added=tuple(link for link in links if link not in winner.links),
        media_moved=moved,
        media_same=same,
        procedures_moved=procedures,
        repointed=tuple(repointed),
        snapshots={**repointed, winner_id: {**bodies[winner_id], **to_json(merged)}, other_id: None},
    )


def renamed(thing: Any, names: Mapping[str, str]) -> Any:
    """Plain JSON with ids put in place of others, wherever they stand as a whole text (what a story shows)."""
    if isinstance(thing, Mapping):
        return {key: renamed(value, names) for key, value in thing.items()}
    if isinstance(thing, list):
        return [renamed(value, names) for value in thing]
    return names.get(thing, thing) if isinstance(thing, str) else thing


def _body(session: Session, record_id: str) -> dict[str, Any]:
    row = session.get(RecordRow, record_id)
    if row is None:
        raise NotFound("catalog.no_record", id=record_id)
    return row.body


def _refuse(winner: Record, other: Record) -> None:
    if winner.id == other.id:
        raise Invalid("merge.itself", id=winner.id)
    if winner.kind != other.kind:
        raise Invalid("merge.other_kind", winner=winner.id, other=other.id)
    if winner.is_sample != other.is_sample:
        raise Conflict("merge.sample", winner=winner.id, other=other.id)
    if other.state == "published" and winner.state != "published":
        raise Conflict("merge.winner_hidden", winner=winner.id, other=other.id)


def _doubled(winner: Record, other: Record) -> dict[str, str]:
    """Files of the other that the winner holds too, byte by byte and in the same use: id → the winner's."""
    held = {(m.sha256, m.kind, m.role, m.language): m.id for m in winner.media if not m.of}
    found = {
        m.id: held[key] for m in other.media if not m.of and (key := (m.sha256, m.kind, m.role, m.language)) in held
    }
    serving = {(m.sha256, m.kind, m.of): m.id for m in winner.media if m.of}
    for m in other.media:
        if m.of in found and (m.sha256, m.kind, found[m.of]) in serving:
            found[m.id] = serving[m.sha256, m.kind, found[m.of]]
    return found


def _moved(winner: Record, other: Record, same: Mapping[str, str]) -> tuple[Media, ...]:
    start = max((m.order for m in winner.media), default=0)
    return tuple(
        replace(m, order=start + place, of=same.get(m.of, m.of))
        for place, m in enumerate((m for m in other.media if m.id not in same), start=1)
    )


def _said(value: Value) -> tuple[object, ...]:
    return value.value, value.language, value.unit


def _new_values(winner: Record, other: Record, name: str) -> Sequence[Value]:
    own = winner.values.get(name, ())
    known = {_said(value) for value in own}
    languages = {value.language for value in own}
    return [
        value if value.language not in languages else replace(value, preferred=False)
        for value in other.values[name]
        if _said(value) not in known
    ]


def _with_values(winner: Record, added: Sequence[tuple[str, Value]]) -> Mapping[str, tuple[Value, ...]]:
    values = dict(winner.values)
    for name, value in added:
        values[name] = (*values.get(name, ()), value)
    return values


def _former(winner: Record, other: Record) -> tuple[Identifier, ...]:
    own = {(i.scheme, i.value) for i in winner.identifiers}
    return tuple(replace(i, former=True) for i in other.identifiers if (i.scheme, i.value) not in own)


def _links(winner: Record, other: Record) -> tuple[Link, ...]:
    """The winner's links and the other's, each once, none to themselves."""
    found: dict[tuple[str, str], Link] = {}
    for link in (*winner.links, *other.links):
        target = winner.id if link.target == other.id else link.target
        if target != winner.id:
            found.setdefault((link.predicate, target), replace(link, target=target))
    return tuple(found.values())


def _repointed(session: Session, winner_id: str, other_id: str) -> dict[str, dict[str, Any] | None]:
    query = select(LinkRow.record_id).where(LinkRow.target == other_id).distinct().order_by(LinkRow.record_id)
    found: dict[str, dict[str, Any] | None] = {}
    for record_id in session.scalars(query):
        if record_id in (winner_id, other_id):
            continue
        body = _body(session, record_id)
        links: list[Any] = []
        for link in body.get("links", ()):
            link = {**link, "target": winner_id} if link["target"] == other_id else link
            if not any((x["predicate"], x["target"]) == (link["predicate"], link["target"]) for x in links):
                links.append(link)
        found[record_id] = {**body, "links": links}
    return found
