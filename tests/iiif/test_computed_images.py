"""What is no tile: computed once, few at once, within time, allowance and space; tiles never wait for it."""

import io
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from museum.errors import BackendError
from museum.iiif import service as service_module
from museum.iiif.allowance import Allowance
from museum.iiif.image import Limits
from museum.iiif.rendered import RenderedImages
from museum.iiif.service import Answer, ImageService, Located
from museum.imaging import pyramid
from museum.imaging.folder import LocalFolder
from museum.imaging.render import render
from museum.imaging.tile import open_pyramid
from museum.storage.bounded import BoundedFolder
from tests.imaging.conftest import picture

WIDTH, HEIGHT = 700, 500
TILE = "256,0,256,256/256,256/0/default.jpg"
WAIT_S = 30
BOUND = 256 * 1024


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pyramid")
    picture(WIDTH, HEIGHT).save(root / "source.png")
    pyramid.build(root / "source.png", root / "urn")
    return root / "urn"


@pytest.fixture
def serve(folder: Path) -> Callable[..., ImageService]:
    def made(**options: Any) -> ImageService:
        located = Located("ab" * 32, LocalFolder(folder), WIDTH, HEIGHT, "", True)
        return ImageService(lambda _: located, options.pop("limits", None), **options)

    return made


def ask(service: ImageService, path: str, *, client: str = "203.0.113.7", version: int = 3) -> Answer:
    return service.answer("urn", path, version=version, base_url="", client=lambda: client)


class Slow:
    """Rendering that waits until it is let go, and counts."""

    def __init__(self) -> None:
        self.go, self.begun = threading.Event(), threading.Semaphore(0)
        self.count = 0
        self._lock = threading.Lock()

    def __call__(self, *_arguments: object, **_options: object) -> bytes:
        with self._lock:
            self.count += 1
            number = self.count
        self.begun.release()
        assert self.go.wait(WAIT_S)
        return b"image %d" % number


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    made = Slow()
    monkeypatch.setattr(service_module, "render", made)
    yield made
    made.go.set()


def waiting(rendered: RenderedImages, number: int) -> None:
    """Until `number` requests are inside."""
    done = threading.Event()
    for _ in range(WAIT_S * 100):
        if rendered._inside == number:
            return
        done.wait(0.01)
    raise AssertionError(f"{rendered._inside} inside, not {number}")


def test_equal_requests_are_computed_once(serve: Callable[..., ImageService], slow: Slow) -> None:
    rendered = RenderedImages(at_once=2, waiting=30)
    service = serve(rendered=rendered)
    paths = ["full/333,/0/default.jpg", "0,0,700,500/333,/0/default.jpg", "pct:0,0,100,100/333,238/0/color.jpg"] * 8
    with ThreadPoolExecutor(len(paths)) as pool:
        answers = [pool.submit(ask, service, path, version=2 + number % 2) for number, path in enumerate(paths)]
        waiting(rendered, len(paths))
        slow.go.set()
        bodies = {answer.result().body for answer in answers}
    print(f"{len(paths)} equal requests at once, {slow.count} computed")
    assert slow.count == 1 and bodies == {b"image 1"}


def test_a_head_computes_nothing_and_tells_the_length_of_what_is_at_hand(
    serve: Callable[..., ImageService], slow: Slow
) -> None:
    rendered = RenderedImages()
    service, path = serve(rendered=rendered), "full/333,/0/default.jpg"

    def head() -> dict[str, str]:
        answer = service.answer("urn", path, version=3, base_url="", method="HEAD")
        assert (answer.status, answer.body) == (200, b"")
        return dict(answer.headers)

    before = head()
    assert slow.count == 0
    assert "Content-Length" not in before
    slow.go.set()
    shown = dict(ask(service, path).headers)
    assert slow.count == 1
    assert head() == shown
    assert shown == {**before, "Content-Length": shown["Content-Length"]}
    assert slow.count == 1


def test_all_who_wait_get_the_same_error(serve: Callable[..., ImageService], monkeypatch: pytest.MonkeyPatch) -> None:
    go, count = threading.Event(), [0]

    def fail(*_arguments: object, **_options: object) -> bytes:
        count[0] += 1
        assert go.wait(WAIT_S)
        raise BackendError("image.pyramid_broken", reason="cut off")

    monkeypatch.setattr(service_module, "render", fail)
    rendered = RenderedImages(at_once=1, waiting=9)
    service = serve(rendered=rendered)
    with ThreadPoolExecutor(10) as pool:
        answers = [pool.submit(ask, service, "full/333,/0/default.jpg") for _ in range(10)]
        waiting(rendered, 10)
        go.set()
        found = {(answer.result().status, answer.result().body) for answer in answers}
    assert count == [1] and len(found) == 1 and found.pop()[0] == 500
    go.set()
    assert ask(service, "full/333,/0/default.jpg").status == 500 and count == [2], "an error isn't kept"


def test_tiles_are_served_while_all_places_are_taken(serve: Callable[..., ImageService], slow: Slow) -> None:
    rendered = RenderedImages(at_once=2, waiting=3)
    service = serve(rendered=rendered)
    with ThreadPoolExecutor(5) as pool:
        running = [pool.submit(ask, service, f"0,0,{100 + n},90/50,/0/default.jpg") for n in range(5)]
        waiting(rendered, 5)
        assert slow.begun.acquire(timeout=WAIT_S) and slow.begun.acquire(timeout=WAIT_S)
        refused = ask(service, "0,0,300,90/50,/0/default.jpg")
        again = dict(refused.headers)
        assert (refused.status, again["Cache-Control"]) == (503, "no-store") and int(again["Retry-After"]) > 0
        assert b"busy" in refused.body and "Máy chủ đang bận" in refused.body.decode()
        assert ask(service, TILE).status == 200 and ask(service, "info.json").status == 200
        assert slow.count == 2, "two at once"
        slow.go.set()
        assert {answer.result().status for answer in running} == {200}
    assert ask(service, "0,0,300,90/50,/0/default.jpg").status == 200, "afterwards there is room"


def test_whoever_waits_too_long_for_a_turn_is_sent_away(serve: Callable[..., ImageService], slow: Slow) -> None:
    rendered = RenderedImages(at_once=1, waiting=3, patience_s=0.05)
    service = serve(rendered=rendered)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, service, "full/333,/0/default.jpg")
        assert slow.begun.acquire(timeout=WAIT_S)
        assert ask(service, "full/334,/0/default.jpg").status == 503
        slow.go.set()
        assert first.result().status == 200


def test_of_large_images_one_at_a_time(serve: Callable[..., ImageService], slow: Slow) -> None:
    rendered = RenderedImages(at_once=3, waiting=3)
    service = serve(rendered=rendered, limits=Limits(max_width_px=5000, max_area_px=20_000_000))
    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(ask, service, f"full/^{4000 + n},/0/default.jpg") for n in range(3)]
        waiting(rendered, 3)
        assert slow.begun.acquire(timeout=WAIT_S)
        running.append(pool.submit(ask, service, "full/90,/0/default.jpg"))
        assert slow.begun.acquire(timeout=WAIT_S), "a small one passes them"
        assert slow.count == 2
        slow.go.set()
        assert {answer.result().status for answer in running} == {200} and slow.count == 4


def test_an_address_may_compute_so_much_and_no_more(serve: Callable[..., ImageService]) -> None:
    now = [1000.0]
    allowance = Allowance(burst=5, per_minute=60, clock=lambda: now[0])
    service = serve(allowance=allowance)
    paths = [f"0,0,{100 + n},90/50,/0/default.jpg" for n in range(8)]
    statuses = [ask(service, path).status for path in paths]
    assert statuses == [200] * 5 + [429] * 3
    refused = ask(service, paths[7])
    assert dict(refused.headers)["Retry-After"] == "1" and "Thử lại" in refused.body.decode().replace(
        "thử lại", "Thử lại"
    )
    assert [ask(service, path).status for path in paths[:5]] == [200] * 5, "what is at hand is never limited"
    assert ask(service, TILE).status == 200 and ask(service, "full/max/0/nothing.jpg").status == 400
    assert ask(service, paths[7], client="203.0.113.8").status == 200, "somebody else's"
    now[0] += 2
    assert [ask(service, path).status for path in paths[5:]] == [200, 200, 200], "two tokens, and one was computed"
    unlimited = serve(allowance=Allowance(burst=1, per_minute=0))  # control
    assert {ask(unlimited, path).status for path in paths} == {200}


def test_one_connection_of_ipv6_is_one_address() -> None:
    allowance = Allowance(burst=1, per_minute=1, clock=lambda: 0.0)
    allowance.take("2001:db8:1:2::1")
    with pytest.raises(BackendError, match="too_many"):
        allowance.take("2001:db8:1:2:ffff::9")
    allowance.take("2001:db8:1:3::1")
    allowance.take("no address: at all")


def test_large_images_cost_more(serve: Callable[..., ImageService]) -> None:
    allowance = Allowance(burst=3, per_minute=1, clock=lambda: 0.0)
    service = serve(allowance=allowance, limits=Limits(max_width_px=4000, max_area_px=9_000_000))
    assert ask(service, "full/^3300,/0/default.jpg").status == 200  # 7.8 megapixels: 2 tokens
    assert [ask(service, f"full/{90 + n},/0/default.jpg").status for n in range(2)] == [200, 429]


def test_ten_thousand_regions_neither_fill_the_disk_nor_stop_tiles(
    serve: Callable[..., ImageService], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rendering is left out: what counts is what is kept of it."""
    monkeypatch.setattr(service_module, "render", lambda *_, **said: repr(said["region"]).encode() * 100)
    service = serve(rendered=RenderedImages(shelf=BoundedFolder(tmp_path, most_bytes=BOUND), most_bytes=BOUND))
    kept = tiles = 0
    for number in range(10_000):
        region = f"{number % 100},{number // 100},400,300"
        assert ask(service, f"{region}/90,/0/default.jpg").status == 200
        if number % 250 == 249:
            kept = max(kept, sum(p.stat().st_blocks * 512 for p in tmp_path.glob("?/*")))
            tiles += ask(service, TILE).status == 200
    print(f"10,000 regions; {kept:,} of {BOUND:,} bytes on the disk, {tiles} tiles between them")
    assert BOUND // 2 < kept <= BOUND and tiles == 40
    assert service._rendered._bytes <= BOUND


def test_another_process_finds_what_was_computed_and_never_half_of_it(
    serve: Callable[..., ImageService], tmp_path: Path
) -> None:
    def fresh() -> ImageService:
        return serve(rendered=RenderedImages(shelf=BoundedFolder(tmp_path, most_bytes=1 << 20)))

    path = "10,10,400,300/200,/0/default.jpg"
    first = ask(fresh(), path)
    entry = next(tmp_path.glob("?/*"))
    with pytest.MonkeyPatch.context() as guard:
        guard.setattr(service_module, "render", lambda *_, **__: pytest.fail("computed again"))
        assert ask(fresh(), path).body == first.body
    entry.write_bytes(entry.read_bytes()[:-100])
    again = ask(fresh(), path)
    assert again.body == first.body, "computed anew, not served cut off"
    with Image.open(io.BytesIO(again.body)) as image:
        image.load()


def test_what_takes_too_long_is_given_up(serve: Callable[..., ImageService]) -> None:
    service = serve(most_render_s=0, limits=Limits(max_width_px=4000, max_area_px=9_000_000))
    for path in ("full/^3000,/0/default.jpg", "full/^3000,/90/default.png", "full/^1500,/33/default.webp"):
        answer = ask(service, path)
        assert (answer.status, b"longer than 0 seconds" in answer.body) == (503, True), path
    assert ask(service, TILE).status == 200


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "avif", "gif", "tif"])
def test_every_format_turned_mirrored_and_without_color(folder: Path, kind: str) -> None:
    opened = open_pyramid(LocalFolder(folder))
    for quality in ("default", "color", "gray", "bitonal"):
        for turn, size in ((0, (120, 80)), (90, (80, 120)), (180, (120, 80)), (30, None)):
            data = render(
                LocalFolder(folder), opened, region=(7, 9, 600, 400), size=(120, 80), is_mirrored=True,
                rotation_deg=turn, quality=quality, kind=kind,
            )  # fmt: skip
            with Image.open(io.BytesIO(data)) as image:
                image.load()
                assert image.format == {"jpg": "JPEG", "tif": "TIFF"}.get(kind, kind.upper())
                assert size is None or image.size == size


def test_heavy_formats_and_turned_images_have_limits_that_are_told(serve: Callable[..., ImageService]) -> None:
    service = serve(limits=Limits(max_width_px=1000, max_area_px=400_000, max_heavy_area_px=100_000))
    assert ask(service, "full/300,/0/default.avif").status == 200
    for path, words in (
        ("full/max/0/default.avif", (b"up to 100000 pixels", "dạng avif")),
        ("full/max/0/default.gif", (b"Images as gif", "dạng gif")),
        ("full/max/45/default.png", (b"Turned, the image measures", "sau khi xoay")),
    ):
        answer = ask(service, path)
        assert answer.status == 400 and words[0] in answer.body and words[1] in answer.body.decode(), path
    assert ask(service, "full/max/90/default.png").status == 200
