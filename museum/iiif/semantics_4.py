"""What no Presentation 4.0 (draft) schema catches: each rule with the class or property of the data model it is from.

Rules that 3.0 has too come from `semantics`.
"""

from collections.abc import Iterator, Mapping, Set
from typing import Any

from museum.iiif import semantics
from museum.iiif.semantics import Fault, things
from museum.iiif.source import Json

CONTEXT = "http://iiif.io/api/presentation/4/context.json"
_CONTAINERS = ("Canvas", "Timeline", "Scene")
_CAMERAS = ("PerspectiveCamera", "OrthographicCamera")
_OF_VERSION_3 = ("placeholderCanvas", "accompanyingCanvas")
_RANGES = {"fieldOfView": 180.0, "angle": 90.0}  # degrees: more than 0; the second is the cone's radius


def faults(document: Json) -> Iterator[Fault]:
    """Every fault of the whole document."""
    yield from _context(document)
    yield from semantics.duplicates(document)
    yield from semantics.shared_links(document)
    painted = _painted(document)
    annotations = {
        t["id"] for _, t in things(document) if t.get("type") == "Annotation" and "id" in t and "target" in t
    }
    for where, thing in things(document):
        for fault in semantics.of_any_version(where, thing):
            if (fault[0], thing.get("type")) != ("empty_items", "Collection"):  # discouraged, and allowed
                yield fault
        yield from _of_version_3(where, thing)
        yield from _painting(where, thing)
        yield from _camera(where, thing)
        yield from _look_at(where, thing, painted)
        yield from _activating(where, thing, annotations)
        yield from _transform(where, thing)
        yield from _quantities(where, thing)


def _context(document: Json) -> Iterator[Fault]:
    given = document.get("@context")
    last = given[-1] if isinstance(given, list) and given else given
    if last != CONTEXT and document.get("type") in ("Manifest", "Collection"):
        yield "context", "$.@context", f"the (last) context is not {CONTEXT}"


def _of_version_3(where: str, thing: Json) -> Iterator[Fault]:
    """Words that 4.0 took away: containers for canvases, lists for single values."""
    for name in _OF_VERSION_3:
        if name in thing:
            yield "version_3", f"{where}.{name}", f"{name} is of version 3: {name.replace('Canvas', 'Container')}"
    if thing.get("type") == "Annotation" and isinstance(thing.get("motivation"), str):
        yield "version_3", f"{where}.motivation", "motivation is a list"
    if thing.get("type") == "Annotation" and isinstance(thing.get("target"), str):
        yield "version_3", f"{where}.target", "a target is an object with id and type"


def _painting(where: str, thing: Json) -> Iterator[Fault]:
    """Container: what stands in `items` paints it and nothing else; what stands in `annotations` paints nothing."""
    if thing.get("type") in _CONTAINERS:
        for annotation in _annotations(thing.get("items")):
            if "painting" not in _list(annotation.get("motivation")):
                yield "painting", where, f"items hold an annotation that does not paint: {annotation.get('id')}"
            if (target := _target_id(annotation)) != thing.get("id"):
                yield "painting", where, f"{annotation.get('id')} paints another container: {target}"
    for annotation in _annotations(thing.get("annotations")):
        if "painting" in _list(annotation.get("motivation")):
            yield "painting", where, f"annotations hold one that paints: {annotation.get('id')}"


def _camera(where: str, thing: Json) -> Iterator[Fault]:
    """Camera: near < far; a field of view of less than half a circle; a height that is one."""
    if thing.get("type") not in _CAMERAS and "Light" not in str(thing.get("type")):
        return
    near, far = thing.get("near", 0), thing.get("far", float("inf"))
    if not 0 <= near < far:
        yield "near_far", where, f"near {near} is not less than far {far}"
    for name, most in _RANGES.items():
        if name in thing and not 0 < thing[name] <= most - (name == "fieldOfView") * 1e-9:
            yield "range", f"{where}.{name}", f"{thing[name]} degrees"
    if "viewHeight" in thing and not thing["viewHeight"] > 0:
        yield "range", f"{where}.viewHeight", f"{thing['viewHeight']} is no height"


def _look_at(where: str, thing: Json, painted: Mapping[str, str]) -> Iterator[Fault]:
    """lookAt: an annotation that is looked at paints something into this very document."""
    aim = thing.get("lookAt")
    if isinstance(aim, dict) and aim.get("type") == "Annotation" and aim.get("id") not in painted:
        yield "look_at", f"{where}.lookAt", f"nothing is painted by {aim.get('id')}"


def _activating(where: str, thing: Json, annotations: Set[str]) -> Iterator[Fault]:
    """Annotation: an activating one is about something of this document and moves something of it."""
    if thing.get("type") != "Annotation" or "activating" not in _list(thing.get("motivation")):
        return
    body, target = thing.get("body"), thing.get("target")
    for name, meant in (("target", target), ("body", body.get("source") if isinstance(body, dict) else None)):
        if isinstance(meant, dict) and meant.get("type") == "Annotation" and meant.get("id") not in annotations:
            yield "activating", f"{where}.{name}", f"there is no annotation {meant.get('id')}"


def _transform(where: str, thing: Json) -> Iterator[Fault]:
    """ScaleTransform: a factor of 0 leaves nothing to see."""
    if thing.get("type") == "ScaleTransform" and any(thing.get(axis, 1) == 0 for axis in "xyz"):
        yield "transform", where, "a scale of 0 flattens the resource"


def _quantities(where: str, thing: Json) -> Iterator[Fault]:
    """spatialScale: a length in metres; intensity: from 0 to 1."""
    scale, strength = thing.get("spatialScale"), thing.get("intensity")
    if isinstance(scale, dict) and not (scale.get("unit") == "m" and scale.get("quantityValue", 0) > 0):
        yield (
            "scale",
            f"{where}.spatialScale",
            f"{scale.get('quantityValue')} {scale.get('unit')} is no length in metres",
        )
    if isinstance(strength, dict) and not 0 <= strength.get("quantityValue", 0) <= 1:
        yield "range", f"{where}.intensity", f"{strength.get('quantityValue')} is not between 0 and 1"


def _painted(document: Json) -> dict[str, str]:
    """Painting annotation → the container that it paints."""
    return {
        t["id"]: _target_id(t)
        for _, t in things(document)
        if t.get("type") == "Annotation" and "painting" in _list(t.get("motivation")) and "id" in t
    }


def _target_id(annotation: Json) -> str:
    target = annotation.get("target")
    if isinstance(target, dict) and "source" in target:
        target = target["source"]
    found = target.get("id", "") if isinstance(target, dict) else target
    return str(found).partition("#")[0]


def _annotations(pages: Any) -> Iterator[Json]:
    for page in pages if isinstance(pages, list) else ():
        items = page.get("items") if isinstance(page, dict) else None
        yield from (item for item in items or () if isinstance(item, dict))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
