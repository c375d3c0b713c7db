"""The change log in words of the page's language: who, what kind of batch, which part of a record."""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from museum.accounts import people
from museum.catalog.batches import Batch
from museum.web.context import museum
from museum.web.details import DISPLAY_NAMES
from museum.web.language import later, say, words

_KINDS = {
    "ingest": later("Taken in"),
    "form": later("Edited by hand"),
    "restore": later("Revision restored"),
    "delete": later("Deleted"),
    "undelete": later("Brought back"),
    "merge": later("Merged"),
    "undo": later("Undone"),
    "rebuild": later("Rebuilt"),
    "other": later("Changed"),
}
_ACTIONS = {"create": later("created"), "update": later("changed"), "delete": later("deleted")}
_EFFECTS = {
    "delete": later("will be taken out"),
    "update": later("will be what it was"),
    "create": later("will come back"),
    "nothing": later("is already as it was"),
}
_STATES = {
    "draft": later("Draft"),
    "in_review": later("In review"),
    "reviewed": later("Approved"),
    "published": later("Published"),
    "withdrawn": later("Withdrawn"),
}
_PARTS = {
    "state": later("Standing"),
    "identifiers": later("Numbers"),
    "links": later("Relations"),
    "designations": later("Recognitions"),
    "media": later("Files"),
    "procedures": later("Care and events"),
    "display": later("Where it is"),
    "display_place": later("Place of display"),
    "institution": later("Institution"),
    "kind": later("Kind of record"),
    "stops": later("Stops"),
    "cover": later("Cover"),
    "lead": later("Introduction"),
    "title": later("Title"),
    "slug": later("Address"),
}


def names_of(session: Session, persons: Iterable[str]) -> Mapping[str, str]:
    """The names of those who stand in the log; looked up at viewing, so that a new name shows everywhere."""
    persons = set(persons)
    known = people.names(session, persons)
    return {person: known.get(person) or _unknown(person) for person in persons}


def _unknown(person: str) -> str:
    if person.startswith("cli:"):
        return say("Command line (%(name)s)", name=person.removeprefix("cli:"))
    if person in ("", "system") or person.startswith("museum "):
        return say("The museum's software")
    return person


def batch_kind(batch: Batch | None) -> str:
    """What kind of batch it is, in one or two words."""
    return say(_KINDS.get(batch.kind if batch else "", _KINDS["other"]))


def action_word(action: str) -> str:
    """What a change did to its record."""
    return say(_ACTIONS.get(action, action))


def effect_words(effect: str) -> str:
    """What undoing would do to a record."""
    return say(_EFFECTS[effect])


def state_word(state: str) -> str:
    """A record's state."""
    return say(_STATES[state]) if state in _STATES else state


def display_word(display: str) -> str:
    """Where a thing is."""
    return say(DISPLAY_NAMES[display]) if display in DISPLAY_NAMES else display


def part_name(name: str, *, kind: str = "", is_field: bool = True) -> str:
    """The label of a part of a record: its form's own for a field."""
    if is_field and kind in museum().types.by_kind:
        field = museum().types.of(kind).field(name)
        if field is not None:
            return words(field.label)
    return say(_PARTS[name]) if name in _PARTS else name.replace("_", " ")
