"""Text in several languages, normalised; the interface's message catalogs."""

import gettext
import html
import io
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_SPACE = re.compile(r"\s+")
MARKS = ("a", "b", "br", "cite", "em", "i", "q", "ruby", "rb", "rp", "rt", "small", "span", "strong", "sub", "sup")
"""The HTML elements that a description or a story's text may hold."""
_MARK = re.compile(rf"</?(?:{'|'.join(MARKS)})(?:\s[^<>]*)?/?>", re.IGNORECASE)


def nfc(text: str) -> str:
    """`text` in Unicode NFC, the only form we store (file names of macOS come decomposed)."""
    return unicodedata.normalize("NFC", text)


def tidy(text: str) -> str:
    """`text` in NFC with runs of white space made one space, and none at the ends."""
    return _SPACE.sub(" ", nfc(text)).strip()


def fold(text: str) -> str:
    """`text` without marks and case, đ as d: for matching headers and names, never for showing."""
    if text.isascii():
        return " ".join(text.lower().split())
    bare = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return _SPACE.sub(" ", bare.replace("đ", "d")).strip()


def as_slug(text: str) -> str:
    """`text` as part of an address: marks folded, the rest hyphens: "Tượng Phật" → "tuong-phat"."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def unmarked(text: str) -> str:
    """`text` without the marks of HTML that it may hold, for wherever none are read; any other "<" is a word's own."""
    return html.unescape(_MARK.sub("", text)) if "<" in text and _MARK.search(text) else text


@dataclass(frozen=True)
class Text(Mapping[str, str]):
    """A text in one or more languages: BCP 47 code → words, never empty words."""

    by_language: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, vi: str = "", en: str = "", **others: str) -> "Text":
        """Build from keywords; empty texts are left out, all are tidied."""
        given = {"vi": vi, "en": en, **others}
        return cls({code: tidy(words) for code, words in given.items() if words and words.strip()})

    def __getitem__(self, language: str) -> str:
        return self.by_language[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_language)

    def __len__(self) -> int:
        return len(self.by_language)

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.by_language.items())))

    def pick(self, language: str) -> tuple[str, str]:
        """(words, language of those words): the asked language, else vi, else en, else any, else ("", asked)."""
        for code in (language, "vi", "en", *self.by_language):
            if code in self.by_language:
                return self.by_language[code], code
        return "", language

    def say(self, language: str) -> str:
        """Only the words of `pick`."""
        return self.pick(language)[0]


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The interface's catalog for `language` ("vi" or "en"), read from translations/<language>.po.

    Message ids are English sentences; a missing catalog gives them back unchanged.
    """
    source = files("museum") / "translations" / f"{language}.po"
    if not source.is_file():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source.read_bytes()), locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def phrases(area: str) -> Mapping[str, Text]:
    """Short fixed texts given in both languages at once (manifests, embeds): translations/phrases/<area>.toml."""
    source = files("museum") / "translations" / "phrases" / f"{area}.toml"
    return {key: Text.of(**words) for key, words in tomllib.loads(source.read_text(encoding="utf-8")).items()}
