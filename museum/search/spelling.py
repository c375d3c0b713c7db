"""Did you mean: other spellings of words that stand nowhere, of which each is sure to find something.

A word may be a slip of the keyboard, of the ear (s for x, tr for ch), of an input method that was off, or two words
without the space between them. Only the collection's own words are offered, written as its titles write them.
"""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from itertools import product
from typing import Protocol

from museum.search.analysis import Token, fold
from museum.search.typing_slips import retyped

_NEAR = _MOST_CHOICES = _MOST_OFFERS = 3
_MOST_OPEN, _MOST_TRIED = 4, 8
_FAR_FROM = 6  # letters: two slips in a shorter word make any other
# Sounds that dialects merge or spelling tells apart: writing one for the other is a smaller mistake than others.
_ALIKE = (
    ("tr", "ch"), ("s", "x"), ("gi", "d"), ("r", "d"), ("gi", "r"), ("l", "n"), ("ngh", "ng"), ("gh", "g"), ("k", "c"),
    ("q", "c"), ("ph", "f"), ("y", "i"), ("nh", "ng"), ("n", "ng"), ("t", "c"), ("c", "k"), ("z", "d"), ("v", "d"),
)  # fmt: skip


class Lexicon(Protocol):
    """The words of an index, folded, as `words.Words` holds them."""

    def frequency(self, word: str) -> int:
        """In how many records it stands."""

    def near(self, word: str, n: int = 5) -> list[str]:
        """Words one slip away, the commonest first."""

    def beginning(self, start: str, *, shortest: int, longest: int) -> list[tuple[str, int]]:
        """(word, frequency) of words that begin so and have so many letters."""

    def display(self, folded: str, *, like: str) -> str:
        """The word as titles write it."""


def spellings(words: Sequence[Token], lexicon: Lexicon, *, finds: Callable[[str], int]) -> tuple[str, ...]:
    """At most three other ways to write `words`, best first; `finds` gives how many records a text finds."""
    choices = [_choices(word, lexicon) for word in words]
    if not choices or not all(choices):
        return ()
    typed = " ".join(word.exact or word.folded for word in words)
    doubtful = [i for i, found in enumerate(choices) if len(found) > 1][_MOST_OPEN:]
    choices = [found[:1] if i in doubtful else found for i, found in enumerate(choices)]
    # The fewer words differ from their best choice, and the less, the better.
    ranked = sorted(product(*(range(len(found)) for found in choices)), key=lambda ranks: (sum(ranks), ranks))
    texts = (" ".join(found[rank] for found, rank in zip(choices, ranks, strict=True)) for ranks in ranked)
    tried = [text for text in dict.fromkeys(texts) if text != typed][:_MOST_TRIED]
    return tuple([text for text in tried if finds(text)][:_MOST_OFFERS])


def _choices(word: Token, lexicon: Lexicon) -> list[str]:
    """What may stand in place of a word: itself where it is known or no word at all (a number, Hán)."""
    typed = word.exact or word.folded
    if lexicon.frequency(word.folded):
        return [typed]
    rekeyed = retyped(word.folded)
    if rekeyed:
        meant = fold(rekeyed)
        if lexicon.frequency(meant):
            written = lexicon.display(meant, like=rekeyed)
            return [written] if written != meant else [rekeyed, written]  # bare: so written, or in no title at all
    if not word.folded.isalpha() or not word.folded.isascii():
        return [typed]
    heard = sorted(filter(lexicon.frequency, alike(word.folded)), key=lexicon.frequency, reverse=True)
    near = dict.fromkeys([*heard, *lexicon.near(word.folded, _NEAR)])
    found = [_written(other, word, lexicon) for other in list(near)[:_MOST_CHOICES]]
    parts = _split(word.folded, lexicon)
    if parts:
        found.insert(min(1, len(found)), " ".join(lexicon.display(part, like=part) for part in parts))
    if not found:
        found = [_written(other, word, lexicon) for other in _far(word.folded, lexicon)]
    return list(dict.fromkeys(found))[:_MOST_CHOICES]


def _written(other: str, word: Token, lexicon: Lexicon) -> str:
    """Another word as titles write it; where no title does, with the marks of what was typed: "vạk" meant "vạc"."""
    typed = word.exact or word.folded
    shown = lexicon.display(other, like=typed)
    if shown != other or len(typed) != len(word.folded):
        return shown
    blocks = SequenceMatcher(a=word.folded, b=other, autojunk=False).get_matching_blocks()
    letters = list(other)
    for block in blocks:
        letters[block.b : block.b + block.size] = typed[block.a : block.a + block.size]
    return "".join(letters)


def alike(word: str) -> list[str]:
    """How else a word may be spelt by ear, one sound at a time: "xen" is "sen", "chong" is "trong"."""
    found = []
    for left, right in _ALIKE:
        for a, b in ((left, right), (right, left)):
            found += [b + word[len(a) :]] if word.startswith(a) else []
            found += [word[: -len(a)] + b] if word.endswith(a) else []
    return [other for other in dict.fromkeys(found) if other != word]


def _split(word: str, lexicon: Lexicon) -> tuple[str, str] | None:
    """Two known words that were written together, those of which the rarer is commonest."""
    pairs = ((word[:i], word[i:]) for i in range(2, len(word) - 1))
    known = [(min(lexicon.frequency(a), lexicon.frequency(b)), (a, b)) for a, b in pairs]
    return max((pair for pair in known if pair[0]), default=(0, None))[1]


def _far(word: str, lexicon: Lexicon) -> list[str]:
    """Known words two slips away that begin alike (slips are seldom at the beginning), nearest and commonest first."""
    if len(word) < _FAR_FROM:
        return []
    rows = lexicon.beginning(word[: max(2, len(word) // 3)], shortest=len(word) - 2, longest=len(word) + 2)
    ranked = sorted((distance(word, other), -frequency, other) for other, frequency in rows)
    return [other for steps, _, other in ranked if steps <= 2][:_MOST_CHOICES]


def distance(one: str, other: str) -> int:
    """Letters left out, added, changed, or swapped with their neighbour, until one word is the other."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]
