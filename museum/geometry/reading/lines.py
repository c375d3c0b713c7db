"""Text of numbers in blocks of whole lines, taken apart by numpy: what every text format of points and faces needs."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.errors import SourceError

BLOCK_BYTES = 8 << 20
_NEWLINE, _SPACE = 10, 32


def blocks(path: Path, *, shown: str, start: int = 0, first: int = 0, size: int = BLOCK_BYTES) -> Iterator["Block"]:
    """The file from byte `start` (after `first` lines) in blocks of whole lines.

    Raises SourceError scan.bad_line for an endless line.
    """
    with path.open("rb") as file:
        file.seek(start)
        rest = b""
        while piece := file.read(size):
            text = rest + piece
            cut = text.rfind(b"\n") + 1
            text, rest = text[:cut], text[cut:]
            if len(rest) > 4 * size:
                raise SourceError("scan.bad_line", file=shown, line=first + text.count(b"\n") + 1, text="…")
            if text:
                block = Block(text, first=first, shown=shown)
                first += len(block.starts)
                yield block
        if rest.strip():
            yield Block(rest + b"\n", first=first, shown=shown)


class Block:
    """Some lines of text, each ending in a newline.

    starts, lengths : (k,) int64 place and length of each line, its newline included
    head : (k,) uint8 first byte of each line that is no blank (the newline itself where all is blank)
    words : (k,) int64 how many words a line has
    """

    def __init__(self, text: bytes, *, first: int, shown: str) -> None:
        self.first, self.shown = first, shown
        self.bytes = np.frombuffer(text.replace(b"\r", b" "), np.uint8)
        stops = np.flatnonzero(self.bytes == _NEWLINE) + 1
        self.starts = np.concatenate([[0], stops[:-1]]).astype(np.int64)
        self.lengths = stops - self.starts
        is_blank = self.bytes <= _SPACE
        begins = ~is_blank
        begins[1:] &= is_blank[:-1]
        self._begins = np.flatnonzero(begins)
        bounds = np.searchsorted(self._begins, np.concatenate([self.starts, [len(self.bytes)]]))
        self.words = np.diff(bounds)
        self._first_word = bounds[:-1]
        self.head = np.full(len(self.starts), _NEWLINE, np.uint8)
        filled = self.words > 0
        self.head[filled] = self.bytes[self._begins[self._first_word[filled]]]

    def keyword(self, word: bytes) -> NDArray[np.bool_]:
        """(k,) whether a line begins with `word` and a blank."""
        found: NDArray[np.bool_] = self.head == word[0]
        lines = np.flatnonzero(found)
        at = self._begins[self._first_word[lines]]
        fits = np.ones(len(lines), bool)
        for i, letter in enumerate(word[1:] + b" ", start=1):
            here = np.minimum(at + i, len(self.bytes) - 1)
            value = self.bytes[here]
            fits &= (value <= _SPACE) if i == len(word) else (value == letter)
        found[lines] = fits
        return found

    def text(self, line: int) -> str:
        """One line, as it may be shown to somebody."""
        start = self.starts[line]
        return bytes(self.bytes[start : start + self.lengths[line]]).decode("utf-8", "replace").strip()

    def counted(self, letter: bytes) -> NDArray[np.int64]:
        """(k,) how often a byte stands in each line."""
        places = np.flatnonzero(self.bytes == letter[0])
        return np.diff(np.searchsorted(places, np.concatenate([self.starts, [len(self.bytes)]])))

    def numbers(
        self, lines: NDArray[np.bool_], *, width: int, skip: int = 0, blanks: bytes = b"", dtype: type = np.float64
    ) -> NDArray[np.float64]:
        """(k, width) numbers of the chosen lines, each of which holds just as many after its first `skip` bytes.

        `blanks` are bytes that separate numbers as blanks do. Raises SourceError scan.bad_line naming line and text.
        """
        chosen = self.bytes[np.repeat(lines, self.lengths)]
        if skip:
            heads = self._begins[self._first_word[lines]] - self.starts[lines]
            moved = np.concatenate([[0], np.cumsum(self.lengths[lines])[:-1]]).astype(np.int64)
            for i in range(skip):
                chosen[moved + heads + i] = _SPACE
        for letter in blanks:
            chosen[chosen == letter] = _SPACE
        count = int(lines.sum())
        if not count:
            return np.zeros((0, width), dtype)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                found: NDArray[Any] = np.fromstring(chosen.tobytes(), dtype, sep=" ")
        except (ValueError, DeprecationWarning) as error:
            raise self._bad(lines, width=width, skip=skip, blanks=blanks) from error
        if len(found) != count * width:
            raise self._bad(lines, width=width, skip=skip, blanks=blanks)
        return found.reshape(count, width)

    def _bad(self, lines: NDArray[np.bool_], *, width: int, skip: int, blanks: bytes) -> SourceError:
        """The first of the lines that doesn't hold `width` numbers."""
        table = str.maketrans(dict.fromkeys(blanks.decode(), " "))
        for line in np.flatnonzero(lines):
            words = self.text(int(line))[skip:].translate(table).split()
            if len(words) != width or not all(_is_number(word) for word in words):
                return self.error(int(line))
        return self.error(int(np.argmax(lines)))

    def error(self, line: int) -> SourceError:
        """The error that names a line of this block."""
        return SourceError("scan.bad_line", file=self.shown, line=self.first + line + 1, text=self.text(line)[:60])


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
