"""Synonyms in both directions and languages, and the names of places through time, as phrases of tokens."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from museum.search.analysis import Token, tokens
from museum.text import as_slug

Words = tuple[Token, ...]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Terms that find each other, by language; a "place" holds the names of one place through time in `vi`.

    `code` names the group for good: a museum's own edit of a shipped group stands under the shipped one's code.
    """

    code: str
    kind: str = "group"
    vi: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """All terms, the Vietnamese ones first."""
        return (*self.vi, *self.en)


class Table:
    """What finds what: built once from groups, asked for each run of typed words."""

    def __init__(self, groups: Iterable[Group]) -> None:
        self.groups = tuple(groups)
        self._others: dict[tuple[str, ...], list[tuple[Words, tuple[Words, ...]]]] = {}
        for group in self.groups:
            terms = [words for words in (tuple(tokens(term)) for term in group.terms) if words]
            for term in terms:
                others = tuple(other for other in terms if other != term)
                self._others.setdefault(tuple(token.folded for token in term), []).append((term, others))
        self.longest = max((len(key) for key in self._others), default=1)
        """Number of words of the longest term."""

    def others(self, words: Words) -> tuple[Words, ...]:
        """Other terms for these words; empty when they stand in no group.

        One Vietnamese syllable counts only when its marks are typed; longer terms also without marks.
        Where marks are typed they must agree.
        """
        found: list[Words] = []
        for term, group in self._others.get(tuple(word.folded for word in words), ()):
            if _agree(words, term):
                found.extend(group)
        return tuple(dict.fromkeys(found))


@cache
def shipped() -> Table:
    """The table that comes with the software."""
    data = tomllib.loads((files("museum.search") / "synonyms.toml").read_text(encoding="utf-8"))
    groups = [
        Group(code=code_of(given), vi=tuple(given.get("vi", ())), en=tuple(given.get("en", ())))
        for given in data.get("group", ())
    ]
    for place in data.get("place", ()):
        names = tuple(place["names"])
        groups.append(Group(code=f"place-{as_slug(names[0])}", kind="place", vi=names))
    return Table(groups)


def code_of(given: dict[str, list[str]]) -> str:
    """The code of a shipped group: its own, else the first term of each language as a slug ("vac-cauldron")."""
    firsts = [terms[0] for terms in (given.get("vi"), given.get("en")) if terms]
    return str(given.get("code") or as_slug(" ".join(firsts)))


def others(words: Words) -> tuple[Words, ...]:
    """As `Table.others`, of the shipped table."""
    return shipped().others(words)


def _agree(typed: Words, term: Words) -> bool:
    if len(term) == 1:
        return typed[0].exact == term[0].exact
    return all(not word.exact or word.exact == known.exact for word, known in zip(typed, term, strict=True))
