"""A signed entry stays as it was signed, whoever writes; all around it goes on."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from museum.addresses import new_id
from museum.catalog import store
from museum.catalog.record import Procedure, Record
from museum.db import reading, writing
from museum.errors import Conflict
from museum.text import Text
from tests.sample_records import whole_record

SIGNED = Procedure(
    id="p1",
    kind="condition",
    date="2026-03-05",
    people=("Lê Thị Hoa",),
    text=Text.of(vi="Vết nứt 4 cm ở quai trái."),
    state="signed",
)
OPEN = Procedure(id="p2", kind="treatment", date="2026-04-01", text=Text.of(vi="Làm sạch."))


def put(engine: Engine, record: Record) -> None:
    with writing(engine) as session:
        store.save(session, record, person="uhoa", batch="b")


@pytest.fixture
def record(engine: Engine) -> Record:
    """A record with one signed entry and an open one."""
    made = whole_record(id=new_id(), institution="hue", procedures=(SIGNED, OPEN))
    put(engine, made)
    return made


@pytest.mark.parametrize(
    "procedures",
    [
        (),
        (OPEN,),
        (replace(SIGNED, text=Text.of(vi="Không có vết nứt.")), OPEN),
        (replace(SIGNED, state="open"), OPEN),
        (replace(SIGNED, date="2026-03-06"), OPEN),
        (replace(SIGNED, people=("Người khác",)), OPEN),
        (replace(SIGNED, id="p9"), OPEN),
    ],
)
def test_a_signed_entry_is_neither_changed_nor_dropped(
    engine: Engine, record: Record, procedures: tuple[Procedure, ...]
) -> None:
    with pytest.raises(Conflict) as raised:
        put(engine, replace(record, procedures=procedures))
    assert raised.value.code == "catalog.signed"
    assert "2026-03-05" in raised.value.message("vi")
    with reading(engine) as session:
        assert store.get(session, record.id).procedures == (SIGNED, OPEN)


def test_everything_else_goes_on_and_a_correction_is_a_new_entry(engine: Engine, record: Record) -> None:
    correction = replace(SIGNED, id="p3", text=Text.of(vi="Đính chính: vết nứt 4 mm."), state="open")
    put(engine, replace(record, procedures=(correction, replace(OPEN, date="2026-04-02"), SIGNED)))
    put(engine, replace(record, procedures=(replace(correction, state="signed"), SIGNED), state="withdrawn"))
    with reading(engine) as session:
        found = store.get(session, record.id)
    assert found.procedures == (replace(correction, state="signed"), SIGNED)
