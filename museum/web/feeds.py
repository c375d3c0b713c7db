"""An Atom feed (RFC 4287), a page of it at a time (RFC 5005 §3): what a reader of news gets of a result."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

MEDIA_TYPE = "application/atom+xml"
_NAMESPACES = {
    "xmlns": "http://www.w3.org/2005/Atom",
    "xmlns:opensearch": "http://a9.com/-/spec/opensearch/1.1/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
}
_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)  # an empty feed must have a date, too (§4.1.1)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link; `relation` is "alternate", "self", "first", "next", "related"."""

    relation: str
    address: str
    media_type: str
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry. `id` never changes; words are plain, `language` is theirs where it is not the feed's.

    `categories` are (term, label).
    """

    id: str
    title: str
    published_at: dt.datetime
    updated_at: dt.datetime
    author: str
    summary: str
    language: str = ""
    links: tuple[Link, ...] = ()
    categories: tuple[tuple[str, str], ...] = ()
    thumbnail: str = ""


@dataclass(frozen=True, kw_only=True)
class Feed:
    """One page of a feed: `id` is the same on all of them, `total` counts the entries of all."""

    id: str
    title: str
    author: str
    language: str
    total: int
    links: tuple[Link, ...]
    entries: Sequence[Entry] = field(default_factory=tuple)


def atom(feed: Feed) -> bytes:
    """The feed as XML in UTF-8. Its date is that of the entry that changed last."""
    newest = max((entry.updated_at for entry in feed.entries), default=_NEVER)
    names = "".join(f" {name}={quoteattr(uri)}" for name, uri in _NAMESPACES.items())
    parts = [
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed{names}{_attribute("xml:lang", feed.language)}>',
        _element("id", feed.id),
        _element("title", feed.title),
        _element("updated", _moment(newest)),
        f"<author>{_element('name', feed.author)}</author>",
        *map(_link, feed.links),
        _element("opensearch:totalResults", str(feed.total)),
        *map(_entry, feed.entries),
        "</feed>\n",
    ]
    return "\n".join(parts).encode()


def _entry(entry: Entry) -> str:
    parts: Iterable[str] = (
        _element("id", entry.id),
        _element("title", entry.title),
        _element("published", _moment(entry.published_at)),
        _element("updated", _moment(entry.updated_at)),
        f"<author>{_element('name', entry.author)}</author>",
        *map(_link, entry.links),
        *(f"<category{_attribute('term', term)}{_attribute('label', label)}/>" for term, label in entry.categories),
        _element("summary", entry.summary) if entry.summary else "",
        f"<media:thumbnail{_attribute('url', entry.thumbnail)}/>" if entry.thumbnail else "",
    )
    return f"<entry{_attribute('xml:lang', entry.language)}>\n" + "\n".join(filter(None, parts)) + "\n</entry>"


def _link(link: Link) -> str:
    more = _attribute("type", link.media_type) + _attribute("hreflang", link.language)
    return f"<link{_attribute('rel', link.relation)}{_attribute('href', link.address)}{more}/>"


def _element(name: str, words: str) -> str:
    return f"<{name}>{escape(_legal(words))}</{name}>"


def _attribute(name: str, value: str) -> str:
    return f" {name}={quoteattr(_legal(value))}" if value else ""


def _legal(words: str) -> str:
    """`words` without the characters that XML has no way to say."""
    return _NOT_XML.sub("\ufffd", words)


def _moment(at: dt.datetime) -> str:
    """RFC 3339, to the second, in UTC."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
