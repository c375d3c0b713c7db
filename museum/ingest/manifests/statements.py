"""What a manifest says of the object → values of our fields, each with its language and the manifest as its source."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from museum.catalog import dates
from museum.catalog.record import Value
from museum.errors import MuseumError
from museum.ingest import words
from museum.ingest.cells import number_of
from museum.ingest.manifests import knowledge
from museum.ingest.manifests.document import Document, Json, absolute, listed, objects
from museum.ingest.manifests.wording import UNKNOWN, by_language, text_of
from museum.ingest.rows import CONCEPT_FIELDS, DIMENSION_FIELDS
from museum.text import Text

_PLACES = 5  # decimals of a degree: about a metre


@dataclass
class _Said:
    """Values as they gather: of a field, the first of a language is preferred."""

    source: str
    values: dict[str, list[Value]] = field(default_factory=dict)

    def add(self, name: str, value: Value) -> None:
        given = self.values.setdefault(name, [])
        value = replace(value, source=self.source)
        is_first = name == knowledge.FURTHER or all(v.language != value.language for v in given)
        value = replace(value, preferred=is_first)
        if all(replace(v, preferred=value.preferred) != value for v in given):
            given.append(value)

    def text(self, name: str, said: Mapping[str, Sequence[str]], *, separator: str = "; ") -> None:
        for language, strings in said.items():
            spoken = "" if language == UNKNOWN or name in CONCEPT_FIELDS else language
            self.add(name, Value(value=separator.join(dict.fromkeys(strings)), language=spoken))

    def further(self, label: Text, said: Mapping[str, Sequence[str]]) -> None:
        """A statement that no field is for: its label in the same language, or in the one there is."""
        for language, strings in said.items():
            before = label.get(language) or label.get("vi" if language == UNKNOWN else "en") or label.say("en")
            spoken = "" if language == UNKNOWN else language
            self.add(knowledge.FURTHER, Value(value=f"{before}: {'; '.join(dict.fromkeys(strings))}", language=spoken))


def read(document: Document, *, part_of: Text | None = None) -> dict[str, tuple[Value, ...]]:
    """The values of a manifest; `part_of` is the name of the collection it was reached through, if any."""
    body, said = document.body, _Said(source=document.id)
    title = by_language(body.get("label"))
    said.text("title", title, separator=" / ")
    said.text("description", by_language(body.get("summary")), separator="\n")
    for pair in objects(body.get("metadata")):
        _pair(said, by_language(pair.get("label")), by_language(pair.get("value")), title=title)
    statement = body.get("requiredStatement")
    if isinstance(statement, dict):
        said.text("credit_line", by_language(statement.get("value")))
    said.add("source", Value(value=document.id))
    _linked(said, document, part_of=part_of or Text())
    return {name: tuple(values) for name, values in said.values.items()}


def _pair(
    said: _Said, label: Mapping[str, list[str]], value: Mapping[str, list[str]], *, title: Mapping[str, list[str]]
) -> None:
    name = knowledge.field_of(text for strings in label.values() for text in strings)
    if name == "title":
        known = {text for strings in title.values() for text in strings}
        others = {code: [t for t in strings if t not in known] for code, strings in value.items()}
        said.text("other_names", {code: strings for code, strings in others.items() if strings})
    elif name == "date":
        _date(said, value)
    elif name in DIMENSION_FIELDS:
        _dimension(said, name, label, value)
    elif name:
        said.text(name, value)
    else:
        said.further(_as_text(label), value)


def _date(said: _Said, value: Mapping[str, list[str]]) -> None:
    """A date as EDTF with the words beside; the same date in several languages is one statement."""
    for language, strings in _best_first(value):
        for text in strings:
            try:
                reading = dates.parse(text)
            except MuseumError:  # an impossible date is a statement like others: the words stay
                reading = dates.DateReading(edtf="", as_written=text)
            given = said.values.get("date", [])
            if any(v.value == reading.edtf and (reading.edtf or v.as_written == text) for v in given):
                continue
            if any(not v.value for v in given) and not reading.edtf and language:
                continue  # unreadable words in another language say the same
            said.add("date", Value(value=reading.edtf, as_written=reading.as_written, certainty=reading.certainty))


def _dimension(said: _Said, name: str, label: Mapping[str, list[str]], value: Mapping[str, list[str]]) -> None:
    """One number with a unit we know is a measure; anything else stays words."""
    for _, strings in _best_first(value):
        number = number_of(strings[0]) if len(strings) == 1 else None
        unit = words.code_of("units", number.unit) if number else ""
        known = words.weight_units() if name == "weight" else words.length_units()
        if number and number.value > 0 and unit in known:
            exact = int(number.value) if number.value.is_integer() else number.value
            doubt = "uncertain" if number.is_approximate else ""
            said.add(name, Value(value=exact, unit=unit, as_written=strings[0], certainty=doubt))
            return
    said.further(_as_text(label), value)


def _linked(said: _Said, document: Document, *, part_of: Text) -> None:
    body, base = document.body, document.id
    for agent in objects(body.get("provider")):
        said.further(knowledge.told("provider"), by_language(agent.get("label")) or _address(agent, base))
    for name, key in (("homepage", "homepage"), ("seeAlso", "see_also"), ("partOf", "part_of")):
        for item in objects(body.get(name)):
            said.further(knowledge.told(key), _link(item, base))
    if part_of and not objects(body.get("partOf")):
        said.further(knowledge.told("part_of"), {code: [text] for code, text in part_of.items()})
    rights = next((text for text in listed(body.get("rights")) if isinstance(text, str)), "")
    if rights:
        said.further(knowledge.told("rights"), {UNKNOWN: [rights]})
    if isinstance(body.get("navDate"), str):
        said.further(knowledge.told("nav_date"), {UNKNOWN: [body["navDate"]]})
    for feature in features(body):
        _place(said, feature)


def features(body: Json) -> list[Json]:
    """The GeoJSON features of a navPlace (extension navPlace 1.0)."""
    place = body.get("navPlace")
    return objects(place.get("features")) if isinstance(place, dict) else []


def point_of(feature: Json) -> tuple[float, float] | None:
    """(latitude, longitude) of a feature that is one point on the earth; None for any other."""
    geometry: Any = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    place = geometry.get("coordinates")
    if not isinstance(place, list) or len(place) < 2 or not all(isinstance(n, int | float) for n in place[:2]):
        return None
    longitude, latitude = float(place[0]), float(place[1])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _place(said: _Said, feature: Json) -> None:
    properties = feature.get("properties")
    label = by_language(properties.get("label")) if isinstance(properties, dict) else {}
    if label:
        said.further(knowledge.told("nav_place"), label)
    point = point_of(feature)
    if point:
        said.add("coordinates_public", Value(value=", ".join(_degrees(n) for n in point)))


def _degrees(number: float) -> str:
    return f"{number:.{_PLACES}f}".rstrip("0").rstrip(".")


def _link(item: Json, base: str) -> dict[str, list[str]]:
    """A link as words: its label in each language, and the address."""
    address = absolute(item.get("id", item.get("@id")), base=base)
    label = by_language(item.get("label"))
    if not label:
        return {UNKNOWN: [address]} if address else {}
    shown = f" ({address})" if address else ""
    return {code: [f"{'; '.join(strings)}{shown}"] for code, strings in label.items()}


def _address(item: Json, base: str) -> dict[str, list[str]]:
    address = absolute(item.get("id", item.get("@id")), base=base)
    return {UNKNOWN: [address]} if address else {}


def _as_text(said: Mapping[str, list[str]]) -> Text:
    return Text({code: "; ".join(strings) for code, strings in said.items()})


def _best_first(value: Mapping[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """Vietnamese, then English, then the rest: of a date in several languages the first is kept."""
    order = {"vi": 0, "en": 1, UNKNOWN: 2}
    yield from sorted(value.items(), key=lambda pair: order.get(pair[0], 3))


def collection_name(body: Json) -> Text:
    """What a collection calls itself."""
    return text_of(body.get("label"), separator=" / ")
