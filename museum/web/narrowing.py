"""What narrows a search, as the page shows it: facets with counts, what is chosen, switches for common wishes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from museum.catalog.institutions import Institution
from museum.search.facets import FacetCount
from museum.search.index import Page
from museum.search.typed import Condition, conditions
from museum.text import Text
from museum.web.finding import Asked, counts
from museum.web.formats import capitalize_first, year_words
from museum.web.language import later, say, words, words_language
from museum.web.terms import COLOR_NAMES, label_of

FACET_NAMES = {
    "object_type": later("Object type"),
    "has": later("To see and hear"),
    "material": later("Material"),
    "color": later("Color"),
    "place": later("Place"),
    "designation": later("Designation"),
    "institution": later("Institution"),
    "kind": later("Kind of record"),
    "display": later("On display"),
    "licence": later("Licence"),
}
_FIELD_NAMES = {
    "title": later("Title"),
    "identifier": later("Number"),
    "maker": later("Maker"),
    "type": later("Object type"),
    "place": later("Place"),
    "material": later("Material"),
    "designation": later("Designation"),
    "date": later("Dating"),
    "text": later("Description"),
}
_SWITCHES = (
    ("has", "image", later("With photographs")),
    ("has", "scan", later("With a 3D scan")),
    ("display", "on_display", later("On display now")),
)
_FEW = 8  # values of a facet that are shown before the rest is folded away
Link = Callable[[Asked], str]
Keepers = Mapping[str, Institution]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One value of a facet as the page shows it; `address` turns it on or off and keeps everything else."""

    words: str
    language: str
    count: int
    address: str
    is_chosen: bool
    swatch: str = ""  # of a colour: its name in English, for the little field that shows it


@dataclass(frozen=True, kw_only=True)
class Group:
    """A facet as the page shows it: the most frequent values, and the rest folded away."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...]


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """One condition that is set; `without` is the search that leaves it out, `address` leads there."""

    label: str
    words: str
    language: str
    without: Asked
    address: str


def groups_of(asked: Asked, found: Page, keepers: Keepers, link: Link) -> tuple[Group, ...]:
    """The facets of a result that have something to choose from, chosen values first."""
    groups = []
    for name, label in FACET_NAMES.items():
        choices = [_choice(asked, name, count, keepers, link) for count in counts(found, name)]
        if len(choices) > 1 or any(c.is_chosen for c in choices):
            choices.sort(key=lambda c: not c.is_chosen)
            group = Group(name=name, label=say(label), choices=tuple(choices[:_FEW]), more=tuple(choices[_FEW:]))
            groups.append(group)
    return tuple(groups)


def switches_of(asked: Asked, found: Page, link: Link) -> tuple[Choice, ...]:
    """With photographs, with a scan, on display: those that some results meet, but not all, and those that are set."""
    shown = []
    for facet, value, label in _SWITCHES:
        count = next((c for c in counts(found, facet) if c.value == value), None)
        if count is not None and (count.is_chosen or 0 < count.count < found.total):
            address = link(_toggled(asked, facet, value))
            shown.append(
                Choice(words=say(label), language="", count=count.count, address=address, is_chosen=count.is_chosen)
            )
    return tuple(shown)


def chosen_of(asked: Asked, found: Page, keepers: Keepers, link: Link) -> tuple[Chosen, ...]:
    """Every condition that is set, each with the way to leave it out: what was clicked, then what was typed."""
    chosen = []
    for name, values in asked.filters.items():
        known = {count.value: count for count in counts(found, name)}
        for value in values:
            label = label_of(name, known.get(value) or FacetCount(value=value, count=0), keepers)
            chosen.append(_chosen(say(FACET_NAMES[name]), label, _toggled(asked, name, value), link))
    if asked.year_from is not None or asked.year_to is not None:
        without = replace(asked, year_from=None, year_to=None, cursor="")
        said = Text({"und": span_words(asked.year_from, asked.year_to)})
        chosen.append(_chosen(say("Years"), said, without, link))
    for typed in conditions(asked.text):
        if not _is_overruled(typed, asked):
            name, said = _words_of(typed, found, keepers)
            chosen.append(_chosen(name, said, replace(asked, text=typed.without, cursor=""), link))
    return tuple(chosen)


def plain_text(text: str) -> str:
    """What was typed without its conditions."""
    while found := conditions(text):
        text = found[0].without
    return text


def _is_overruled(typed: Condition, asked: Asked) -> bool:
    """Whether a click asked for the same, or for other years."""
    if typed.is_negative:
        return False
    if typed.years is not None:
        return asked.year_from is not None or asked.year_to is not None
    return typed.is_filter and typed.value in asked.filters.get(typed.name, ())


def _words_of(typed: Condition, found: Page, keepers: Keepers) -> tuple[str, Text]:
    """What a typed condition is about, and its words."""
    if typed.years is not None:
        name, said = say("Years"), Text({"und": span_words(typed.years.first, typed.years.last)})
    elif typed.is_filter:
        known = (count for count in counts(found, typed.name) if count.value == typed.value)
        name = say(FACET_NAMES[typed.name])
        said = label_of(typed.name, next(known, FacetCount(value=typed.value, count=0)), keepers)
    else:
        name, said = say(_FIELD_NAMES[typed.name]), Text({"und": typed.value})
    return say("%(field)s (excluded)", field=name) if typed.is_negative else name, said


def span_words(first: int | None, last: int | None) -> str:
    """A range of years in words, open at a side or at both."""
    if first is None:
        return say("until %(date)s", date=year_words(last)) if last is not None else ""
    if last is None:
        return say("from %(date)s", date=year_words(first))
    if first < 0 and last < 0:
        return say("%(first)s–%(last)s BC", first=-first, last=-last)
    return year_words(first) if first == last else f"{year_words(first)}–{year_words(last)}"


def _chosen(name: str, label: Text, without: Asked, link: Link) -> Chosen:
    return Chosen(
        label=name,
        words=capitalize_first(words(label)),
        language=words_language(label),
        without=without,
        address=link(without),
    )


def _choice(asked: Asked, name: str, count: FacetCount, keepers: Keepers, link: Link) -> Choice:
    label = label_of(name, count, keepers)
    return Choice(
        words=capitalize_first(words(label)),
        language=words_language(label),
        count=count.count,
        address=link(_toggled(asked, name, count.value)),
        is_chosen=count.is_chosen,
        swatch=count.value if name == "color" and count.value in COLOR_NAMES else "",
    )


def _toggled(asked: Asked, name: str, value: str) -> Asked:
    """The search with one value of a facet turned on, or off where it is on, clicked or typed, from its first page."""
    chosen, text = asked.filters.get(name, ()), _untyped(asked.text, name, value)
    is_on = value in chosen or text != asked.text
    after = tuple(v for v in chosen if v != value) if is_on else (*chosen, value)
    return replace(asked, text=text, filters={**asked.filters, name: after}, cursor="")


def _untyped(text: str, name: str, value: str) -> str:
    """What was typed without filters by this value."""
    for typed in conditions(text):
        if typed.is_filter and not typed.is_negative and (typed.name, typed.value) == (name, value):
            return _untyped(typed.without, name, value)
    return text
