"""Synonyms in both directions and languages, and the names of places through time, as phrases of tokens."""

import tomllib
from functools import cache
from importlib.resources import files

from museum.search.analysis import Token, tokens

Words = tuple[Token, ...]


@cache
def _table() -> dict[tuple[str, ...], list[tuple[Words, tuple[Words, ...]]]]:
    data = tomllib.loads((files("museum.search") / "synonyms.toml").read_text(encoding="utf-8"))
    table: dict[tuple[str, ...], list[tuple[Words, tuple[Words, ...]]]] = {}
    groups = [[*group.get("vi", ()), *group.get("en", ())] for group in data.get("group", ())]
    groups += [list(place["names"]) for place in data.get("place", ())]
    for group in groups:
        terms = [tuple(tokens(term)) for term in group]
        for term in terms:
            others = tuple(other for other in terms if other != term)
            table.setdefault(tuple(token.folded for token in term), []).append((term, others))
    return table


@cache
def longest() -> int:
    """Number of words of the longest term of the table."""
    return max(len(key) for key in _table())


def others(words: Words) -> tuple[Words, ...]:
    """Other terms for these words; empty when they stand in no group.

    One Vietnamese syllable counts only when its marks are typed; longer terms also without marks.
    Where marks are typed they must agree.
    """
    found: list[Words] = []
    for term, group in _table().get(tuple(word.folded for word in words), ()):
        if _agree(words, term):
            found.extend(group)
    return tuple(dict.fromkeys(found))


def _agree(typed: Words, term: Words) -> bool:
    if len(term) == 1:
        return typed[0].exact == term[0].exact
    return all(not word.exact or word.exact == known.exact for word, known in zip(typed, term, strict=True))
