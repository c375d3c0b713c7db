"""A dossier tells what was stated, in order, and pairs only views that are one view."""

from dataclasses import replace

from museum.catalog.record import Procedure, Record
from museum.conservation.dossier import dossier_of
from museum.text import Text
from tests.sample_records import media, photo

FRONT = Text.of(vi="Lanh tô, nhìn từ trước", en="Lintel, from the front")


def lintel(**more: object) -> Record:
    """Two campaigns of one lintel: dirty and cleaned."""
    given = {
        "id": "3t8kq0zx7",
        "kind": "object",
        "institution": "museum",
        "media": (
            photo("after1", epoch="2", order=3, label=FRONT, file_name="lanh-to-2-truoc.jpg"),
            photo("before1", epoch="1", order=1, label=FRONT, file_name="lanh-to-1-truoc.jpg"),
            photo("before2", epoch="1", order=2, role="uv", file_name="lanh-to-1-uv.jpg"),
            photo("after2", epoch="2", order=4, role="uv", width_px=10, file_name="lanh-to-2-uv.jpg"),
            media("scan1", "scan", epoch="1", order=5),
            media("scan2", "scan", epoch="2", order=6),
            media("bell", "sound", epoch="1", order=7),
        ),
        "procedures": (
            Procedure(id="p3", kind="treatment", date="2024-06"),
            Procedure(id="p1", kind="photography", date="2023-11-20", media=("before1",)),
            Procedure(id="p2", kind="condition", date="2024-01-05", details={"grade": Text.of(vi="Trung bình")}),
            Procedure(id="p4", kind="valuation", date="2024-02"),
            Procedure(id="p5", kind="condition", date=""),
        ),
    } | more
    return Record(**given)  # type: ignore[arg-type]  # the test's own keywords


def test_events_stand_oldest_first_and_valuations_stay_inside() -> None:
    assert [p.id for p in dossier_of(lintel()).events] == ["p1", "p2", "p3", "p5"]


def test_epochs_stand_in_order_with_the_day_of_their_campaign() -> None:
    epochs = dossier_of(lintel()).epochs
    assert [(e.name, e.date) for e in epochs] == [("1", "2023-11-20"), ("2", "")]
    assert [m.id for m in epochs[0].media] == ["before1", "before2", "scan1"]


def test_numbered_epochs_without_a_date_count_like_people_do() -> None:
    items = tuple(photo(f"p{n}", epoch=f"đợt {n}") for n in (10, 2, 1))
    found = dossier_of(lintel(media=items, procedures=())).epochs
    assert [e.name for e in found] == ["đợt 1", "đợt 2", "đợt 10"]


def test_same_view_is_paired_and_a_changed_size_is_no_curtain() -> None:
    pairs = dossier_of(lintel()).pairs
    assert [(p.before.id, p.after.id, p.is_registered) for p in pairs] == [
        ("before1", "after1", True),
        ("before2", "after2", False),
    ]


def test_different_views_are_never_paired() -> None:
    back = photo("back", epoch="2", width_px=77, label=Text.of(vi="Mặt sau"), file_name="mat-sau.jpg")
    only = lintel(media=(lintel().media[1], back))
    assert dossier_of(only).pairs == ()


def test_record_without_anything_says_so() -> None:
    bare = lintel(media=(photo("one"),), procedures=(Procedure(id="p", kind="loan"),))
    assert dossier_of(bare).is_empty
    assert not dossier_of(replace(bare, procedures=(Procedure(id="p", kind="condition"),))).is_empty
