"""A story over the sample records that uses every kind of view."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from museum.addresses import check_character
from museum.exhibitions.story import Camera, Hotspot, Item, Source, Stop, Story, View
from museum.text import Text


def story_id(number: int) -> str:
    """A well-formed id."""
    body = f"st{number:06}"
    return body + check_character(body)


def hand_made_story(ids: Mapping[str, str], **changes: Any) -> Story:
    """Bốn cách nhìn một chân dung: image with lights, scan, compare, row, audio and place over the records `ids`
    ("whole" and "bare" at least)."""
    whole, bare = ids["whole"], ids["bare"]
    face = View(
        kind="image", object=whole, media="light0", region=(0.3, 0.1, 0.4, 0.3), lights=("light1", "light2"),
        light="raking",
    )  # fmt: skip
    turn = View(
        kind="scan",
        object=whole,
        media="venus",
        camera=Camera(azimuth_deg=-30, elevation_deg=12, distance=2.4, target=(0, 0.4, 0)),
        hotspots=(Hotspot(at=(0.1, 0.8, 0.5), label=Text.of(vi="Vương miện", en="Crown")),),
    )
    stops = (
        Stop(
            id="whole",
            title=Text.of(vi="Toàn cảnh", en="The whole"),
            text=Text.of(vi="Người phụ nữ nhìn thẳng.", en="The woman looks straight ahead."),
            alt=Text.of(vi="Chân dung một phụ nữ đội vòng lá vàng.", en="A woman with a wreath of golden leaves."),
            views=(View(kind="image", object=whole, media="light0"),),
            audio="bell1",
            sources=("getty",),
        ),
        Stop(
            id="raking",
            title=Text.of(vi="Đèn xiên", en="Raking light"),
            text=Text.of(vi="Mỗi vệt sáp đổ một bóng.", en="Each stroke of wax casts a shadow."),
            alt=Text.of(vi="Khuôn mặt dưới đèn thấp.", en="The face under a low lamp."),
            views=(face, turn),
        ),
        Stop(
            id="before",
            title=Text.of(vi="Hai ánh sáng", en="Two lights"),
            text=Text.of(vi="Kéo màn che.", en="Draw the curtain."),
            views=(View(kind="compare", object=whole, before="light0", after="light3", region=(0, 0, 0.5, 0.5)),),
        ),
        Stop(
            id="row",
            title=Text.of(vi="Cạnh nhau", en="Side by side"),
            text=Text.of(vi="Hai hiện vật.", en="Two objects."),
            views=(
                View(kind="row", items=(Item(object=whole, label=Text.of(vi="Một", en="One")), Item(object=bare))),
                View(kind="place", object=bare),
            ),
        ),
        Stop(
            id="listen",
            title=Text.of(vi="Nghe", en="Listen"),
            text=Text.of(vi="Một tiếng chuông.", en="One stroke of a bell."),
            views=(View(kind="audio", object=whole, media="bell1", start_s=1, end_s=4),),
        ),
    )
    story = Story(
        id=story_id(1),
        slug="bon-cach-nhin",
        kind="exhibition",
        institution="museum",
        state="published",
        title=Text.of(vi="Bốn cách nhìn một chân dung", en="Four ways to look at a portrait"),
        lead=Text.of(vi="Một gương mặt, bốn ngọn đèn.", en="One face, four lamps."),
        cover=View(kind="image", object=whole, media="light0"),
        stops=stops,
        sources=(Source(id="getty", words=Text.of(vi="Bảo tàng Getty", en="Getty Museum"), link="https://getty.edu/"),),
    )
    return replace(story, **changes)
