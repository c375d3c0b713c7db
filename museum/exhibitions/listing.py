"""A story as scripts and other programs get it: itself, and its addresses."""

from collections.abc import Collection
from typing import Any

from museum import addresses
from museum.catalog.record import to_json
from museum.catalog.visibility import is_open
from museum.exhibitions.story import Story, View


def describe(
    story: Story,
    *,
    shown: Collection[str] | None = None,
    media: Collection[str] | None = None,
    base_url: str = "",
) -> dict[str, Any]:
    """The story as JSON, addresses made absolute with `base_url` ("" leaves them relative).

    `shown` are the ids of the records that may be shown now, `media` those of their files (None: all): views of others
    are left out, and so are their ids.
    """
    body: dict[str, Any] = to_json(story)
    if shown is not None:
        _leave_out(body, story, shown, media)
    is_public = is_open(story.state)
    body["page"] = base_url + addresses.story_page(story.slug, kind=story.kind)
    body["text_version"] = base_url + addresses.story_text(story.slug, kind=story.kind)
    body["manifest"] = base_url + addresses.story_manifest(story.slug) if is_public else None
    body["objects"] = [base_url + addresses.object_page(i) for i in story.objects if shown is None or i in shown]
    return body


def _leave_out(body: dict[str, Any], story: Story, shown: Collection[str], media: Collection[str] | None) -> None:
    for said, stop in zip(body.get("stops", ()), story.stops, strict=True):
        pairs = zip(said.get("views", ()), stop.views, strict=True)
        said["views"] = [_known_lights(view, media) for view, given in pairs if _is_shown(given, shown, media)]
        if media is not None and stop.audio and stop.audio not in media:
            said.pop("audio")
    if _is_shown(story.cover, shown, media):
        _known_lights(body["cover"], media)
    else:
        body.pop("cover", None)


def _is_shown(view: View, shown: Collection[str], media: Collection[str] | None) -> bool:
    named = {view.media, view.before, view.after, *(item.media for item in view.items)} - {""}
    return all(i in shown for i in view.objects) and (media is None or all(i in media for i in named))


def _known_lights(view: dict[str, Any], media: Collection[str] | None) -> dict[str, Any]:
    if media is not None and "lights" in view:
        view["lights"] = [i for i in view["lights"] if i in media]
    return view
