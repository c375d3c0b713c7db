"""A record as scripts and other programs get it: addresses, media with digests, measured facts."""

from collections.abc import Mapping, Sequence
from typing import Any

from museum import addresses
from museum.accounts.roles import Level
from museum.catalog import digital_source
from museum.catalog.record import Media, Record, to_json
from museum.catalog.record_types import RecordTypes
from museum.catalog.store import Derivative
from museum.catalog.visibility import is_open, seen


def describe(
    record: Record, derivatives: Mapping[str, Sequence[Derivative]], *, has_manifest: bool, base_url: str = ""
) -> dict[str, Any]:
    """The record as JSON, every address made absolute with `base_url` ("" leaves them relative).

    Manifest, image-service and scan addresses are given only where the record is published.
    """
    is_public = is_open(record.state)
    body: dict[str, Any] = {
        "id": record.id,
        "kind": record.kind,
        "institution": record.institution,
        "state": record.state,
        "title": dict(record.title),
        "identifiers": to_json(record.identifiers),
        "page": base_url + addresses.object_page(record.id),
        "manifest": base_url + addresses.manifest(record.id) if is_public and has_manifest else None,
        "values": to_json(record.values),
        "links": to_json(record.links),
        "designations": to_json(record.designations),
        "procedures": to_json(record.procedures),
        "display": record.display,
        "is_sample": record.is_sample,
        "digital_source": digital_source.share(record),
        "media": [_media(m, derivatives.get(m.sha256, ()), base_url, is_public=is_public) for m in record.media],
    }
    return body


def as_visitor(records: Sequence[Record], types: RecordTypes, *, with_samples: bool = True) -> list[Record]:
    """Of these records those that everybody may see, as everybody sees them, links among them included."""
    shown = [record for record in records if is_open(record.state) and (with_samples or not record.is_sample)]
    linked = {record.id for record in shown}
    return [seen(record, types, Level.PUBLIC, linked=linked) for record in shown]


def _media(media: Media, made: Sequence[Derivative], base_url: str, *, is_public: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": media.id,
        "kind": media.kind,
        "role": media.role,
        "order": media.order,
        "file_name": media.file_name,
        "media_type": media.media_type,
        "size_bytes": media.size_bytes,
        "sha256": media.sha256,
        "label": dict(media.label),
        "alt": dict(media.alt),
        "rights": media.rights,
        "licence": media.licence,
        "attribution": media.attribution,
        "unit": media.unit,
        "unit_source": media.unit_source,
        "of": media.of,
        "digital_source_type": digital_source.iptc_uri(media.digital_source) or None,
        "capture": dict(media.capture),
        "facts": dict(media.facts),
        "image_service": None,
        "scan": None,
        "tileset": None,
        "derivatives": [
            {
                "name": d.name,
                "media_type": d.media_type,
                "size_bytes": d.size_bytes,
                "digest": d.digest,
                "facts": d.facts,
                # A pyramid is asked for through the image service, tile by tile.
                "address": base_url + addresses.derivative(media.id, d.name, d.digest)
                if is_public and not d.name.startswith("pyramid")
                else None,
            }
            for d in made
        ],
    }
    names = {d.name: d for d in made}
    if is_public and "pyramid" in names:
        body["image_service"] = base_url + addresses.image_service(media.id)
    if is_public and "web.glb" in names:
        body["scan"] = base_url + addresses.derivative(media.id, "web.glb", names["web.glb"].digest)
    if is_public and "tileset.3tz" in names:
        body["tileset"] = base_url + addresses.tileset(media.id, names["tileset.3tz"].digest)
    return body
