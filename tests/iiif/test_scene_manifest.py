"""Presentation 4.0 (draft) manifests: what a scan becomes, what is measured and what is never claimed."""

import json
import math
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from museum.addresses import PLACEHOLDER
from museum.catalog.record import Record
from museum.iiif import checks, viewpoints
from museum.iiif.containers import upgraded
from museum.iiif.manifest_4 import build_scene_manifest
from museum.iiif.semantics import things
from museum.iiif.source import Institution
from museum.iiif.stored import fill
from museum.iiif.viewpoints import FIELD_OF_VIEW, POSTER, SIDES, Box
from museum.text import Text
from tests.sample_records import derivatives_of, derived, media, photo, whole_record

Json = dict[str, Any]
URL = "https://baotang.example"
HUE = Institution(code="hue", name=Text.of(vi="Bảo tàng số", en="Digital Museum"))
BOX = [[-0.1, 0.0, -0.05], [0.1, 0.423, 0.15]]  # metres


def built(record: Record, **facts: Any) -> Json:
    """The record's manifest as it is served; `facts` are those of its models."""
    shelf = derivatives_of(record)
    for item in record.media:
        if item.kind == "scan":
            others = [d for d in shelf[item.sha256] if not d.name.endswith(".glb")]
            models = [derived(item, name, "model/gltf-binary", **facts) for name in ("open.glb", "web.glb")]
            shelf[item.sha256] = [*models, *others]
    body = build_scene_manifest(record, derivatives=shelf, institution=HUE, labels=())
    assert body is not None
    made: Json = json.loads(fill(body, URL))
    return made


@pytest.fixture(scope="module")
def manifest() -> Json:
    return built(whole_record(), box=BOX, unit="m", up_axis="Y")


def painted(scene: Json, kind: str) -> list[Json]:
    return [a for a in scene["items"][0]["items"] if a["body"]["type"] == kind]


def point(annotation: Json) -> list[float]:
    selector = annotation["target"]["selector"][0]
    return [selector[axis] for axis in "xyz"]


def notes(manifest: Json, motivation: str) -> list[Json]:
    """The notes of the first scene."""
    found: list[Json] = manifest["annotations"][0]["items"]
    return [a for a in found if motivation in a["motivation"]]


def test_each_scan_is_a_scene_and_the_rest_of_the_record_follows(manifest: Json) -> None:
    kinds = [item["type"] for item in manifest["items"]]
    assert kinds == ["Scene"] * 2 + ["Canvas"] * 16 + ["Timeline", "Canvas"]
    assert manifest["id"] == f"{URL}/iiif/presentation/4/3t8kq0zx7/manifest"
    assert PLACEHOLDER not in json.dumps(manifest)
    assert checks.problems(manifest, version=4) == []


def test_a_record_without_a_scan_or_without_its_model_has_none() -> None:
    record = whole_record(media=(photo("front"),))
    assert build_scene_manifest(record, derivatives=derivatives_of(record), institution=HUE, labels=()) is None
    record = whole_record(media=(media("venus", "scan"),))
    assert build_scene_manifest(record, derivatives={}, institution=HUE, labels=()) is None


def test_the_unit_is_said_only_where_it_is_established_and_undisputed() -> None:
    scan = media("venus", "scan", unit="mm")
    assert built(whole_record(media=(scan,)), unit="m", box=BOX)["items"][0]["spatialScale"] == {
        "type": "Quantity", "quantityValue": 1.0, "unit": "m",
    }  # fmt: skip
    assert "spatialScale" not in built(whole_record(media=(scan,)), box=BOX)["items"][0]
    disputed = replace(scan, facts={"scale_conflict": {"factor": 1000, "explained_by": "mm"}})
    assert "spatialScale" not in built(whole_record(media=(disputed,)), unit="m", box=BOX)["items"][0]


def test_a_note_measures_what_it_shows_and_nothing_without_a_unit() -> None:
    scan = media("venus", "scan", unit="mm")
    made = built(whole_record(media=(scan,)), unit="m", box=BOX)
    said = {b["language"][0]: b["value"] for b in notes(made, "commenting")[0]["body"]["items"]}
    assert said == {
        "vi": "Nhìn từ phía trước: cao 42,3 cm, rộng 20 cm",
        "en": "Seen from the front: 42.3 cm high, 20 cm wide",
    }
    made = built(whole_record(media=(scan,)), box=BOX)
    words = [b["value"] for note in notes(made, "commenting") for b in note["body"]["items"]]
    assert not [w for w in words if any(c.isdigit() for c in w)]


def test_the_first_camera_holds_the_whole_and_looks_at_its_middle(manifest: Json) -> None:
    scene = manifest["items"][0]
    cameras = painted(scene, "PerspectiveCamera")
    assert "behavior" not in cameras[0]
    assert all(c["behavior"] == ["hidden"] for c in cameras[1:])
    body = cameras[0]["body"]
    middle = [0.0, 0.2115, 0.05]
    assert [body["lookAt"][axis] for axis in "xyz"] == pytest.approx(middle)
    away = math.dist(point(cameras[0]), middle)
    radius = math.dist(*BOX) / 2
    assert body["near"] < away - radius
    assert body["far"] > away + radius
    half = away * math.tan(math.radians(body["fieldOfView"] / 2))
    assert 0.423 / 2 < half < 0.423, "the object fills most of the picture's height"


def test_every_note_moves_a_camera_to_its_own_side(manifest: Json) -> None:
    scene = manifest["items"][0]
    cameras = {a["id"]: a for a in painted(scene, "PerspectiveCamera")}
    comments, moves = notes(manifest, "commenting"), notes(manifest, "activating")
    assert len(comments) == len(moves) == len(SIDES)
    for comment, move in zip(comments, moves, strict=True):
        assert move["target"]["id"] == comment["id"]
        camera = cameras[move["body"]["source"]["id"]]
        out = [p - m for p, m in zip(point(comment), (0.0, 0.2115, 0.05), strict=True)]
        away = [p - m for p, m in zip(point(camera), (0.0, 0.2115, 0.05), strict=True)]
        cosine = sum(a * b for a, b in zip(out, away, strict=True)) / math.hypot(*out) / math.hypot(*away)
        assert cosine == pytest.approx(1, abs=1e-4), "the camera stands before the place of its note"


def test_a_scan_that_lies_on_its_back_is_stood_up_for_everybody() -> None:
    """A guessed upright axis isn't turned in the file: the scene turns it, and its cameras know."""
    scan = media("venus", "scan")
    scene = built(whole_record(media=(scan,)), box=[[-1, -2, 0], [1, 2, 10]], up_axis="Z")["items"][0]
    model = scene["items"][0]["items"][0]["body"]
    assert model["transform"] == [{"type": "RotateTransform", "x": -90.0, "y": 0.0, "z": 0.0}]
    assert model["source"]["type"] == "Model"
    look_at = painted(scene, "PerspectiveCamera")[0]["body"]["lookAt"]
    assert [look_at[axis] for axis in "xyz"] == [0, 5, 0]


def test_without_a_measured_box_there_are_lights_and_no_views() -> None:
    made = built(whole_record(media=(media("venus", "scan"),)))
    assert "annotations" not in made
    assert [a["body"]["type"] for a in _paintings(made)] == [
        "Model", "AmbientLight", "DirectionalLight", "DirectionalLight",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "fact", [None, [], [[0, 0, 0]], [[0, 0, 0], [0, 0, 0]], [[0, 0, "x"], [1, 1, 1]], [[math.nan] * 3, [1] * 3], "box"]
)
def test_a_box_that_is_none_is_no_box(fact: object) -> None:
    assert viewpoints.box_of(fact, "Y") is None


def test_flat_and_thin_things_have_finite_views() -> None:
    for size in ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1e-6, 2e-6, 1e-6), (1e6, 1, 1)):
        box = Box(low=(0.0, 0.0, 0.0), high=(float(size[0]), float(size[1]), float(size[2])))
        for view in (POSTER, *SIDES):
            numbers = (*viewpoints.place(box, view), *viewpoints.surface(box, view), viewpoints.distance(box))
            assert all(math.isfinite(v) for v in numbers)
    assert 0 < FIELD_OF_VIEW < 180


def test_nothing_of_version_3_is_left_in_what_was_a_canvas() -> None:
    canvas = {
        "id": f"{URL}/c", "type": "Canvas", "duration": 9.5, "label": {"vi": ["Chuông"]},
        "items": [{"id": f"{URL}/c/p", "type": "AnnotationPage", "items": [
            {"id": f"{URL}/c/p/a", "type": "Annotation", "motivation": "painting", "target": f"{URL}/c",
             "body": {"id": f"{URL}/a.mp3", "type": "Sound", "format": "audio/mpeg"}}]}],
        "annotations": [{"id": f"{URL}/c/n", "type": "AnnotationPage", "items": [
            {"id": f"{URL}/c/n/a", "type": "Annotation", "motivation": "supplementing", "target": f"{URL}/c",
             "body": {"id": f"{URL}/a.vtt", "type": "Text", "language": "vi"}}]}],
    }  # fmt: skip
    given = deepcopy(canvas)
    made = upgraded(canvas)
    assert canvas == given
    assert made["type"] == "Timeline"
    painting = made["items"][0]["items"][0]
    assert (painting["motivation"], painting["target"]) == (["painting"], {"id": f"{URL}/c", "type": "Timeline"})
    assert painting["body"]["type"] == "Audio"
    assert made["annotations"][0]["items"][0]["body"]["language"] == ["vi"]


def _scene(m: Json) -> Json:
    found: Json = m["items"][0]
    return found


def _paintings(m: Json) -> list[Json]:
    found: list[Json] = _scene(m)["items"][0]["items"]
    return found


def _body(m: Json, kind: str) -> Json:
    found: Json = painted(_scene(m), kind)[0]["body"]
    return found


def _transform(m: Json, kind: str, **values: float) -> None:
    """The first scene's model, transformed so."""
    first = _paintings(m)[0]
    step = {"type": kind, **values}
    first["body"] = {"id": f"{URL}/in", "type": "SpecificResource", "source": first["body"], "transform": [step]}


def _comment(m: Json) -> Json:
    return notes(m, "commenting")[0]


def _camera(m: Json) -> Json:
    return _body(m, "PerspectiveCamera")


_NONE = {"id": f"{URL}/none", "type": "Annotation"}
_OLD = "http://iiif.io/api/presentation/3/context.json"
PLANTED: dict[str, tuple[str, Callable[[Json], object]]] = {
    "a scene without items": ("schema", lambda m: _scene(m).pop("items")),
    "a scene with a height": ("schema", lambda m: _scene(m).update(height=100)),
    "a canvas without a width": ("schema", lambda m: m["items"][2].pop("width")),
    "a colour in words": ("schema", lambda m: _scene(m).update(backgroundColor="red")),
    "an unknown way to move": ("schema", lambda m: _scene(m).update(interactionMode=["fly"])),
    "an unknown transform": ("schema", lambda m: _transform(m, "ShearTransform", x=1)),
    "a place without id": ("schema", lambda m: _comment(m)["target"].pop("id")),
    "an unknown property of a camera": ("schema", lambda m: _camera(m).update(zoom=2)),
    "a scene's address with a fragment": ("schema", lambda m: _scene(m).update(id=f"{URL}/s#1")),
    "the context of version 3": ("context", lambda m: m.update({"@context": _OLD})),
    "near behind far": ("near_far", lambda m: _camera(m).update(near=9, far=1)),
    "a field of view of half a circle": ("range", lambda m: _camera(m).update(fieldOfView=180)),
    "a light brighter than bright": ("range", lambda m: _body(m, "AmbientLight")["intensity"].update(quantityValue=2)),
    "a camera that looks at nothing painted": ("look_at", lambda m: _camera(m).update(lookAt=_NONE)),
    "a camera that is not there": ("activating", lambda m: notes(m, "activating")[0]["body"].update(source=_NONE)),
    "a model painted into another scene": (
        "painting",
        lambda m: _paintings(m)[0].update(target={"id": m["items"][1]["id"], "type": "Scene"}),
    ),
    "a note among what is painted": ("painting", lambda m: _paintings(m).append(_comment(m) | {"id": f"{URL}/n"})),
    "a camera among the notes": (
        "painting",
        lambda m: m["annotations"][0]["items"].append(_paintings(m)[1] | {"id": f"{URL}/n"}),
    ),
    "two annotations of one id": ("duplicate_id", lambda m: _comment(m).update(id=_paintings(m)[0]["id"])),
    "a model scaled to nothing": ("transform", lambda m: _transform(m, "ScaleTransform", x=0)),
    "a scale in inches": ("scale", lambda m: _scene(m)["spatialScale"].update(unit="in")),
    "a placeholder canvas": ("version_3", lambda m: m["items"][2].update(placeholderCanvas={})),
    "script in a summary": ("html", lambda m: m.update(summary={"vi": ["<p>Đỉnh<script>alert(1)</script></p>"]})),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_error_is_caught(manifest: Json, name: str) -> None:
    code, plant = PLANTED[name]
    broken = deepcopy(manifest)
    plant(broken)
    assert code in {problem.code for problem in checks.problems(broken, version=4)}


def test_every_address_of_the_manifest_is_the_museums_own(manifest: Json) -> None:
    ids = [thing["id"] for _, thing in things(manifest) if isinstance(thing.get("id"), str)]
    assert len(ids) > 100
    assert [i for i in ids if not i.startswith(URL)] == []
