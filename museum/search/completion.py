"""While somebody types: which records go on like that, and which filter stands behind an offered word."""

from collections import Counter
from collections.abc import Iterable

from museum.search.analysis import fold, joined, tokens
from museum.search.nodes import Node, Prefix, Term, all_of, any_of
from museum.search.query import Query
from museum.search.words import Completion
from museum.text import nfc

_LONGEST = 100  # characters of what is typed; the rest is not read
_LEAST = 2  # letters; a Hán character alone is enough
FACET_OF = {"type": "object_type", "material": "material", "place": "place"}  # a phrase's field → the facet it fills


def half_typed(text: str, *, limit: int, language: str = "vi") -> Query | None:
    """The query for records whose title or number goes on like `text`, its last word unfinished.

    None when too little is typed. After a space the last word is finished.
    """
    text = nfc(text.replace("\x00", " "))[:_LONGEST]
    found = tokens(text)
    if not found or (len(joined(text)) < _LEAST and text.strip().isascii()):
        return None
    *whole, last = found
    ending: Node = Term(last, "title") if text[-1:].isspace() else Prefix(last.folded, "title")
    titles = all_of(*(Term(token, "title") for token in whole), ending)
    number = joined(text)
    root = any_of(titles, Prefix(number, "identifier")) if any(c.isdigit() for c in number) else titles
    return Query(text=text.strip(), root=root, limit=limit, language=language, counted=())


def offered(titles: Iterable[str], typed: str) -> list[Completion]:
    """Those of `titles` that hold what is typed as it stands, its last word unfinished, and how often each comes."""
    begun = f" {fold(typed)}" + (" " if typed[-1:].isspace() else "")
    found = Counter(title for title in titles if begun in f" {fold(title)} ")
    return [Completion(display=title, field="title", frequency=count) for title, count in found.items()]


def goes_on(title: str, typed: str) -> bool:
    """Whether words of `title` begin with those of `typed`, all of them, marks aside."""
    begun, words = fold(typed).split(), fold(title).split()
    return bool(begun) and all(any(word.startswith(start) for word in words) for start in begun)
