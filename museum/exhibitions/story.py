"""The story as a value: what a snapshot in the change log, an OCFL object and the database hold alike.

Records and media are known by id only. Places in a picture or in a scan are shares, so that a story outlives a new
photograph of another size: regions (x, y, width, height) of the picture's width and height, 0 to 1; points of a scan
(x, y, z) of half its extents from the middle, −1 to 1, x to the right, y up, z to the viewer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from museum.catalog.record import State, from_json
from museum.text import Text

StoryKind = Literal["exhibition", "tour"]
ViewKind = Literal["image", "scan", "compare", "row", "audio", "place"]
KINDS: tuple[StoryKind, ...] = ("exhibition", "tour")
VIEW_KINDS: tuple[ViewKind, ...] = ("image", "scan", "compare", "row", "audio", "place")


@dataclass(frozen=True, kw_only=True)
class Camera:
    """Where a scan is seen from. Degrees: azimuth 0 is the front, negative to the viewer's left; elevation 0 is level.

    `distance` is measured in bounding radii of the object, 0: the viewer frames the whole; `target` is what the camera
    looks at, () for the middle.
    """

    azimuth_deg: float = 0.0
    elevation_deg: float = 0.0
    distance: float = 0.0
    target: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hotspot:
    """A named point on a scan."""

    at: tuple[float, ...]
    label: Text


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing of a row: a record's picture (`media` "" leaves the choice to the page) and a word about it."""

    object: str
    media: str = ""
    label: Text = field(default_factory=Text)


@dataclass(frozen=True, kw_only=True)
class View:
    """One thing to see or hear at a stop.

    image: `media`, a `region` of it (() for all), `lights` registered on it, and with which `light` it begins
    ("" its own). scan: `media`, `camera`, `hotspots`. compare: `before`, `after`, `region`. row: `items` side by side.
    audio: `media` from `start_s` to `end_s` (0: to the end). place: the record alone.
    `label` is the word on the button where a stop has several views.
    """

    kind: ViewKind
    object: str = ""
    media: str = ""
    region: tuple[float, ...] = ()
    lights: tuple[str, ...] = ()
    light: str = ""
    camera: Camera = field(default_factory=Camera)
    hotspots: tuple[Hotspot, ...] = ()
    before: str = ""
    after: str = ""
    items: tuple[Item, ...] = ()
    start_s: float = 0.0
    end_s: float = 0.0
    label: Text = field(default_factory=Text)

    @property
    def objects(self) -> tuple[str, ...]:
        """Ids of the records it shows."""
        return tuple(dict.fromkeys(i for i in (self.object, *(item.object for item in self.items)) if i))


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a statement comes from: words and, where there is one, an address."""

    id: str
    words: Text
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One stop: title, a paragraph, what is seen (`alt`, for who cannot see it), views, the large one first.

    `audio` is a media id of a spoken version; `sources` name entries of the story's list.
    """

    id: str
    title: Text
    text: Text
    alt: Text = field(default_factory=Text)
    views: tuple[View, ...] = ()
    audio: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Story:
    """An exhibition or a tour: ordered stops. `note` is what a visitor must know of the pictures (generated, say).

    `is_sample` marks the demonstration's own, which one setting hides and one command removes.
    """

    id: str
    slug: str
    kind: StoryKind
    institution: str
    title: Text
    lead: Text = field(default_factory=Text)
    note: Text = field(default_factory=Text)
    state: State = "draft"
    cover: View = field(default_factory=lambda: View(kind="image"))
    stops: tuple[Stop, ...] = ()
    sources: tuple[Source, ...] = ()
    is_sample: bool = False

    @property
    def views(self) -> Iterator[View]:
        """Every view: the cover's, then those of the stops in order."""
        if self.cover.object:
            yield self.cover
        for stop in self.stops:
            yield from stop.views

    @property
    def objects(self) -> tuple[str, ...]:
        """Ids of all records the story shows, in the order of their first showing."""
        return tuple(dict.fromkeys(record_id for view in self.views for record_id in view.objects))


def story_from_json(data: Mapping[str, Any]) -> Story:
    """The story that `catalog.record.to_json` wrote."""
    return from_json(Story, data)
