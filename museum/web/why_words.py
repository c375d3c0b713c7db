"""Why a record was found, in words: for curators."""

from museum.search.nodes import FIELDS
from museum.search.ranking import Tier
from museum.web.language import later, say

_FIELDS = {
    "title": later("Title"),
    "identifier": later("Number"),
    "maker": later("Maker"),
    "type": later("Object type"),
    "place": later("Place"),
    "material": later("Material"),
    "designation": later("Designation"),
    "date": later("Dating"),
    "text": later("Description and other texts"),
    "filter": later("Filter"),
}
_MANNERS = {
    "exact": later("as typed"),
    "folded": later("with other marks"),
    "prefix": later("begins so"),
    "slip": later("one letter apart"),
    "number": later("the same number"),
    "years": later("its years overlap"),
    "apart": later("its words apart"),
    "spelling": later("spelled with i or y"),
    "year": later("the year that is meant"),
    "synonym": later("synonym"),
    "filter": later("chosen as a filter"),
}
_PLACES = {
    "whole": later("The whole title or number"),
    "phrase": later("The words side by side in the title"),
    "title": later("Every word in the title"),
    "head": later("Every word in the title or the main facts"),
    "all": later("Every word somewhere in the record"),
    "widened": later("Only by synonyms, other spellings, years or filters"),
}


def field_word(field: str) -> str:
    """What a field of the index is called."""
    return say(_FIELDS[field]) if field in (*FIELDS, "filter") else field


def manner_words(manner: str) -> str:
    """How something was found."""
    return say(_MANNERS[manner])


def tier_words(tier: Tier) -> str:
    """What puts a record where it stands in the order."""
    words = say(_PLACES[tier.place])
    return say("%(place)s, with the marks as typed", place=words) if tier.is_exact else words
