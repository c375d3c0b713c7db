"""What the workbench's pages do to records through ingest, which is loaded with the first deed.

It brings compilers and the whole of IIIF along: seconds of every web process's start, for what visitors never need.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from museum.catalog.merging import MergePlan
from museum.catalog.undoing import UndoPlan
from museum.web.context import museum

if TYPE_CHECKING:
    from museum.ingest.amending import Amended, Snapshots
    from museum.ingest.parts import Parts


def restore(record_id: str, number: int, *, person: str, expected: int | None = None) -> "Amended":
    """As `museum.ingest.amending.restore`."""
    from museum.ingest import amending

    return amending.restore(_parts(), record_id, number, person=person, expected=expected)


def delete(record_id: str, *, person: str, expected: int | None = None) -> None:
    """As `museum.ingest.amending.delete`."""
    from museum.ingest import amending

    amending.delete(_parts(), record_id, person=person, expected=expected)


def undelete(record_id: str, *, person: str) -> None:
    """As `museum.ingest.amending.undelete`."""
    from museum.ingest import amending

    amending.undelete(_parts(), record_id, person=person)


def merge(winner_id: str, other_id: str, *, person: str, expected: Mapping[str, int] | None = None) -> None:
    """As `museum.ingest.amending.merge`."""
    from museum.ingest import amending

    amending.merge(_parts(), winner_id, other_id, person=person, expected=expected)


def merge_plan(session: Session, winner_id: str, other_id: str) -> "tuple[MergePlan, Snapshots]":
    """As `museum.ingest.amending.merge_plan`."""
    from museum.ingest import amending

    return amending.merge_plan(session, winner_id, other_id)


def undo(batch: str, *, person: str, force: Collection[str] = ()) -> "Amended":
    """As `museum.ingest.amending.undo`."""
    from museum.ingest import amending

    return amending.undo(_parts(), batch, person=person, force=force)


def undo_plan(session: Session, batch: str) -> UndoPlan:
    """As `museum.ingest.amending.undo_plan`."""
    from museum.ingest import amending

    return amending.undo_plan(session, batch)


def _parts() -> "Parts":
    from museum.ingest.parts import open_parts

    return open_parts(museum().settings, museum().engine)
