"""Which media of a record belong together."""

import pytest

from museum.catalog.arrangement import arrange, light_of
from museum.catalog.record import Media
from museum.text import Text
from tests.sample_records import LIGHTS, media, photo, whole_record


def arranged(*items: Media):  # type: ignore[no-untyped-def]  # the value under test
    return arrange(whole_record(media=items))


@pytest.mark.parametrize(
    ("label", "light"),
    [
        ("visible light", "normal"),
        ("raking light", "raking"),
        ("ultraviolet", "uv"),
        ("infrared", "infrared"),
        ("X-radiograph", "x-ray"),
        ("Ánh sáng xiên", "raking"),
        ("Huỳnh quang tử ngoại", "uv"),
        ("mặt sau", ""),
    ],
)
def test_an_examination_photograph_tells_its_light_by_its_label(label: str, light: str) -> None:
    assert light_of(photo("one", role="examination", label=Text({"und": label}))) == light


def test_a_view_is_no_light_whatever_its_label_says() -> None:
    assert light_of(photo("one", role="view", label=Text({"en": "infrared"}))) == ""


def test_registered_lights_come_normal_first_whatever_the_table_order() -> None:
    items = [photo(light, role=light, order=n) for n, light in enumerate(reversed(LIGHTS))]
    assert [m.id for m in arranged(*items).lights[0]] == list(LIGHTS)


def test_two_epochs_are_two_sets() -> None:
    items = [photo(f"{light}{epoch}", role=light, epoch=epoch) for light in LIGHTS[:2] for epoch in ("1998", "2024")]
    assert [[m.epoch for m in one] for one in arranged(*items).lights] == [["1998", "1998"], ["2024", "2024"]]


def test_a_second_photograph_in_one_light_stays_a_view() -> None:
    found = arranged(photo("a", role="normal"), photo("b", role="uv", order=1), photo("c", role="uv", order=2))
    assert [m.id for m in found.lights[0]] == ["a", "b"]
    assert [m.id for m in found.views] == ["c"]


def test_two_turntable_frames_are_two_views() -> None:
    frames = [photo(f"f{n}", role="turntable", order=n) for n in range(3)]
    assert len(arranged(*frames).turntable) == 3
    two = arranged(*frames[:2])
    assert (len(two.turntable), len(two.views)) == (0, 2)


def test_captions_go_to_the_film_of_their_name_and_to_no_guess() -> None:
    films = [media("one", "film", file_name="đúc đồng.mp4"), media("two", "film", file_name="chạm khắc.mp4")]
    named = media("cap", "captions", file_name="chạm khắc.vi.vtt")
    stray = media("stray", "captions", file_name="phụ đề.vtt")
    found = arranged(*films, named, stray)
    assert [m.id for m in found.of(films[1], "captions")] == ["cap"]
    assert found.of(films[0], "captions") == ()


def test_no_photograph_is_lost_or_shown_twice() -> None:
    record = whole_record()
    shown = [m.id for m in arrange(record).photographs]
    assert sorted(shown) == sorted(m.id for m in record.media if m.kind == "photo")
