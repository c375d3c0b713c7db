"""Scenes of Presentation 4.0 (draft) on our stage: each thing that a manifest says is seen, and nothing is fetched."""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.browser.axe import judge
from tests.browser.conftest import Visit, until
from tests.browser.places import address_of
from tests.browser.scene_files import Json, file_name, glb, hdr, named, png, wav
from tests.browser.scene_manifests import (
    BASE,
    BLUE,
    FILES,
    GREEN,
    RED,
    SCENE,
    WHITE,
    camera,
    everything,
    light,
    manifest,
    model,
    painting,
    step,
)
from tests.browser.theatre import Theatre, difference, middle, spots

pytestmark = pytest.mark.browser
SEEN = {RED: (255, 0, 0), GREEN: (0, 255, 0), BLUE: (0, 0, 255)}
LEAST = 0.004  # a part that counts changes at least so much of the picture


@pytest.fixture(scope="module")
def theatre(browser: Browser) -> Iterator[Theatre]:
    """One page for all; it must end without complaints and without having asked any host for anything."""
    made = Theatre(browser)
    yield made
    made.context.close()
    assert made.foreign == []
    assert made.complaints == []


def _items(m: Json) -> list[Json]:
    found: list[Json] = m["items"][0]["items"][0]["items"]
    return found


def _part(m: Json, name: str) -> Json:
    return next(a for a in _items(m) if a["id"] == f"{BASE}/{name}")


def _without(name: str) -> Callable[[Json], object]:
    return lambda m: _items(m).remove(_part(m, name))


def _step_gone(name: str, index: int) -> Callable[[Json], object]:
    return lambda m: _part(m, name)["body"]["transform"].pop(index)


CHANGES: dict[str, Callable[[Json], object]] = {
    "one of two models": _without("lid"),
    "a place": lambda m: _part(m, "lid").update(target={"id": SCENE, "type": "Scene"}),
    "a rotation": _step_gone("urn", 0),
    "a scale": _step_gone("urn", 1),
    "a translation": _step_gone("lid", 0),
    "the order of transforms": lambda m: _part(m, "lid")["body"]["transform"].reverse(),
    "the camera": _without("camera"),
    "the field of view": lambda m: _part(m, "camera")["body"].update(fieldOfView=60),
    "an orthographic camera": lambda m: _part(m, "camera").update(
        body=camera("camera", "OrthographicCamera", target=(0, 0.2, 0), viewHeight=5)
    ),
    "the far plane": lambda m: _part(m, "camera")["body"].update(near=1, far=4.4),
    "ambient light": _without("ambient"),
    "directional light": _without("sun"),
    "point light": _without("lamp"),
    "spot light": _without("spot"),
    "the spot's angle": lambda m: _part(m, "spot")["body"].update(angle=6),
    "a light's color": lambda m: _part(m, "lamp")["body"].update(color="#FFFFFF"),
    "a light's intensity": lambda m: _part(m, "sun")["body"]["intensity"].update(quantityValue=0.1),
    "the background": lambda m: m["items"][0].pop("backgroundColor"),
}


def test_each_part_of_a_scene_changes_the_picture(theatre: Theatre) -> None:
    theatre.show(everything(), FILES)
    whole = theatre.picture()
    theatre.show(everything(), FILES)
    assert difference(whole, theatre.picture()) < LEAST / 20, "the same manifest gives the same picture"
    changed: dict[str, float] = {}
    for name, change in CHANGES.items():
        without = deepcopy(everything())
        change(without)
        theatre.show(without, FILES)
        changed[name] = difference(whole, theatre.picture())
    print(", ".join(f"{name} {share:.1%}" for name, share in changed.items()))
    assert [name for name, share in changed.items() if share < LEAST] == []


def seen_at(theatre: Theatre, point: Sequence[float], *, eye: Sequence[float], fov_deg: float) -> tuple[float, float]:
    """Where a camera at `eye` that looks along −Z sees a point: pixels of the stage, a part of which tools take."""
    free = theatre.state("s.view.scene.free")
    x, y, z = (p - e for p, e in zip(point, eye, strict=True))
    unit = free["height"] / 2 / math.tan(math.radians(fov_deg / 2)) / -z
    return free["left"] + free["width"] / 2 + x * unit, free["top"] + free["height"] / 2 - y * unit


def test_models_stand_where_the_manifest_puts_them(theatre: Theatre) -> None:
    """Three boxes without light: the middle of each is where a calculation has it."""
    files = {
        f"{name}.glb": glb(color, size=(0.5, 0.5, 0.01)) for name, color in (("r", RED), ("g", GREEN), ("b", BLUE))
    }
    theatre.show(
        manifest(
            painting("r", model("r"), (-1.5, 1, 0)),
            # 1 along x, turned upright, moved: (0, 1, 0) + (1, −1, −2).
            painting("g", model("g"), (1, -1, -2), step("Translate", x=1), step("Rotate", z=90)),
            painting("b", model("b"), (1.5, 0.5, 0), step("Scale", x=2, y=2, z=2)),
            painting("camera", camera("camera", fieldOfView=50), (0, 0, 5)),
        ),
        files,
    )
    picture = theatre.picture()
    eye = (0.0, 0.0, 5.0)
    for color, place in ((RED, (-1.5, 1.0, 0.0)), (GREEN, (1.0, 0.0, -2.0)), (BLUE, (1.5, 0.5, 0.0))):
        assert middle(picture, SEEN[color]) == pytest.approx(seen_at(theatre, place, eye=eye, fov_deg=50), abs=2)
    areas = [len(spots(picture, SEEN[color])) for color in (RED, BLUE)]
    assert areas[1] / areas[0] == pytest.approx(4, rel=0.1)


def test_an_orthographic_camera_shows_near_and_far_alike(theatre: Theatre) -> None:
    files = {f"{name}.glb": glb(color, size=(0.5, 0.5, 0.01)) for name, color in (("r", RED), ("b", BLUE))}
    theatre.show(
        manifest(
            painting("r", model("r"), (-1, 0, 0)),
            painting("b", model("b"), (1, 0, -6)),
            painting("camera", camera("camera", "OrthographicCamera", viewHeight=3), (0, 0, 5)),
        ),
        files,
    )
    picture = theatre.picture()
    near, far = (len(spots(picture, SEEN[color])) for color in (RED, BLUE))
    free = theatre.state("s.view.scene.free")
    assert near == pytest.approx((0.5 / 3 * free["height"]) ** 2, rel=0.1)
    assert far == pytest.approx(near, rel=0.05)
    x = free["left"] + free["width"] / 2 + free["height"] / 3
    assert middle(picture, SEEN[BLUE]) == pytest.approx((x, free["top"] + free["height"] / 2), abs=2)


def test_the_background_is_exactly_the_color_that_is_said(theatre: Theatre) -> None:
    theatre.show(manifest(painting("r", model("r")), backgroundColor="#99CCFF"), {"r.glb": glb(RED)})
    assert theatre.picture().getpixel((5, 5)) == (0x99, 0xCC, 0xFF)


def test_choosing_a_note_moves_the_camera_and_shows_what_was_hidden(theatre: Theatre) -> None:
    place = {"id": f"{BASE}/at", "type": "SpecificResource", "source": {"id": SCENE, "type": "Scene"},
             "selector": [{"type": "PointSelector", "x": 0, "y": 0, "z": 0.5}]}  # fmt: skip
    body = {"type": "TextualBody", "value": "Quai đỉnh", "language": ["vi"]}
    note = {"id": f"{BASE}/note", "type": "Annotation", "motivation": ["commenting"], "body": body, "target": place}

    def moving(name: str, of: str) -> Json:
        source = {"id": f"{BASE}/{of}", "type": "Annotation"}
        what = {"id": f"{BASE}/{name}/b", "type": "SpecificResource", "source": source, "action": ["show", "select"]}
        return {"id": f"{BASE}/{name}", "type": "Annotation", "motivation": ["activating"], "body": what,
                "target": {"id": f"{BASE}/note", "type": "Annotation"}}  # fmt: skip

    document = manifest(
        painting("r", model("r")),
        painting("b", model("b"), (0, 2, 0), behavior=["hidden"]),
        painting("first", camera("first", target=(0, 0, 0), fieldOfView=50), (0, 0, 9)),
        painting("second", camera("second", target=(0, 1, 0), fieldOfView=50), (5, 1, 0), behavior=["hidden"]),
        notes=[note, moving("m1", "second"), moving("m2", "b")],
    )
    files = {"r.glb": glb(RED, size=(1, 1, 3)), "b.glb": glb(BLUE)}
    theatre.show(document, files)
    before = theatre.picture()
    assert not spots(before, SEEN[BLUE]), "what is hidden is not seen at first"
    theatre.press("Quai đỉnh")
    after = theatre.picture()
    assert theatre.state("s.view.scene.camera.position.toArray()") == pytest.approx([5, 1, 0], abs=1e-6)
    assert spots(after, SEEN[BLUE]), "the note shows what was hidden"
    left, right = min(x for x, _ in spots(after, SEEN[RED])), max(x for x, _ in spots(after, SEEN[RED]))
    assert right - left > 1.5 * (
        max(y for _, y in spots(after, SEEN[RED])) - min(y for _, y in spots(after, SEEN[RED]))
    ), "seen from its long side"
    assert difference(before, after) > LEAST


def test_a_scene_and_a_canvas_are_painted_into_a_scene(theatre: Theatre) -> None:
    """The canvas hangs from its top left corner; of the inner scene everything comes, its background doesn't."""
    canvas_id, inner_id = f"{BASE}/canvas", f"{BASE}/inner"
    image = {"id": f"{BASE}/p", "type": "Annotation", "motivation": ["painting"],
             "target": {"id": canvas_id, "type": "Canvas"},
             "body": {"id": f"{BASE}/files/board.png", "type": "Image", "width": 2, "height": 2}}  # fmt: skip
    canvas = {"id": canvas_id, "type": "Canvas", "width": 2, "height": 2,
              "items": [{"id": f"{canvas_id}/page", "type": "AnnotationPage", "items": [image]}]}  # fmt: skip
    inside = painting("r", model("r"))
    inside["target"] = {"id": inner_id, "type": "Scene"}
    inner = {"id": inner_id, "type": "Scene", "backgroundColor": "#FF0000",
             "items": [{"id": f"{inner_id}/page", "type": "AnnotationPage", "items": [inside]}]}  # fmt: skip
    document = manifest(
        painting("inner", {"id": inner_id, "type": "Scene"}, (-1.5, 0, 0)),
        painting("again", {"id": inner_id, "type": "Scene"}, (-1.5, 1.5, 0)),
        painting("canvas", canvas, (0, 1, 0)),
        painting("camera", camera("camera", fieldOfView=50), (0, 0, 5)),
        backgroundColor="#FFFFFF",
    )
    document["items"].append(inner)
    board = png([[(0, 255, 0), (0, 255, 0)], [(0, 0, 255), (0, 0, 255)]])
    theatre.show(document, {"r.glb": glb(RED, size=(0.5, 0.5, 0.01)), "board.png": board})
    picture = theatre.picture()
    assert picture.getpixel((5, 5)) == (255, 255, 255)
    halfway = seen_at(theatre, (-1.5, 0.75, 0), eye=(0, 0, 5), fov_deg=50)[1]
    assert {y > halfway for _, y in spots(picture, SEEN[RED])} == {True, False}, "the inner scene stands in two places"
    green = spots(picture, SEEN[GREEN])
    corner = seen_at(theatre, (0, 1, 0), eye=(0, 0, 5), fov_deg=50)
    assert (min(x for x, _ in green), min(y for _, y in green)) == pytest.approx(corner, abs=2)
    assert middle(picture, SEEN[BLUE])[1] > middle(picture, SEEN[GREEN])[1], "the picture stands upright"


def test_a_room_of_light_lights_and_what_is_excluded_does_not(theatre: Theatre) -> None:
    picture = {"id": f"{BASE}/files/room.hdr", "type": "Image", "format": "image/vnd.radiance"}
    room = {"id": f"{BASE}/room", "type": "ImageBasedLight", "environmentMap": picture | {"profile": "equirectangular"}}
    files = {"white.glb": glb(WHITE, is_lit=True), "room.hdr": hdr((1, 0, 0))}
    theatre.show(manifest(painting("w", model("white")), painting("room", room), backgroundColor="#000000"), files)
    red, green, _ = theatre.picture().getpixel((200, 150))
    assert (red > 120, green < 40) == (True, True), "a white box in a red room is red"
    lit = {"white.glb": glb(WHITE, is_lit=True, lamp=True)}
    dim = painting("dim", light("AmbientLight", 0.02))
    view = painting("camera", camera("camera", target=(0, 0, 0)), (0, 0, 2.5))
    theatre.show(manifest(painting("w", model("white")), dim, view), lit)
    with_lamp = theatre.picture().getpixel((200, 150))
    theatre.show(manifest(painting("w", model("white"), exclude=["Lights"]), dim, view), lit)
    without = theatre.picture().getpixel((200, 150))
    assert with_lamp[1] > without[1] + 60, "the file's own lamp is green, and excluded it is dark"


def test_a_scale_is_shown_only_where_the_scene_says_its_unit(theatre: Theatre) -> None:
    said = {"type": "Quantity", "quantityValue": 1.0, "unit": "m"}
    theatre.show(manifest(painting("r", model("r")), spatialScale=said), {"r.glb": glb(RED)})
    assert theatre.state("s.hasScale") is True
    theatre.show(manifest(painting("r", model("r"))), {"r.glb": glb(RED)})
    assert theatre.state("s.hasScale") is False


def test_what_is_not_at_hand_is_told_and_never_fetched(theatre: Theatre) -> None:
    theatre.show(manifest(painting("r", model("r")), painting("b", model("b"))), {"r.glb": glb(RED)})
    assert theatre.state("s.stage.absent") == [f"{BASE}/files/b.glb"]
    assert f"{BASE}/files/b.glb" in theatre.page.locator(".manifest-lacks").inner_text()
    assert spots(theatre.picture(), SEEN[RED]), "what is at hand is shown"
    theatre.show(manifest(painting("b", model("b"))), {})
    assert theatre.page.locator(".viewer-status").inner_text().startswith("None of the models")


def test_sounds_play_when_asked_on_the_scenes_clock(theatre: Theatre) -> None:
    source = {"id": f"{BASE}/files/chuong.wav", "type": "Audio", "format": "audio/wav"}
    bell = {"id": f"{BASE}/bell", "type": "SpotAudio", "source": source, "angle": 30,
            "volume": {"type": "Quantity", "quantityValue": 0.2, "unit": "relative"}}  # fmt: skip
    late = {"id": f"{BASE}/moment", "type": "SpecificResource", "source": {"id": SCENE, "type": "Scene"},
            "selector": [{"type": "PointSelector", "instant": 0.2}]}  # fmt: skip
    note = {"id": f"{BASE}/n", "type": "Annotation", "motivation": ["commenting"], "target": late,
            "body": {"type": "TextualBody", "value": "Tiếng chuông ngân"}}  # fmt: skip
    document = manifest(
        painting("r", model("r")),
        painting("bell", bell, (0, 1, 0), timeMode="loop"),
        painting("gone", {"id": f"{BASE}/m", "type": "AmbientAudio", "source": {**source, "id": f"{BASE}/gone.wav"}}),
        notes=[note], duration=30,
    )  # fmt: skip
    theatre.show(document, {"r.glb": glb(RED), "chuong.wav": wav(seconds=0.2)})
    assert theatre.state("[s.sounds.now, s.sounds.context ?? null]") == [0, None], "nothing plays unasked"
    theatre.press("Play the sounds")
    until(lambda: theatre.state("s.sounds.now") > 0.3, "a third of a second of sound")
    assert theatre.state("s.sounds.playing.length") == 1
    until(lambda: "Tiếng chuông ngân" in theatre.page.locator(".viewer-status").inner_text(), "the note of its moment")
    assert theatre.state("s.stage.absent") == [f"{BASE}/gone.wav"]
    theatre.press("Stop the sounds")
    assert theatre.state("[s.sounds.now, s.sounds.playing ?? null]") == [0, None]


# What the 37 official examples say and our viewer does not show, everything else being shown.
UNSHOWN = {
    "Image.service",  # pictures are shown as the manifest gives them, without an image service's tiles
    "Agent.logo",
    "Manifest.navDate",
    "Collection.navPlace",
    "Manifest.viewingDirection",
    "Range.supplementary",
    "Annotation.provides",
    "behavior paged",
    "behavior auto-advance",
    # Pages of notes that no document holds.
    "not at hand: https://example.org/annotations/large-body-of-annotations-on-Chilperic-kills-Galswintha-folio",
    "not at hand: https://example.org/annotations/large-body-of-annotations-on-Chilperic-kills-Galswintha-miniature",
}
PARTS = "((c) => [...c.models, ...c.pictures, ...c.lights.filter(({ kind }) => kind !== 'image')].length)"
NOW = "s.manifest.containers[s.manifest.start]"


def stand_in(thing: Json) -> bytes:
    """A small file in the place of the one that an example names."""
    name = file_name(thing["id"])
    if thing["type"] == "Model":
        return glb(RED if "black" in name else WHITE, is_lit=True)
    if thing["type"] in ("Audio", "Sound", "Video"):
        return wav(seconds=0.2)
    return hdr((1, 1, 1)) if name.endswith(".hdr") else png([[(255, 0, 0), (0, 0, 255)], [(0, 255, 0), (255, 255, 0)]])


@pytest.mark.shared
def test_the_official_examples_are_shown_whole(theatre: Theatre, shared_data: Path) -> None:
    """Each with the other examples at hand, as they name each other's scenes, canvases and pages of notes."""
    folder = shared_data / "judges" / "iiif-v4-examples"
    documents = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
    told: dict[str, list[str]] = {}
    drawn: list[str] = []
    for name, document in documents.items():
        others = {n: d for n, d in documents.items() if n != name and d["id"] in json.dumps(document)}
        others |= {
            n: d for n, d in documents.items() if n != name and any(i in json.dumps(document) for i in scenes(d))
        }
        files = {file_name(t["id"]): stand_in(t) for t in named([document, *others.values()])}
        theatre.show(document, files, **{n.removesuffix(".json"): d for n, d in others.items()})
        assert theatre.state("s.error === null"), name
        assert theatre.state("s.manifest.id") == document["id"], name
        told[name] = theatre.state("s.manifest.unshown.map(({ what }) => what)")
        if theatre.state("s.isOpen") and stands(theatre, name):
            drawn.append(name)
    everything_told = {what for each in told.values() for what in each}
    print(f"{len(documents)} examples read, {len(drawn)} drawn; not shown: {sorted(everything_told)}")
    assert len(documents) == 37
    assert len(drawn) == len([d for d in documents.values() if d["type"] == "Manifest"])
    assert everything_told == UNSHOWN


def scenes(document: Json) -> list[str]:
    """Scenes and canvases that a manifest embeds and others may name."""
    return [item["id"] for item in document.get("items", []) if item.get("type") in ("Scene", "Canvas")]


def stands(theatre: Theatre, name: str) -> bool:
    """The container that is shown has every model, light and picture, and something of it is seen."""
    picture = theatre.picture()
    assert difference(picture, Image.new("RGB", picture.size, picture.getpixel((3, 3)))) > LEAST, (
        f"{name}: nothing seen"
    )
    if theatre.state(f"{NOW}.kind") == "scene":
        assert theatre.state("s.stage.count") == theatre.state(f"{PARTS}({NOW})"), name
        assert theatre.state("[...s.stage.absent, ...s.stage.failed]") == [], name
    return True


@pytest.mark.shared
def test_our_own_scan_is_shown_by_what_its_own_manifest_says(desk: Visit) -> None:
    page = desk.open(address_of(desk.museum, "DEMO-SCN-02") + "/scene")
    said = page.locator("main li").all_inner_texts()
    assert said[0].startswith("Nhìn từ phía trước: cao 66,"), "the notes are read without the viewer, too"
    assert not [url for url in desk.requested if url.endswith(".glb")], "no model before a visitor asks"
    page.get_by_role("button", name="Mở cảnh 3D").click()
    page.wait_for_selector("figure.viewer.is-open")
    figure = "document.querySelector('figure').museumViewer"
    assert page.evaluate(f"{figure}.hasScale") is True, "this file states its unit"
    assert page.evaluate(f"[...{figure}.stage.absent, ...{figure}.stage.failed]") == []
    before = page.evaluate(f"{figure}.azimuth")
    page.locator(".manifest-note").nth(2).click()
    until(lambda: abs(page.evaluate(f"{figure}.azimuth")) > 179, "the view from the back")
    assert before == pytest.approx(-28, abs=0.5), "it begins with the poster's view"
    assert judge(page).faults == ()
