"""One Presentation 4.0 (draft) Scene per scan: the model, cameras, lights, and notes that move the camera."""

from museum.addresses import PLACEHOLDER, scan_page
from museum.catalog.record import Media
from museum.catalog.store import Derivative
from museum.iiif import bodies, viewpoints
from museum.iiif.canvases import MODELS, Bench, numbered, own_rights, scan_facts
from museum.iiif.source import Json
from museum.iiif.stored import guarded
from museum.iiif.viewpoints import FIELD_OF_VIEW, POSTER, SIDES, TURNS, Box, Point, Viewpoint
from museum.iiif.words import joined, phrase, plain, rich, tag
from museum.text import Text

_BACKGROUND = "#2B241F"  # the lacquer of our own viewer
# Lights as our viewer has them: (name, viewpoint it shines from, colour, share of full brightness).
_SUN = Viewpoint(name="sun", azimuth_deg=-68, elevation_deg=43)
_FILL = Viewpoint(name="fill", azimuth_deg=62, elevation_deg=11)
_LIGHTS = ((_SUN, "#FFF4E6", 0.85), (_FILL, "#E8EEFC", 0.3))
_AMBIENT = ("#FFFAF2", 0.4)


def model_of(bench: Bench, media: Media) -> Derivative | None:
    """The model that a Scene of this scan would show; None while there is none."""
    return bench.shelf.find(media, *MODELS)


def scene(bench: Bench, media: Media, *, place: int = 0) -> tuple[Json, Json | None] | None:
    """The Scene of a scan and the page of its notes, if any; None without a model for the web.

    `place` tells several unnamed scans of a record apart, 0 where there is only one.

    The notes belong into the manifest's own `annotations`, as in the draft's examples: its schema takes activating
    annotations nowhere else.

    Its unit is said where the scan's scale is established and undisputed. Cameras and notes need the model's measured
    box (`box` among its facts): without it clients choose the view.
    """
    model = model_of(bench, media)
    if model is None:
        return None
    space = _Space(bench, media, model)
    label = media.label or numbered(phrase("scan"), place)
    made: Json = {"id": space.id, "type": "Scene", "label": plain(label)}
    if media.alt:
        made["summary"] = rich(media.alt)
    if facts := scan_facts(media):
        made["metadata"] = facts
    made |= own_rights(bench, media)
    if small := bodies.thumbnail(bench.shelf, media):
        made["thumbnail"] = small
    if poster := bodies.poster_body(bench.shelf, media):
        made["placeholderContainer"] = _still(f"{space.id}/placeholder", poster)
    made["rendering"] = _files(bench, media, model)
    if space.is_metric:
        made["spatialScale"] = {"type": "Quantity", "quantityValue": 1.0, "unit": "m"}
    made["backgroundColor"] = _BACKGROUND
    made["interactionMode"] = ["orbit"]
    painted = [space.model(), *space.cameras(), *space.lights()]
    made["items"] = [{"id": f"{space.id}/page", "type": "AnnotationPage", "items": painted}]
    notes = space.notes()
    return made, {"id": f"{space.id}/notes", "type": "AnnotationPage", "items": notes} if notes else None


class _Space:
    """The space of one Scene: what is painted into it and what is said of its places."""

    def __init__(self, bench: Bench, media: Media, model: Derivative) -> None:
        self.id = f"{bench.base}/scene/{media.id}"
        self._address = bench.shelf.address(media, model)
        self._media = media
        self._made = model
        self.is_metric = model.facts.get("unit") == "m" and not media.facts.get("scale_conflict")
        # A stated upright axis was turned when the model was written; a guessed one is turned by whoever shows it.
        self._up = str(model.facts.get("up_axis") or "Y")
        self._box = viewpoints.box_of(model.facts.get("box"), self._up)

    def model(self) -> Json:
        body: Json = {"id": self._address, "type": "Model", "label": plain(self._media.label or phrase("scan"))}
        body |= {"format": self._made.media_type, "fileSize": self._made.size_bytes}
        if self._up in TURNS:
            x, y, z = TURNS[self._up]
            turn = {"type": "RotateTransform", "x": x, "y": y, "z": z}
            body = {"id": f"{self.id}/model/upright", "type": "SpecificResource", "source": body, "transform": [turn]}
        return self._painting("model", body)

    def cameras(self) -> list[Json]:
        """The poster's view first, which clients open; the others wait for their notes."""
        return [self._camera(self._box, v) for v in (POSTER, *SIDES)] if self._box else []

    def lights(self) -> list[Json]:
        color, strength = _AMBIENT
        ambient = self._light("ambient", "AmbientLight", color, strength)
        return [ambient, *(self._lamp(view, color, strength) for view, color, strength in _LIGHTS)]

    def notes(self) -> list[Json]:
        """A note on each side with its measure where the scale is known, and what moves the camera there."""
        box = self._box
        return [item for view in SIDES for item in (self._note(box, view), self._move(view))] if box else []

    def _camera(self, box: Box, view: Viewpoint) -> Json:
        far = viewpoints.distance(box)
        body = {
            "id": f"{self.id}/camera/{view.name}",
            "type": "PerspectiveCamera",
            "label": plain(phrase(f"seen_{view.name}")),
            "lookAt": _selector(box.middle),
            "fieldOfView": FIELD_OF_VIEW,
            "near": round(far / 100, 9),
            "far": round(far * 20, 6),
        }
        painted = self._painting(f"camera/{view.name}", body, at=viewpoints.place(box, view))
        return painted if view is POSTER else painted | {"behavior": ["hidden"]}

    def _lamp(self, view: Viewpoint, color: str, strength: float) -> Json:
        light = self._light(view.name, "DirectionalLight", color, strength)
        middle = self._box.middle if self._box else (0.0, 0.0, 0.0)
        at = viewpoints.place(self._box, view) if self._box else viewpoints.direction(view)
        light["body"]["lookAt"] = _selector(middle)
        return light | {"target": self._target(f"light/{view.name}", at)}

    def _light(self, name: str, kind: str, color: str, strength: float) -> Json:
        body_id = f"{self.id}/light/{name}"
        intensity = {"id": f"{body_id}/intensity", "type": "Quantity", "quantityValue": strength, "unit": "relative"}
        return self._painting(f"light/{name}", {"id": body_id, "type": kind, "color": color, "intensity": intensity})

    def _note(self, box: Box, view: Viewpoint) -> Json:
        said = phrase(f"seen_{view.name}")
        if self.is_metric and (measured := _measured(box, view)):
            said = joined([said, measured], ": ")
        note = self._annotation(f"note/{view.name}", "commenting", _spoken(said, f"{self.id}/note/{view.name}/body"))
        return note | {"target": self._target(f"note/{view.name}", viewpoints.surface(box, view))}

    def _move(self, view: Viewpoint) -> Json:
        """Choosing the note chooses the camera (Presentation 4.0, activating annotations)."""
        camera = {"id": self._annotation_id(f"camera/{view.name}"), "type": "Annotation"}
        body = {"id": f"{self.id}/move/{view.name}/body", "type": "SpecificResource", "source": camera}
        moving = self._annotation(f"move/{view.name}", "activating", body | {"action": ["show", "enable", "select"]})
        return moving | {"target": {"id": self._annotation_id(f"note/{view.name}"), "type": "Annotation"}}

    def _painting(self, name: str, body: Json, *, at: Point | None = None) -> Json:
        return self._annotation(name, "painting", body) | {"target": self._target(name, at)}

    def _annotation(self, name: str, motivation: str, body: Json) -> Json:
        return {"id": self._annotation_id(name), "type": "Annotation", "motivation": [motivation], "body": body}

    def _annotation_id(self, name: str) -> str:
        return f"{self.id}/annotation/{name}"

    def _target(self, name: str, at: Point | None) -> Json:
        whole = {"id": self.id, "type": "Scene"}
        if at is None:
            return whole
        target_id = f"{self._annotation_id(name)}/place"
        return {"id": target_id, "type": "SpecificResource", "source": whole, "selector": [_selector(at)]}


def _selector(at: Point) -> Json:
    x, y, z = at
    return {"type": "PointSelector", "x": x, "y": y, "z": z}


def _measured(box: Box, view: Viewpoint) -> Text | None:
    """The measures that this side shows, with their unit: of the scan, not of the record's table."""
    width, height, depth = box.size
    across = {"front": width, "back": width, "left": depth, "right": depth}.get(view.name)
    shown = {"seen_height": height, "seen_width": across} if across else {"seen_width": width, "seen_depth": depth}
    parts = [
        Text({code: words.replace("{length}", _length(value, code)) for code, words in phrase(key).items()})
        for key, value in shown.items()
        if value
    ]
    return joined(parts, ", ") if parts else None


def _length(value_m: float, language: str) -> str:
    """Three digits in the unit people use: 42,3 cm."""
    value, unit = (
        (value_m, "m") if value_m >= 1 else (value_m * 100, "cm") if value_m >= 0.01 else (value_m * 1000, "mm")
    )
    said = f"{value:.3g}" if value < 1000 else f"{value:.0f}"
    return f"{said.replace('.', ',') if language == 'vi' else said} {unit}"


def _spoken(said: Text, body_id: str) -> Json:
    """Words as a body; in several languages a Choice, first come first served."""
    items = [
        {
            "id": f"{body_id}/{tag(code)}",
            "type": "TextualBody",
            "value": words,
            "language": [tag(code)],
            "format": "text/plain",
        }
        for code, words in said.items()
    ]
    return items[0] if len(items) == 1 else {"type": "Choice", "items": items}


def _words(words: str, language: str, body_id: str) -> Json:
    body: Json = {"id": body_id, "type": "TextualBody", "value": guarded(words)}
    return body | {"language": [tag(language)], "format": "text/plain"}


def _still(container_id: str, picture: Json) -> Json:
    """A Canvas that stands in until the model is there."""
    size = {"height": picture.get("height", 1000), "width": picture.get("width", 1000)}
    annotation = {
        "id": f"{container_id}/painting",
        "type": "Annotation",
        "motivation": ["painting"],
        "body": picture,
        "target": {"id": container_id, "type": "Canvas"},
    }
    page = {"id": f"{container_id}/page", "type": "AnnotationPage", "items": [annotation]}
    return {"id": container_id, "type": "Canvas", **size, "items": [page]}


def _files(bench: Bench, media: Media, model: Derivative) -> list[Json]:
    return [
        bodies.file_link(bench.shelf, media, model, kind="Model", label=phrase("glb")),
        bodies.linked(
            PLACEHOLDER + scan_page(media.id),
            kind="Text",
            label=joined([phrase("master_file"), Text({"und": media.file_name})], ": "),
            media_type="text/html",
        ),
    ]
