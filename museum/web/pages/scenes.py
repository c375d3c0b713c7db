"""The scans of a record as its Presentation 4.0 (draft) manifest says: scenes, their notes, the viewer over them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Blueprint, render_template

from museum import addresses
from museum.catalog import store
from museum.catalog.record import Media, Record
from museum.db import reading
from museum.viewer.manifest import manifest_options
from museum.web.cards import summary_line
from museum.web.context import museum
from museum.web.language import current, other, words, words_language
from museum.web.pictures import Picture, picture_of, title_text
from museum.web.public import public_manifest, public_record
from museum.web.showing import STAGE_PX, Shelf
from museum.web.viewer_options import script_safe

blueprint = Blueprint("scenes", __name__)


@dataclass(frozen=True, kw_only=True)
class Said:
    """Words with their language where it differs from the page's."""

    words: str
    language: str


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One scene in words: for those who read, and where no script runs."""

    label: Said
    has_scale: bool
    notes: tuple[Said, ...]


@blueprint.get("/o/<record_id>/scene")
def scene(record_id: str) -> str:
    """The scenes of a record; four statements. NotFound for one without any."""
    with reading(museum().engine) as session:
        record = public_record(session, record_id)
        manifest = orjson.loads(public_manifest(session, record_id, version="4"))
        shelf = store.derivatives(session, (m.sha256 for m in record.media if m.kind == "scan"))
    title = title_text(record)
    options = manifest_options(language=current(), manifest=addresses.manifest(record.id, version=4))
    return render_template(
        "pages/scene.html",
        record=record,
        title=words(title),
        title_language=words_language(title),
        line=summary_line(record),
        poster=_poster(record, shelf),
        scenes=tuple(_scene(item, manifest) for item in manifest["items"] if item["type"] == "Scene"),
        options=script_safe(orjson.dumps(options).decode()),
        manifest_address=addresses.manifest(record.id, version=4),
        page_address=addresses.object_page(record.id),
    )


def _poster(record: Record, shelf: Shelf) -> Picture | None:
    scans: list[Media] = sorted((m for m in record.media if m.kind == "scan"), key=lambda m: m.order)
    found = (picture_of(media, record, shelf, up_to_px=STAGE_PX) for media in scans)
    return next((picture for picture in found if picture), None)


def _scene(item: Mapping[str, Any], manifest: Mapping[str, Any]) -> Scene:
    said = [a for page in manifest.get("annotations", []) for a in page["items"] if "commenting" in a["motivation"]]
    notes = [a for a in said if a["target"]["source"]["id"] == item["id"]]
    return Scene(
        label=_said({code: lines[0] for code, lines in item["label"].items()}),
        has_scale="spatialScale" in item,
        notes=tuple(_said(_bodies(note["body"])) for note in notes),
    )


def _bodies(body: Mapping[str, Any]) -> dict[str, str]:
    """Language → words of a note."""
    return {one["language"][0]: one["value"] for one in body.get("items", [body])}


def _said(by_language: Mapping[str, str]) -> Said:
    """In the page's language, else in the other, else as it is."""
    for code in (current(), other()):
        if code in by_language:
            return Said(words=by_language[code], language="" if code == current() else code)
    code, told = next(iter(by_language.items()))
    return Said(words=told, language="" if code == "none" else code)
