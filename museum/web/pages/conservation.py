"""Restoration documentation: of one record, and the list of records that have any."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request

from museum import addresses
from museum.catalog import store
from museum.catalog.record import Media, Procedure, Record
from museum.conservation.dossier import DETAILS, Dossier, Pair, dossier_of
from museum.db import reading
from museum.text import Text, phrases
from museum.web.cards import card_of, cards_of, marks_of, summary_line
from museum.web.context import museum
from museum.web.details import CARE_NAMES
from museum.web.facts import Fact
from museum.web.formats import edtf_words
from museum.web.language import address, say, words, words_language
from museum.web.pictures import Picture, picture_of, title_text, view_label
from museum.web.provenance import provenance_of
from museum.web.public import cared_for, public_record
from museum.web.showing import STAGE_PX, THUMB_PX, Shelf
from museum.web.viewer_options import compare_options

blueprint = Blueprint("conservation", __name__)
_PAGE = 48


@dataclass(frozen=True, kw_only=True)
class Item:
    """A picture or scan of the record: where it is on the stage, its name, its thumbnail."""

    address: str
    label: str
    picture: Picture | None


@dataclass(frozen=True, kw_only=True)
class Detail:
    """One named part of an event; `language` where it differs from the page's."""

    label: str
    words: str
    language: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """One dated event: what, when, by whom, in which words, with which pictures."""

    id: str
    name: str
    date: str
    people: str
    source: str
    words: str
    language: str
    details: tuple[Detail, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class EpochLine:
    """One campaign and its files."""

    name: str
    date: str
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The same view before and after; `options` for the curtain, "" where the two can't be laid on one another."""

    before: Picture
    after: Picture
    before_words: str
    after_words: str
    title: str
    options: str


@dataclass(frozen=True, kw_only=True)
class Capture:
    """What is known of how one file was made."""

    item: Item
    facts: tuple[Fact, ...]


@blueprint.get("/conservation")
def listing() -> str:
    """Records with restoration documentation; three statements."""
    after = request.args.get("after", "")[:16]
    with reading(museum().engine) as session:
        records, last = cared_for(session, after=after, limit=_PAGE)
        cards = cards_of(session, records)
    path = addresses.conservation_list()
    more = f"{path}?after={last}" if last else ""
    return render_template(
        "pages/conservation_list.html",
        cards=cards,
        next_address=address(more) if more else "",
        first_address=address(path) if after else "",
    )


@blueprint.get("/o/<record_id>/conservation")
def dossier(record_id: str) -> str:
    """The restoration documentation of one record."""
    with reading(museum().engine) as session:
        record = public_record(session, record_id)
        shelf = store.derivatives(session, (m.sha256 for m in record.media))
    return _page(record, shelf, dossier_of(record))


def _page(record: Record, shelf: Shelf, found: Dossier) -> str:
    by_id = {m.id: m for m in record.media}
    title = title_text(record)
    dates = {epoch.name: _epoch_words(epoch.name, epoch.date) for epoch in found.epochs}
    shown = (_comparison(pair, record, shelf, dates) for pair in found.pairs)
    return render_template(
        "pages/conservation.html",
        record=record,
        title=words(title),
        title_language=words_language(title),
        line=summary_line(record),
        card=card_of(record, shelf),
        badges=marks_of(record),
        is_empty=found.is_empty,
        events=[_event(p, by_id, record, shelf) for p in found.events],
        epochs=[
            EpochLine(
                name=say("Campaign %(name)s", name=epoch.name),
                date=edtf_words(epoch.date) if epoch.date else say("date not recorded"),
                items=tuple(_item(m, record, shelf) for m in epoch.media),
            )
            for epoch in found.epochs
        ],
        comparisons=[one for one in shown if one is not None],
        captures=[Capture(item=_item(m, record, shelf), facts=provenance_of(m)) for m in found.captures],
        page_address=addresses.object_page(record.id),
    )


def _event(event: Procedure, by_id: dict[str, Media], record: Record, shelf: Shelf) -> Event:
    labels = phrases("conservation")
    return Event(
        id=event.id,
        name=say(CARE_NAMES[event.kind]) if event.kind in CARE_NAMES else event.kind,
        date=edtf_words(event.date) if event.date else say("date not recorded"),
        people=", ".join(event.people),
        source=event.source,
        words=words(event.text),
        language=words_language(event.text),
        details=tuple(
            Detail(label=words(labels[name]), words=words(said), language=words_language(said))
            for name in DETAILS
            if (said := event.details.get(name, Text()))
        ),
        items=tuple(_item(by_id[i], record, shelf) for i in event.media if i in by_id),
    )


def _item(media: Media, record: Record, shelf: Shelf) -> Item:
    label = view_label(media) or words(phrases("media")["view" if media.kind == "photo" else media.kind])
    return Item(
        address=f"{addresses.object_page(record.id)}?view={media.id}",
        label=label,
        picture=picture_of(media, record, shelf, up_to_px=THUMB_PX),
    )


def _comparison(pair: Pair, record: Record, shelf: Shelf, dates: dict[str, str]) -> Comparison | None:
    before = picture_of(pair.before, record, shelf, up_to_px=STAGE_PX)
    after = picture_of(pair.after, record, shelf, up_to_px=STAGE_PX)
    if before is None or after is None:
        return None
    before_words = say("Before: %(epoch)s", epoch=dates[pair.before.epoch])
    after_words = say("After: %(epoch)s", epoch=dates[pair.after.epoch])
    return Comparison(
        before=before,
        after=after,
        before_words=before_words,
        after_words=after_words,
        title=view_label(pair.after) or view_label(pair.before),
        options=compare_options(pair.before, pair.after, shelf, before_words=before_words, after_words=after_words)
        if pair.is_registered
        else "",
    )


def _epoch_words(name: str, date: str) -> str:
    """A campaign as pages name it: its date where one is known, else its own name."""
    return edtf_words(date) if date else say("Campaign %(name)s", name=name)
