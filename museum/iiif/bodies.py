"""What is painted on a canvas: images with their services, films, sounds, models; thumbnails and linked files."""

from collections.abc import Sequence

from museum.addresses import PLACEHOLDER, image, image_service
from museum.catalog.record import Media
from museum.catalog.store import Derivative
from museum.iiif.source import Json, Shelf
from museum.iiif.words import plain
from museum.text import Text

THUMBNAIL_PX = 400  # longest side of a thumbnail from an image service
_POSTER_TYPES = ("image/jpeg", "image/png", "image/webp", "image/avif")  # every client reads the first
_FILM_NAMES = ("video.mp4", "video.webm")
_SOUND_NAMES = ("audio.m4a", "audio.mp3", "audio.ogg")


def image_size(shelf: Shelf, media: Media) -> tuple[int, int] | None:
    """Width and height in pixels of a photograph that has a pyramid; None for one that has not (or not yet)."""
    names = [d.name for d in shelf.starting(media, "pyramid")]
    if not names:
        return None
    width, height = shelf.fact(media, "width_px", *names), shelf.fact(media, "height_px", *names)
    return (int(width), int(height)) if width and height else None


def image_body(shelf: Shelf, media: Media, *, label: Text | None = None) -> Json | None:
    """A photograph with its image services, version 3 first and 2.1 for older clients; None without a pyramid."""
    size = image_size(shelf, media)
    if size is None:
        return None
    body: Json = {"id": PLACEHOLDER + image(media.id), "type": "Image"}
    if label:
        body["label"] = plain(label)
    body |= {"format": "image/jpeg", "width": size[0], "height": size[1], "service": _services(media)}
    return body


def poster_body(shelf: Shelf, media: Media) -> Json | None:
    """The still picture made for a film, scan, sound or document, the largest JPEG if any; None where there is none."""
    stills = [
        d for prefix in ("poster", "page") for d in shelf.starting(media, prefix) if d.media_type in _POSTER_TYPES
    ]
    if not stills:
        return None
    found = min(stills, key=lambda d: (_POSTER_TYPES.index(d.media_type), -(d.facts.get("width_px") or 0)))
    body: Json = {"id": shelf.address(media, found), "type": "Image", "format": found.media_type}
    width, height = found.facts.get("width_px"), found.facts.get("height_px")
    return body | ({"width": int(width), "height": int(height)} if width and height else {})


def thumbnail(shelf: Shelf, media: Media) -> list[Json]:
    """At most one small picture: from the image service where there is one, else the poster."""
    size = image_size(shelf, media)
    if size is None:
        poster = poster_body(shelf, media)
        return [poster] if poster else []
    width, height = fitted(size, THUMBNAIL_PX)
    return [
        {
            "id": PLACEHOLDER + image(media.id, size=f"{width},{height}"),
            "type": "Image",
            "format": "image/jpeg",
            "width": width,
            "height": height,
            "service": _services(media)[:1],
        }
    ]


def fitted(size: tuple[int, int], long_side_px: int) -> tuple[int, int]:
    """`size` made so small that its longer side is at most `long_side_px`, never larger than it is."""
    scale = min(1.0, long_side_px / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def moving_bodies(shelf: Shelf, media: Media) -> list[Json]:
    """The playable files of a film or a sound, best first; each with its duration in seconds where known."""
    names = _FILM_NAMES if media.kind == "film" else _SOUND_NAMES
    bodies = []
    for found in (d for name in names if (d := shelf.find(media, name))):
        body: Json = {
            "id": shelf.address(media, found),
            "type": "Video" if media.kind == "film" else "Sound",
            "label": {"none": [found.name.rpartition(".")[2].upper()]},
            "format": found.media_type,
        }
        if media.kind == "film" and (size := film_size(shelf, media)):
            body |= {"width": size[0], "height": size[1]}
        if length := duration_s(shelf, media):
            body["duration"] = length
        bodies.append(body)
    return bodies


def film_size(shelf: Shelf, media: Media) -> tuple[int, int] | None:
    """Width and height in pixels of a film as played."""
    width, height = (shelf.fact(media, name, *_FILM_NAMES) for name in ("width_px", "height_px"))
    return (int(width), int(height)) if width and height else None


def duration_s(shelf: Shelf, media: Media) -> float | None:
    """Length of a film or a sound in seconds, of the file that is played."""
    length = shelf.fact(media, "duration_s", *_FILM_NAMES, *_SOUND_NAMES)
    return float(length) if length and length > 0 else None


def mixes_time(canvases: Sequence[Json]) -> bool:
    """Whether some canvases are played and some looked at: Universal Viewer then plays nothing if there are ranges."""
    timed = ["duration" in canvas for canvas in canvases]
    return any(timed) and not all(timed)


def linked(address: str, *, kind: str, label: Text, media_type: str = "", language: str = "") -> Json:
    """An entry of rendering or seeAlso."""
    entry: Json = {"id": address, "type": kind, "label": plain(label)}
    if media_type:
        entry["format"] = media_type
    if language:
        entry["language"] = [language]
    return entry


def file_link(shelf: Shelf, media: Media, found: Derivative, *, kind: str, label: Text) -> Json:
    """An entry of rendering for a derivative."""
    return linked(shelf.address(media, found), kind=kind, label=label, media_type=found.media_type)


def _services(media: Media) -> list[Json]:
    return [
        {"id": PLACEHOLDER + image_service(media.id, 3), "type": "ImageService3", "profile": "level2"},
        {
            "@id": PLACEHOLDER + image_service(media.id, 2),
            "@type": "ImageService2",
            "profile": "http://iiif.io/api/image/2/level2.json",
        },
    ]
