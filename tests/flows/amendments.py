"""What is killed here: a restore, a deletion, a bringing back, a merge, an undo, and the masters that follow.

``python -m tests.flows.amendments FOLDER SCENARIO [--every N] [--without-recovery]``, as `tests.flows.killing`.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from museum import addresses, db
from museum.catalog import batches, store
from museum.catalog.record import Identifier, Link, Record, Value
from museum.ingest import amending, mirroring
from museum.ingest.parts import Parts
from tests.flows import killing
from tests.flows.killing import Scenario, done_in_child, opened, take_in

PERSON = "Nguyễn Thị Hoa"
BATCH = "đợt nhập"
FIRST_REVISION = 1


def number_of(parts: Parts, number: str) -> str:
    """The id of the record that bears an object id."""
    with db.reading(parts.engine) as session:
        found = store.find_number(session, number)
    return found[0] if found else ""


def stands(parts: Parts, record_id: str) -> bool:
    """Whether the record is in the catalogue."""
    with db.reading(parts.engine) as session:
        return store.exists(session, record_id)


def _amended(deed: Callable[[Path, Parts], None], folder: Path, recovery: bool = True) -> None:
    """Do it, and let the masters follow, as `museum undo` does and a worker would."""
    with opened(folder, recovery=recovery) as (_, _, parts):
        deed(folder, parts)
        mirroring.mirror(parts)


def _recover(folder: Path, recovery: bool) -> None:
    """What a start of the worker does."""
    killing.recover(folder, recovery=recovery)
    if recovery:
        with opened(folder, recovery=recovery) as (_, _, parts):
            mirroring.mirror(parts)


def with_both(folder: Path) -> None:
    """T-1 changed once, T-2 with its own photograph and one that T-1 has too, T-3 that leads to T-2."""
    killing.with_first(folder)
    take_in(folder, "second")
    both = folder.parent / "both"
    if not both.exists():
        shutil.copytree(folder.parent / "second", both)
        table = both / "danh-muc.csv"
        table.write_text(table.read_text().replace("1836,anh-2.png", "1836,anh-2.png;anh-1.png"))
    take_in(folder, "both")
    with opened(folder, recovery=True) as (_, _, parts):
        first, second = number_of(parts, "T-1"), number_of(parts, "T-2")
        (folder / "ids").write_text(f"{first} {second}")
        third = Record(
            id=addresses.new_id(),
            kind="object",
            institution=parts.settings.institution_code,
            values={"title": (Value(value="Bộ đỉnh", language="vi"),)},
            identifiers=(Identifier(scheme="object_id", value="T-3"),),
            links=(Link(predicate="part_of", target=second),),
        )
        with db.writing(parts.engine) as session:
            store.save(session, third, person=PERSON, batch="nối")
        mirroring.mirror(parts)


def _ids(folder: Path) -> tuple[str, str]:
    first, second = (folder / "ids").read_text().split()
    return first, second


def _restore(folder: Path, parts: Parts) -> None:
    amending.restore(parts, _ids(folder)[0], FIRST_REVISION, person=PERSON)


def _delete(folder: Path, parts: Parts) -> None:
    if stands(parts, _ids(folder)[0]):
        amending.delete(parts, _ids(folder)[0], person=PERSON)


def _bring_back(folder: Path, parts: Parts) -> None:
    if not stands(parts, _ids(folder)[0]):
        amending.undelete(parts, _ids(folder)[0], person=PERSON)


def _merge(folder: Path, parts: Parts) -> None:
    first, second = _ids(folder)
    if stands(parts, second):
        amending.merge(parts, first, second, person=PERSON)


def _change_much(folder: Path, parts: Parts) -> None:
    """One batch that makes a record, changes one and deletes one."""
    first, second = _ids(folder)
    with db.writing(parts.engine) as session:
        batches.begin(session, BATCH, person=PERSON, kind="ingest", title="Đợt nhập")
        store.delete(session, second, person=PERSON, batch=BATCH)
        record = store.get(session, first)
        store.save(session, replace(record, media=record.media[:1]), person=PERSON, batch=BATCH)
        new = replace(record, id=addresses.new_id(), state="draft", media=(), identifiers=())
        store.save(session, new, person=PERSON, batch=BATCH)


def _undo(_: Path, parts: Parts) -> None:
    amending.undo(parts, BATCH, person=PERSON)


def _undo_merge(_: Path, parts: Parts) -> None:
    with db.reading(parts.engine) as session:
        (merged,) = batches.recent(session, kind="merge")
    amending.undo(parts, merged.id, person=PERSON)


def _after(*deeds: Callable[[Path, Parts], None]) -> Callable[[Path], None]:
    def before(folder: Path) -> None:
        done_in_child(partial(with_both, folder))
        for deed in deeds:
            done_in_child(partial(_amended, deed, folder))

    return before


def _scenario(deed: Callable[[Path, Parts], None], *before: Callable[[Path, Parts], None]) -> Scenario:
    return Scenario(
        before=_after(*before), work=partial(_amended, deed), recover=_recover, again=partial(_amended, deed)
    )


SCENARIOS = {
    "restore": _scenario(_restore),
    "delete": _scenario(_delete),
    "bring back": _scenario(_bring_back, _delete),
    "merge": _scenario(_merge),
    "undo": _scenario(_undo, _change_much),
    "undo of a merge": _scenario(_undo_merge, _merge),
}


if __name__ == "__main__":
    killing.main(SCENARIOS)
