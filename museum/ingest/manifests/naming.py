"""Whom a picture's required statement names, and whether it says that software made what is shown."""

from dataclasses import dataclass

from museum.ingest import words
from museum.ingest.manifests.canvases import Wanted
from museum.ingest.manifests.document import Document, objects
from museum.ingest.manifests.wording import by_language
from museum.text import Text, phrases

_MADE = ("synthetic_statement", "synthetic_scan", "synthetic_sound", "synthetic_film")
MADE_BY_SOFTWARE = "algorithmicMedia"
"""IPTC's code for what software made: manifests of museums like ours say no more than that it did."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """`attribution` in one line, `digital_source` "" unless the manifest says that software made the thing."""

    attribution: str = ""
    digital_source: str = ""


def named(document: Document, one: Wanted, *, language: str) -> Named:
    """Whom to name for a file. Lines that repeat the licence are left out: the licence is kept by itself."""
    lines = one.statement.say(language).split("\n")
    licence = [words.key_of(text) for text in phrases("media")["licence"].values()]
    kept = [line for line in lines if ":" not in line or words.key_of(line.partition(":")[0]) not in licence]
    made = _says_made(one.statement) and (one.has_own_statement or not _says_some(document))
    kept = [line for line in kept if line and not _is_made(line)]
    return Named(attribution="; ".join(dict.fromkeys(kept)), digital_source=MADE_BY_SOFTWARE if made else "")


def _says_made(statement: Text) -> bool:
    return any(_is_made(line) for text in statement.values() for line in text.split("\n"))


def _is_made(line: str) -> bool:
    return any(line == text for name in _MADE for text in phrases("media")[name].values())


def _says_some(document: Document) -> bool:
    """Whether the manifest says of itself that only some of what it shows was made by software."""
    some = set(phrases("media")["synthetic_some"].values())
    pairs = objects(document.body.get("metadata"))
    return any(text in some for p in pairs for strings in by_language(p.get("value")).values() for text in strings)
