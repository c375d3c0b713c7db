"""What every page works with: settings, database, record types, terms, search, built assets. One per application."""

from dataclasses import dataclass, field

from flask import current_app
from sqlalchemy import Engine

from museum.accounts.signing_keys import KeyRing
from museum.catalog.record_types import RecordTypes
from museum.catalog.vocabulary import Vocabulary
from museum.config import Settings
from museum.search.likeness import Likeness
from museum.search.location import Reader
from museum.search.synonym_edits import Current
from museum.storage.derivatives import Derivatives
from museum.web.assets import Assets
from museum.web.search_tally import SearchTally
from museum.web.turns import Turns

_KEY = "museum"


@dataclass(frozen=True, kw_only=True)
class Museum:
    """The parts an application was made from."""

    settings: Settings
    engine: Engine
    types: RecordTypes
    vocabulary: Vocabulary
    reader: Reader
    assets: Assets
    store: Derivatives
    ring: KeyRing
    synonyms: Current
    searches: SearchTally
    likeness: Likeness
    turns: Turns = field(default_factory=Turns)


def attach(extensions: dict[str, object], museum: Museum) -> None:
    """Make `museum` what `museum()` gives inside this application."""
    extensions[_KEY] = museum


def museum() -> Museum:
    """The parts of the application that answers the present request."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, Museum)
    return found
