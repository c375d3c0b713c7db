"""How a picture, model or recording came to be: the IPTC Digital Source Type and what follows for its label."""

from collections.abc import Sequence
from typing import Literal

from museum.catalog.record import Media, Record

Share = Literal["none", "some", "all"]

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
# Nothing of these was ever in front of a camera, a scanner or a microphone, or an essential part was not.
SYNTHETIC = frozenset(
    {
        "algorithmicMedia",
        "compositeSynthetic",
        "compositeWithTrainedAlgorithmicMedia",
        "dataDrivenMedia",
        "digitalArt",
        "digitalCreation",
        "trainedAlgorithmicMedia",
        "virtualRecording",
    }
)
# schema.org IPTCDigitalSourceEnumeration: its members are the IPTC codes with a capital and this ending.
_SCHEMA_ORG = frozenset(
    {
        "algorithmicMedia",
        "algorithmicallyEnhanced",
        "compositeCapture",
        "compositeSynthetic",
        "compositeWithTrainedAlgorithmicMedia",
        "dataDrivenMedia",
        "digitalArt",
        "digitalCapture",
        "negativeFilm",
        "positiveFilm",
        "print",
        "screenCapture",
        "trainedAlgorithmicMedia",
        "virtualRecording",
    }
)
_SHOWN = ("photo", "scan", "film", "sound")


def is_synthetic(media: Media) -> bool:
    """True for a file that software made, whole or in an essential part."""
    return media.digital_source in SYNTHETIC


def share(record: Record) -> Share:
    """How much of what the record shows was made by software; parts, captions and documents don't count."""
    return share_of([m for m in record.media if m.kind in _SHOWN])


def share_of(media: Sequence[Media]) -> Share:
    """How many of these media were made by software."""
    made = [m for m in media if is_synthetic(m)]
    if not made:
        return "none"
    return "all" if len(made) == len(media) else "some"


def iptc_uri(code: str) -> str:
    """The IPTC address of a code, "" for none."""
    return IPTC + code if code else ""


def schema_org(code: str) -> str:
    """The schema.org member for `digitalSourceType`; where schema.org has none, the IPTC address; "" for none."""
    if code in _SCHEMA_ORG:
        return f"https://schema.org/{code[0].upper()}{code[1:]}DigitalSource"
    return iptc_uri(code)
