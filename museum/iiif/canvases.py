"""One canvas per thing to look at or listen to: a photograph, a set of lights, a scan, a film, a sound, a document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from museum.addresses import PLACEHOLDER, image_substitute, media_page, scan_page
from museum.catalog.arrangement import Arrangement, light_of
from museum.catalog.digital_source import is_synthetic
from museum.catalog.licences import licence_uri
from museum.catalog.record import Media
from museum.iiif import authorization, bodies
from museum.iiif.rights import required_statement
from museum.iiif.source import Institution, Json, OnRequest, Shelf
from museum.iiif.words import joined, lines, pair, phrase, plain, rich, untagged
from museum.text import Text

_SQUARE_PX = 1000  # canvas of a scan or document whose poster's size nobody knows: only the proportion matters
MODELS = ("open.glb", "web.glb")  # of a scan, the plain one first: not every client unpacks ours
_TEXT_TYPES = {"text/plain", "text/vtt", "text/html", "application/pdf"}


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What every canvas of one manifest shares.

    `base` is the manifest's address without its last part; `shared_rights` holds what the manifest already says
    for all media, (rights URI, attributions), so that a canvas repeats nothing. `has_both`: some media were made by
    software and some not, so that each of the former says so itself.
    """

    base: str
    shelf: Shelf
    arrangement: Arrangement
    institution: Institution
    languages: Sequence[str]
    shared_rights: tuple[str, tuple[str, ...]] = ("", ())
    has_both: bool = False

    def canvas_id(self, media: Media) -> str:
        """The address of the canvas made for `media` (a set of lights has its first one's)."""
        return f"{self.base}/canvas/{media.id}"


def photograph(bench: Bench, media: Media, *, kind: str = "view", place: int = 0) -> Json | None:
    """The canvas of one photograph; `kind` names it where the table gives no label. None without a pyramid."""
    body = bodies.image_body(bench.shelf, media)
    if body is None:
        return None
    label = media.label or numbered(phrase(kind), place)
    canvas = _canvas(bench, media, label=label, size=(body["width"], body["height"]))
    return _finished(bench, canvas, media, body, metadata=_capture(media))


def lights(bench: Bench, one_set: Sequence[Media]) -> Json | None:
    """The canvas of a registered set: a Choice, normal light first (cookbook 0033); of one only, a view."""
    shown = [m for m in one_set if bodies.image_size(bench.shelf, m)]
    if len(shown) < 2:
        return photograph(bench, shown[0]) if shown else None
    items = [bodies.image_body(bench.shelf, m, label=phrase(f"light_{light_of(m)}")) for m in shown]
    first = shown[0]
    size = bodies.image_size(bench.shelf, first)
    canvas = _canvas(bench, first, label=phrase("lights"), size=size)
    return _finished(bench, canvas, first, {"type": "Choice", "items": items}, metadata=_capture(first))


def on_request(bench: Bench, media: Media, *, told: OnRequest, place: int = 0) -> Json | None:
    """The canvas of an image that not everybody may see: its size, its licence and the way to sign in, no more.

    The services of Authorization Flow 2.0 stand in the image service (§2.2), the kiosk among them nowhere: a manifest
    is the same for all. Thumbnail is the small version for everybody, where there is one.
    """
    size, body = bodies.image_size(bench.shelf, media), bodies.image_body(bench.shelf, media)
    if size is None or body is None:
        return None
    probe = authorization.probe_service(media.id, base_url=PLACEHOLDER, museum=told.museum)
    body["service"][0]["service"] = [probe]
    canvas = _canvas(bench, media, label=numbered(phrase("on_request"), place), size=size)
    canvas["summary"] = rich(phrase("on_request_note"))
    if media.rights and media.rights != bench.shared_rights[0]:
        canvas["rights"] = media.rights
    if bench.shared_rights[1]:  # the manifest names whom to thank for the others
        canvas["requiredStatement"] = required_statement([media], bench.institution, languages=bench.languages)
    if small := authorization.substitute_size(size, told.substitute_px):
        address = PLACEHOLDER + image_substitute(media.id)
        canvas["thumbnail"] = [authorization.substitute_image(address, size=small)]
    canvas["items"] = [_painting(canvas["id"], body)]
    return canvas


def scan(bench: Bench, media: Media) -> Json | None:
    """The canvas of a scan: a Model, the file to fetch and the way to the original beside it.

    The model is the plain one (Universal Viewer cannot unpack ours). Its poster is painted too, after it: clients that
    show no models, such as Mirador, show that; it stands as the placeholder for those that wait.
    """
    model = bench.shelf.find(media, *MODELS)
    if model is None:
        return None
    poster = bodies.poster_body(bench.shelf, media)
    size = (poster["width"], poster["height"]) if poster and "width" in poster else (_SQUARE_PX, _SQUARE_PX)
    canvas = _canvas(bench, media, label=media.label or phrase("scan"), size=size)
    body = {
        "id": bench.shelf.address(media, model),
        "type": "Model",
        "label": plain(media.label or phrase("scan")),
        "format": model.media_type,
    }
    rendering = [
        bodies.file_link(bench.shelf, media, model, kind="Model", label=phrase("glb")),
        bodies.linked(
            PLACEHOLDER + scan_page(media.id),
            kind="Text",
            label=joined([phrase("master_file"), Text({"und": media.file_name})], ": "),
            media_type="text/html",
        ),
    ]
    canvas = _finished(bench, canvas, media, body, metadata=scan_facts(media), rendering=rendering)
    if poster:
        canvas["items"][0]["items"].append(_annotation(canvas["id"], poster, name="still"))
    return _with_placeholder(bench, canvas, media, poster)


def film(bench: Bench, media: Media) -> Json | None:
    """The canvas of a film with duration, poster, captions and transcript. None while it can't be played."""
    items, size = bodies.moving_bodies(bench.shelf, media), bodies.film_size(bench.shelf, media)
    length = bodies.duration_s(bench.shelf, media)
    if not items or size is None or length is None:
        return None
    canvas = _canvas(bench, media, label=media.label or phrase("film"), size=size, duration=length)
    canvas = _finished(bench, canvas, media, _one_or_choice(items), rendering=_transcripts(bench, media))
    canvas = _with_placeholder(bench, canvas, media, bodies.poster_body(bench.shelf, media))
    return _with_captions(bench, canvas, media)


def sound(bench: Bench, media: Media) -> Json | None:
    """The canvas of a sound with duration; a photograph, else its own poster, goes with it (cookbook 0014)."""
    items, length = bodies.moving_bodies(bench.shelf, media), bodies.duration_s(bench.shelf, media)
    if not items or length is None:
        return None
    canvas = _canvas(bench, media, label=media.label or phrase("sound"), duration=length)
    canvas = _finished(bench, canvas, media, _one_or_choice(items), rendering=_transcripts(bench, media))
    photographs = (bodies.image_body(bench.shelf, photo) for photo in bench.arrangement.photographs)
    picture = next((p for p in photographs if p), None) or bodies.poster_body(bench.shelf, media)
    if picture:
        canvas["accompanyingCanvas"] = _still(f"{canvas['id']}/accompanying", picture)
    return _with_captions(bench, canvas, media)


def document(bench: Bench, media: Media) -> Json | None:
    """The canvas of a document's first page, the PDF beside it. None without a picture of the page."""
    page = bodies.poster_body(bench.shelf, media)
    if page is None:
        return None
    size = (page["width"], page["height"]) if "width" in page else (_SQUARE_PX, _SQUARE_PX)
    canvas = _canvas(bench, media, label=media.label or phrase("document"), size=size)
    return _finished(bench, canvas, media, page, rendering=[document_link(bench.shelf, media)])


def document_link(shelf: Shelf, media: Media) -> Json:
    """A document as rendering: its PDF where one is served, else the page of the medium."""
    found = shelf.of_type(media, "application/pdf")
    label = joined([media.label or phrase("pdf"), Text({"und": media.file_name})], ": ")
    if found:
        return bodies.file_link(shelf, media, found, kind="Text", label=label)
    return bodies.linked(PLACEHOLDER + media_page(media.id), kind="Text", label=label, media_type="text/html")


def _canvas(
    bench: Bench, media: Media, *, label: Text, size: tuple[int, int] | None = None, duration: float | None = None
) -> Json:
    canvas: Json = {"id": bench.canvas_id(media), "type": "Canvas", "label": plain(label)}
    if size:
        canvas |= {"height": size[1], "width": size[0]}
    if duration:
        canvas["duration"] = duration
    if media.alt:
        canvas["summary"] = rich(media.alt)
    return canvas


def _finished(
    bench: Bench,
    canvas: Json,
    media: Media,
    body: Json,
    *,
    metadata: Sequence[Json] = (),
    rendering: Sequence[Json] = (),
) -> Json:
    """The canvas with its painting annotation, thumbnail, and what it says for itself only."""
    if metadata:
        canvas["metadata"] = list(metadata)
    canvas |= own_rights(bench, media)
    small = bodies.thumbnail(bench.shelf, media)
    if small:
        canvas["thumbnail"] = small
    if rendering:
        canvas["rendering"] = list(rendering)
    canvas["items"] = [_painting(canvas["id"], body)]
    return canvas


def own_rights(bench: Bench, media: Media) -> Json:
    """Rights and attribution of one medium where the manifest does not say them for all."""
    said: Json = {}
    uri, attributions = licence_uri(media.rights, media.licence), (media.attribution,) if media.attribution else ()
    if uri and uri != bench.shared_rights[0]:
        said["rights"] = uri
    is_told_apart = bench.has_both and is_synthetic(media)
    if is_told_apart or (attributions and attributions != bench.shared_rights[1]):
        said["requiredStatement"] = required_statement([media], bench.institution, languages=bench.languages)
    return said


def _painting(canvas_id: str, body: Json) -> Json:
    return {"id": f"{canvas_id}/page", "type": "AnnotationPage", "items": [_annotation(canvas_id, body)]}


def _annotation(canvas_id: str, body: Json, *, name: str = "painting") -> Json:
    return {
        "id": f"{canvas_id}/page/{name}",
        "type": "Annotation",
        "motivation": "painting",
        "body": body,
        "target": canvas_id,
    }


def _still(canvas_id: str, picture: Json) -> Json:
    size = {"height": picture.get("height", _SQUARE_PX), "width": picture.get("width", _SQUARE_PX)}
    return {"id": canvas_id, "type": "Canvas", **size, "items": [_painting(canvas_id, picture)]}


def _with_placeholder(bench: Bench, canvas: Json, media: Media, poster: Json | None) -> Json:
    if poster is None:
        return canvas
    return canvas | {"placeholderCanvas": _still(f"{bench.canvas_id(media)}/placeholder", poster)}


def _with_captions(bench: Bench, canvas: Json, media: Media) -> Json:
    """Captions as supplementing annotation: one file as it is (cookbook 0219), several as a Choice (0074)."""
    tracks = list(_caption_tracks(bench, media))
    if not tracks:
        return canvas
    page_id = f"{canvas['id']}/captions"
    annotation = {
        "id": f"{page_id}/annotation",
        "type": "Annotation",
        "motivation": "supplementing",
        "body": _one_or_choice(tracks),
        "target": canvas["id"],
    }
    return canvas | {"annotations": [{"id": page_id, "type": "AnnotationPage", "items": [annotation]}]}


def _caption_tracks(bench: Bench, media: Media) -> Iterable[Json]:
    seen: set[str] = set()
    for owner in (*bench.arrangement.of(media, "captions"), media):
        for found in bench.shelf.starting(owner, "captions."):
            language = owner.language or found.name.split(".")[1]
            if found.digest not in seen:
                seen.add(found.digest)
                label = joined([phrase("captions"), Text({"und": language})], ": ")
                yield {
                    "id": bench.shelf.address(owner, found),
                    "type": "Text",
                    "label": plain(owner.label if owner is not media and owner.label else label),
                    "format": found.media_type,
                    "language": language,
                }


def _transcripts(bench: Bench, media: Media) -> list[Json]:
    """Transcripts as rendering (cookbook 0017): the text where one is served, else the page of the medium."""
    entries = []
    for item in bench.arrangement.of(media, "transcript"):
        found = bench.shelf.of_type(item, *_TEXT_TYPES)
        address = bench.shelf.address(item, found) if found else PLACEHOLDER + media_page(item.id)
        media_type = found.media_type if found else "text/html"
        label = item.label or phrase("transcript")
        entries.append(bodies.linked(address, kind="Text", label=label, media_type=media_type, language=item.language))
    return entries


def _one_or_choice(items: Sequence[Json]) -> Json:
    return items[0] if len(items) == 1 else {"type": "Choice", "items": list(items)}


def numbered(text: Text, place: int) -> Text:
    """Words with a number behind them; 0 is none."""
    return Text({code: f"{words} {place}" for code, words in text.items()}) if place else text


def _capture(media: Media) -> list[Json]:
    """What the camera wrote: when, with what. Never where."""
    found = []
    for name in ("taken_at", "camera", "lens"):
        value = media.capture.get(name)
        if isinstance(value, str) and value.strip():
            found.append(pair(phrase(name), untagged(value.strip())))
    return found


def scan_facts(media: Media) -> list[Json]:
    """Size of the mesh, and the unit or the plain word that there is none (design §11: no measure without a unit)."""
    found = []
    for name, label in (("faces", "triangles"), ("points", "points")):
        count = media.facts.get(name)
        if isinstance(count, int) and count > 0:
            found.append(pair(phrase(label), lines({"vi": [f"{count:,}".replace(",", ".")], "en": [f"{count:,}"]})))
    if media.facts.get("scale_conflict"):
        found.append(pair(phrase("scale"), plain(phrase("scale_conflict"))))
    elif media.unit:
        found.append(pair(phrase("unit"), untagged(media.unit)))
    else:
        found.append(pair(phrase("scale"), plain(phrase("scale_unknown"))))
    return found
