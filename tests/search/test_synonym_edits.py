"""A museum's own synonyms: they count at once, everywhere; every edit is noted and can be taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from museum import db
from museum.errors import Invalid, NotFound
from museum.migrations import schema
from museum.search import synonym_edits
from museum.search.curator_tables import SynonymChangeRow
from museum.search.query import parse
from museum.search.synonym_edits import Current
from museum.search.synonyms import Group, shipped
from tests.databases import BOTH, migrated

HOA = "u-hoa"


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty catalogue on each database."""
    with migrated(request, tmp_path) as engine:
        yield engine


def save(engine: Engine, *vi: str, code: str = "", en: tuple[str, ...] = ()) -> Group:
    with db.writing(engine) as session:
        return synonym_edits.save(session, code=code, kind="group", vi=vi, en=en, person=HOA)


def finds(current: Current, typed: str) -> set[str]:
    """What else is sought for these words."""
    words = parse(typed).words
    return {" ".join(t.exact or t.folded for t in other) for other in current.get().others(words)}


def test_an_edit_counts_with_the_next_search_in_every_process(engine: Engine) -> None:
    here, elsewhere = Current(engine, clock=iter(range(100)).__next__), Current(engine, clock=iter(range(100)).__next__)
    assert finds(elsewhere, "long sàng") == set()
    save(engine, "long sàng", "giường vua", en=("royal bed",))
    assert finds(here, "long sàng") == finds(elsewhere, "long sàng") == {"giường vua", "royal bed"}
    assert finds(elsewhere, "royal bed") == {"long sàng", "giường vua"}


def test_an_edit_that_becomes_visible_after_a_later_one_counts(engine: Engine) -> None:
    current = Current(engine, clock=iter(range(100)).__next__)
    save(engine, "long sàng", "giường vua")
    with db.writing(engine) as session:
        session.execute(update(SynonymChangeRow).values(seq=7))
    assert finds(current, "long sàng") == {"giường vua"}
    save(engine, "khánh đá", "đàn đá")
    with db.writing(engine) as session:
        session.execute(update(SynonymChangeRow).where(SynonymChangeRow.seq != 7).values(seq=3))
    assert finds(current, "khánh đá") == {"đàn đá"}


def test_between_two_looks_no_statement_is_sent(engine: Engine) -> None:
    now = [0.0]
    current = Current(engine, clock=lambda: now[0])
    current.get()
    save(engine, "long sàng", "giường vua")
    assert finds(current, "long sàng") == set()
    now[0] = 0.3
    assert finds(current, "long sàng") == {"giường vua"}
    save(engine, "khánh đá", "đàn đá")
    current.forget()
    assert finds(current, "khánh đá") == {"đàn đá"}


def test_shipped_groups_are_changed_removed_and_put_back(engine: Engine) -> None:
    current = Current(engine, clock=iter(range(100)).__next__)
    bell = next(group for group in shipped().groups if "chuông" in group.vi)
    save(engine, *bell.vi, "hồng chung", code=bell.code, en=bell.en)
    assert "hồng chung" in finds(current, "chuông")
    with db.writing(engine) as session:
        synonym_edits.remove(session, bell.code, person=HOA)
    assert finds(current, "chuông") == set()
    with db.reading(engine) as session:
        assert synonym_edits.entry(session, bell.code).is_removed
        removal, change = synonym_edits.log(session)
    assert (change.before, removal.after) == (bell, None)
    with db.writing(engine) as session:
        synonym_edits.take_back(session, removal.seq, person=HOA)
    assert "hồng chung" in finds(current, "chuông")
    with db.writing(engine) as session:
        synonym_edits.take_back(session, change.seq, person=HOA)
    assert finds(current, "chuông") == {"đại hồng chung", "bell"}


def test_taking_back_the_making_of_a_group_removes_it(engine: Engine) -> None:
    save(engine, "long sàng", "giường vua")
    with db.writing(engine) as session:
        (made,) = synonym_edits.log(session)
        synonym_edits.take_back(session, made.seq, person=HOA)
        assert [edit.after for edit in synonym_edits.log(session)] == [None, made.after]
        assert len(synonym_edits.table(session).groups) == len(shipped().groups)
        with pytest.raises(NotFound):
            synonym_edits.take_back(session, 999, person=HOA)


def test_what_is_the_same_as_before_is_not_noted(engine: Engine) -> None:
    made = save(engine, " long  sàng ", "giường vua", "Giường vua", "")
    assert made.vi == ("long sàng", "giường vua")
    save(engine, "long sàng", "giường vua", code=made.code)
    with db.writing(engine) as session:
        assert len(synonym_edits.log(session)) == 1
        synonym_edits.remove(session, made.code, person=HOA)
        synonym_edits.remove(session, made.code, person=HOA)
        assert len(synonym_edits.log(session)) == 2


@pytest.mark.parametrize(
    ("vi", "code"),
    [
        (["vạc"], "search.synonyms_few"),
        (["vạc", "VẠC"], "search.synonyms_few"),
        ([f"tên {n}" for n in range(30)], "search.synonyms_many"),
        (["vạc", "một hai ba bốn năm sáu bảy"], "search.synonym_bad"),
        (["vạc", "???"], "search.synonym_bad"),
        (["vạc", "x" * 90], "search.synonym_bad"),
    ],
)
def test_groups_that_would_find_nothing_are_refused(tmp_path: Path, vi: list[str], code: str) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path / 'museum.db'}")
    schema.upgrade(engine)
    with pytest.raises(Invalid) as caught:
        save(engine, *vi)
    assert caught.value.code == code
    with db.reading(engine) as session:
        assert synonym_edits.log(session) == []
    engine.dispose()


def test_codes_of_shipped_groups_are_each_their_own() -> None:
    codes = [group.code for group in shipped().groups]
    assert len(codes) == len(set(codes)) > 15
    assert all(0 < len(code) <= 96 for code in codes)
