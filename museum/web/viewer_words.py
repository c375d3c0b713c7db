"""The words and options handed to the image, scan and av viewers: JSON beside the poster, no inline script."""

from typing import Any

import orjson

from museum.web.language import later, say
from museum.web.showing import Show, View

_SHARED = {
    "viewer": later("Viewer controls"),
    "loading": later("Loading…"),
    "load_failed": later("This could not be loaded. Check your connection and try again."),
    "zoom_in": later("Zoom in"),
    "zoom_out": later("Zoom out"),
    "reset": later("Whole object"),
    "close": later("Close"),
    "full_screen": later("Full screen"),
    "leave_full_screen": later("Leave full screen"),
    "percent": later("{number} %"),
}
_IMAGE = {
    "open_image": later("Look closer"),
    "stage_image": later("Zoomable picture: {name}"),
    "keys_image": later("Arrow keys move the picture, plus and minus zoom, 0 shows all of it, Escape closes."),
    "layers": later("Light"),
    "move": later("Move"),
    "move_left": later("Move left"),
    "move_right": later("Move right"),
    "move_up": later("Move up"),
    "move_down": later("Move down"),
    "said_image": later("{part}, {zoom}."),
    "said_layer": later("{layer}: {part}, {zoom}."),
    "part_whole": later("the whole picture"),
    "part_center": later("the center"),
    "part_left": later("left"),
    "part_right": later("right"),
    "part_top": later("top"),
    "part_bottom": later("bottom"),
    "part_top_left": later("top left"),
    "part_top_right": later("top right"),
    "part_bottom_left": later("bottom left"),
    "part_bottom_right": later("bottom right"),
}
_SCAN = {
    "open_scan": later("Turn in 3D"),
    "stage_scan": later("3D scan: {name}"),
    "keys_scan": later(
        "Arrow keys turn the object, plus and minus zoom, L and arrows move the light, 0 starts again, Escape closes."
    ),
    "loading_part": later("Loading: {percent} %"),
    "no_webgl": later("This browser cannot show 3D. The picture and the facts below say what the scan holds."),
    "context_lost": later("The device ran out of graphics memory. Close the viewer and open it again."),
    "light": later("Light"),
    "scale": later("Scale bar: {length}"),
    "turn": later("Turn"),
    "turn_left": later("Turn left"),
    "turn_right": later("Turn right"),
    "turn_up": later("Turn up"),
    "turn_down": later("Turn down"),
    "said_scan": later("Seen from {side}, {height}; zoom {zoom} %."),
    "said_light": later("Light from {side}, {height}."),
    "height_level": later("level"),
    "height_above": later("{degrees}° above"),
    "height_below": later("{degrees}° below"),
    "side_front": later("the front"),
    "side_front_right": later("the front right"),
    "side_right": later("the right"),
    "side_back_right": later("the back right"),
    "side_back": later("the back"),
    "side_back_left": later("the back left"),
    "side_left": later("the left"),
    "side_front_left": later("the front left"),
    "lamp_front": later("the front"),
    "lamp_back": later("the back"),
    "lamp_left": later("the left"),
    "lamp_right": later("the right"),
}


def viewer_options(show: Show) -> str:
    """The JSON for the current view's viewer, safe inside a script element; "" where no viewer is needed."""
    view = show.current
    if view is None:
        return ""
    options: dict[str, Any] = {}
    if view.kind == "photo" and view.image_service:
        options = {"services": _services(show, view), "strings": _said(_SHARED | _IMAGE)}
    elif view.kind == "scan" and view.files:
        options = {"model": view.files[0].address, "strings": _said(_SHARED | _SCAN)}
        if view.has_scale:
            options["unit"] = view.model_unit
        if view.up_axis:
            options["up"] = view.up_axis
    return script_safe(orjson.dumps(options).decode()) if options else ""


def script_safe(json: str) -> str:
    """JSON that cannot end the script element it stands in (HTML §4.12.1.3)."""
    return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _services(show: Show, view: View) -> list[dict[str, str]]:
    """The current picture first in its own set of lights, so that the viewer opens what the poster shows."""
    lights = [v for v in show.lights if v.image_service]
    if not lights:
        return [{"id": view.image_service, "label": view.label}]
    start = next((i for i, v in enumerate(lights) if v.id == view.id), 0)
    return [{"id": v.image_service, "label": v.label} for v in (*lights[start:], *lights[:start])]


def _said(messages: dict[str, str]) -> dict[str, str]:
    return {key: say(message) for key, message in messages.items()}
