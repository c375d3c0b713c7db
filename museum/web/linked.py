"""A record as schema.org JSON-LD: in each page, and at /o/<id>.jsonld."""

from typing import Any

from museum import addresses
from museum.catalog import digital_source
from museum.catalog.institutions import Institution
from museum.catalog.licences import licence_page, licence_uri
from museum.catalog.record import Media, Record
from museum.text import Text
from museum.web.formats import iso_duration
from museum.web.showing import Shelf, first_picture

_TYPES = {
    "object": "VisualArtwork",
    "monument": "LandmarksOrHistoricalBuildings",
    "document": "ArchiveComponent",
    "intangible": "CreativeWork",
    "person": "Person",
    "place": "Place",
}
_MEDIA_TYPES = {"photo": "ImageObject", "scan": "3DModel", "film": "VideoObject", "sound": "AudioObject"}
_SHAPES = {"scan": "model/", "film": "video/", "sound": "audio/", "photo": "image/jpeg"}


def record_jsonld(record: Record, derivatives: Shelf, institution: Institution | None, *, base: str) -> dict[str, Any]:
    """The record as one schema.org node. Works get their media, licence and dates; people and places names only."""
    page = base + addresses.object_page(record.id)
    node: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _TYPES[record.kind],
        "@id": page,
        "url": page,
        "name": _said(record.title),
        "description": _said(record.text("description")),
        "identifier": [_identifier(i.scheme, i.value) for i in record.identifiers if not i.former],
    }
    picture = first_picture(record, derivatives, up_to_px=1600)
    if picture is not None:
        node["image"] = base + picture.address
    if record.kind in ("object", "document", "intangible"):
        node |= _work(record, derivatives, institution, base)
    return {key: value for key, value in node.items() if value not in (None, "", [], {})}


def museum_jsonld(name: Text, *, base: str) -> dict[str, Any]:
    """The museum itself, with its search."""
    return {
        "@context": "https://schema.org",
        "@type": "Museum",
        "@id": base + "/",
        "url": base + "/",
        "name": _said(name),
        "isAccessibleForFree": True,
    }


def _work(record: Record, derivatives: Shelf, institution: Institution | None, base: str) -> dict[str, Any]:
    date, credit = record.first("date"), record.first("credit_line")
    licences = dict.fromkeys(licence_page(licence_uri(m.rights, m.licence)) for m in record.media)
    known = [uri for uri in licences if uri]
    return {
        "dateCreated": str(date.value) if date and date.value else None,
        "material": _said(record.text("material")),
        "artform": _said(record.text("object_type")) if record.kind == "object" else None,
        "creditText": str(credit.value) if credit else None,
        "digitalSourceType": _source_type(record),
        "license": known[0] if len(known) == 1 else known,
        "isPartOf": {"@type": "Collection", "name": _said(institution.name)} if institution else None,
        "associatedMedia": [m for m in (_medium(m, derivatives, base) for m in record.media) if m],
    }


def _medium(media: Media, derivatives: Shelf, base: str) -> dict[str, Any] | None:
    kind = _MEDIA_TYPES.get(media.kind)
    wanted = _SHAPES.get(media.kind, "")
    made = [d for d in derivatives.get(media.sha256, ()) if wanted and d.media_type.startswith(wanted)]
    if kind is None or not made:
        return None
    best = max(made, key=lambda d: d.size_bytes)
    address = base + addresses.derivative(media.id, best.name, best.digest)
    node: dict[str, Any] = {
        "@type": kind,
        "@id": base + addresses.media_page(media.id),
        "name": _said(media.label),
        "contentUrl": None if kind == "3DModel" else address,
        "encoding": {"@type": "MediaObject", "contentUrl": address, "encodingFormat": best.media_type}
        if kind == "3DModel"
        else None,
        "encodingFormat": None if kind == "3DModel" else best.media_type,
        "license": licence_page(licence_uri(media.rights, media.licence)),
        "creditText": media.attribution,
        "digitalSourceType": digital_source.schema_org(media.digital_source),
        "duration": iso_duration(float(media.facts["duration_s"])) if media.facts.get("duration_s") else None,
    }
    return {key: value for key, value in node.items() if value}


def _source_type(record: Record) -> str:
    """Of a work that shows generated media only: how they came to be, where that is one way."""
    codes = {m.digital_source for m in record.media if m.kind in _MEDIA_TYPES}
    return digital_source.schema_org(codes.pop()) if digital_source.share(record) == "all" and len(codes) == 1 else ""


def _said(text: Text) -> list[dict[str, str]] | str:
    """A text as JSON-LD values with their language; a plain string where no language is known."""
    values = [{"@value": said, "@language": code} for code, said in text.items() if code != "und"]
    return values or text.get("und", "")


def _identifier(scheme: str, value: str) -> dict[str, str]:
    return {"@type": "PropertyValue", "propertyID": scheme, "value": value}
