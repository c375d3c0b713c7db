"""What a list tells of a record: few fields, the words of vocabularies in their languages."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from museum.catalog import digital_source
from museum.catalog.arrangement import leading
from museum.catalog.licences import licence_name, licence_uri
from museum.catalog.record import Record
from museum.catalog.vocabulary import Vocabulary
from museum.text import Text, unmarked

_SCHEMES = {"object_type": "object_types", "material": "materials"}
_HAS = {"photo": "image", "scan": "scan", "sound": "sound", "film": "film", "document": "document"}
SEPARATOR = "; "
LEADS = 2
"""How many media of a record are looked at for the picture that lists show of it, before all of them are."""
_NONE = Text()


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A record in a list. Several values of a field stand side by side, "; " between; "und": of no language.

    `date` is EDTF, `date_as_written` the source's words; `numbers` are the present ones; `has` says what there is to
    see and hear ("image", "scan", "film", "sound", "document"); `licences` are short names, else the words as stated;
    `synthetic` how much of it software made: "some", "all", or "" for nothing.

    For pages alone: `leads` are ids of the media that may stand for the record, the best first, at most LEADS;
    `other_dates` the EDTF of its dates beside the first.
    """

    id: str
    kind: str
    institution: str
    title: Text = field(default_factory=Text)
    numbers: tuple[str, ...] = ()
    object_type: Text = field(default_factory=Text)
    maker: Text = field(default_factory=Text)
    date: str = ""
    date_as_written: str = ""
    material: Text = field(default_factory=Text)
    place: Text = field(default_factory=Text)
    designations: tuple[str, ...] = ()
    display: str = ""
    has: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    synthetic: str = ""
    leads: tuple[str, ...] = ()
    other_dates: tuple[str, ...] = ()


def summarize(record: Record, vocabulary: Vocabulary) -> Summary:
    """The summary of a record as it is given: whoever lists records for others first makes it what those may see."""
    date = record.first("date")
    made = digital_source.share(record) if record.media else "none"
    licences = (licence_name(licence_uri(m.rights, m.licence)) or m.licence or m.rights for m in record.media)
    return Summary(
        id=record.id,
        kind=record.kind,
        institution=record.institution,
        title=Text({code: unmarked(words) for code, words in record.title.items()}),
        numbers=tuple(dict.fromkeys(i.value for i in record.identifiers if not i.former)),
        object_type=_words(record, "object_type", vocabulary),
        maker=_words(record, "maker", vocabulary),
        date=str(date.value) if date else "",
        date_as_written=date.as_written if date else "",
        material=_words(record, "material", vocabulary),
        place=_words(record, "place", vocabulary),
        designations=tuple(dict.fromkeys(d.scheme for d in record.designations)),
        display=record.display,
        has=tuple(dict.fromkeys(_HAS[m.kind] for m in record.media if m.kind in _HAS)),
        licences=tuple(dict.fromkeys(words for words in licences if words)),
        synthetic="" if made == "none" else made,
        leads=tuple(m.id for m in leading(record)[:LEADS]) if record.media else (),
        other_dates=tuple(str(v.value) for v in record.values.get("date", ()) if v is not date and v.value),
    )


def _words(record: Record, name: str, vocabulary: Vocabulary) -> Text:
    """All statements of a field by language, the preferred first; a known term stands under its labels, in whichever
    language it was put."""
    given = record.values.get(name)
    if not given:
        return _NONE
    ordered = given if len(given) == 1 else sorted(given, key=lambda v: not v.preferred)
    return _told_of(name, tuple([(str(v.value), v.language) for v in ordered]), vocabulary)


@lru_cache(maxsize=16384)
def _told_of(name: str, statements: tuple[tuple[str, str], ...], vocabulary: Vocabulary) -> Text:
    """The same of (words, language); those of makers, types, materials and places come again and again."""
    found: dict[str, list[str]] = {}
    for written, language in statements:
        for code, words in _labels(name, written, language, vocabulary):
            found.setdefault(code, []).append(words)
    return Text(
        {code: SEPARATOR.join(dict.fromkeys(words)) if words[1:] else words[0] for code, words in found.items()}
    )


def _labels(name: str, written: str, language: str, vocabulary: Vocabulary) -> Iterable[tuple[str, str]]:
    words = unmarked(written).strip()
    concept = vocabulary.find(_SCHEMES[name], words) if name in _SCHEMES else None
    if concept is not None:
        return concept.label.items()
    return ((language or "und", words),) if words else ()
