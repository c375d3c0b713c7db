"""What stands on an object's stage: the view asked for, and the lights and views beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from museum import addresses
from museum.catalog.arrangement import Arrangement, arrange, in_order, leading, light_of
from museum.catalog.record import Media, Record
from museum.catalog.store import Derivative
from museum.text import Text, phrases
from museum.viewer.identifiers import image_identifier
from museum.web.formats import bytes_size, decimal, duration, integer, pixels
from museum.web.labels import synthetic_label, synthetic_statement
from museum.web.language import say, words, words_language
from museum.web.pictures import Picture, picture_of, view_text
from museum.web.scan_rungs import Ar, Rung, Turntable, ar_of, rungs_of, turntable_of

STAGE_PX, THUMB_PX = 1600, 480
_STAGE_VH = 74  # as stage.css says
_TAKEN = ("open.glb", "model.ply", "ar.usdz")  # of a scan, what other programs open
Shelf = Mapping[str, Sequence[Derivative]]


@dataclass(frozen=True, kw_only=True)
class Track:
    """A text that serves a film or a sound: captions or a transcript."""

    address: str
    language: str
    label: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class File:
    """A file a browser can play, show or download."""

    address: str
    media_type: str
    size: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a transcript: seconds from the start, the same in words, what is said."""

    start_s: float
    end_s: float
    time: str
    words: str


@dataclass(frozen=True, kw_only=True)
class View:
    """One view of the object as the stage or a strip shows it."""

    id: str
    kind: str
    label: str
    label_language: str
    kind_label: str
    picture: Picture | None
    thumb: Picture | None
    is_light: bool = False
    image_service: str = ""
    width_px: int = 0
    height_px: int = 0
    files: tuple[File, ...] = ()
    tracks: tuple[Track, ...] = ()
    duration: str = ""
    unit: str = ""
    model_unit: str = ""
    up_axis: str = ""
    stage_sizes: str = "100vw"
    has_scale: bool = False
    scale_conflict: str = ""
    is_point_cloud: bool = False
    downloads: tuple[File, ...] = ()
    tileset: str = ""
    rungs: tuple[Rung, ...] = ()
    turntable: Turntable | None = None
    ar: Ar | None = None
    measure: str = ""
    attribution: str = ""
    made: Text = field(default_factory=Text)
    made_statement: Text = field(default_factory=Text)
    transcript: tuple[Line, ...] = ()
    transcript_language: str = ""


@dataclass(frozen=True, kw_only=True)
class Show:
    """`current` is on the stage; `lights` change the light of one view; `others` are the views beside it."""

    current: View | None
    lights: tuple[View, ...] = ()
    others: tuple[View, ...] = ()
    media: Mapping[str, Media] = field(default_factory=dict)


def show_of(record: Record, derivatives: Shelf, *, asked: str = "") -> Show:
    """The stage of a record. `asked` is the id of the view in the address; an unknown one shows the first."""
    arrangement = arrange(record)
    shown = in_order(arrangement)
    if not shown:
        return Show(current=None)
    media = next((m for m in shown if m.id == asked), shown[0])
    lights = next((one for one in arrangement.lights if media in one), ())
    beside = [m for m in shown if m not in lights]
    heads = [one[0] for one in arrangement.lights if media not in one]
    hidden = {m.id for one in arrangement.lights for m in one if m not in heads}
    return Show(
        current=_view(media, record, derivatives, arrangement),
        lights=tuple(_view(m, record, derivatives, arrangement) for m in lights),
        others=tuple(_view(m, record, derivatives, arrangement) for m in beside if m.id not in hidden)
        if len(shown) > 1
        else (),
        media={m.id: m for m in record.media},
    )


def first_picture(record: Record, derivatives: Shelf, *, up_to_px: int) -> Picture | None:
    """The picture that stands for the record in lists: its first view that has one."""
    for media in leading(record):
        picture = picture_of(media, record, derivatives, up_to_px=up_to_px)
        if picture is not None:
            return picture
    return None


def _view(media: Media, record: Record, derivatives: Shelf, arrangement: Arrangement) -> View:
    made = derivatives.get(media.sha256, ())
    width, height = int(media.facts.get("width_px", 0)), int(media.facts.get("height_px", 0))
    large = picture_of(media, record, derivatives, up_to_px=STAGE_PX)
    is_photo = media.kind == "photo"
    label = view_text(media) or phrases("media")["view" if is_photo else media.kind]
    has_pyramid = any(d.name == "pyramid" or d.name.startswith("pyramid.") for d in made)
    return View(
        id=media.id,
        kind=media.kind,
        label=words(label),
        label_language=words_language(label),
        kind_label=words(phrases("media")["view" if is_photo else media.kind]),
        picture=large,
        thumb=picture_of(media, record, derivatives, up_to_px=THUMB_PX),
        is_light=bool(light_of(media)),
        image_service=addresses.image_service(image_identifier(media, made)) if has_pyramid else "",
        width_px=width,
        height_px=height,
        files=tuple(_file(media, d) for d in _playable(media, made)),
        downloads=tuple(_file(media, d) for d in made if media.kind == "scan" and d.name in _TAKEN),
        rungs=rungs_of(media, made),
        turntable=turntable_of(media, made),
        ar=ar_of(media, made),
        tracks=_tracks(media, derivatives, arrangement),
        duration=duration(float(media.facts["duration_s"])) if media.facts.get("duration_s") else "",
        unit=media.unit,
        stage_sizes=_stage_sizes(large),
        model_unit=_model_unit(made, media),
        up_axis=_model_up(made, media),
        has_scale=media.kind == "scan" and bool(media.unit) and not media.facts.get("scale_conflict"),
        scale_conflict=_conflict(media.facts.get("scale_conflict")),
        is_point_cloud=bool(media.facts.get("is_point_cloud")),
        tileset=next((addresses.tileset(media.id, d.digest) for d in made if d.name == "tileset.3tz"), ""),
        measure=_measure(media, width, height),
        attribution=media.attribution,
        made=synthetic_label(media),
        made_statement=synthetic_statement(media),
    )


def _model_unit(made: Sequence[Derivative], media: Media) -> str:
    """Unit of the web model: what its recipe says it wrote, else the scan's own."""
    return next((str(d.facts["unit"]) for d in made if d.name.endswith(".glb") and d.facts.get("unit")), media.unit)


def _model_up(made: Sequence[Derivative], media: Media) -> str:
    found = (str(d.facts["up_axis"]) for d in made if d.name.endswith(".glb") and d.facts.get("up_axis"))
    return next(found, media.up_axis)


def _stage_sizes(picture: Picture | None) -> str:
    """How wide the stage shows a picture: a tall one less than the screen, as the stage is 74 % of it high."""
    if picture is None or not picture.height_px:
        return "100vw"
    return f"min(100vw, {round(_STAGE_VH * picture.width_px / picture.height_px)}vh)"


def _conflict(found: Any) -> str:
    """How the file contradicts the recorded dimensions, in words; "" when it doesn't."""
    if not found:
        return ""
    factor = float(found.get("factor") or 0) if isinstance(found, Mapping) else 0.0
    if factor > 1:
        return say(
            "The file is %(times)s times larger than the recorded dimensions, so no scale is shown.",
            times=decimal(factor),
        )
    if factor > 0:
        return say(
            "The file is %(times)s times smaller than the recorded dimensions, so no scale is shown.",
            times=decimal(1 / factor),
        )
    return say("The file contradicts the recorded dimensions, so no scale is shown.")


def _playable(media: Media, made: Sequence[Derivative]) -> tuple[Derivative, ...]:
    """What a browser plays or shows of the medium; of a scan the model that is always there."""
    if media.kind == "scan":
        models = [d for d in made if d.name in ("web.glb", "open.glb")]
        return tuple(sorted(models, key=lambda d: d.name != "web.glb"))[:1]
    return tuple(d for d in made if _is_playable(media, d))


def _is_playable(media: Media, derivative: Derivative) -> bool:
    wanted = {
        "film": ("video/",),
        "sound": ("audio/",),
        "document": ("application/pdf",),
    }.get(media.kind, ())
    return derivative.media_type.startswith(wanted) if wanted else False


def _file(media: Media, derivative: Derivative) -> File:
    return File(
        address=addresses.derivative(media.id, derivative.name, derivative.digest),
        media_type=derivative.media_type,
        size=bytes_size(derivative.size_bytes),
    )


def _tracks(media: Media, derivatives: Shelf, arrangement: Arrangement) -> tuple[Track, ...]:
    found = []
    for item in arrangement.serving.get(media.id, ()):
        for derivative in derivatives.get(item.sha256, ()):
            if derivative.media_type == "text/vtt":
                found.append(
                    Track(
                        address=addresses.derivative(item.id, derivative.name, derivative.digest),
                        language=item.language or "vi",
                        label=words(item.label) or _language_name(item.language or "vi"),
                        kind="captions" if item.kind == "captions" else "metadata",
                    )
                )
    return tuple(found)


def _language_name(code: str) -> str:
    names = {"vi": say("Vietnamese"), "en": say("English"), "fr": say("French")}
    return names.get(code, code)


def _measure(media: Media, width: int, height: int) -> str:
    if media.kind == "photo" and width:
        return pixels(width, height)
    if media.kind == "scan":
        if media.facts.get("faces"):
            return say("%(number)s triangles", number=integer(media.facts["faces"]))
        if media.facts.get("vertices"):
            return say("%(number)s points", number=integer(media.facts["vertices"]))
    return duration(float(media.facts["duration_s"])) if media.facts.get("duration_s") else ""
