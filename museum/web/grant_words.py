"""Grants as lines in the page's language: role, whose records, which collection."""

from collections.abc import Iterable
from dataclasses import dataclass

from museum.accounts.policy import ALL_INSTITUTIONS, Grant
from museum.catalog import institutions
from museum.db import reading
from museum.web.context import museum
from museum.web.language import say, words
from museum.web.role_words import role_name


@dataclass(frozen=True, kw_only=True)
class GrantLine:
    """A grant and its words; `collection` is "" for all of the institution."""

    grant: Grant
    role: str
    whose: str
    collection: str


def grant_lines(grants: Iterable[Grant]) -> list[GrantLine]:
    """The grants in words; one statement for the institutions' names."""
    names = institution_names()
    return [
        GrantLine(
            grant=grant,
            role=role_name(grant.role),
            whose=names.get(grant.institution, grant.institution),
            collection=grant.collection,
        )
        for grant in grants
    ]


def institution_names() -> dict[str, str]:
    """Names by code in the page's language, in their order; "*" stands for all."""
    with reading(museum().engine) as session:
        known = institutions.all_of(session)
    named = sorted(((code, words(one.name) or code) for code, one in known.items()), key=lambda pair: pair[1])
    return {ALL_INSTITUTIONS: say("All institutions"), **dict(named)}
