"""The page of a record: the stage first, then what is known, from whom, and what is not known."""

import orjson
from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from museum import addresses
from museum.catalog import completeness, institutions, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Record
from museum.db import reading
from museum.errors import NotFound
from museum.web import linked
from museum.web.api.records import answer_json, answer_jsonld
from museum.web.cards import card_of, marks_of, summary_line
from museum.web.citation import citation_of
from museum.web.context import museum
from museum.web.details import (
    cares_of,
    designation_fact,
    designations_of,
    display_of,
    downloads_of,
    relations_of,
    rights_of,
)
from museum.web.facts import Fact, facts_of, sources_of
from museum.web.finding import see_next
from museum.web.hues import hues_of
from museum.web.labels import synthetic_label
from museum.web.language import other, words, words_language
from museum.web.pictures import title_text
from museum.web.provenance import provenance_of
from museum.web.public import base_url, public_record, shown_records
from museum.web.scan_measures import measure_facts
from museum.web.scan_points import point_facts, points_of
from museum.web.scan_rungs import rung_facts
from museum.web.sharing import share_record
from museum.web.showing import Shelf, Show, show_of
from museum.web.transcripts import with_transcript
from museum.web.viewer_options import script_safe, viewer_options

blueprint = Blueprint("objects", __name__)
_NEIGHBOURS = 4


@blueprint.get("/o/<name>")
def show(name: str) -> Response:
    """A record for people, and by suffix or Accept for programs (design.md §9)."""
    record_id, _, suffix = name.partition(".")
    if suffix == "json":
        return answer_json(record_id)
    if suffix == "jsonld":
        return answer_jsonld(record_id)
    if suffix:
        raise NotFound("web.no_page")
    wanted = request.accept_mimetypes.best_match(["text/html", "application/json", "application/ld+json"], "text/html")
    if wanted == "application/json":
        response = answer_json(record_id)
    elif wanted == "application/ld+json":
        response = answer_jsonld(record_id)
    else:
        response = Response(_page(record_id), mimetype="text/html")
    response.vary.add("Accept")
    return response


def _page(record_id: str) -> str:
    with reading(museum().engine) as session:
        record = public_record(session, record_id)
        institution = _institution(session, record)
        linked_from = store.linked_from(session, record.id)
        near = see_next(record.id, limit=_NEIGHBOURS)
        known = shown_records(session, [*(x.target for x in record.links), *(i for _, i in linked_from), *near])
        neighbours = [known[i] for i in near if i in known]
        shelf = store.derivatives(session, (m.sha256 for r in (record, *neighbours) for m in r.media))
        show = show_of(record, shelf, asked=request.args.get("view", ""))
        points = points_of(session, show)
    record_type = museum().types.of(record.kind)
    title, description = title_text(record), record.text("description")
    second_title = record.title.get(other(), "")
    known_facts, marks = facts_of(record, record_type, museum().vocabulary), designations_of(record)
    facts = (*known_facts[:1], *designation_fact(marks), *known_facts[1:])
    show = with_transcript(show, record, shelf, store=museum().store)
    jsonld = linked.record_jsonld(record, shelf, institution, base=base_url())
    return render_template(
        "pages/object.html",
        record=record,
        title=words(title),
        title_language=words_language(title),
        second_title=second_title if second_title != words(title) else "",
        description=words(description),
        description_language=words_language(description),
        line=summary_line(record),
        badges=marks_of(record),
        made=synthetic_label(record),
        designations=marks,
        show=show,
        viewer_options=viewer_options(
            show, shelf, title=words(title), is_site=record.kind == "monument", points=points
        ),
        facts=facts,
        file_facts=(*point_facts(points), *_file_facts(show, shelf)),
        sources=sources_of(facts),
        rights=rights_of(record.media),
        display=display_of(record),
        relations=relations_of(record, linked_from, known),
        cares=cares_of(record),
        completeness=completeness.measure(record, record_type),
        institution=institution,
        downloads=downloads_of(show),
        sharing=share_record(record.id, title=words(title), kind=record.kind),
        base_address=base_url(),
        credit=words(record.text("credit_line")),
        citation=citation_of(record, institution),
        page_address=base_url() + addresses.object_page(record.id),
        neighbours=[card_of(r, shelf) for r in neighbours],
        colors=hues_of(record.id),
        jsonld=script_safe(orjson.dumps(jsonld).decode()),
        own_path=addresses.object_page(record.id),
        addresses=addresses,
    )


def _file_facts(show: Show, shelf: Shelf) -> tuple[Fact, ...]:
    if show.current is None:
        return ()
    media = show.media[show.current.id]
    made = shelf.get(media.sha256, ())
    return (*provenance_of(media), *measure_facts(media, made), *rung_facts(media, made))


def _institution(session: Session, record: Record) -> Institution | None:
    try:
        return institutions.get(session, record.institution)
    except NotFound:
        return None
