"""Colours by name with links to everything of that colour: for the page of a record and what is like it."""

from collections.abc import Iterable
from dataclasses import dataclass

from museum import addresses
from museum.web.asking import address_of
from museum.web.context import museum
from museum.web.finding import Asked
from museum.web.language import address, say
from museum.web.terms import COLOR_NAMES


@dataclass(frozen=True, kw_only=True)
class Hue:
    """A colour of a record's picture; `address` finds everything of that colour."""

    name: str
    words: str
    address: str


def hues(names: Iterable[str]) -> list[Hue]:
    """Colours by their names, those that have a word."""
    return [
        Hue(
            name=name,
            words=say(COLOR_NAMES[name]),
            address=address(address_of(addresses.search_page(), Asked(filters={"color": (name,)}))),
        )
        for name in names
        if name in COLOR_NAMES
    ]


def hues_of(record_id: str) -> list[Hue]:
    """The colours that a record is found by, as the index knows them: no statement is sent."""
    index = museum().reader.index()
    return hues(index.facets_of(record_id).get("color", ())) if index else []
