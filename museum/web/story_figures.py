"""The pictures of a story's view as a page without scripts shows them: a part of a photograph, a pair, a row."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from museum import addresses
from museum.catalog.record import Media, Record
from museum.exhibitions.story import View
from museum.text import Text
from museum.viewer.story import WHOLE, Gallery, begins_with, compare_texts
from museum.web.compounds import bind
from museum.web.labels import synthetic_label
from museum.web.language import words, words_language
from museum.web.pictures import Picture, Source, picture_of, title_text
from museum.web.showing import first_picture
from museum.web.story_places import PlaceShown, place_of

_WIDTHS_PX = (480, 960, 1600)
_LARGE_PX, SMALL_PX = 1600, 640


@dataclass(frozen=True, kw_only=True)
class Framed:
    """A picture in a figure: what stands under it and where it leads ("" nowhere)."""

    picture: Picture | None
    caption: str
    caption_language: str
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """The large view of a stop as a page without scripts shows it; `is_detail`: a part of a picture, which may fill
    its frame; `made`: the label of what software made, else empty."""

    kind: str
    frames: tuple[Framed, ...]
    is_detail: bool = False
    made: Text = field(default_factory=Text)
    sound: tuple[tuple[str, str], ...] = ()  # address, media type
    place: PlaceShown | None = None


def figure_of(view: View, gallery: Gallery, *, alt: Text) -> Figure | None:
    """The figure of a view, its pictures told by `alt` where it says something; None where nothing may be shown."""
    record = gallery.records.get(view.object)
    if view.kind == "row":
        shown = [gallery.records[item.object] for item in view.items if item.object in gallery.records]
        labels = [label for r in shown if (label := synthetic_label(r))]
        return Figure(kind="row", frames=tuple(_row(view, gallery)), made=labels[0] if labels else Text())
    if record is None:
        return None
    if view.kind == "image":
        media = begins_with(view, gallery)
        picture = _part(media, record, gallery, view.region, alt=alt) if media else None
        if media is None or picture is None:
            return None
        frames = _frames(picture, record)
        return Figure(kind="image", frames=frames, is_detail=bool(view.region), made=synthetic_label(media))
    if view.kind == "compare":
        pair = [m for i in (view.before, view.after) if (m := gallery.media(view.object, i)) is not None]
        names = compare_texts(pair[0], pair[-1]) if pair else ()
        frames = tuple(
            _side(m, record, gallery, view, alt=alt, label=text) for m, text in zip(pair, names, strict=False)
        )
        return Figure(kind="compare", frames=frames, made=synthetic_label(pair[0]) if pair else Text())
    if view.kind == "place":
        place = place_of(record, gallery)
        return Figure(kind="place", frames=_frames(_told(place.picture, alt), record), place=place)
    media = gallery.media(view.object, view.media)
    picture = picture_of(media, record, gallery.derivatives, up_to_px=_LARGE_PX) if media else None
    picture = picture or first_picture(record, gallery.derivatives, up_to_px=_LARGE_PX)
    sound = playable_sound(media, gallery) if view.kind == "audio" and media else ()
    made_label = synthetic_label(media or record)
    return Figure(kind=view.kind, frames=_frames(_told(picture, alt), record), sound=sound, made=made_label)


def playable_sound(media: Media, gallery: Gallery) -> tuple[tuple[str, str], ...]:
    """Address and media type of each file in which a sound can be heard."""
    made = gallery.derivatives.get(media.sha256, ())
    playable = [d for d in made if d.media_type.startswith("audio/")]
    return tuple((addresses.derivative(media.id, d.name, d.digest), d.media_type) for d in playable)


def _frames(picture: Picture | None, record: Record) -> tuple[Framed, ...]:
    title = title_text(record)
    return (Framed(picture=picture, caption=words(title), caption_language=words_language(title)),)


def _row(view: View, gallery: Gallery) -> Sequence[Framed]:
    """Side by side, those that may be shown; the word under each is its own."""
    made = []
    for item in view.items:
        record = gallery.records.get(item.object)
        if record is None:
            continue
        media = gallery.media(item.object, item.media)
        picture = picture_of(media, record, gallery.derivatives, up_to_px=SMALL_PX) if media else None
        picture = picture or first_picture(record, gallery.derivatives, up_to_px=SMALL_PX)
        label = item.label or title_text(record)
        made.append(
            Framed(
                picture=picture,
                caption=bind(words(label)),
                caption_language=words_language(label),
                address=addresses.object_page(record.id),
            )
        )
    return made


def _side(media: Media, record: Record, gallery: Gallery, view: View, *, alt: Text, label: Text) -> Framed:
    return Framed(
        picture=_part(media, record, gallery, view.region, alt=alt),
        caption=words(label),
        caption_language=words_language(label),
    )


def _part(
    media: Media, record: Record, gallery: Gallery, region: Sequence[float], *, alt: Text, up_to_px: int = _LARGE_PX
) -> Picture | None:
    """A picture of a part of a photograph, computed by the image service; of the whole, the stored one."""
    width, height = int(media.facts.get("width_px", 0)), int(media.facts.get("height_px", 0))
    if not region or tuple(region) == WHOLE or not width or not gallery.made(media, "pyramid"):
        return _told(picture_of(media, record, gallery.derivatives, up_to_px=up_to_px), alt)
    left, top = min(width - 1, round(region[0] * width)), min(height - 1, round(region[1] * height))
    wide = max(1, min(width - left, round(region[2] * width)))
    high = max(1, min(height - top, round(region[3] * height)))
    widths = [w for w in _WIDTHS_PX if w < min(wide, up_to_px)] + [min(wide, up_to_px)]
    named = gallery.image_identifier(media)
    links = {w: _region_address(named, (left, top, wide, high), w) for w in widths}
    srcset = ", ".join(f"{link} {w}w" for w, link in links.items())
    plain = widths[min(1, len(widths) - 1)]
    made = Picture(
        address=links[plain],
        width_px=widths[-1],
        height_px=max(1, round(high * widths[-1] / wide)),
        sources=(Source(media_type="image/jpeg", srcset=srcset),),
        alt=words(title_text(record)),
        alt_language=words_language(title_text(record)),
        alt_is_written=False,
    )
    return _told(made, alt)


def _region_address(identifier: str, box: tuple[int, int, int, int], width_px: int) -> str:
    left, top, wide, high = box
    size = f"{width_px},{max(1, round(high * width_px / wide))}"
    return addresses.image(identifier, region=f"{left},{top},{wide},{high}", size=size)


def _told(picture: Picture | None, alt: Text) -> Picture | None:
    """The picture with the stop's own words of what is seen, where it has some."""
    if picture is None or not alt:
        return picture
    return replace(picture, alt=words(alt), alt_language=words_language(alt), alt_is_written=True)
