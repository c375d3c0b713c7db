"""Search within a few texts that are at hand: every word counts, with marks before without, and where it stands.

For the words of one object (captions, transcriptions, notes): some thousand lines, read through at each request.
"""

import re
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from museum.catalog.collation import sort_key
from museum.search.analysis import Token, runs, token_of, variant
from museum.text import nfc

_ITEM = re.compile(r'"([^"]*)"?|(\S+)')
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‟": '"', "＂": '"'})
_MOST_PHRASES = 24
_MOST_KEPT = 100_000  # words that stay read, some 150 bytes each


@dataclass(frozen=True, kw_only=True)
class Match:
    """A text in which everything asked for stands: its place in the sequence, and where in it, as (start, end) of its
    NFC form, in order and apart from each other. `is_exact`: with the marks that were typed."""

    place: int
    spans: tuple[tuple[int, int], ...]
    is_exact: bool


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    token: Token


class _Kept:
    """The words of texts that were read last, so many of them together. Threads may share it."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, tuple[_Word, ...]] = OrderedDict()
        self._lock = threading.Lock()
        self.count = 0

    def words(self, text: str) -> tuple[_Word, ...]:
        """The words of an NFC text, read now or before; a text of too many is read each time."""
        with self._lock:
            if (known := self._texts.get(text)) is not None:
                self._texts.move_to_end(text)
                return known
        read = _read(text)
        if len(read) >= _MOST_KEPT:
            return read
        with self._lock:
            if text not in self._texts:
                self._texts[text] = read
                self.count += len(read) + 1  # a text without words takes room, too
            while self.count > _MOST_KEPT:
                self.count -= len(self._texts.popitem(last=False)[1]) + 1
        return read


_kept = _Kept()


@dataclass(frozen=True)
class _Phrase:
    """Words side by side; of the last one only the beginning where `is_open`."""

    words: tuple[Token, ...]
    is_open: bool


def find(asked: str, texts: Sequence[str]) -> list[Match]:
    """The texts that hold each word and each "phrase" of `asked` (a word may end with * for any ending), those with the
    marks as typed first, each group in order. Nothing where nothing is asked for."""
    phrases = _phrases(asked)
    if not phrases:
        return []
    found = [match for place, text in enumerate(texts) if (match := _match(place, _kept.words(nfc(text)), phrases))]
    return sorted(found, key=lambda match: not match.is_exact)


def complete(beginning: str, texts: Sequence[str], *, least: int = 1, most: int = 20) -> list[tuple[str, int]]:
    """(words as they are written, in how many texts they are found) of what begins like `beginning`: as many words as
    it has, the last one to its end. The most frequent ones, at least in `least` texts; in Vietnamese alphabetical
    order."""
    phrase = _phrase(beginning, is_open=True)
    if phrase is None:
        return []
    written: dict[tuple[Token, ...], str] = {}
    counts: Counter[tuple[Token, ...]] = Counter()
    for text in map(nfc, texts):
        words = _kept.words(text)
        for start in set(_places(words, phrase, is_exact=True)) or set(_places(words, phrase, is_exact=False)):
            part = words[start : start + len(phrase.words)]
            key = tuple(word.token for word in part)
            written.setdefault(key, text[part[0].start : part[-1].end].lower())
            counts[key] += 1
    offered = {words: len(find(f'"{words}"', texts)) for words in (written[key] for key, _ in counts.most_common(most))}
    enough = [(words, count) for words, count in offered.items() if count >= least]
    return sorted(enough, key=lambda pair: (sort_key(pair[0]), pair[0]))


def _phrases(asked: str) -> list[_Phrase]:
    found: list[_Phrase] = []
    for quoted, word in _ITEM.findall(nfc(asked).translate(_QUOTES)):
        phrase = _phrase(quoted or word, is_open=not quoted and word.endswith("*"))
        if phrase is not None:
            found.append(phrase)
    return list(dict.fromkeys(found))[:_MOST_PHRASES]


def _phrase(text: str, *, is_open: bool) -> _Phrase | None:
    words = tuple(word.token for word in _read(nfc(text)))
    return _Phrase(words, is_open) if words else None


def _read(text: str) -> tuple[_Word, ...]:
    """The words of an NFC text; each Hán character is one."""
    found: list[_Word] = []
    for start, written, is_han in runs(text):
        if is_han:
            found += (_Word(start + n, start + n + 1, Token(character)) for n, character in enumerate(written))
        else:
            found.append(_Word(start, start + len(written), token_of(written.lower())))
    return tuple(found)


def _match(place: int, words: tuple[_Word, ...], phrases: Sequence[_Phrase]) -> Match | None:
    folded: list[list[int]] = [list(_places(words, phrase, is_exact=False)) for phrase in phrases]
    if not all(folded):
        return None
    exact = [list(_places(words, phrase, is_exact=True)) for phrase in phrases]
    is_exact = all(exact)
    spans = [
        (words[start].start, words[start + len(phrase.words) - 1].end)
        for phrase, starts in zip(phrases, exact if is_exact else folded, strict=True)
        for start in starts
    ]
    return Match(place=place, spans=_apart(spans), is_exact=is_exact)


def _apart(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans in order; those that overlap are one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def _places(words: Sequence[_Word], phrase: _Phrase, *, is_exact: bool) -> Iterator[int]:
    """Where the phrase begins."""
    count = len(phrase.words)
    for start in range(len(words) - count + 1):
        here = (word.token for word in words[start : start + count])
        last = count - 1
        if all(
            _fits(token, asked, is_exact=is_exact, is_open=phrase.is_open and n == last)
            for n, (token, asked) in enumerate(zip(here, phrase.words, strict=True))
        ):
            yield start


def _fits(token: Token, asked: Token, *, is_exact: bool, is_open: bool) -> bool:
    """Whether a word is the one asked for; with its marks where `is_exact` and some were typed."""
    if is_exact and asked.exact:
        given, wanted = token.exact or token.folded, asked.exact
        return given.startswith(wanted) if is_open else given == wanted
    if is_open:
        return token.folded.startswith(asked.folded)
    other = variant(asked)
    return token.folded == asked.folded or (other is not None and token.folded == other.folded)
