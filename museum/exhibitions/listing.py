"""A story as scripts and other programs get it: itself, and its addresses."""

from collections.abc import Collection
from typing import Any

from museum import addresses
from museum.catalog.record import to_json
from museum.exhibitions.story import Story


def describe(story: Story, *, shown: Collection[str] | None = None, base_url: str = "") -> dict[str, Any]:
    """The story as JSON, addresses made absolute with `base_url` ("" leaves them relative).

    `shown` are the ids of the records that may be shown now (None: all): views of others are left out, and so are
    their ids.
    """
    body: dict[str, Any] = to_json(story)
    if shown is not None:
        _leave_out(body, story, shown)
    is_public = story.state == "published"
    body["page"] = base_url + addresses.story_page(story.slug, kind=story.kind)
    body["text_version"] = base_url + addresses.story_text(story.slug, kind=story.kind)
    body["manifest"] = base_url + addresses.story_manifest(story.slug) if is_public else None
    body["objects"] = [base_url + addresses.object_page(i) for i in story.objects if shown is None or i in shown]
    return body


def _leave_out(body: dict[str, Any], story: Story, shown: Collection[str]) -> None:
    for said, stop in zip(body.get("stops", ()), story.stops, strict=True):
        pairs = zip(said.get("views", ()), stop.views, strict=True)
        said["views"] = [view for view, given in pairs if all(i in shown for i in given.objects)]
    if not all(i in shown for i in story.cover.objects):
        body.pop("cover", None)
