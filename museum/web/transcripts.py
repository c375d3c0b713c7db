"""Captions as a transcript that can be read: the words of a WebVTT file as lines with their times."""

import re
from dataclasses import replace
from html import unescape

from museum.catalog.arrangement import arrange
from museum.catalog.record import Record
from museum.errors import NotFound
from museum.storage.derivatives import Derivatives
from museum.web.formats import duration
from museum.web.showing import Line, Shelf, Show

_CUE = re.compile(r"^((?:\d+:)?\d{1,2}:\d{2}\.\d{3})\s+-->\s+((?:\d+:)?\d{1,2}:\d{2}\.\d{3})")
_MARKUP = re.compile(r"<[^>]*>")
_MOST_LINES = 2000


def with_transcript(show: Show, record: Record, derivatives: Shelf, *, store: Derivatives) -> Show:
    """`show` with the words of the current film or sound, read from its first captions; unchanged without any."""
    view = show.current
    if view is None or view.kind not in ("film", "sound"):
        return show
    for item in arrange(record).serving.get(view.id, ()):
        for derivative in derivatives.get(item.sha256, ()):
            if derivative.media_type == "text/vtt":
                try:
                    text = store.read(item.sha256, derivative.name).decode("utf-8")
                except NotFound:
                    continue
                lines = read_lines(text)
                return replace(show, current=replace(view, transcript=lines, transcript_language=item.language or "vi"))
    return show


def read_lines(vtt: str) -> tuple[Line, ...]:
    """The cues of a WebVTT text (W3C WebVTT §3.1) without their markup; what is no cue is passed over."""
    found = []
    for block in re.split(r"\n\s*\n", vtt.replace("\r\n", "\n")):
        rows = block.strip().split("\n")
        at = next((i for i, row in enumerate(rows) if _CUE.match(row)), None)
        if at is None:
            continue
        times = _CUE.match(rows[at])
        words = " ".join(unescape(_MARKUP.sub("", row)).strip() for row in rows[at + 1 :]).strip()
        if times and words:
            start, end = _seconds(times[1]), _seconds(times[2])
            found.append(Line(start_s=start, end_s=end, time=duration(start), words=words))
    return tuple(found[:_MOST_LINES])


def _seconds(stamp: str) -> float:
    total = 0.0
    for part in stamp.split(":"):
        total = total * 60 + float(part)
    return round(total, 3)
