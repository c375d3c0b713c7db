"""A story over a collection of which only a part is there: what cannot be shown is left out, and told."""

from collections.abc import Callable
from dataclasses import replace

from museum.exhibitions.story import Item, Stop, Story, View

Has = Callable[[str, str], bool]


def only_what_is_there(story: Story, has: Has) -> tuple[Story, tuple[str, ...]]:
    """The story without views of what is missing, and the places of those. `has` tells of (number, file name), with
    file name "" of the object itself, whether it is there."""
    missing: list[str] = []
    cover = story.cover
    if cover.object and _lacks(cover, has):
        missing.append("cover")
        cover = View(kind="image")
    stops = tuple(_stop(stop, has, missing) for stop in story.stops)
    return replace(story, cover=cover, stops=stops), tuple(missing)


def _stop(stop: Stop, has: Has, missing: list[str]) -> Stop:
    views = []
    for number, view in enumerate(stop.views, start=1):
        place = f"stops {stop.id} › views {number}"
        kept = _view(view, has)
        if kept is None:
            missing.append(place)
        else:
            views.append(kept)
            if kept != view:
                missing.append(place)
    return replace(stop, views=tuple(views))


def _view(view: View, has: Has) -> View | None:
    if view.kind == "row":
        items = tuple(item for item in view.items if _has_item(item, has))
        return replace(view, items=items) if items else None
    if _lacks(view, has):
        return None
    lights = tuple(light for light in view.lights if has(view.object, light))
    return replace(view, lights=lights, light=view.light if lights == view.lights else "")


def _lacks(view: View, has: Has) -> bool:
    return not all(has(view.object, name) for name in ("", view.media, view.before, view.after))


def _has_item(item: Item, has: Has) -> bool:
    return has(item.object, "") and has(item.object, item.media)
