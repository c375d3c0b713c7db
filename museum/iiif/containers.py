"""A canvas of Presentation 3.0 as the container that 4.0 (draft) has for it.

4.0 §"Changes": motivations and languages are lists, targets are objects, what has only a duration is a Timeline,
a sound is Audio, and placeholderCanvas and accompanyingCanvas became containers.
"""

from typing import Any

from museum.iiif.source import Json

_RENAMED = {"placeholderCanvas": "placeholderContainer", "accompanyingCanvas": "accompanyingContainer"}


def upgraded(canvas: Json) -> Json:
    """The container: a Canvas, or a Timeline for a canvas without height and width. `canvas` stays as it is."""
    kind = "Canvas" if "height" in canvas else "Timeline"
    made: Json = {}
    for key, value in canvas.items():
        if key in _RENAMED:
            made[_RENAMED[key]] = upgraded(value)
        elif key in ("items", "annotations"):
            made[key] = [_page(page, kind) for page in value]
        else:
            made[key] = value
    return made | {"type": kind}


def _page(page: Json, kind: str) -> Json:
    return page | {"items": [_annotation(annotation, kind) for annotation in page["items"]]}


def _annotation(annotation: Json, kind: str) -> Json:
    motivation = annotation["motivation"]
    return annotation | {
        "motivation": motivation if isinstance(motivation, list) else [motivation],
        "body": _body(annotation["body"]),
        "target": {"id": annotation["target"], "type": kind},
    }


def _body(body: Any) -> Any:
    if isinstance(body, list):
        return {"type": "Choice", "items": [_body(one) for one in body]}
    made = dict(body)
    if "items" in made:
        made["items"] = [_body(one) for one in made["items"]]
    if made.get("type") == "Sound":
        made["type"] = "Audio"
    if isinstance(made.get("language"), str):
        made["language"] = [made["language"]]
    return made
