"""How a picture looks: colours named as people name them, and codes that tell the alike from strangers."""

from pathlib import Path

import numpy as np
import pytest

from museum.imaging import pixels
from museum.imaging.colors import NAMES, name_of, oklab
from museum.imaging.look import CODE_BITS, SIDE, Look, distance, look_of

NAMED = {
    "9c2a24": "red", "800000": "red", "ff8000": "orange", "daa520": "yellow", "ffff00": "yellow", "8b4513": "brown",
    "8c6a3f": "brown", "b9a27c": "brown", "c8643c": "orange", "006400": "green", "4a7a66": "green", "808000": "green",
    "ace1af": "green", "008080": "teal", "154a7a": "blue", "87ceeb": "blue", "000080": "blue", "800080": "purple",
    "ffc0cb": "pink", "fa8072": "pink", "f5f5dc": "cream", "c5b69b": "cream", "ffffff": "white", "f4f2ee": "white",
    "808080": "grey", "15110f": "black", "000000": "black",
}  # fmt: skip


def look(array: np.ndarray, *, quality: int = 90) -> Look:
    """The look of (h, w, 3) uint8 sRGB after a way through JPEG, as every poster has gone."""
    jpeg = pixels.encode(pixels.from_array(array), "jpg", quality=quality)
    return look_of(*pixels.samples(jpeg, SIDE))


def bits(one: Look, other: Look) -> int:
    return distance(int.from_bytes(one.code, "big"), int.from_bytes(other.code, "big"))


def urn(color: tuple[int, int, int], backdrop: tuple[int, int, int], *, size: int = 480) -> np.ndarray:
    """A round vessel with a lit left side before a backdrop that darkens towards the floor."""
    y, x = np.mgrid[0:size, 0:size] / size
    shade = (1.06 - 0.12 * y)[..., None]
    picture = np.clip(np.array(backdrop) * shade, 0, 255)
    inside = (x - 0.5) ** 2 + ((y - 0.55) / 1.2) ** 2 < 0.3**2
    light = (1.25 - 0.9 * x)[..., None]
    picture[inside] = np.clip(np.array(color) * light, 0, 255)[inside]
    drawn: np.ndarray = picture.astype(np.uint8)
    return drawn


@pytest.mark.parametrize(("code", "name"), NAMED.items())
def test_colours_have_the_names_people_give_them(code: str, name: str) -> None:
    assert name_of(oklab(*bytes.fromhex(code))) == name


def test_every_colour_has_a_name_and_every_name_a_colour() -> None:
    steps = range(0, 256, 15)
    assert {name_of(oklab(r, g, b)) for r in steps for g in steps for b in steps} == set(NAMES)


def test_a_backdrop_gives_no_colour_and_does_not_hide_the_thing() -> None:
    red_on_blue = look(urn((150, 40, 35), (120, 160, 210)))
    assert red_on_blue.colors[0].name == "red"
    assert "blue" not in {color.name for color in red_on_blue.colors}
    assert sum(color.share for color in red_on_blue.colors) <= 100
    assert look(np.full((64, 64, 3), (30, 90, 40), np.uint8)).colors[0].name == "green", "nothing but backdrop"


@pytest.mark.shared
def test_the_same_picture_smaller_lighter_or_packed_harder_is_nearest(shared_photos: dict[str, np.ndarray]) -> None:
    known = {name: look(array) for name, array in shared_photos.items()}
    tried = 0
    for name, array in shared_photos.items():
        lighter = np.clip(array.astype(float) * 1.07 + 3, 0, 255).astype(np.uint8)
        cut = array[array.shape[0] // 40 :, : -array.shape[1] // 40]
        for other in (look(array, quality=35), look(array[::2, ::2]), look(lighter), look(cut)):
            ranked = sorted(known, key=lambda n: bits(known[n], other))
            assert ranked[0] == name
            assert bits(known[name], other) < bits(known[ranked[1]], other)
            tried += 1
    print(f"\n{tried} changed pictures of {len(known)} photographs, each nearest to its own")
    assert tried >= 40


@pytest.mark.shared
def test_views_of_one_head_are_nearer_than_other_things(shared_photos: dict[str, np.ndarray]) -> None:
    known = {name: look(array) for name, array in shared_photos.items()}
    heads = [name for name in known if name.startswith("terracotta-head")]
    for name in heads:
        nearest = min((n for n in known if n != name), key=lambda n: bits(known[name], known[n]))
        assert nearest in heads
        assert bits(known[name], known[nearest]) < 56
    assert len(heads) >= 4


def test_codes_are_whole_bytes_and_the_same_each_time() -> None:
    one, other = look(urn((150, 40, 35), (240, 240, 240))), look(urn((150, 40, 35), (240, 240, 240)))
    assert one == other
    assert len(one.code) * 8 == CODE_BITS
    assert bits(one, other) == 0


def test_samples_of_another_number_are_refused() -> None:
    with pytest.raises(ValueError, match="32 x 32"):
        look_of(b"\x00" * 12, 2, 2)


@pytest.fixture(scope="module")
def shared_photos(shared_data: Path) -> dict[str, np.ndarray]:
    """Real photographs by "folder/name", 240 pixels long, as arrays."""
    found = {}
    for folder, step in (("mosaics", 1), ("terracotta-head", 3), ("mummy-portrait", 1)):  # heads: a quarter turn apart
        for path in sorted((shared_data / "photos" / folder).glob("*.jpg"))[::step]:
            small = pixels.open_file(path, "jpeg", is_sequential=False, shrink=8).thumbnail_image(240, height=240)
            small = small.colourspace("srgb")
            array = np.frombuffer(small.write_to_memory(), np.uint8).reshape(small.height, small.width, small.bands)
            found[f"{folder}/{path.name}"] = array
    return found
