"""Where the addresses of merged records lead: to the record, or the file, that took their place."""

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from museum.catalog.tables import ChangeRow, MediaRow, RecordRow, RedirectRow

_MOST_HOPS = 16  # records merged one after another


def put(session: Session, id_: str, *, record_id: str, target: str, batch: str) -> None:
    """Note that `batch` sends the addresses of `id_` (the record `record_id` or a file of it) to `target`."""
    session.execute(insert(RedirectRow), {"id": id_, "record_id": record_id, "target": target, "batch": batch})


def of_batch(session: Session, batch: str) -> list[RedirectRow]:
    """The redirects that a batch brought."""
    return list(session.scalars(select(RedirectRow).where(RedirectRow.batch == batch).order_by(RedirectRow.id)))


def of_record(session: Session, record_id: str) -> dict[str, str]:
    """Where the addresses of a merged record and of its doubled files lead, hop by hop; empty for any other record."""
    last = _last(session, record_id)
    if last is None:
        return {}
    query = select(RedirectRow).where(RedirectRow.record_id == record_id, RedirectRow.batch == last)
    return {row.id: row.target for row in session.scalars(query.order_by(RedirectRow.id))}


def owner_of(session: Session, id_: str) -> str | None:
    """The merged record that this address was of: itself, or the one whose file it was; None for any other."""
    return session.scalar(select(RedirectRow.record_id).where(RedirectRow.id == id_).limit(1))


def target_of(session: Session, id_: str) -> str | None:
    """Where the addresses of a merged record or of its file lead at present, at the end of a chain of merges.

    None for what was never merged, is back again, or was deleted otherwise.
    """
    at = id_
    for _ in range(_MOST_HOPS):
        if at != id_ and _stands(session, at):
            return at
        following = _next(session, at)
        if following is None:
            break
        at = following
    return at if at != id_ else None


def merged_into(session: Session, record_id: str) -> list[str]:
    """Ids of the records that were ever merged into this one: their masters hold files that it may show."""
    query = select(RedirectRow.id).where(RedirectRow.target == record_id, RedirectRow.id == RedirectRow.record_id)
    return list(dict.fromkeys(session.scalars(query.order_by(RedirectRow.id))))


def _stands(session: Session, id_: str) -> bool:
    is_record = session.scalar(select(RecordRow.id).where(RecordRow.id == id_)) is not None
    return is_record or session.scalar(select(MediaRow.id).where(MediaRow.id == id_)) is not None


def _next(session: Session, id_: str) -> str | None:
    """One hop: it holds while the merge that brought it is the last thing that happened to its record."""
    if _stands(session, id_):
        return None
    rows = list(session.scalars(select(RedirectRow).where(RedirectRow.id == id_)))
    if not rows:
        return None
    last = _last(session, rows[0].record_id)
    return next((row.target for row in rows if row.batch == last), None)


def _last(session: Session, record_id: str) -> str | None:
    """The batch that deleted the record last; None while it stands or when it never did."""
    last = session.execute(
        select(ChangeRow.action, ChangeRow.batch)
        .where(ChangeRow.record_id == record_id, ChangeRow.subject == "record")
        .order_by(ChangeRow.seq.desc())
        .limit(1)
    ).first()
    return str(last.batch) if last is not None and last.action == "delete" else None
