"""The index's own words: counts that come and go with records, also where a crash came between two commits."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from museum.catalog.record import Record
from museum.search.document import document
from museum.search.index import SearchIndex
from museum.search.query import parse
from museum.search.words import Words
from tests.search.relics import relic

BEFORE = relic("vac", title="Vạc đồng", place="Huế")
AFTER = relic("vac", title="Chuông đồng", place="Mỹ Sơn")
OTHER = relic("bia", title="Bia đá", place="Huế")


class _Killed(Exception):
    """What stands for the end of the process."""


def put(index: SearchIndex, *records: Record, position: int) -> None:
    with index.begin() as batch:
        for number, record in enumerate(records, start=position):
            batch.put(document(record), newest=number)
        batch.commit(position=position)


def counted(index: SearchIndex) -> dict[str, int]:
    """How many records have each word or phrase."""
    words = index._words
    found = {word: words.frequency(word) for word in ("vac", "chuong", "dong", "bia", "hue", "son")}
    begun = ("va", "ch", "bi", "hu", "my")
    return found | {offer.display: offer.frequency for prefix in begun for offer in index.complete(prefix, 9)}


def killed_between(index: SearchIndex, monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Do something whose process ends after the engine's commit and before that of the words."""

    def killed(*_: object, **__: object) -> None:
        raise _Killed

    with monkeypatch.context() as patched:
        patched.setattr(Words, "commit", killed)
        with pytest.raises(_Killed):
            act()
    index.reload()


@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_words_come_and_go_with_records(tmp_path: Path, engine: str) -> None:
    index = SearchIndex(tmp_path, engine=engine)
    put(index, BEFORE, OTHER, position=2)
    assert (counted(index)["vac"], counted(index)["hue"], counted(index)["Huế"]) == (1, 2, 2)
    put(index, AFTER, position=3)
    found = counted(index)
    assert (found["vac"], found["chuong"], found["dong"], found["hue"], found["Huế"]) == (0, 1, 1, 1, 1)
    assert "Vạc đồng" not in found
    with index.begin() as batch:
        batch.delete("vac")
        batch.commit(position=4)
    assert counted(index) == {"vac": 0, "chuong": 0, "dong": 0, "bia": 1, "hue": 1, "son": 0, "Bia đá": 1, "Huế": 1}
    index.close()


@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_a_crash_between_the_two_commits_leaves_right_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """The indexer reads the same changes again; without the recount old words would stay (the control)."""
    right, recounted, control = (SearchIndex(tmp_path / name, engine=engine) for name in ("a", "b", "c"))
    for index in (right, recounted, control):
        put(index, BEFORE, OTHER, position=2)
    for index in (recounted, control):
        killed_between(index, monkeypatch, partial(put, index, AFTER, position=3))
    put(right, AFTER, position=3)
    put(recounted, AFTER, position=3)
    with monkeypatch.context() as patched:
        patched.setattr(Words, "recount", lambda *_: None)
        put(control, AFTER, position=3)
    assert counted(recounted) == counted(right)
    assert counted(control) != counted(right)
    for index in (right, recounted, control):
        index.close()


def test_a_record_deleted_in_a_crash_is_counted_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = SearchIndex(tmp_path)
    put(index, BEFORE, OTHER, position=2)

    def delete() -> None:
        with index.begin() as batch:
            batch.delete("vac")
            batch.commit(position=3)

    killed_between(index, monkeypatch, delete)
    delete()
    assert counted(index) == {"vac": 0, "chuong": 0, "dong": 0, "bia": 1, "hue": 1, "son": 0, "Bia đá": 1, "Huế": 1}
    index.close()


def test_a_hit_tells_what_a_list_shows(tmp_path: Path) -> None:
    index = SearchIndex(tmp_path)
    put(index, relic("vac", title="Vạc đồng", title_en="Cauldron", date="1659", photo="1"), position=1)
    hit = index.search(parse("vac")).hits[0]
    assert dict(hit.summary.title) == {"vi": "Vạc đồng", "en": "Cauldron"}
    assert (hit.summary.date, hit.summary.has, hit.summary.institution) == ("1659", ("image",), "huế")
    index.close()


def test_a_long_beginning_is_completed_to_its_last_letter(tmp_path: Path) -> None:
    index = SearchIndex(tmp_path)
    titles = ("Ấn vàng Hoàng đế tôn thân chi bảo", "Ấn vàng Hoàng đế tôn thân chi báu")
    put(index, *(relic(f"an{n}", title=title) for n, title in enumerate(titles)), position=1)
    assert {o.display for o in index.complete("an vang hoang de ton than chi b")} == set(titles)
    assert [o.display for o in index.complete("vang hoang de ton than chi bao")] == [titles[0]]
    assert [o.display for o in index.complete("ấn vàng hoàng đế tôn thân chi báu")] == [titles[1]]
    index.close()
