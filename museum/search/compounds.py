"""Words that belong together ("bảo vật quốc gia", "Thiên Mụ", "Minh Mạng"): there is no segmenter, but a list."""

import tomllib
from functools import cache
from importlib.resources import files

from museum.catalog.dates import eras
from museum.search.analysis import Token, tokens

Words = tuple[Token, ...]


@cache
def _table() -> dict[tuple[str, ...], tuple[Words, ...]]:
    data = tomllib.loads((files("museum.search") / "compounds.toml").read_text(encoding="utf-8"))
    table: dict[tuple[str, ...], tuple[Words, ...]] = {}
    for term in [*data["terms"], *(era.name for era in eras())]:
        words = tuple(tokens(term))
        folded = tuple(word.folded for word in words)
        table[folded] = (*table.get(folded, ()), words)
    return table


@cache
def longest() -> int:
    """Number of words of the longest compound."""
    return max(map(len, _table()))


def holds(words: Words) -> bool:
    """Whether these words, as they were typed, are a compound."""
    return any(
        all(not typed.exact or typed.exact == known.exact for typed, known in zip(words, term, strict=True))
        for term in _table().get(tuple(word.folded for word in words), ())
    )
