"""Named points that stories set on a scan: its object's own page shows them, too."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from museum.exhibitions.story import Story, story_from_json
from museum.exhibitions.tables import StoryRow
from museum.text import Text


@dataclass(frozen=True, kw_only=True)
class Point:
    """A named point on a scan (`at` as in `story.Hotspot`) and the title of the stop that names it."""

    at: tuple[float, ...]
    label: Text
    told: Text


def published_with(session: Session, media_id: str) -> list[Story]:
    """The public stories that name this medium, the oldest first; one statement, and no other story is read."""
    query = (
        select(StoryRow.body)
        .where(StoryRow.state == "published", cast(StoryRow.body, String).contains(media_id, autoescape=True))
        .order_by(StoryRow.published_at, StoryRow.slug)
    )
    return [story_from_json(body) for body in session.scalars(query)]


def points_on(media_id: str, stories: Iterable[Story]) -> tuple[Point, ...]:
    """The points that these stories set on a scan, each place once: the first story names it."""
    found: dict[tuple[float, ...], Point] = {}
    for story in stories:
        for stop in story.stops:
            for view in stop.views:
                if view.kind == "scan" and view.media == media_id:
                    for spot in view.hotspots:
                        found.setdefault(spot.at, Point(at=spot.at, label=spot.label, told=stop.title))
    return tuple(found.values())
