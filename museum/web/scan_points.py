"""Named points of a scan on its object's page: for the viewer, and in words for those who read."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from museum.exhibitions.points import Point, points_on, published_with
from museum.web.facts import Fact, Statement
from museum.web.language import say, words, words_language
from museum.web.public import is_shown
from museum.web.showing import Show


def points_of(session: Session, show: Show) -> tuple[Point, ...]:
    """The points on the scan on the stage, from the stories that may be shown; one statement, none without a scan."""
    if show.current is None or show.current.kind != "scan":
        return ()
    media_id = show.current.id
    return points_on(media_id, (story for story in published_with(session, media_id) if is_shown(story)))


def hotspots(points: Sequence[Point]) -> list[dict[str, Any]]:
    """What the viewer is told of them (museum/viewer/frontend/README.md)."""
    return [{"at": list(p.at), "label": words(p.label), "text": words(p.told)} for p in points]


def point_facts(points: Sequence[Point]) -> tuple[Fact, ...]:
    """A line for the page: the points' names in the order of their numbers."""
    if not points:
        return ()
    told = tuple(
        Statement(words=f"{number}. {words(p.label)}", language=words_language(p.label))
        for number, p in enumerate(points, start=1)
    )
    return (Fact(name="file-points", label=say("Points named on the scan"), statements=told),)
