"""The words of facet values: kinds, types, materials, designations, as the page's language names them."""

from collections.abc import Mapping

from museum.catalog.institutions import Institution
from museum.search.facets import FacetCount
from museum.text import Text, phrases
from museum.web.context import museum
from museum.web.details import DISPLAY_NAMES
from museum.web.language import current, later, say

HAS_NAMES = {
    "image": later("Photographs"),
    "scan": later("3D scan"),
    "film": later("Film"),
    "sound": later("Sound"),
}

COLOR_NAMES = {
    "red": later("Red"),
    "orange": later("Orange"),
    "yellow": later("Yellow"),
    "brown": later("Brown"),
    "green": later("Green"),
    "teal": later("Teal"),
    "blue": later("Blue"),
    "purple": later("Purple"),
    "pink": later("Pink"),
    "cream": later("Cream"),
    "white": later("White"),
    "grey": later("Grey"),
    "black": later("Black"),
}


def label_of(facet: str, count: FacetCount, institutions: Mapping[str, Institution]) -> Text:
    """The label of a facet value by language; the bare value without a language where nobody names it."""
    value = count.value
    if facet == "kind" and value in museum().types.by_kind:
        return museum().types.of(value).plural
    if facet in ("object_type", "material"):
        concept = museum().vocabulary.find(f"{facet}s", value)
        if concept:
            return concept.label
    if facet == "institution" and value in institutions:
        return institutions[value].name
    if facet == "designation" and value in phrases("media"):
        return phrases("media")[value]
    if facet == "display" and value in DISPLAY_NAMES:
        return Text({current(): say(DISPLAY_NAMES[value])})
    if facet == "has" and value in HAS_NAMES:
        return Text({current(): say(HAS_NAMES[value])})
    if facet == "color" and value in COLOR_NAMES:
        return Text({current(): say(COLOR_NAMES[value])})
    return count.label or Text({"und": value})
