"""What a scan's file says of itself once it is taken away: whose it is, how large, how near to the original."""

from museum import addresses
from museum.catalog.institutions import Institution
from museum.catalog.licences import licence_uri
from museum.catalog.record import Media, Record
from museum.catalog.store import Derivative
from museum.web.citation import citation_of
from museum.web.context import museum
from museum.web.language import words
from museum.web.pictures import title_text
from museum.web.public import base_url

MOST_BYTES = 200_000_000
_LABELLED = (".glb", ".ply", ".usdz")


def is_labelled(media: str, made: Derivative) -> bool:
    """Whether a derivative of a medium of kind `media` says more of itself when it is taken away."""
    return media == "scan" and made.name.endswith(_LABELLED) and made.size_bytes <= MOST_BYTES


def label_of(record: Record, media: Media, made: Derivative, institution: Institution | None) -> dict[str, str]:
    """By name what goes into the file: in English keys, in the words of the record's own language."""
    has_scale = bool(media.unit) and not media.facts.get("scale_conflict")
    unit = str(made.facts.get("unit") or "")
    rms, largest = made.facts.get("deviation_rms"), made.facts.get("deviation_largest")
    measure = str(made.facts.get("deviation_unit") or "file units")
    return {
        "title": words(title_text(record)),
        "museum": words(museum().settings.name),
        "address": base_url() + addresses.object_page(record.id),
        "scan": base_url() + addresses.scan_page(media.id),
        "unit": unit if has_scale else "",
        "scale": _scale(media) if has_scale else "not established",
        "licence": media.licence or media.rights,
        "licence_address": licence_uri(media.rights, media.licence),
        "attribution": media.attribution,
        "citation": citation_of(record, institution),
        "original_sha256": media.sha256,
        "deviation": "" if rms is None else f"RMS {rms:.3g}, largest {largest:.3g} {measure}, sampled",
    }


def _scale(media: Media) -> str:
    stated = {"format": "by the file's format", "table": "by the museum's table", "person": "by the curator"}
    return f"1:1, unit of the original: {media.unit}, stated {stated.get(media.unit_source, 'by the museum')}"
