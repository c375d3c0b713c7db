"""Text as IIIF language maps (Presentation 3.0 §4.1), safe where HTML is allowed (§4.5)."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from museum.iiif.stored import guarded
from museum.text import Text, phrases, unmarked

LanguageMap = dict[str, list[str]]


def phrase(key: str) -> Text:
    """A fixed text of manifests in both languages."""
    return phrases("media")[key]


def plain(text: Text) -> LanguageMap:
    """A language map where HTML is not allowed (labels): words that would look like markup get other brackets."""
    return {tag(code): [_unmarked(text[code])] for code in _ordered(text)}


def rich(text: Text) -> LanguageMap:
    """A language map where clients read HTML (summary, metadata, requiredStatement): our words stay words."""
    return {tag(code): [_escaped(text[code])] for code in _ordered(text)}


def in_language(text: Text, code: str) -> LanguageMap:
    """A label in the one language asked for, or in the nearest that there is."""
    words, found = text.pick(code)
    return plain(Text({found: words}))


def lines(by_language: Mapping[str, Iterable[str]]) -> LanguageMap:
    """As `rich` with several strings a language, equal ones once, languages without any left out."""
    made = {tag(code): [_escaped(words) for words in dict.fromkeys(given)] for code, given in by_language.items()}
    return {code: given for code, given in made.items() if given}


def tag(code: str) -> str:
    """The key of a language map: our "und" (nobody said which language) is IIIF's "none"."""
    return "none" if code in ("", "und") else code


def untagged(words: str) -> LanguageMap:
    """A text that belongs to no language, such as a number or a name."""
    return {"none": [_escaped(words)]}


def pair(label: Text, value: LanguageMap) -> dict[str, LanguageMap]:
    """A metadata pair."""
    return {"label": plain(label), "value": value}


def joined(parts: Sequence[Text], separator: str = " – ") -> Text:
    """Several texts as one, in every language any of them has; where one lacks a language it stands in its own."""
    languages = dict.fromkeys(code for part in parts for code in part if code != "und") or {"und": None}
    return Text({code: separator.join(w for w in (part.say(code) for part in parts) if w) for code in languages})


def _ordered(text: Text) -> list[str]:
    """The languages of `text`, Vietnamese and English first: of a canvas, Universal Viewer shows the first there is."""
    return sorted(text, key=lambda code: ("vi", "en").index(code) if code in ("vi", "en") else 2)


def _looks_like_html(words: str) -> bool:
    return words.startswith("<") and words.endswith(">")


def _escaped(words: str) -> str:
    words = unmarked(words)
    return guarded(f"<span>{escape(words, quote=False)}</span>" if _looks_like_html(words) else words)


def _unmarked(words: str) -> str:
    words = unmarked(words)
    return guarded(words.replace("<", "‹").replace(">", "›") if _looks_like_html(words) else words)
