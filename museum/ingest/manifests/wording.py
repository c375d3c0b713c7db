"""Language maps and the little HTML of manifests → words we keep (Presentation 3.0 §4.1, §4.5).

Where a text is HTML only links and marks of meaning are kept, with the text between them escaped anew; every page
cleans it once more when it shows it. Where it is none, "<" is a character like any other.
"""

import html
import re
import unicodedata
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from museum.text import Text, nfc

_KEPT = frozenset({"a", "b", "em", "i", "q", "strong", "sub", "sup"})
_BLOCKS = frozenset({"br", "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "tr", "h1", "h2", "h3", "h4", "blockquote"})
_SILENT = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
UNKNOWN = "und"


def by_language(given: Any) -> dict[str, list[str]]:
    """The strings of a language map, cleaned; "none" and "@none" become "und". What is no language map gives nothing,
    except a bare string, which many write where a map belongs."""
    if isinstance(given, str):
        given = {"none": [given]}
    found: dict[str, list[str]] = {}
    for code, strings in given.items() if isinstance(given, Mapping) else ():
        for text in strings if isinstance(strings, list) else [strings]:
            words = cleaned(text) if isinstance(text, str) else ""
            if words:
                found.setdefault(_code(str(code)), []).append(words)
    return found


def text_of(given: Any, *, separator: str = "; ") -> Text:
    """A language map as one text a language, several strings joined."""
    return Text({code: separator.join(dict.fromkeys(strings)) for code, strings in by_language(given).items()})


def cleaned(text: str) -> str:
    """One string of a manifest: NFC, no controls, HTML reduced to what we keep; "" where nothing is left."""
    text = "".join(c for c in nfc(text) if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    stripped = text.strip()
    if stripped.startswith("<") and stripped.endswith(">"):
        stripped = _Reader.words_of(stripped)
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in stripped.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _code(given: str) -> str:
    if given in ("none", "@none", "", "und") or not _LANGUAGE.fullmatch(given):
        return UNKNOWN
    first, *rest = given.split("-")
    return "-".join([first.lower(), *rest])


class _Reader(HTMLParser):
    """Takes HTML apart; what it puts together again is well-formed whatever came in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._open: list[str] = []
        self._silent = 0
        self._has_marks = False

    @classmethod
    def words_of(cls, text: str) -> str:
        reader = cls()
        reader.feed(text)
        reader.close()
        reader._out += [f"</{tag}>" for tag in reversed(reader._open)]
        joined = "".join(reader._out)
        return joined if reader._has_marks else html.unescape(joined)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        if self._silent:
            return
        given = dict(attrs)
        if tag in _BLOCKS:
            self._out.append("\n")
        elif tag == "img":
            self._out.append(html.escape(given.get("alt") or "", quote=False))
        elif tag == "a" and _is_link(given.get("href")):
            self._begin("a", f'<a href="{html.escape(str(given["href"]).strip())}">')
        elif tag in _KEPT and tag != "a":
            self._begin(tag, f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS and tag != "br" and not self._silent:
            self._out.append("\n")
        elif tag in self._open and not self._silent:
            while self._open:
                last = self._open.pop()
                self._out.append(f"</{last}>")
                if last == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._out.append(html.escape(data, quote=False))

    def _begin(self, tag: str, written: str) -> None:
        self._open.append(tag)
        self._out.append(written)
        self._has_marks = True


def _is_link(address: str | None) -> bool:
    return bool(address) and str(address).strip().lower().startswith(("http://", "https://", "mailto:"))
