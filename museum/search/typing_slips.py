"""What a keyboard writes when its Vietnamese input method is off: "vacj ddoongf" and "va5c d9o62ng" are vạc đồng."""

import re
import unicodedata

_TELEX_TONES = {"f": "\u0300", "s": "\u0301", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"2": "\u0300", "1": "\u0301", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_TELEX_PAIRS = {"aa": "â", "ee": "ê", "oo": "ô", "dd": "đ"}
_VNI_MARKS = {"6": {"a": "â", "e": "ê", "o": "ô"}, "7": {"o": "ơ", "u": "ư"}, "8": {"a": "ă"}, "9": {"d": "đ"}}
_HORNS = {"a": "ă", "o": "ơ", "u": "ư"}
_VOWELS = "aăâeêioôơuưy"
_SYLLABLE = re.compile(
    rf"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx])?([{_VOWELS}]{{1,3}})(?:ng|nh|ch|[cmnpt])?"
)


def retyped(word: str) -> str:
    """The syllable that these keys (lower case, no marks) write in Telex or VNI; "" when they write none."""
    if not word.isascii() or not 2 <= len(word) <= 10:
        return ""
    read = _telex(word) if word.isalpha() else _vni(word)
    if read is None:
        return ""
    letters, tone = read
    found = _with_tone(letters, tone)
    return found if found != word else ""


def _telex(word: str) -> tuple[str, str] | None:
    """(letters, tone) that the keys write; a tone or a mark may come at once or at the syllable's end."""
    letters, tone = "", ""
    for place, key in enumerate(word):
        has_vowel = any(letter in _VOWELS for letter in letters)
        if key in _TELEX_TONES and has_vowel and (place == len(word) - 1 or word[place + 1] not in "aeiouy"):
            tone = _TELEX_TONES[key]
        elif key == "w":
            letters = _horned(letters)
        elif key in "aeod" and _TELEX_PAIRS[key * 2] not in letters and key in letters:
            at = letters.rindex(key)
            letters = letters[:at] + _TELEX_PAIRS[key * 2] + letters[at + 1 :]
        else:
            letters += key
    return letters, tone


def _horned(letters: str) -> str:
    """Telex w: the horn or breve goes to the last fitting vowel, to both of "uo"; alone it is "ư"."""
    if letters.endswith("uo") or "uo" in letters:
        return letters.replace("uo", "ươ", 1)
    for at in range(len(letters) - 1, -1, -1):
        if letters[at] in _HORNS:
            return letters[:at] + _HORNS[letters[at]] + letters[at + 1 :]
    return letters + "ư"


def _vni(word: str) -> tuple[str, str] | None:
    letters, tone = "", ""
    for key in word:
        if key.isalpha():
            letters += key
        elif key in _VNI_TONES and letters:
            tone = _VNI_TONES[key]
        elif key == "7" and "uo" in letters:
            letters = letters.replace("uo", "ươ", 1)
        elif key in _VNI_MARKS:
            marks = _VNI_MARKS[key]
            at = max((letters.rfind(letter) for letter in marks), default=-1)
            if at < 0:
                return None
            letters = letters[:at] + marks[letters[at]] + letters[at + 1 :]
        else:
            return None
    return letters, tone


def _with_tone(letters: str, tone: str) -> str:
    """The syllable with its tone on the vowel that bears it; "" when the letters make no Vietnamese syllable."""
    match = _SYLLABLE.fullmatch(letters)
    if match is None:
        return ""
    start, end = match.span(1)
    vowels = letters[start:end]
    marked = [i for i, vowel in enumerate(vowels) if vowel in "ăâêôơư"]
    if marked:
        at = start + marked[-1]
    elif len(vowels) == 1 or (len(vowels) == 2 and end == len(letters)):
        at = start
    else:
        at = start + 1
    return unicodedata.normalize("NFC", letters[: at + 1] + tone + letters[at + 1 :])
