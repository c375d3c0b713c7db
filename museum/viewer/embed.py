"""Embeds: how large a frame for one of our pages is, and the line of HTML that puts it into another site."""

from dataclasses import dataclass
from html import escape

LEAST_WIDTH_PX, LEAST_HEIGHT_PX = 160, 120  # below this neither the picture nor its title can be seen
USUAL_WIDTH_PX = 640
_PICTURE_SHAPE = 3 / 4  # height to width of the part that shows the picture
_WORDS_PX = 112  # height of the lines below it: title, museum, licence, whether it is on display


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The size of a frame in CSS pixels."""

    width_px: int
    height_px: int


def frame_for(*, max_width_px: int | None = None, max_height_px: int | None = None) -> Frame | None:
    """The frame to offer within these bounds (oEmbed 1.0 §2.3.2: they must not be exceeded).

    None where so little room is left that a link serves better than a frame.
    """
    width = USUAL_WIDTH_PX if max_width_px is None else min(USUAL_WIDTH_PX, max_width_px)
    height = round(width * _PICTURE_SHAPE) + _WORDS_PX
    if max_height_px is not None:
        height = min(height, max_height_px)
    if width < LEAST_WIDTH_PX or height < LEAST_HEIGHT_PX:
        return None
    return Frame(width_px=width, height_px=height)


def iframe(address: str, *, title: str, frame: Frame) -> str:
    """The HTML for other sites: one element, loaded when it comes into view, never wider than its surroundings.

    `address` is absolute. `title` is what screen readers say of the frame (WCAG 2.2 §4.1.2).
    """
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="{frame.width_px}" height="{frame.height_px}"'
        ' style="border:0;max-width:100%" loading="lazy" allow="fullscreen" allowfullscreen></iframe>'
    )


def shrunk(width_px: int, height_px: int, *, max_width_px: int, max_height_px: int) -> Frame:
    """The largest size of the same shape within the bounds; never enlarged, at least one pixel."""
    share = min(1.0, max_width_px / width_px, max_height_px / height_px)
    return Frame(width_px=max(1, int(width_px * share)), height_px=max(1, int(height_px * share)))
