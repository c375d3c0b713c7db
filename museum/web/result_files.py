"""A result in the forms that programs read, as a page offers them."""

from dataclasses import dataclass, replace

from museum import addresses
from museum.web import feeds
from museum.web.api.exports import MEDIA_TYPES
from museum.web.asking import address_of
from museum.web.finding import Asked
from museum.web.language import address, later, say

_TABLES = {"xlsx": later("Excel table"), "csv": later("CSV table"), "jsonl": later("Records in full, JSON Lines")}


@dataclass(frozen=True, kw_only=True)
class ResultFile:
    """One form of a result: the words of its link, the address in the page's language, the media type."""

    words: str
    address: str
    media_type: str


def files_of(asked: Asked) -> tuple[ResultFile, ...]:
    """The whole result as tables and records, then what goes on by itself: API, feed, IIIF collection."""
    whole = replace(asked, cursor="")
    tables = [
        ResultFile(words=say(_TABLES[suffix]), address=_at(addresses.search_api(suffix), whole), media_type=media_type)
        for suffix, media_type in sorted(MEDIA_TYPES.items(), key=lambda pair: list(_TABLES).index(pair[0]))
    ]
    return (
        *tables,
        ResultFile(
            words=say("JSON, page by page"),
            address=_at(addresses.search_api(), whole),
            media_type="application/json",
        ),
        feed_of(asked),
        ResultFile(
            words=say("IIIF collection"),
            address=_at(addresses.search_collection(), whole),
            media_type="application/ld+json",
        ),
    )


def feed_of(asked: Asked) -> ResultFile:
    """The feed that tells of what is new in a result."""
    newest = replace(asked, cursor="", sort="newest")
    link = address(address_of(addresses.search_api("atom"), newest, sort="newest"))
    return ResultFile(words=say("Feed of what is new (Atom)"), address=link, media_type=feeds.MEDIA_TYPE)


def _at(path: str, asked: Asked) -> str:
    return address(address_of(path, asked))
