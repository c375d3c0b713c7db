"""What the image and scan viewers are told: JSON beside the poster, no inline script."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import orjson

from museum import addresses
from museum.catalog.record import Media
from museum.catalog.store import Derivative
from museum.exhibitions.points import Point
from museum.viewer.identifiers import image_identifier
from museum.viewer.strings import scan_strings, viewer_strings
from museum.web.language import current
from museum.web.scan_points import hotspots
from museum.web.scan_rungs import Rung, ar_of, rungs_of, turntable_of
from museum.web.showing import Shelf, Show, View


def viewer_options(
    show: Show, shelf: Shelf, *, title: str, page: str = "", is_site: bool = False, points: Sequence[Point] = ()
) -> str:
    """The JSON for the current view's viewer, safe inside a script element; "" where no viewer is needed.

    `title` names the object to a phone's own viewer. `page` is what a shared view links to, "" for the page itself;
    `is_site`: the record is a place, which one walks through. `points` are named on its scan.
    """
    view = show.current
    if view is None:
        return ""
    options: dict[str, Any] = {}
    if view.kind == "photo" and view.image_service:
        options = {"services": _services(show, view), "strings": viewer_strings(current())}
    elif view.kind == "scan" and view.files:
        made = shelf.get(show.media[view.id].sha256, ())
        options = _scan(view, show.media[view.id], made, title=title)
        options |= {"page": page} if page else {}
        options |= {"walk": True} if is_site else {}
        options |= {"hotspots": hotspots(points)} if points else {}
    return script_safe(orjson.dumps(options).decode()) if options else ""


def compare_options(before: Media, after: Media, shelf: Shelf, *, before_words: str, after_words: str) -> str:
    """The JSON of a before/after curtain over two registered photographs, safe inside a script element."""

    def service(media: Media) -> str:
        return addresses.image_service(image_identifier(media, shelf.get(media.sha256, ())))

    options = {
        "before": {"id": service(before), "label": before_words},
        "after": {"id": service(after), "label": after_words},
        "strings": viewer_strings(current()),
    }
    return script_safe(orjson.dumps(options).decode())


def script_safe(json: str) -> str:
    """JSON that cannot end the script element it stands in (HTML §4.12.1.3)."""
    return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _scan(view: View, media: Media, made: Sequence[Derivative], *, title: str) -> dict[str, Any]:
    """A scan's models for the viewer to choose from, its tiles, its turn without WebGL, what stands it in a room."""
    rungs = [_rung(rung) for rung in rungs_of(media, made)]
    model = next((d for d in made if d.name == "web.glb"), None)
    options: dict[str, Any] = {
        "model": addresses.derivative(media.id, model.name, model.digest) if model else view.files[0].address,
        "strings": scan_strings(current()),
    }
    if model:
        options["bytes"] = model.size_bytes
    if rungs:
        options["rungs"] = rungs
    if view.tileset:
        options["tileset"] = view.tileset
    if view.has_scale:
        options["unit"] = view.model_unit
    if view.up_axis:
        options["up"] = view.up_axis
    if turntable := turntable_of(media, made):
        options["turntable"] = asdict(turntable)
    if ar := ar_of(media, made):
        options["ar"] = {**asdict(ar), "title": title}
    return options


def _rung(rung: Rung) -> dict[str, Any]:
    told = {
        "name": rung.name,
        "address": rung.address,
        "bytes": rung.size_bytes,
        "faces": rung.faces,
        "vertices": rung.vertices,
        "texture_px": rung.texture_px,
        "deviation_p99": rung.deviation_p99,
        "deviation_unit": rung.deviation_unit,
    }
    return {name: value for name, value in told.items() if value}


def _services(show: Show, view: View) -> list[dict[str, str]]:
    """The current picture first in its own set of lights, so that the viewer opens what the poster shows."""
    lights = [v for v in show.lights if v.image_service]
    if not lights:
        return [{"id": view.image_service, "label": view.label}]
    start = next((i for i, v in enumerate(lights) if v.id == view.id), 0)
    return [{"id": v.image_service, "label": v.label} for v in (*lights[start:], *lights[:start])]
