"""Text into tokens: Vietnamese folding, exact marked forms, Hán bigrams. Everything an engine sees passes here."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from museum.text import nfc

# Hán and Nôm: the basic block, Extension A, compatibility forms, and planes 2 and 3 (Extensions B and later).
_HAN = "々〇㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff"
_MARKS = "\u0300-\u036f"
_WORD = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}][^\W_{_HAN}]*(?:[{_MARKS}]+[^\W_{_HAN}]*)*")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_IS_HAN = re.compile(rf"[{_HAN}]")
_SYLLABLE_Y = re.compile(r"(qu|[bcdghklmnprstvx]{1,3})([iy])")

# New placement of the tone (hoà, khoẻ, thuỷ) → the old one (hòa, khỏe, thủy); only open oa, oe, uy differ.
_TONE_MOVES = {
    second + vowel: first + bare
    for bare, second, firsts, vowels in (
        ("a", "o", "òỏõóọ", "àảãáạ"),
        ("e", "o", "òỏõóọ", "èẻẽéẹ"),
        ("y", "u", "ùủũúụ", "ỳỷỹýỵ"),
    )
    for first, vowel in zip(firsts, vowels, strict=True)
}

# Stands between two texts of one field, so that no phrase runs from one into the next.
BREAK = "¶"


class Token(NamedTuple):
    """One word: `folded` without marks; `exact` with marks, tone placement normalised, "" where it has no marks."""

    folded: str
    exact: str = ""


def tokens(text: str) -> list[Token]:
    """The words of `text` in order. A Hán run gives overlapping bigrams, a single Hán character itself."""
    if text.isascii():
        return [Token(word) for word in _ASCII_WORD.findall(text.lower())]
    found: list[Token] = []
    for word in _WORD.findall(nfc(text).lower()):
        if _IS_HAN.match(word):
            found.extend(Token(gram) for gram in bigrams(word))
        else:
            found.append(token_of(word))
    return found


def runs(text: str) -> Iterator[tuple[int, str, bool]]:
    """(where it begins, as it is written, whether it is Hán) of each word or Hán run of an NFC text, in order."""
    for match in _WORD.finditer(text):
        yield match.start(), match[0], bool(_IS_HAN.match(match[0]))


def bigrams(run: str) -> list[str]:
    """Overlapping pairs of a Hán run; the run itself when it is one character."""
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def han_characters(text: str) -> list[str]:
    """Each Hán character of `text` that stands in a longer run: indexed beside the bigrams, so that 鼎 finds 九鼎."""
    return [c for word in _WORD.findall(nfc(text)) if len(word) > 1 and _IS_HAN.match(word) for c in word]


@lru_cache(maxsize=65536)
def token_of(word: str) -> Token:
    """The token of one lower-case NFC word."""
    folded = fold_word(word)
    return Token(folded) if folded == word else Token(folded, place_tone(word))


def fold_word(word: str) -> str:
    """`word` without marks, đ as d; lower case in, lower case out."""
    if word.isascii():
        return word
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare.replace("đ", "d"))


def place_tone(word: str) -> str:
    """`word` with the tone where the old spelling puts it: hoà → hòa, khoẻ → khỏe, thuỷ → thủy; quý stays."""
    moved = _TONE_MOVES.get(word[-2:])
    if moved is None or (word[-2:-1] == "u" and word[-3:-2] == "q"):
        return word
    return word[:-2] + moved


def variant(token: Token) -> Token | None:
    """The other spelling with i or y (quý, quí; Mỹ, Mĩ), or None: the same word for most, so it counts less."""
    match = _SYLLABLE_Y.fullmatch(token.folded)
    if match is None:
        return None
    other = token.folded[:-1] + ("i" if match[2] == "y" else "y")
    if not token.exact:
        return Token(other)
    base, *marks = list(unicodedata.normalize("NFD", token.exact[-1]))
    last = unicodedata.normalize("NFC", ("i" if base == "y" else "y") + "".join(marks))
    return Token(
        other, token.exact[:-1] + last if fold_word(token.exact[:-1] + last) != token.exact[:-1] + last else ""
    )


def fold(text: str) -> str:
    """The folded words of `text`, one space between: what two writings of one name have in common."""
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text.lower()))
    return " ".join(token.folded for token in tokens(text))


def exact(text: str) -> str:
    """The words of `text` with their marks, tone placement normalised, one space between."""
    return " ".join(token.exact or token.folded for token in tokens(text))


def joined(text: str) -> str:
    """A number without its punctuation: "BTH-0012" and "bth 0012" are both "bth0012"."""
    return fold(text).replace(" ", "")


@lru_cache(maxsize=32768)
def streams(text: str) -> tuple[str, tuple[str, ...]]:
    """The folded stream of one text and its exact forms; kept, as makers, materials and terms come again and again."""
    if text.isascii():
        words = _ASCII_WORD.findall(text.lower())
        return (" ".join((*words, BREAK)), ()) if words else ("", ())
    found = tokens(text)
    if not found:
        return "", ()
    parts = [*(token.folded for token in found), BREAK]
    single = han_characters(text)
    if single:
        # A break between each: single characters never make a phrase.
        parts.extend(f" {BREAK} ".join(single).split(" "))
        parts.append(BREAK)
    return " ".join(parts), tuple(token.exact for token in found if token.exact)
