"""The rows by which records are found: numbers, links, designations, media, procedures; rewritten with their record."""

from sqlalchemy import bindparam, select
from sqlalchemy import delete as sql_delete
from sqlalchemy.orm import Session

from museum.catalog.record import Record
from museum.catalog.tables import DesignationRow, IdentifierRow, LinkRow, MediaRow, ProcedureRow
from museum.catalog.visibility import levels_of_media
from museum.errors import Conflict

# Statements are made once: a bulk load runs each of them for every record.
_NUMBERS = IdentifierRow.__table__
_BEARER = select(_NUMBERS.c.record_id).where(
    _NUMBERS.c.institution == bindparam("institution"),
    _NUMBERS.c.scheme == bindparam("scheme"),
    _NUMBERS.c.value == bindparam("value"),
    _NUMBERS.c.former.is_(False),
    _NUMBERS.c.record_id != bindparam("record_id"),
)
_TABLES = (IdentifierRow, LinkRow, DesignationRow, MediaRow, ProcedureRow)
_CLEAR = [sql_delete(table).where(table.record_id == bindparam("record")) for table in _TABLES]


def refuse_taken(session: Session, record: Record) -> None:
    """Conflict catalog.identifier_taken when another record bears a current number of this one."""
    for identifier in record.identifiers:
        if identifier.former:
            continue
        values = {"institution": record.institution, "scheme": identifier.scheme, "value": identifier.value}
        other = session.connection().execute(_BEARER, {**values, "record_id": record.id}).scalar()
        if other is not None:
            raise Conflict("catalog.identifier_taken", scheme=identifier.scheme, value=identifier.value, other=other)


def clear(session: Session, record_id: str) -> None:
    """Take a record's rows out of the index tables."""
    session.flush()
    connection = session.connection()
    for statement in _CLEAR:
        connection.execute(statement, {"record": record_id})


def rewrite(session: Session, record: Record) -> None:
    """Write a record's rows anew. Raises IntegrityError when a number or file is another record's."""
    clear(session, record.id)
    session.add_all(
        IdentifierRow(
            record_id=record.id, institution=record.institution, scheme=i.scheme, value=i.value, former=i.former
        )
        for i in record.identifiers
    )
    session.add_all(
        LinkRow(record_id=record.id, predicate=link.predicate, target=link.target, position=link.order)
        for link in record.links
    )
    session.add_all(
        DesignationRow(record_id=record.id, scheme=d.scheme, decision_number=d.decision_number, date=d.date)
        for d in record.designations
    )
    levels = levels_of_media(record)
    session.add_all(
        MediaRow(id=m.id, record_id=record.id, kind=m.kind, sha256=m.sha256, position=m.order, level=int(levels[m.id]))
        for m in record.media
    )
    session.add_all(
        ProcedureRow(id=p.id, record_id=record.id, kind=p.kind, date=p.date, state=p.state) for p in record.procedures
    )
    session.flush()
