"""The Presentation 3.0 manifest of a story: one canvas per view, each stop's words on the place they speak of.

Unlike a record's it is assembled when asked for: it is short (a canvas costs some 0.1 ms), and an object that is
withdrawn or hidden must leave it at once. Nothing of iiif-prezi3 is loaded for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from museum import addresses
from museum.addresses import PLACEHOLDER
from museum.catalog.arrangement import arrange, light_of
from museum.catalog.record import Media, Record
from museum.exhibitions.story import Item, Stop, Story, View
from museum.iiif import bodies
from museum.iiif.agent import provider
from museum.iiif.rights import required_statement, shared_rights
from museum.iiif.source import Derivatives, Institution, Json, Shelf
from museum.iiif.stored import serialize
from museum.iiif.words import in_language, pair, phrase, plain, rich
from museum.text import Text

CONTEXT = "http://iiif.io/api/presentation/3/context.json"
_SQUARE_PX = 1000  # canvas of a picture whose size nobody knows: only the proportion matters


def build_story_manifest(
    story: Story,
    *,
    records: Mapping[str, Record],
    derivatives: Derivatives,
    institution: Institution,
    languages: Sequence[str] = ("vi", "en"),
) -> bytes | None:
    """The story as JSON bytes with ``addresses.PLACEHOLDER`` (see `stored.fill`); None where nothing can be shown now.

    `records` are those that may be shown; views of others are left out. `languages`: the bare address' first.
    """
    address = PLACEHOLDER + addresses.story_manifest(story.slug)
    bench = _Bench(base=address.rpartition("/")[0], records=records, shelf=Shelf(derivatives=derivatives))
    per_stop = [(stop, list(_canvases(bench, stop))) for stop in story.stops]
    items = [canvas for _, found in per_stop for canvas in found]
    if not items:
        return None
    document: Json = {"@context": CONTEXT, "id": address, "type": "Manifest", "label": plain(story.title)}
    if story.lead:
        document["summary"] = rich(story.lead)
    if story.note:
        document["metadata"] = [pair(phrase("about_pictures"), rich(story.note))]
    document["requiredStatement"] = required_statement(_each_once(bench.used), institution, languages=languages)
    if rights := shared_rights(bench.used)[0]:
        document["rights"] = rights
    document["provider"] = [provider(institution, languages=languages)]
    document |= _links(story, languages)
    document["thumbnail"] = next((c["thumbnail"] for c in items if "thumbnail" in c), None) or []
    if not document["thumbnail"]:
        del document["thumbnail"]
    if len(items) > 1:
        document["behavior"] = ["individuals"]
    document["items"] = items
    if not bodies.mixes_time(items):
        document["structures"] = [_contents(bench, story, per_stop)]
    return serialize(document)


@dataclass
class _Bench:
    """What every canvas shares; `used` collects the media shown, for their rights."""

    base: str
    records: Mapping[str, Record]
    shelf: Shelf
    used: list[Media] = field(default_factory=list)

    def media(self, record_id: str, media_id: str) -> Media | None:
        record = self.records.get(record_id)
        return next((m for m in record.media if m.id == media_id), None) if record else None


def _canvases(bench: _Bench, stop: Stop) -> Iterator[Json]:
    number = 0
    for view in stop.views:
        for made in _of_view(bench, view):
            number += 1
            canvas_id = f"{bench.base}/canvas/{stop.id}-{number}"
            yield _canvas(bench, canvas_id, made, stop, is_first=number == 1)


@dataclass(frozen=True, kw_only=True)
class _Painted:
    """What a canvas shows: its painting body, size or duration, the medium it comes from, the share that is meant."""

    body: Json
    record: Record
    media: Media
    size: tuple[int, int] | None = None
    duration_s: float | None = None
    region: tuple[float, ...] = ()
    label: Text = field(default_factory=Text)


def _of_view(bench: _Bench, view: View) -> Iterator[_Painted]:
    if view.kind == "row":
        for item in view.items:
            yield from _of_item(bench, item)
        return
    record = bench.records.get(view.object)
    if record is None:
        return
    if view.kind in ("image", "compare"):
        ids = (view.before, view.after) if view.kind == "compare" else _light_first(bench, view)
        yield from _registered(bench, record, ids, region=view.region)
    elif view.kind == "audio":
        yield from _heard(bench, record, view)
    elif media := bench.media(record.id, view.media):
        yield from _still(bench, record, media, label=view.label)


def _light_first(bench: _Bench, view: View) -> tuple[str, ...]:
    """The media of an image view, the one in its `light` first."""
    ids = dict.fromkeys((view.media, *view.lights))
    given = {i: bench.media(view.object, i) for i in ids}
    return tuple(sorted(ids, key=lambda i: not ((m := given[i]) and view.light and light_of(m) == view.light)))


def _registered(bench: _Bench, record: Record, ids: Sequence[str], *, region: tuple[float, ...]) -> Iterator[_Painted]:
    """One photograph, or a Choice of those that are registered on each other."""
    media = [m for i in ids if (m := bench.media(record.id, i)) and bodies.image_size(bench.shelf, m)]
    if not media:
        return
    bench.used += media
    told = [bodies.image_body(bench.shelf, m, label=_layer(m) if len(media) > 1 else None) for m in media]
    body = told[0] if len(told) == 1 else {"type": "Choice", "items": told}
    size = bodies.image_size(bench.shelf, media[0])
    assert body is not None and size is not None  # filtered above
    yield _Painted(body=body, record=record, media=media[0], size=size, region=region)


def _layer(media: Media) -> Text:
    light = light_of(media)
    return phrase(f"light_{light}") if light else media.label or phrase("view")


def _of_item(bench: _Bench, item: Item) -> Iterator[_Painted]:
    record = bench.records.get(item.object)
    if record is None:
        return
    media = bench.media(item.object, item.media) or next(iter(arrange(record).photographs), None)
    if media is None:
        return
    if bodies.image_size(bench.shelf, media):
        for made in _registered(bench, record, (media.id,), region=()):
            yield _Painted(body=made.body, record=record, media=media, size=made.size, label=item.label)
    else:
        yield from _still(bench, record, media, label=item.label)


def _still(bench: _Bench, record: Record, media: Media, *, label: Text) -> Iterator[_Painted]:
    """The poster of a scan: most clients show nothing of a model (the scan itself stands in the object's manifest)."""
    poster = bodies.poster_body(bench.shelf, media)
    if poster is None:
        return
    bench.used.append(media)
    size = (poster.get("width", _SQUARE_PX), poster.get("height", _SQUARE_PX))
    yield _Painted(body=poster, record=record, media=media, size=size, label=label)


def _heard(bench: _Bench, record: Record, view: View) -> Iterator[_Painted]:
    media = bench.media(record.id, view.media)
    sounds = bodies.moving_bodies(bench.shelf, media) if media else []
    length = bodies.duration_s(bench.shelf, media) if media else None
    if media is None or not sounds or not length:
        return
    bench.used.append(media)
    yield _Painted(body=sounds[0], record=record, media=media, duration_s=length, label=view.label)


def _canvas(bench: _Bench, canvas_id: str, made: _Painted, stop: Stop, *, is_first: bool) -> Json:
    canvas: Json = {"id": canvas_id, "type": "Canvas", "label": plain(made.label or stop.title)}
    if made.size:
        canvas |= {"height": made.size[1], "width": made.size[0]}
    if made.duration_s:
        canvas["duration"] = made.duration_s
    if stop.alt and is_first:
        canvas["summary"] = rich(stop.alt)
    small = bodies.thumbnail(bench.shelf, made.media)
    if small:
        canvas["thumbnail"] = small
    canvas["homepage"] = [
        {
            "id": PLACEHOLDER + addresses.object_page(made.record.id),
            "type": "Text",
            "label": plain(made.record.title or phrase("untitled")),
            "format": "text/html",
        }
    ]
    painting = _annotation(f"{canvas_id}/page/painting", "painting", made.body, canvas_id)
    canvas["items"] = [{"id": f"{canvas_id}/page", "type": "AnnotationPage", "items": [painting]}]
    if is_first:
        canvas["annotations"] = [_told(canvas_id, made, stop)]
    return canvas


def _told(canvas_id: str, made: _Painted, stop: Stop) -> Json:
    """The stop's words in each language, on the part of the picture they speak of (cookbook 0269, 0346)."""
    target = canvas_id
    if made.region and made.size:
        x, y, w, h = (round(share * side) for share, side in zip(made.region, (*made.size, *made.size), strict=True))
        target = f"{canvas_id}#xywh={x},{y},{w},{h}"
    notes = []
    for code, words in stop.text.items():
        body = {"type": "TextualBody", "value": words, "format": "text/plain", "language": code}
        notes.append(_annotation(f"{canvas_id}/words/{code}", "commenting", body, target))
    return {"id": f"{canvas_id}/words", "type": "AnnotationPage", "items": notes}


def _annotation(address: str, motivation: str, body: Json, target: str) -> Json:
    return {"id": address, "type": "Annotation", "motivation": motivation, "body": body, "target": target}


def _contents(bench: _Bench, story: Story, per_stop: Sequence[tuple[Stop, list[Json]]]) -> Json:
    """The stops in order, as a table of contents."""
    parts = [
        {
            "id": f"{bench.base}/range/{stop.id}",
            "type": "Range",
            "label": plain(stop.title),
            "items": [{"id": canvas["id"], "type": "Canvas"} for canvas in found],
        }
        for stop, found in per_stop
        if found
    ]
    return {"id": f"{bench.base}/range/stops", "type": "Range", "label": plain(story.title), "items": parts}


def _links(story: Story, languages: Sequence[str]) -> Json:
    page = addresses.story_page(story.slug, kind=story.kind)
    text = addresses.story_text(story.slug, kind=story.kind)

    def each(path: str, label: Text) -> list[Json]:
        return [
            {
                "id": PLACEHOLDER + addresses.page(path, language=code, first_language=languages[0]),
                "type": "Text",
                "label": in_language(label, code),
                "format": "text/html",
                "language": [code],
            }
            for code in languages
        ]

    as_json = bodies.linked(
        PLACEHOLDER + addresses.story_json(story.slug, kind=story.kind),
        kind="Dataset",
        label=phrase("record_json"),
        media_type="application/json",
    )
    return {"homepage": each(page, story.title), "rendering": each(text, phrase("text_version")), "seeAlso": [as_json]}


def _each_once(media: Sequence[Media]) -> list[Media]:
    """One medium for each different set of rights: what must be said is said once."""
    found = {(m.attribution, m.rights, m.licence, m.kind if m.digital_source else ""): m for m in media}
    return list(found.values())
