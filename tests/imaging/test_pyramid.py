"""The access copy: exact sizes, true colours, upright, and nothing of the source's metadata."""

import io
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from museum.errors import BackendError, SourceError
from museum.imaging.folder import LocalFolder, OpenFile
from museum.imaging.pixels import pyvips
from museum.imaging.poster import poster
from museum.imaging.pyramid import build, levels_of
from museum.imaging.render import render
from museum.imaging.tile import OpenPyramids, Pyramid, open_pyramid
from tests.imaging.conftest import Photograph, picture
from tests.imaging.test_inspect import OWNER, SERIAL, exif_of_a_camera

SIZES = [(1, 1), (1, 900), (900, 1), (255, 257), (256, 256), (257, 255), (512, 512), (769, 1021), (1500, 333)]


def decoded(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"), dtype=np.int16)


def level(pyramid: Pyramid, number: int) -> np.ndarray:
    """A level put together from its tiles."""
    width, height = pyramid.level_size(number)
    whole = np.full((height, width, 3), -1, np.int16)
    for top in range(0, height, pyramid.tile_px):
        for left in range(0, width, pyramid.tile_px):
            tile = decoded(pyramid.tile(number, left // pyramid.tile_px, top // pyramid.tile_px))
            assert tile.shape[:2] == (min(pyramid.tile_px, height - top), min(pyramid.tile_px, width - left))
            whole[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return whole


def corner(directory: Path) -> tuple[int, ...]:
    """Colour near the upper left corner."""
    return tuple(int(part) for part in level(open_pyramid(LocalFolder(directory)), 0)[8, 8])


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_tile_has_its_exact_size_and_the_right_pixels(
    photograph: Photograph, tmp_path: Path, width: int, height: int
) -> None:
    source = photograph("a.png", width, height)
    facts = build(source, tmp_path / "out")
    assert (facts.width_px, facts.height_px, facts.levels) == (width, height, levels_of(width, height, tile_px=256))
    pyramid = open_pyramid(LocalFolder(tmp_path / "out"))
    with Image.open(source) as image:
        for number in range(facts.levels):
            found = level(pyramid, number)
            padded = (
                image if not number else image.crop((0, 0, *(side << number for side in pyramid.level_size(number))))
            )
            expected = np.asarray(padded.reduce(1 << number), dtype=np.int16)[: found.shape[0], : found.shape[1]]
            inner = found[:-1, :-1] - expected[:-1, :-1]  # the last row and column hold copies of the edge
            assert inner.size == 0 or np.abs(inner).mean() < 4
    with pytest.raises(IndexError):
        pyramid.tile(facts.levels, 0, 0)


def test_no_edge_is_dark_as_unpadded_pyramids_have(photograph: Photograph, tmp_path: Path) -> None:
    source = photograph("white.png", 1030, 770)
    Image.new("RGB", (1030, 770), (230, 230, 230)).save(source)
    build(source, tmp_path / "out")
    pyramid = open_pyramid(LocalFolder(tmp_path / "out"))
    darkest = [int(level(pyramid, number).min()) for number in range(pyramid.levels)]
    assert min(darkest) > 215
    bare = tmp_path / "bare.tif"  # control: the same without padding, its level asked for at the viewer's size
    pyvips.Image.new_from_file(str(source)).tiffsave(
        str(bare), tile=True, pyramid=True, compression="jpeg", tile_width=256, tile_height=256
    )
    stored = pyvips.Image.new_from_file(str(bare), page=3)
    assert (stored.width, stored.height) != pyramid.level_size(3)


def test_interior_tiles_are_the_stored_bytes(photograph: Photograph, tmp_path: Path) -> None:
    build(photograph("a.jpg", 1024, 768), tmp_path / "out")
    spliced = decoded(open_pyramid(LocalFolder(tmp_path / "out")).tile(0, 1, 1))
    stored = pyvips.Image.new_from_file(str(tmp_path / "out/pyramid.tif"), page=0).crop(256, 256, 256, 256)
    assert np.abs(spliced - stored.numpy()).max() <= 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_copy_is_upright(photograph: Photograph, tmp_path: Path, orientation: int) -> None:
    """Red in the upper left as seen: turned the way the camera would have stored it."""
    seen = picture(300, 200)
    seen.paste((250, 0, 0), (0, 0, 40, 40))
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = seen if orientation == 1 else seen.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.jpg", exif=exif, quality=95)
    facts = build(tmp_path / "a.jpg", tmp_path / "out")
    assert (facts.width_px, facts.height_px) == (300, 200)
    red, green, blue = corner(tmp_path / "out")
    assert red > 225 and green < 25 and blue < 25
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["edges.bin", "pyramid.tif"]


def test_colours_go_through_the_profile(photograph: Photograph, tmp_path: Path) -> None:
    source = tmp_path / "wide.png"
    Image.new("RGB", (300, 200), (180, 90, 60)).save(tmp_path / "srgb.png")
    plain = pyvips.Image.new_from_file(str(tmp_path / "srgb.png"))
    plain.icc_transform("p3", input_profile="srgb").write_to_file(str(source))
    with Image.open(source) as image:
        stored = image.convert("RGB").getpixel((8, 8))
    assert max(abs(a - b) for a, b in zip(stored, (180, 90, 60), strict=True)) > 5  # P3 numbers differ
    build(source, tmp_path / "out")
    assert corner(tmp_path / "out") == pytest.approx((180, 90, 60), abs=4)


@pytest.mark.parametrize(
    ("name", "mode", "color", "seen"),
    [
        ("clear.png", "RGBA", (200, 10, 10, 0), (255, 255, 255)),
        ("half.png", "LA", (0, 128), (127, 127, 127)),
        ("grey.png", "L", 77, (77, 77, 77)),
        ("deep.png", "I;16", 77 * 257, (77, 77, 77)),
        ("bits.png", "1", 1, (255, 255, 255)),
        ("print.tif", "CMYK", (0, 0, 0, 0), (255, 255, 255)),
        ("print.jpg", "CMYK", (0, 0, 0, 255), (40, 40, 40)),
        ("palette.gif", "P", 0, (0, 0, 0)),
        ("soft.jp2", "RGB", (200, 100, 50), (200, 100, 50)),
        ("soft.avif", "RGB", (200, 100, 50), (200, 100, 50)),
    ],
)
def test_every_kind_of_pixel_becomes_srgb(
    tmp_path: Path, name: str, mode: str, color: int | tuple[int, ...], seen: tuple[int, ...]
) -> None:
    Image.new(mode, (300, 200), color).save(tmp_path / name)
    build(tmp_path / name, tmp_path / "out")
    tolerance = 45 if name == "print.jpg" else 4  # how black a printer's black looks is the profile's word
    assert corner(tmp_path / "out") == pytest.approx(seen, abs=tolerance)


def test_no_metadata_of_the_source_is_in_any_derivative(photograph: Photograph, tmp_path: Path) -> None:
    secrets = [
        OWNER.encode(),
        SERIAL.encode(),
        b"SecretEditor",
        b"maker note",
        b"Exif\0",
        b"Canon",
        b"<x:xmpmeta",
        b"GPS",
    ]
    source = photograph("a.jpg", 700, 500, exif=exif_of_a_camera(), xmp=b"<x:xmpmeta GPS/>", comment=b"SecretEditor")
    held = source.read_bytes()
    assert all(secret in held for secret in secrets), "control: the source has them all"
    out = tmp_path / "out"
    build(source, out)
    pyramid = open_pyramid(LocalFolder(out))
    answers = [path.read_bytes() for path in out.iterdir()]
    answers += [pyramid.tile(0, 0, 0), pyramid.tile(0, 2, 1)]
    for kind in ("avif", "webp", "jpg"):
        for origin in (source, out):
            poster(origin, tmp_path / "poster", long_side_px=400, kind=kind)
            answers.append((tmp_path / "poster").read_bytes())
    for kind in ("jpg", "png", "webp", "gif", "tif"):
        answers.append(render(LocalFolder(out), pyramid, region=(5, 5, 500, 400), size=(250, 200), kind=kind))
    print(f"{len(answers)} derivatives searched")
    for data in answers:
        assert not [secret for secret in secrets if secret in data]


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.jp2"])
def test_a_damaged_photograph_leaves_nothing_behind(photograph: Photograph, tmp_path: Path, name: str) -> None:
    source = photograph(name, 900, 700)
    source.write_bytes(source.read_bytes()[:-9000])
    out = tmp_path / "out"
    with pytest.raises(SourceError):
        build(source, out)
    with pytest.raises(SourceError):
        poster(source, out / "poster.avif", long_side_px=400)
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("kind", ["avif", "webp", "jpg"])
def test_a_poster_keeps_to_its_budget(photograph: Photograph, tmp_path: Path, kind: str) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (900, 1200, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")  # the worst there is
    for budget in (80_000, 8_000):
        facts = poster(tmp_path / "noise.png", tmp_path / "p", long_side_px=1000, max_bytes=budget, kind=kind)
        assert facts.size_bytes == (tmp_path / "p").stat().st_size <= budget
        with Image.open(tmp_path / "p") as image:
            assert image.size == (facts.width_px, facts.height_px)
    small = poster(photograph("s.png", 120, 90), tmp_path / "p", long_side_px=1000, kind=kind)
    assert (small.width_px, small.height_px) == (120, 90), "never larger than the photograph"


def test_a_poster_from_the_pyramid_shows_the_same(photograph: Photograph, tmp_path: Path) -> None:
    source = photograph("a.png", 1301, 977)
    build(source, tmp_path / "out")
    pictures = []
    for origin in (source, tmp_path / "out"):
        poster(origin, tmp_path / "p", long_side_px=300, kind="jpg")
        pictures.append(decoded((tmp_path / "p").read_bytes()))
    assert np.abs(pictures[0] - pictures[1]).mean() < 3


def test_a_broken_or_missing_pyramid_is_ours_to_mend(photograph: Photograph, tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="pyramid_broken"):
        open_pyramid(LocalFolder(tmp_path))
    build(photograph("a.png", 600, 400), tmp_path / "out")
    for name in ("pyramid.tif", "edges.bin"):
        whole = (tmp_path / "out" / name).read_bytes()
        (tmp_path / "out" / name).write_bytes(whole[:20])
        with pytest.raises(BackendError, match="museum rebuild"):
            open_pyramid(LocalFolder(tmp_path / "out"))
        (tmp_path / "out" / name).write_bytes(whole)


def test_open_files_are_bounded(photograph: Photograph, tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(6)]
    for folder in folders:
        build(photograph("a.png", 300, 200), folder)
    before = len(list(Path("/proc/self/fd").iterdir()))
    opened = OpenPyramids(most=2)
    used = [opened.get(LocalFolder(folder)) for folder in folders]
    assert all(pyramid.tile(0, 1, 0) for pyramid in used), "one let go still answers whoever holds it"
    del used
    assert len(opened) == 2
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 4


@dataclass(frozen=True)
class Far:
    """A folder whose files take until `go` to open, and which counts the openings."""

    near: LocalFolder
    opened: list[str] = field(default_factory=list, compare=False)
    go: threading.Event = field(default_factory=threading.Event, compare=False)

    @property
    def name(self) -> str:
        return self.near.name

    def open(self, file: str) -> OpenFile:
        self.opened.append(file)
        assert self.go.wait(60)
        return self.near.open(file)

    def version(self, file: str) -> object:
        return self.near.version(file)

    def path(self, file: str) -> Path | None:
        return self.near.path(file)


def test_whoever_comes_while_a_pyramid_is_opened_waits_for_that(photograph: Photograph, tmp_path: Path) -> None:
    directory = tmp_path / "a"
    directory.mkdir()
    build(photograph("a.png"), directory)
    alone = Far(LocalFolder(directory))
    alone.go.set()
    open_pyramid(alone)
    far, pyramids, here = Far(LocalFolder(directory)), OpenPyramids(), threading.Barrier(9, timeout=60)

    def ask() -> Pyramid:
        here.wait()
        return pyramids.get(far)

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask) for _ in range(8)]
        here.wait()
        far.go.set()
        found = {id(one.result()) for one in asked}
    assert len(found) == 1
    assert far.opened == alone.opened
    missing = Far(LocalFolder(tmp_path / "none"))
    missing.go.set()
    for _ in range(2):  # a failed opening is not remembered
        with pytest.raises(BackendError):
            pyramids.get(missing)
    assert len(missing.opened) == 2


@dataclass(frozen=True)
class Replaced(Far):
    """A folder whose pyramid is replaced so often, each time between the openings of its two files."""

    anew: tuple[Path, ...] = ()

    def open(self, file: str) -> OpenFile:
        times = self.opened.count("edges.bin")
        if file == "edges.bin" and times < len(self.anew):
            for name in ("edges.bin", "pyramid.tif"):
                (self.anew[times] / name).replace(self.near.directory / name)
        return super().open(file)


def test_a_pyramid_replaced_while_it_is_opened_is_of_one_writing(photograph: Photograph, tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(5)]
    for number, folder in enumerate(folders):
        build(photograph("a.png", 300 + number, 200), folder)
    here, again, *rest = folders
    replaced = Replaced(LocalFolder(here), anew=(again,))
    replaced.go.set()
    opened = open_pyramid(replaced)
    assert (opened.width_px, decoded(opened.tile(0, 1, 0)).shape[1]) == (301, 301 - 256)
    assert opened.version == replaced.version("pyramid.tif")
    without_end = Replaced(LocalFolder(here), anew=tuple(rest))
    without_end.go.set()
    with pytest.raises(BackendError, match="pyramid_broken"):
        open_pyramid(without_end)


def test_serving_tiles_needs_no_image_library() -> None:
    code = "import sys, museum.imaging.tile; print([m for m in ('pyvips', 'PIL', 'numpy') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_loaders_never_made_for_foreign_files_are_blocked(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    with pytest.raises(pyvips.Error, match="blocked"):
        pyvips.Image.svgload(str(tmp_path / "a.svg"))
