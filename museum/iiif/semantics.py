"""What no Presentation 3.0 schema catches: each rule with the specification's section."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from museum.iiif.prezi import CONTEXT
from museum.iiif.source import Json

Fault = tuple[str, str, str]  # rule, where (JSON path), words

_STRUCTURES = (
    "Manifest",
    "Collection",
    "Canvas",
    "Timeline",
    "Scene",
    "Range",
    "AnnotationPage",
    "Annotation",
    "AnnotationCollection",
)
# §3.4: values of one group exclude each other.
_DISJOINT = (
    {"auto-advance", "no-auto-advance"},
    {"repeat", "no-repeat"},
    {"unordered", "individuals", "continuous", "paged"},
    {"facing-pages", "non-paged"},
    {"multi-part", "together"},
    {"sequence", "thumbnail-nav", "no-nav"},
)
_ONLY_ON = {
    "facing-pages": ("Canvas",),
    "non-paged": ("Canvas",),
    "multi-part": ("Collection",),
    "together": ("Collection",),
    "sequence": ("Range",),
    "thumbnail-nav": ("Range",),
    "no-nav": ("Range",),
    "repeat": ("Collection", "Manifest"),
    "no-repeat": ("Collection", "Manifest"),
    "unordered": ("Collection", "Manifest", "Range"),
    "individuals": ("Collection", "Manifest", "Range"),
    "continuous": ("Collection", "Manifest", "Range"),
    "paged": ("Collection", "Manifest", "Range"),
}
_HTML_TAGS = {"a", "b", "br", "i", "img", "p", "small", "span", "sub", "sup"}  # §4.5
_HTML_ATTRIBUTES = {
    ("a", "href"),
    ("img", "src"),
    ("img", "alt"),
    ("a", "title"),
}  # the last does no harm and is in the cookbook
_ACTIVE = {"script", "style", "iframe", "object", "embed", "form", "link", "meta", "base", "svg", "math"}


def faults(document: Json) -> Iterator[Fault]:
    """Every fault of the whole document."""
    yield from _context(document)
    yield from duplicates(document)
    yield from shared_links(document)
    for where, thing in things(document):
        yield from of_any_version(where, thing)
        yield from _painting_target(where, thing)


def of_any_version(where: str, thing: Json) -> Iterator[Fault]:
    """Faults of one object that 4.0 (draft) calls so too."""
    yield from _empty_items(where, thing)
    yield from _behaviors(where, thing)
    yield from _motivation(where, thing)
    yield from _nav_date(where, thing)
    yield from _html(where, thing)


def things(value: Any, where: str = "$") -> Iterator[tuple[str, Json]]:
    """Every object in the document with its JSON path, outermost first."""
    if isinstance(value, dict):
        yield where, value
        for key, item in value.items():
            if isinstance(item, dict | list):
                yield from things(item, f"{where}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict | list):
                yield from things(item, f"{where}[{index}]")


def _context(document: Json) -> Iterator[Fault]:
    """§4.6: the top has the context, last when there are several; annotations may stand in the W3C's."""
    given = document.get("@context")
    last = given[-1] if isinstance(given, list) and given else given
    if not last:
        yield "context", "$", "@context is missing"
    elif document.get("type") in ("Manifest", "Collection") and last != CONTEXT:
        yield "context", "$.@context", f"the (last) context is not {CONTEXT}"


def duplicates(document: Json) -> Iterator[Fault]:
    """§3.2 id: two resources defined here must not share one. References and reused content are no definitions."""
    ids = Counter(
        thing["id"]
        for _, thing in things(document)
        if thing.get("type") in _STRUCTURES and isinstance(thing.get("id"), str) and _is_defined(thing)
    )
    for address, count in ids.items():
        if count > 1:
            yield "duplicate_id", "$", f"{count} resources have the id {address}"


def _is_defined(thing: Json) -> bool:
    if thing["type"] == "Annotation":
        return "target" in thing or "body" in thing  # otherwise it is named only, as 4.0 does
    return "items" in thing or "height" in thing or "duration" in thing


def shared_links(document: Json) -> Iterator[Fault]:
    """One id with two types confuses clients (Clover stays at "Loading" when homepage and seeAlso share one)."""
    for where, thing in things(document):
        pages = {e.get("id") for e in _dicts(thing.get("homepage"))}
        for entry in _dicts(thing.get("seeAlso")):
            if entry.get("id") in pages:
                yield "shared_link", f"{where}.seeAlso", f"homepage and seeAlso share {entry.get('id')}"


def _empty_items(where: str, thing: Json) -> Iterator[Fault]:
    """§3.1 items: at least one, wherever there are any; only of a canvas it is a mere "should" (cookbook 0283)."""
    if thing.get("type") in {*_STRUCTURES, "Choice"} - {"Canvas"} and thing.get("items") == []:
        yield "empty_items", f"{where}.items", f"{thing['type']} without a single item"


def _behaviors(where: str, thing: Json) -> Iterator[Fault]:
    given = thing.get("behavior")
    if not isinstance(given, list):
        return
    for group in _DISJOINT:
        both = group.intersection(given)
        if len(both) > 1:
            yield "behavior", f"{where}.behavior", f"{' and '.join(sorted(both))} exclude each other"
    for value in given:
        allowed = _ONLY_ON.get(value)
        if allowed and thing.get("type") not in allowed:
            yield "behavior", f"{where}.behavior", f"{value} is not for a {thing.get('type')}"


def _motivation(where: str, thing: Json) -> Iterator[Fault]:
    if thing.get("type") == "Annotation" and not thing.get("motivation") and _is_defined(thing):
        yield "motivation", where, "an annotation without motivation: clients cannot know what to do with it"


def _painting_target(where: str, thing: Json) -> Iterator[Fault]:
    """§5.6: what stands in a canvas' items paints that canvas."""
    if thing.get("type") != "Canvas":
        return
    for page in _dicts(thing.get("items")):
        for annotation in _dicts(page.get("items")):
            motivation = annotation.get("motivation")
            if motivation and "painting" not in (motivation if isinstance(motivation, list) else [motivation]):
                yield "painting", where, f"items hold an annotation that does not paint: {annotation.get('id')}"
            for target in _targets(annotation.get("target")):
                if target.partition("#")[0] != thing.get("id"):
                    yield "painting", where, f"{annotation.get('id')} paints another canvas: {target}"


def _targets(target: Any) -> Iterator[str]:
    if isinstance(target, str):
        yield target
    elif isinstance(target, list):
        for one in target:
            yield from _targets(one)
    elif isinstance(target, dict):
        yield from _targets(target["source"] if "source" in target else target.get("id"))


def _nav_date(where: str, thing: Json) -> Iterator[Fault]:
    """§3.1 navDate: xsd:dateTime with a time zone."""
    if "navDate" not in thing:
        return
    given = thing["navDate"]
    try:
        fits = isinstance(given, str) and "T" in given and datetime.fromisoformat(given).tzinfo is not None
    except ValueError:
        fits = False
    if not fits:
        yield "nav_date", f"{where}.navDate", f"not a date and time with a time zone: {given}"


def _html(where: str, thing: Json) -> Iterator[Fault]:
    """§4.5: a string that begins with < and ends with > is HTML, of a few tags; nowhere anything active."""
    strings = [(f"{where}.label", s, False) for s in _strings(thing.get("label"))]
    for name in ("summary", "value"):
        strings += [(f"{where}.{name}", s, True) for s in _strings(thing.get(name))]
    if thing.get("type") == "TextualBody" and "html" in str(thing.get("format", "")):
        strings.append((f"{where}.value", str(thing.get("value", "")), False))
    for place, words, must_be_plain in strings:
        is_body = thing.get("type") == "TextualBody"
        if is_body or (words.startswith("<") and words.endswith(">")):
            for fault in _Markup(strict=must_be_plain).faults_of(words):
                yield "html", place, fault


class _Markup(HTMLParser):
    """Collects what a string of HTML holds that it may not; `strict` knows only the tags of §4.5."""

    def __init__(self, *, strict: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._strict = strict
        self._found: list[str] = []

    def faults_of(self, words: str) -> list[str]:
        self.feed(words)
        self.close()
        return self._found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ACTIVE or (self._strict and tag not in _HTML_TAGS):
            self._found.append(f"<{tag}> is not allowed")
        for name, value in attrs:
            address = (value or "").strip().lower()
            if name.startswith("on") or address.startswith(("javascript:", "data:", "vbscript:")):
                self._found.append(f"<{tag} {name}> is active content")
            elif self._strict and (tag, name) not in _HTML_ATTRIBUTES:
                self._found.append(f"<{tag} {name}> is not allowed")

    def handle_comment(self, data: str) -> None:
        if self._strict:
            self._found.append("comments are not allowed")


def _strings(language_map: Any) -> Iterator[str]:
    if isinstance(language_map, dict):
        for words in language_map.values():
            if isinstance(words, list):
                yield from (w for w in words if isinstance(w, str))


def _dicts(value: Any) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
