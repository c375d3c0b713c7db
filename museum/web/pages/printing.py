"""Prints of a record: the object card and display labels, as pages for any printer and as PDF/A-3b for the archive."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Response, render_template

from museum import addresses
from museum.catalog import institutions, listing, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Media, Record
from museum.db import reading, utc_now
from museum.errors import NotFound
from museum.web import assets, pdf, qr
from museum.web.context import museum
from museum.web.details import rights_of
from museum.web.formats import day
from museum.web.labels import synthetic_label, synthetic_statement
from museum.web.language import address, current, say, words
from museum.web.object_card import card_for, label_words, made_in_both, numbers_of, picture_for, title_size
from museum.web.pictures import Picture, title_text
from museum.web.provenance import provenance_of
from museum.web.public import base_url, public_record
from museum.web.showing import Shelf

blueprint = Blueprint("printing", __name__)
_STYLE = "sheets.css"
_CACHE = "prints"  # below the media folder
_FACES = (("Be Vietnam Pro", 400, "sans-400"), ("Be Vietnam Pro", 600, "sans-600"), ("Source Serif 4", 400, "serif"))
_ALPHABETS = ("latin", "vietnamese")


@dataclass(frozen=True, kw_only=True)
class _Known:
    """A public record and what its prints draw on."""

    record: Record
    shelf: Shelf
    institution: Institution | None
    revision: int
    has_manifest: bool


@blueprint.get("/o/<record_id>/card")
def card(record_id: str) -> str:
    """The object card as a page."""
    return _card(_known(record_id), is_page=True)


@blueprint.get("/o/<record_id>/card.pdf")
def card_pdf(record_id: str) -> Response:
    """The object card as PDF/A-3b, the record's data attached."""
    known = _known(record_id)
    return _answer(known, _card(known, is_page=False), name="phieu" if current() == "vi" else "card")


@blueprint.get("/o/<record_id>/label")
def label(record_id: str) -> str:
    """Display labels of several sizes on one sheet, as a page."""
    return _labels(_known(record_id), is_page=True)


@blueprint.get("/o/<record_id>/label.pdf")
def label_pdf(record_id: str) -> Response:
    """The same sheet as PDF/A-3b."""
    known = _known(record_id)
    return _answer(known, _labels(known, is_page=False), name="nhan" if current() == "vi" else "label")


def _known(record_id: str) -> _Known:
    with reading(museum().engine) as session:
        record = public_record(session, record_id)
        shelf = store.derivatives(session, (m.sha256 for m in record.media))
        try:
            institution = institutions.get(session, record.institution)
        except NotFound:
            institution = None
        return _Known(
            record=record,
            shelf=shelf,
            institution=institution,
            revision=store.revision(session, record.id),
            has_manifest=record.id in store.manifest_ids(session, [record.id]),
        )


def _card(known: _Known, *, is_page: bool) -> str:
    record = known.record
    record_type = museum().types.of(record.kind)
    found = picture_for(record, known.shelf)
    media = found[0] if found else None
    title = title_text(record)
    return render_template(
        "print/card.html",
        **_frame(known, addresses.object_card(record.id), addresses.object_card(record.id, suffix=".pdf"), is_page),
        heading=say("Object card")
        if record.kind == "object"
        else say("Card: %(kind)s", kind=words(record_type.label).lower()),
        title=title,
        second_title=next((title[c] for c in title if c != title.pick(current())[1]), ""),
        card=card_for(record, record_type, museum().vocabulary),
        picture=found[1] if found else None,
        picture_facts=provenance_of(media) if media else (),
        rights=rights_of([media]) if media else (),
        statement=made_in_both(synthetic_statement(media) if media else synthetic_statement(record)),
        made=made_in_both(synthetic_label(record)),
        keeper=words(record.text("keeper")) or (words(known.institution.name) if known.institution else ""),
    )


def _labels(known: _Known, *, is_page: bool) -> str:
    record = known.record
    said = label_words(record, museum().types.of(record.kind), museum().vocabulary)
    label_address = addresses.object_label(record.id)
    return render_template(
        "print/labels.html",
        **_frame(known, label_address, addresses.object_label(record.id, suffix=".pdf"), is_page),
        heading=say("Display labels"),
        title=title_text(record),
        languages=said,
        size=title_size(said[0].title),
        credit=words(record.text("credit_line")),
    )


def _frame(known: _Known, page_path: str, pdf_path: str, is_page: bool) -> dict[str, Any]:
    """What both sheets have in common."""
    record = known.record
    path = addresses.object_page(record.id)
    return {
        "record": record,
        "is_page": is_page,
        "is_local": not museum().settings.public_url,
        "numbers": " · ".join(numbers_of(record)),
        "revision": known.revision,
        "printed_on": day(utc_now(), timezone=museum().settings.timezone),
        "qr": addresses.qr_code(path),
        "object_address": address(path),
        "permanent_address": base_url() + path,
        "page_address": address(page_path),
        "pdf_address": address(pdf_path),
    }


def _answer(known: _Known, html: str, *, name: str) -> Response:
    """The sheet as PDF, from the cache where nothing of it changed today."""
    record = known.record
    data = listing.describe(record, known.shelf, has_manifest=known.has_manifest, base_url=base_url())
    path = addresses.object_page(record.id)
    sheet = pdf.Sheet(
        html=html,
        base_url=base_url(),
        faces=_faces(),
        files=_style(),
        inline={addresses.qr_code(path): qr.svg(base_url() + path), **_picture_file(record, known.shelf)},
        attachment=orjson.dumps(data, option=orjson.OPT_INDENT_2),
        attachment_name=f"{record.id}.json",
        attachment_words=say("The record as data, revision %(number)s", number=known.revision),
        unprintable=say("[{number} characters that cannot be printed here: see the attached data]"),
    )
    response = Response(pdf.make(sheet, cache=museum().settings.media / _CACHE), mimetype="application/pdf")
    response.set_etag(sheet.key[:32])
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Content-Disposition"] = f'inline; filename="{name}-{record.id}.pdf"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _style() -> dict[str, Path]:
    """The sheets' style by the path of its address; none without a build."""
    bare = museum().assets.names.get(_STYLE, "").partition("?")[0]
    path = assets.locate(bare) if bare else None
    return {f"/static/{bare}": path} if path else {}


def _faces() -> tuple[pdf.Face, ...]:
    """The build's fonts by family and weight; none without a build."""
    found = []
    for family, weight, key in _FACES:
        names = [museum().assets.names.get(f"{key}-{alphabet}", "") for alphabet in _ALPHABETS]
        paths = [path for name in names if name and (path := assets.locate(name))]
        if paths:
            found.append(pdf.Face(family=family, weight=weight, parts=tuple(paths)))
    return tuple(found)


def _picture_file(record: Record, shelf: Shelf) -> Mapping[str, bytes]:
    """The stored picture of the card, by its address; none where it isn't there."""
    found = picture_for(record, shelf)
    if found is None:
        return {}
    data = _stored(*found, shelf)
    return {found[1].address: data} if data else {}


def _stored(media: Media, picture: Picture, shelf: Shelf) -> bytes | None:
    for made in shelf.get(media.sha256, ()):
        if addresses.derivative(media.id, made.name, made.digest) == picture.address:
            try:
                return museum().store.read(media.sha256, made.name)
            except NotFound:
                return None
    return None
