"""Manifests of Presentation 4.0 (draft) written part by part: what the tests of scenes put on the stage."""

from typing import Any

from tests.browser.scene_files import Json, glb

BASE = "https://elsewhere.example/iiif/khu-mo"
SCENE = f"{BASE}/scene"
RED, GREEN, BLUE, WHITE = (1, 0, 0), (0, 1, 0), (0, 0, 1), (0.9, 0.9, 0.9)


def painting(name: str, body: Json, at: tuple[float, ...] | None = None, *transforms: Json, **more: Any) -> Json:
    """A painting annotation at a point of the scene, its body transformed."""
    if transforms:
        body = {"id": f"{BASE}/{name}/in", "type": "SpecificResource", "source": body, "transform": list(transforms)}
    target: Json = {"id": SCENE, "type": "Scene"}
    if at is not None:
        point = {"type": "PointSelector", **dict(zip("xyz", at, strict=True))}
        target = {"id": f"{BASE}/{name}/at", "type": "SpecificResource", "source": target, "selector": [point]}
    return {
        "id": f"{BASE}/{name}",
        "type": "Annotation",
        "motivation": ["painting"],
        "body": body,
        "target": target,
        **more,
    }


def model(name: str) -> Json:
    return {"id": f"{BASE}/files/{name}.glb", "type": "Model", "format": "model/gltf-binary"}


def camera(name: str, kind: str = "PerspectiveCamera", *, target: tuple[float, ...] | None = None, **more: Any) -> Json:
    body = {"id": f"{BASE}/{name}/camera", "type": kind, **more}
    if target is not None:
        body["lookAt"] = {"type": "PointSelector", **dict(zip("xyz", target, strict=True))}
    return body


def light(kind: str, strength: float, color: str = "#FFFFFF", **more: Any) -> Json:
    intensity = {"type": "Quantity", "quantityValue": strength, "unit": "relative"}
    return {"id": f"{BASE}/{kind}/light", "type": kind, "color": color, "intensity": intensity, **more}


def step(kind: str, **values: float) -> Json:
    return {"type": f"{kind}Transform", **values}


def manifest(*annotations: Json, notes: list[Json] | None = None, **scene: Any) -> Json:
    page = {"id": f"{SCENE}/page", "type": "AnnotationPage", "items": list(annotations)}
    made: Json = {
        "@context": "http://iiif.io/api/presentation/4/context.json", "id": f"{BASE}/manifest", "type": "Manifest",
        "label": {"vi": ["Khu mộ"]}, "items": [{"id": SCENE, "type": "Scene", "items": [page], **scene}],
    }  # fmt: skip
    if notes:
        made["annotations"] = [{"id": f"{BASE}/notes", "type": "AnnotationPage", "items": notes}]
    return made


def everything() -> Json:
    """Two models, each kind of transform, a camera, a light of each kind, a background."""
    return manifest(
        painting("urn", model("white"), (-1.2, 0, 0), step("Rotate", y=40, x=20), step("Scale", x=1.4, y=1.8, z=1.4)),
        painting("lid", model("white"), (1.2, 0, 0), step("Translate", y=0.8), step("Rotate", z=25)),
        painting("camera", camera("camera", target=(0, 0.2, 0), fieldOfView=40), (0.9, 1.6, 4.4)),
        painting("ambient", light("AmbientLight", 0.15)),
        painting(
            "sun", light("DirectionalLight", 0.4, lookAt={"type": "PointSelector", "x": 0, "y": 0, "z": 0}), (5, 2, 1)
        ),
        painting("lamp", light("PointLight", 0.4, "#FFA060"), (-3, 0, 3)),
        painting("spot", light("SpotLight", 0.8, "#60A0FF", angle=25), (1.0, 4, 1.2)),
        backgroundColor="#99CCFF",
    )


FILES = {"white.glb": glb(WHITE, is_lit=True)}
