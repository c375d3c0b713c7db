"""How the view of a story's stop is shown: what its player is told. The page puts it into `data-views` as JSON.

A list of objects, one per view of the stop, the large one first. All have "kind" and "label" (the button's word), and
"object": {"title", "address"} where they show one record. Regions, cameras and points are shares as in
`exhibitions.story`; addresses are relative to the host.

- {"kind": "image", "layers": [layer, …], "layer": index of the one to begin with, "region": [x, y, w, h]}, where a
  layer is {"id", "service" (IIIF Image 3 base), "width", "height" (px), "label", "picture" (stored, whole, for
  flights; where there is one)}; several layers are registered.
- {"kind": "scan", "model": GLB, "bytes", "unit", "up", "is_point_cloud", "camera": {"azimuth_deg", "elevation_deg",
  "distance", "target"}, "hotspots": [{"at": [x, y, z], "label"}, …]}; "unit" only where the scale is established.
- {"kind": "compare", "before": layer, "after": layer, "region": […]}
- {"kind": "audio", "files": [{"address", "media_type"}, …], "tracks": [{"address", "language"}, …], "start_s", "end_s"}
- {"kind": "still"}: the section's own figure is all there is; the player leaves it as it stands.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from museum import addresses
from museum.catalog.arrangement import arrange, light_of
from museum.catalog.record import Media, Record
from museum.catalog.store import Derivative
from museum.exhibitions.story import View
from museum.text import Text, phrases
from museum.viewer.identifiers import image_identifier

Json = dict[str, Any]
WHOLE = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """What the stops draw on: `records` are those that may be shown now, by id; `derivatives` theirs, by digest;
    `say` makes words of a text in the page's language."""

    records: Mapping[str, Record]
    derivatives: Mapping[str, Sequence[Derivative]]
    say: Callable[[Text], str]

    def media(self, record_id: str, media_id: str) -> Media | None:
        """A medium of a record that may be shown, else None."""
        record = self.records.get(record_id)
        return next((m for m in record.media if m.id == media_id), None) if record else None

    def made(self, media: Media, prefix: str) -> Derivative | None:
        """The first derivative of the medium whose name begins so."""
        return next((d for d in self.derivatives.get(media.sha256, ()) if d.name.startswith(prefix)), None)

    def image_identifier(self, media: Media) -> str:
        """The identifier of the medium's image in addresses."""
        return image_identifier(media, self.derivatives.get(media.sha256, ()))


def view_options(view: View, *, gallery: Gallery) -> Json | None:
    """What the player is told of one view (see the module); None where nothing of it may or can be shown now."""
    if view.kind == "row":
        shown = any(item.object in gallery.records for item in view.items)
        return {"kind": "still", "label": gallery.say(view.label)} if shown else None
    record = gallery.records.get(view.object)
    if record is None:
        return None
    told = _TELLERS[view.kind](view, record, gallery)
    if told is None:
        return None
    about = {"title": gallery.say(record.title), "address": addresses.object_page(record.id)}
    return {**told, "label": gallery.say(view.label), "object": about}


def begins_with(view: View, gallery: Gallery) -> Media | None:
    """The photograph an image view shows first: the one in its `light`, else its own medium."""
    layers = _registered(view, gallery)
    return layers[_first_layer(view, layers)] if layers else None


def layer_text(media: Media) -> Text:
    """What a layer is called: the light it was taken in, else the table's label, else "photograph"."""
    light = light_of(media)
    return phrases("media")[f"light_{light}"] if light else media.label or phrases("media")["view"]


def compare_texts(before: Media, after: Media) -> tuple[Text, Text]:
    """What the two sides of a comparison are called: two epochs "before" and "after", two lights by their names."""
    if before.epoch != after.epoch:
        return phrases("media")["before"], phrases("media")["after"]
    return layer_text(before), layer_text(after)


def _image(view: View, _record: Record, gallery: Gallery) -> Json | None:
    layers = _registered(view, gallery)
    if not layers:
        return None
    told = [_layer(m, gallery) for m in layers]
    return {"kind": "image", "layers": told, "layer": _first_layer(view, layers), "region": list(view.region or WHOLE)}


def _registered(view: View, gallery: Gallery) -> list[Media]:
    """The view's medium and its lights, those that have a pyramid to look into."""
    wanted = dict.fromkeys((view.media, *view.lights))
    found = (gallery.media(view.object, media_id) for media_id in wanted)
    return [m for m in found if m is not None and gallery.made(m, "pyramid")]


def _first_layer(view: View, layers: Sequence[Media]) -> int:
    return next((n for n, m in enumerate(layers) if view.light and light_of(m) == view.light), 0)


def _layer(media: Media, gallery: Gallery) -> Json:
    told: Json = {
        "id": media.id,
        "service": addresses.image_service(gallery.image_identifier(media)),
        "width": int(media.facts.get("width_px", 0)),
        "height": int(media.facts.get("height_px", 0)),
        "label": gallery.say(layer_text(media)),
    }
    if stored := _stored_picture(media, gallery):
        told["picture"] = addresses.derivative(media.id, stored.name, stored.digest)
    return told


def _stored_picture(media: Media, gallery: Gallery) -> Derivative | None:
    """The widest stored poster of the medium; every browser that runs our scripts reads AVIF, WebP and JPEG."""
    made = [d for d in gallery.derivatives.get(media.sha256, ()) if d.name.startswith("poster-")]
    return max(made, key=lambda d: int(d.facts.get("width_px", 0)), default=None)


def _scan(view: View, _record: Record, gallery: Gallery) -> Json | None:
    media = gallery.media(view.object, view.media)
    model = gallery.made(media, "web.glb") if media else None
    if media is None or model is None:
        return None
    told: Json = {
        "kind": "scan",
        "model": addresses.derivative(media.id, model.name, model.digest),
        "bytes": model.size_bytes,
        "up": str(model.facts.get("up_axis") or media.up_axis),
        "is_point_cloud": bool(media.facts.get("is_point_cloud")),
        "camera": {
            "azimuth_deg": view.camera.azimuth_deg,
            "elevation_deg": view.camera.elevation_deg,
            "distance": view.camera.distance,
            "target": list(view.camera.target) or [0.0, 0.0, 0.0],
        },
        "hotspots": [{"at": list(spot.at), "label": gallery.say(spot.label)} for spot in view.hotspots],
    }
    if media.unit and not media.facts.get("scale_conflict"):
        told["unit"] = str(model.facts.get("unit") or media.unit)
    return told


def _compare(view: View, _record: Record, gallery: Gallery) -> Json | None:
    pair = [gallery.media(view.object, media_id) for media_id in (view.before, view.after)]
    there = [m for m in pair if m is not None and gallery.made(m, "pyramid")]
    if len(there) < 2:
        return None
    labels = compare_texts(there[0], there[1])
    before, after = ({**_layer(m, gallery), "label": gallery.say(t)} for m, t in zip(there, labels, strict=True))
    return {"kind": "compare", "before": before, "after": after, "region": list(view.region or WHOLE)}


def _audio(view: View, record: Record, gallery: Gallery) -> Json | None:
    media = gallery.media(view.object, view.media)
    files = [d for d in gallery.derivatives.get(media.sha256, ()) if d.media_type.startswith("audio/")] if media else []
    if media is None or not files:
        return None
    tracks = [
        {"address": addresses.derivative(item.id, d.name, d.digest), "language": item.language or "vi"}
        for item in arrange(record).of(media, "captions")
        for d in gallery.derivatives.get(item.sha256, ())
        if d.media_type == "text/vtt"
    ]
    return {
        "kind": "audio",
        "files": [
            {"address": addresses.derivative(media.id, d.name, d.digest), "media_type": d.media_type} for d in files
        ],
        "tracks": tracks,
        "start_s": view.start_s,
        "end_s": view.end_s or float(media.facts.get("duration_s", 0)),
    }


def _place(_view: View, _record: Record, _gallery: Gallery) -> Json:
    return {"kind": "still"}


_TELLERS: Mapping[str, Callable[[View, Record, Gallery], Json | None]] = {
    "image": _image,
    "scan": _scan,
    "compare": _compare,
    "audio": _audio,
    "place": _place,
}
