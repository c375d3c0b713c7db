"""Vietnamese collation: a key by which names and titles sort as in a Vietnamese dictionary."""

import re
import unicodedata
from functools import lru_cache

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PLACE = {letter: chr(0x41 + index) for index, letter in enumerate(_ALPHABET)}
_ASCII_PLACE = {code: _PLACE.get(chr(code), " ") for code in range(128) if not 0x30 <= code <= 0x39}
_DIGITS = re.compile(r"[0-9]+")
_SPACES = re.compile(r" {2,}")
# Ngang, huyền, hỏi, ngã, sắc, nặng: the order of Vietnamese dictionaries.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_LETTER_MARKS = {"\u0306", "\u0302", "\u031b"}  # breve, circumflex, horn: they make another letter


def sort_key(text: str) -> str:
    """A string that sorts by code point as `text` sorts in Vietnamese: a ă â … d đ …; tones decide last.

    Case and punctuation do not count; runs of digits sort by their value ("Bia 2" before "Bia 10");
    other scripts (Hán) follow the Latin letters by code point. The part before the tones is ASCII for Latin text.
    """
    if text.isascii():  # the same as below, ten times as fast
        bare = _SPACES.sub(" ", text.lower().translate(_ASCII_PLACE)).strip(" ")
        return _DIGITS.sub(lambda run: _number(run[0]), bare)
    letters: list[str] = []
    tones: list[str] = []
    digits = ""
    for character in unicodedata.normalize("NFC", text).casefold():
        if character.isascii() and character.isdigit():
            digits += character
            continue
        if digits:
            letters.append(_number(digits))
            digits = ""
        letter, tone = _parts(character)
        if letter == " " and (not letters or letters[-1] == " "):
            continue
        letters.append(letter)
        if letter not in ("", " "):
            tones.append(tone)
    if digits:
        letters.append(_number(digits))
    primary = "".join(letters).rstrip()
    secondary = "".join(tones).rstrip("0")
    return f"{primary}\x01{secondary}" if secondary else primary


def _number(digits: str) -> str:
    plain = digits.lstrip("0")
    return chr(0x30 + min(len(plain), 9)) + plain


@lru_cache(maxsize=4096)
def _parts(character: str) -> tuple[str, str]:
    if character == "đ":
        return _PLACE["đ"], "0"
    base, *marks = list(unicodedata.normalize("NFD", character))
    tone = next((_TONES[mark] for mark in marks if mark in _TONES), "0")
    letter = unicodedata.normalize("NFC", base + "".join(mark for mark in marks if mark in _LETTER_MARKS))
    found = _PLACE.get(letter) or _PLACE.get(base)
    if found:
        return found, tone
    if unicodedata.combining(character):
        return "", "0"
    return (character, "0") if character.isalnum() else (" ", "0")
