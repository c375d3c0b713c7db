"""Where the file on the stage comes from: device, day, scale and who said so, what was measured, its digest."""

import datetime as dt

from museum.catalog.record import Media
from museum.text import phrases
from museum.web.facts import Fact, Statement
from museum.web.formats import bytes_size, day, decimal, integer
from museum.web.labels import synthetic_statement
from museum.web.language import later, say, words

_SHOWN_DIGITS = 16
_UNIT_SOURCES = {
    "format": later("by the file's format"),
    "table": later("by the museum's table"),
    "person": later("by the curator"),
}


def provenance_of(media: Media) -> tuple[Fact, ...]:
    """The lines for one media item; what nobody recorded has no line."""
    capture, known = media.capture, phrases("media")
    lines = [
        (words(known["digital_source"]), words(synthetic_statement(media)), ""),
        (words(known["camera"]), str(capture.get("camera", "")), ""),
        (words(known["lens"]), str(capture.get("lens", "")), ""),
        (words(known["taken_at"]), _day(str(capture.get("taken_at", ""))), ""),
        (say("Campaign of scanning or photography"), media.epoch, ""),
        (words(known["unit"]), media.unit, _stated_by(media)),
        (words(known["triangles"]), _count(media.facts.get("faces")), ""),
        (words(known["points"]), _points(media), ""),
        (say("Watertight"), _yes_or_no(media.facts.get("is_watertight")), ""),
        (say("Area"), _measured(media, "area_mm2", "m²"), ""),
        (say("Volume"), _measured(media, "volume_mm3", "dm³"), ""),
        (say("Original file"), f"{media.file_name} ({bytes_size(media.size_bytes)})", ""),
        (say("SHA-256 of the original"), f"{media.sha256[:_SHOWN_DIGITS]}…", ""),
    ]
    return tuple(
        Fact(name=f"file-{number}", label=label, statements=(Statement(words=said, source=source),))
        for number, (label, said, source) in enumerate(lines)
        if said
    )


def _day(taken_at: str) -> str:
    """The day of an ISO time, in words; other forms as they are."""
    try:
        return day(dt.date.fromisoformat(taken_at[:10]))
    except ValueError:
        return taken_at


def _count(number: object) -> str:
    return integer(number) if isinstance(number, int) and number else ""


def _points(media: Media) -> str:
    return _count(media.facts.get("vertices")) if media.facts.get("is_point_cloud") else ""


def _measured(media: Media, name: str, unit: str) -> str:
    """An area in m² or a volume in dm³, both 10⁶ times the stored unit; none where the scale is doubtful."""
    value = media.facts.get(name)
    if not media.unit or media.facts.get("scale_conflict") or not isinstance(value, int | float) or not value:
        return ""
    return f"{decimal(value / 1e6, digits=3)}\u00a0{unit}"


def _stated_by(media: Media) -> str:
    source = media.unit_source if media.unit else ""
    return say(_UNIT_SOURCES[source]) if source in _UNIT_SOURCES else source


def _yes_or_no(value: object) -> str:
    if value is None:
        return ""
    return say("yes") if value else say("no")
