"""The viewer's parser of Presentation 4.0 (draft): what is painted becomes plain values, and nothing is dropped."""

import math
from collections.abc import Sequence
from typing import Any

import pytest

from tests.viewer.parsing import Json, read, run

BASE = "https://museum.example/iiif/khu-mo"
SCENE = f"{BASE}/scene"


def painting(name: str, body: Json, target: Any = None, **more: Any) -> Json:
    """A painting annotation; `target` is a point, or a whole target, or None for the scene itself."""
    place: Any = {"id": SCENE, "type": "Scene"}
    if isinstance(target, tuple):
        point = dict(zip("xyz", target, strict=True))
        place = {"id": f"{BASE}/{name}/place", "type": "SpecificResource", "source": place,
                 "selector": [{"type": "PointSelector", **point}]}  # fmt: skip
    elif target is not None:
        place = target
    return {
        "id": f"{BASE}/{name}",
        "type": "Annotation",
        "motivation": ["painting"],
        "body": body,
        "target": place,
        **more,
    }


def model(name: str = "dinh.glb", *transforms: Json) -> Json:
    body = {"id": f"{BASE}/{name}", "type": "Model", "format": "model/gltf-binary"}
    if not transforms:
        return body
    return {"id": f"{BASE}/{name}/in", "type": "SpecificResource", "source": body, "transform": list(transforms)}


def manifest(*annotations: Json, notes: Sequence[Json] = (), **scene: Any) -> Json:
    page = {"id": f"{SCENE}/page", "type": "AnnotationPage", "items": list(annotations)}
    made: Json = {"id": SCENE, "type": "Scene", "label": {"vi": ["Đỉnh"], "en": ["Urn"]}, "items": [page], **scene}
    if notes:
        made["annotations"] = [{"id": f"{SCENE}/notes", "type": "AnnotationPage", "items": list(notes)}]
    context = "http://iiif.io/api/presentation/4/context.json"
    return {
        "@context": context,
        "id": f"{BASE}/manifest",
        "type": "Manifest",
        "label": {"vi": ["Đỉnh"]},
        "items": [made],
    }


def scene_of(document: Json, *others: Json, language: str = "en") -> Json:
    found: Json = read(document, *others, language=language)["containers"][0]
    return found


def moved(matrix: Sequence[float], point: tuple[float, float, float]) -> list[float]:
    """Where a point of the model's own space goes (columns first)."""
    return [sum(matrix[4 * k + row] * v for k, v in enumerate((*point, 1))) for row in range(3)]


def test_a_turn_goes_counter_clockwise_around_x_then_y_then_z() -> None:
    """RotateTransform: (1, 1, 0) turned by 90° around x is at (1, 0, 1); of several axes x goes first."""
    once = scene_of(manifest(painting("a", model("a.glb", {"type": "RotateTransform", "x": 90}))))["models"][0]
    assert moved(once["matrix"], (1, 1, 0)) == pytest.approx([1, 0, 1])
    both = scene_of(manifest(painting("a", model("a.glb", {"type": "RotateTransform", "x": 90, "z": 90}))))["models"][0]
    assert moved(both["matrix"], (0, 1, 0)) == pytest.approx([0, 0, 1])
    assert moved(both["matrix"], (1, 0, 0)) == pytest.approx([0, 1, 0])


def test_transforms_follow_each_other_and_the_place_comes_last() -> None:
    steps = [
        {"type": "ScaleTransform", "x": 2.0},
        {"type": "RotateTransform", "z": 90.0},
        {"type": "TranslateTransform", "y": 1.0},
    ]
    found = scene_of(manifest(painting("a", model("a.glb", *steps), (10.0, 0.0, 5.0))))["models"][0]
    assert moved(found["matrix"], (1, 0, 0)) == pytest.approx([10, 3, 5])
    assert moved(found["matrix"], (0, 1, 0)) == pytest.approx([9, 1, 5])


def test_a_camera_looks_down_z_unless_it_is_told_where() -> None:
    plain = {"id": f"{BASE}/c", "type": "PerspectiveCamera", "fieldOfView": 50.0, "near": 1, "far": 100}
    turned = {"id": f"{BASE}/t", "type": "SpecificResource", "source": {**plain, "id": f"{BASE}/c2"},
              "transform": [{"type": "RotateTransform", "y": 90}]}  # fmt: skip
    aimed = {"id": f"{BASE}/o", "type": "OrthographicCamera", "viewHeight": 4,
             "lookAt": {"id": f"{BASE}/model", "type": "Annotation"}}  # fmt: skip
    found = scene_of(manifest(
        painting("one", plain, (0.0, 1.0, 9.0)), painting("two", turned), painting("three", aimed, (5.0, 5.0, 5.0)),
        painting("model", model(), (1.0, 2.0, 3.0)),
    ))["cameras"]  # fmt: skip
    assert [c["kind"] for c in found] == ["perspective", "perspective", "orthographic"]
    assert (found[0]["position"], found[0]["direction"], found[0]["target"]) == ([0, 1, 9], [0, 0, -1], None)
    assert (found[0]["fovDeg"], found[0]["near"], found[0]["far"]) == (50, 1, 100)
    assert found[1]["direction"] == pytest.approx([-1, 0, 0])
    assert (found[2]["target"], found[2]["viewHeight"]) == ([1, 2, 3], 4)


def test_lights_shine_down_unless_they_are_told_where() -> None:
    spot = {"id": f"{BASE}/s", "type": "SpotLight", "angle": 20.0, "color": "#A0FFA0",
            "intensity": {"type": "Quantity", "quantityValue": 0.5, "unit": "relative"}}  # fmt: skip
    sun = {"id": f"{BASE}/d", "type": "DirectionalLight", "lookAt": {"type": "PointSelector", "x": 1, "y": 0, "z": 0}}
    kinds = [spot, sun, {"id": f"{BASE}/p", "type": "PointLight"}, {"id": f"{BASE}/a", "type": "AmbientLight"}]
    found = scene_of(manifest(*(painting(f"l{n}", light, (0.0, 3.0, 1.0)) for n, light in enumerate(kinds))))["lights"]
    assert [light["kind"] for light in found] == ["spot", "directional", "point", "ambient"]
    assert (found[0]["direction"], found[0]["angleDeg"], found[0]["color"], found[0]["strength"]) == (
        [0, -1, 0],
        20,
        "#A0FFA0",
        0.5,
    )
    assert found[1]["target"] == [1, 0, 0]
    assert (found[2]["position"], found[2]["color"], found[2]["strength"]) == ([0, 3, 1], "#FFFFFF", 1)


def test_the_unit_is_known_only_where_it_is_said() -> None:
    said = {"type": "Quantity", "quantityValue": 0.001, "unit": "m"}
    assert scene_of(manifest(painting("a", model()), spatialScale=said))["metres"] == 0.001
    assert scene_of(manifest(painting("a", model())))["metres"] is None
    assert scene_of(manifest(painting("a", model()), spatialScale={**said, "unit": "inch"}))["metres"] is None


def test_a_scene_within_a_scene_is_laid_out_flat_without_what_is_excluded() -> None:
    inner_id = f"{BASE}/inner"
    lamp = {"id": f"{BASE}/lamp", "type": "AmbientLight"}
    inside = {"id": inner_id, "type": "Scene"}
    camera = {"id": f"{BASE}/c", "type": "PerspectiveCamera"}
    parts = [painting("m", model(), inside), painting("l", lamp, inside), painting("ic", camera, inside)]
    inner = {"id": inner_id, "type": "Scene", "backgroundColor": "#FF0000",
             "items": [{"id": f"{inner_id}/page", "type": "AnnotationPage", "items": parts}]}  # fmt: skip
    outer = manifest(
        painting("left", inside, (-2.0, 0.0, 0.0), exclude=["Lights"]),
        painting("right", {"id": f"{BASE}/big", "type": "SpecificResource", "source": inside,
                           "transform": [{"type": "ScaleTransform", "x": 3, "y": 3, "z": 3}]}, (2.0, 0.0, 0.0)),
        painting("own", {**camera, "id": f"{BASE}/own-camera"}, (0.0, 0.0, 9.0)),
        backgroundColor="#99CCFF",
    )  # fmt: skip
    outer["items"].append(inner)
    found = scene_of(outer)
    assert [moved(m["matrix"], (1, 0, 0)) for m in found["models"]] == [[-1, 0, 0], [5, 0, 0]]
    assert len(found["lights"]) == 1, "the other one is excluded"
    assert found["cameras"][0]["position"] == [0, 0, 9], "a scene's own camera goes before one painted into it"
    assert found["background"] == "#99CCFF", "the background of what is painted in does not count"


def test_a_scene_that_holds_itself_ends() -> None:
    document = manifest(painting("again", {"id": SCENE, "type": "Scene"}), painting("m", model()))
    found = read(document)
    assert len(found["containers"][0]["models"]) == 1
    assert "scene within itself" in [each["what"] for each in found["unshown"]]


def test_a_canvas_hangs_from_its_top_left_corner_or_between_four_points() -> None:
    """Nesting: the top edge along x, the left edge down −y; a WktSelector gives the corners instead."""
    image = {"id": f"{BASE}/p", "type": "Annotation", "motivation": ["painting"],
             "body": {"id": f"{BASE}/bàn cờ.png", "type": "Image", "width": 64, "height": 32},
             "target": {"id": f"{BASE}/canvas", "type": "Canvas"}}  # fmt: skip
    canvas = {"id": f"{BASE}/canvas", "type": "Canvas", "width": 8, "height": 4,
              "items": [{"id": f"{BASE}/cp", "type": "AnnotationPage", "items": [image]}]}  # fmt: skip
    four = {"id": f"{BASE}/w", "type": "SpecificResource", "source": {"id": SCENE, "type": "Scene"},
            "selector": [{"type": "WktSelector", "value": "POLYGON Z ((0 1 0, 0 0 0, 1 0 0, 1 1 0))"}]}  # fmt: skip
    found = scene_of(manifest(painting("a", canvas, (0.0, 0.0, -1.0)), painting("b", canvas, four)))["pictures"]
    assert found[0]["corners"] == [[0, 0, -1], [0, -4, -1], [8, -4, -1], [8, 0, -1]]
    assert found[1]["corners"] == [[0, 1, 0], [0, 0, 0], [1, 0, 0], [1, 1, 0]]
    assert found[0]["flat"]["paintings"][0]["share"] == [0, 0, 1, 1]


def test_a_note_knows_its_place_its_words_and_the_camera_it_moves_to() -> None:
    camera = painting("cam", {"id": f"{BASE}/c", "type": "PerspectiveCamera"}, (0.0, 0.0, 4.0), behavior=["hidden"])
    lid = painting("lid", model("nap.glb"), behavior=["hidden"])
    place = {"id": f"{BASE}/at", "type": "SpecificResource", "source": {"id": SCENE, "type": "Scene"},
             "selector": [{"type": "PointSelector", "x": 1, "y": 2, "z": 3}]}  # fmt: skip
    words = [
        {"type": "TextualBody", "value": v, "language": [code]} for code, v in (("vi", "Quai đỉnh"), ("en", "Handle"))
    ]
    note = {"id": f"{BASE}/note", "type": "Annotation", "motivation": ["commenting"],
            "body": {"type": "Choice", "items": words}, "target": place}  # fmt: skip

    def move(name: str, of: str, *verbs: str) -> Json:
        body = {"id": f"{BASE}/{name}/b", "type": "SpecificResource", "action": list(verbs),
                "source": {"id": f"{BASE}/{of}", "type": "Annotation"}}  # fmt: skip
        return {"id": f"{BASE}/{name}", "type": "Annotation", "motivation": ["activating"], "body": body,
                "target": {"id": f"{BASE}/note", "type": "Annotation"}}  # fmt: skip

    document = manifest(camera, lid, notes=[note, move("m1", "cam", "select"), move("m2", "lid", "show")])
    found = scene_of(document, language="vi")
    assert [(n["at"], [w["text"] for w in n["words"]]) for n in found["notes"]] == [([1, 2, 3], ["Quai đỉnh"])]
    assert found["notes"][0]["camera"] == f"{BASE}/cam"
    assert found["notes"][0]["moves"] == [{"id": f"{BASE}/lid", "verbs": ["show"], "isText": False}]
    assert [w["text"] for w in scene_of(document)["notes"][0]["words"]] == ["Handle"]
    assert (found["cameras"][0]["isHidden"], found["models"][0]["isHidden"]) == (True, True)


def test_words_come_in_the_language_asked_for_and_numbers_are_never_nan() -> None:
    broken = painting("a", model("a.glb", {"type": "ScaleTransform", "x": "2", "y": None}), (0.0, 1.0, 0.0))
    found = scene_of(manifest(broken), language="vi")
    assert found["label"] == "Đỉnh"
    assert all(math.isfinite(v) for v in found["models"][0]["matrix"])


def test_what_is_not_shown_is_told() -> None:
    document = manifest(
        painting("a", model()),
        painting("b", {"id": f"{BASE}/x", "type": "Hologram"}),
        navPlace={"type": "FeatureCollection"},
    )
    found = {each["what"]: each["count"] for each in read(document)["unshown"]}
    assert found == {"Hologram": 1, "Scene.navPlace": 1}
    assert read(manifest(painting("a", model())))["unshown"] == []


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"type": "Manifest"},
        {"type": "Manifest", "items": [None, {"type": "Scene"}]},
        {"type": "Scene", "items": "x"},
    ],
)
def test_a_document_that_is_none_gives_nothing_and_breaks_nothing(given: Json) -> None:
    assert read(given)["notes"] == []


_FUZZ = """
const { readManifest } = await import(process.argv[1]);
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const document = Buffer.concat(chunks).toString("utf8");
const places = (value, path = []) =>
  value && typeof value === "object"
    ? Object.keys(value).flatMap((key) => [[...path, key], ...places(value[key], [...path, key])])
    : [];
const wrapped = { type: "SpecificResource", source: null };
const spoilt = [null, 7, "x", [], {}, [null, 3], { type: "Scene", items: [{}] }, wrapped];
const thrown = [];
let tried = 0;
for (const path of places(JSON.parse(document))) {
  for (const value of spoilt) {
    const made = JSON.parse(document);
    const holder = path.slice(0, -1).reduce((thing, key) => thing[key], made);
    holder[path.at(-1)] = value;
    tried += 1;
    try {
      readManifest(made);
    } catch (error) {
      thrown.push(`${path.join(".")} = ${JSON.stringify(value)}: ${error.message}`);
    }
  }
}
process.stdout.write(JSON.stringify({ tried, thrown }));
"""


def test_no_spoilt_part_of_a_manifest_stops_the_parser() -> None:
    """Each value of a manifest with everything in it is spoilt in eight ways."""
    canvas = {"id": f"{BASE}/canvas", "type": "Canvas", "width": 8, "height": 4, "items": []}
    aim = {
        "type": "SpecificResource",
        "id": f"{BASE}/aim",
        "source": canvas,
        "selector": [{"type": "PointSelector", "x": 1}],
    }
    far = {"type": "WktSelector", "value": "POINT Z (1 2 3)"}
    document = manifest(
        painting("m", model("a.glb", {"type": "RotateTransform", "x": 9}), (1.0, 2.0, 3.0), exclude=["lights"]),
        painting("c", {"id": f"{BASE}/c", "type": "PerspectiveCamera", "lookAt": aim, "near": 1}, (0.0, 0.0, 1.0)),
        painting("l", {"id": f"{BASE}/l", "type": "SpotLight", "angle": 9, "lookAt": far}),
        painting("s", {"id": f"{BASE}/s", "type": "PointAudio", "source": {"id": f"{BASE}/a.mp3", "type": "Audio"}}),
        painting("p", canvas),
        notes=[{"id": f"{BASE}/n", "type": "Annotation", "motivation": ["commenting"], "target": f"{SCENE}#xyz=1,2,3",
                "body": {"type": "TextualBody", "value": "Quai"}}],
        spatialScale={"type": "Quantity", "quantityValue": 1, "unit": "m"},
    )  # fmt: skip
    found = run(_FUZZ, document)
    print(f"{found['tried']} spoilt manifests, {len(found['thrown'])} stopped the parser")
    assert found["tried"] > 500
    assert found["thrown"] == []
