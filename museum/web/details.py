"""A record's rights, relations, designations and care, as the page says them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from museum import addresses
from museum.catalog.licences import licence_name, licence_page, licence_uri
from museum.catalog.record import Media, Record
from museum.conservation.dossier import dossier_of
from museum.text import Text, phrases
from museum.web.compounds import bind
from museum.web.facts import Fact, Statement
from museum.web.formats import edtf_words
from museum.web.language import later, say, words, words_language
from museum.web.pictures import title_text
from museum.web.showing import Show

_PREDICATES = {
    "part_of": (later("Part of"), later("Parts")),
    "member_of": (later("Member of the set"), later("Members of the set")),
    "depicts": (later("Depicts"), later("Depicted in")),
    "made_by": (later("Made by"), later("Made")),
    "commissioned_by": (later("Commissioned by"), later("Commissioned")),
    "found_at": (later("Found at"), later("Found here")),
    "located_at": (later("Located at"), later("Located here")),
    "practised_at": (later("Practised at"), later("Practised here")),
    "kept_at": (later("Kept at"), later("Kept here")),
    "related_to": (later("Related to"), later("Related to")),
}
CARE_NAMES = {
    "condition": later("Condition check"),
    "treatment": later("Treatment"),
    "scan": later("3D scanning"),
    "acquisition": later("Acquisition"),
    "movement": later("Movement"),
    "loan": later("Loan"),
    "sampling": later("Sampling"),
    "valuation": later("Valuation"),
    "audit": later("Inventory check"),
    "photography": later("Photography"),
}
DISPLAY_NAMES = {
    "on_display": later("On display"),
    "in_store": later("In storage"),
    "on_loan": later("On loan"),
    "under_treatment": later("Under treatment"),
    "unknown": later("Not known where it is"),
}


@dataclass(frozen=True, kw_only=True)
class Relation:
    """Records related in one way."""

    label: str
    targets: tuple[tuple[str, str, str], ...]  # address, title, the title's language where it differs


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A designation: its name and what decided it."""

    name: str
    decision: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Care:
    """One dated event of care."""

    date: str
    name: str
    words: str
    words_language: str
    people: str


@dataclass(frozen=True, kw_only=True)
class Rights:
    """A licence or rights statement and who must be named; which media it covers, where they differ."""

    name: str
    link: str
    attribution: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DisplayStatus:
    """Where the object is: the state's name for style, its words, the place."""

    state: str
    words: str
    place: str
    place_language: str


@dataclass(frozen=True, kw_only=True)
class Download:
    """Something to take away."""

    words: str
    address: str
    is_file: bool = True


def downloads_of(show: Show) -> tuple[Download, ...]:
    """What can be taken away of the view on the stage: the picture at full size, the model, the film, the document."""
    view = show.current
    if view is None:
        return ()
    if view.image_service:
        address = f"{view.image_service}/full/max/0/default.jpg"
        return (Download(words=say("Download the picture (%(size)s)", size=view.measure), address=address),)
    names = {
        "scan": later("Download the 3D model (%(format)s, %(size)s)"),
        "film": later("Download the film (%(format)s, %(size)s)"),
        "sound": later("Download the sound (%(format)s, %(size)s)"),
        "document": later("Download the document (%(format)s, %(size)s)"),
    }
    return tuple(
        Download(
            words=say(names[view.kind], format=f.address.rsplit(".", 1)[-1].upper(), size=f.size),
            address=f"{f.address}?download=1",
        )
        for f in view.downloads or view.files
    )


def display_of(record: Record) -> DisplayStatus:
    """Whether and where the object is on display; "not known" unless somebody said."""
    return DisplayStatus(
        state=record.display,
        words=say(DISPLAY_NAMES[record.display]),
        place=words(record.display_place),
        place_language=words_language(record.display_place),
    )


def rights_of(media: Sequence[Media]) -> tuple[Rights, ...]:
    """Each different licence once, with everyone it asks to name."""
    found: dict[tuple[str, str], list[str]] = {}
    for item in media:
        if not (item.rights or item.licence or item.attribution):
            continue
        uri = licence_uri(item.rights, item.licence)
        name = item.licence or licence_name(uri) or item.rights or say("Rights not stated")
        names = found.setdefault((name, licence_page(uri)), [])
        if item.attribution and item.attribution not in names:
            names.append(item.attribution)
    return tuple(Rights(name=n, link=link, attribution=tuple(names)) for (n, link), names in found.items())


def designations_of(record: Record) -> tuple[Mark, ...]:
    """Legal and international recognitions."""
    known = phrases("media")
    found = []
    for item in record.designations:
        parts = []
        if item.decision_number:
            parts.append(say("decision no. %(number)s", number=item.decision_number))
        if item.date:
            parts.append(edtf_words(item.date))
        if item.batch:
            parts.append(say("batch %(number)s", number=item.batch))
        name = words(known[item.scheme]) if item.scheme in known else item.scheme
        found.append(Mark(name=name, decision=", ".join(parts), source=item.source))
    return tuple(found)


def designation_fact(marks: Sequence[Mark]) -> tuple[Fact, ...]:
    """The designations as a line of the facts."""
    statements = tuple(Statement(words=", ".join(p for p in (m.name, m.decision) if p), source=m.source) for m in marks)
    label = words(phrases("media")["designation"])
    return (Fact(name="designation", label=label, statements=statements),) if statements else ()


def cares_of(record: Record) -> tuple[Care, ...]:
    """The documented events of care, oldest first. Movements, loans, valuations are nobody's business here."""
    return tuple(
        Care(
            date=edtf_words(p.date) if p.date else say("date not recorded"),
            name=say(CARE_NAMES[p.kind]) if p.kind in CARE_NAMES else p.kind,
            words=words(p.text),
            words_language=words_language(p.text),
            people=", ".join(p.people),
        )
        for p in dossier_of(record).events
    )


def relations_of(
    record: Record, linked_from: Sequence[tuple[str, str]], known: Mapping[str, Record]
) -> tuple[Relation, ...]:
    """Links out of and into the record, those whose other end is public."""
    found: dict[str, list[str]] = {}
    for link in sorted(record.links, key=lambda x: x.order):
        found.setdefault(predicate_label(link.predicate, is_inverse=False), []).append(link.target)
    for predicate, source in linked_from:
        found.setdefault(predicate_label(predicate, is_inverse=True), []).append(source)
    made = []
    for label, ids in found.items():
        targets = [known[i] for i in dict.fromkeys(ids) if i in known]
        if targets:
            made.append(Relation(label=label, targets=tuple(_target(t) for t in targets)))
    return tuple(made)


def predicate_label(predicate: str, *, is_inverse: bool) -> str:
    """A link's words, seen from the record whose page it is."""
    pair = _PREDICATES.get(predicate)
    return say(pair[1 if is_inverse else 0]) if pair else predicate.replace("_", " ")


def _target(record: Record) -> tuple[str, str, str]:
    title: Text = title_text(record)
    return addresses.object_page(record.id), bind(words(title)), words_language(title)
