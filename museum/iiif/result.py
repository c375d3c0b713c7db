"""A search result as Presentation 3.0 collection, made in the request: a part of it, and the way to the next part.

3.0 has no pages of collections. So each part lists its manifests and, last, the next part as a collection within it:
every client can open that, and none is ever handed a result of a hundred thousand at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from museum import addresses
from museum.addresses import PLACEHOLDER
from museum.errors import NotFound
from museum.iiif.agent import provider
from museum.iiif.collection import Member, entry_of
from museum.iiif.prezi import CONTEXT
from museum.iiif.source import Institution, Json
from museum.iiif.stored import serialize
from museum.iiif.words import in_language, joined, lines, pair, phrase, plain
from museum.text import Text


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a result. `first` is the address of the first part, `following` that of the next, "" on the last, and
    `page` that of the search page, all without the public one. `words` are what was searched, `total` counts all
    records found, with pictures or without.
    """

    address: str
    first: str
    following: str
    page: str
    words: str
    total: int
    members: Sequence[Member]


def build_part(part: Part, *, institution: Institution, languages: Sequence[str]) -> bytes:
    """The part as JSON bytes with the placeholder. NotFound ``iiif.nothing_found`` where it would hold nothing."""
    if not part.members and not part.following:
        raise NotFound("iiif.nothing_found")
    label = _about("search_result", part.words)
    items = [entry_of(member) for member in part.members]
    if part.following:
        further = joined([phrase("further_results"), Text({"und": part.words})], ": ")
        items.append(entry_of(Member(address=part.following, label=further, type="Collection")))
    document: Json = {
        "@context": CONTEXT,
        "id": PLACEHOLDER + part.address,
        "type": "Collection",
        "label": plain(label),
    }
    counted = lines({"vi": [f"{part.total:,}".replace(",", ".")], "en": [f"{part.total:,}"]})
    document["metadata"] = [pair(phrase("records_found"), counted)]
    document["provider"] = [provider(institution, languages=languages)]
    document["homepage"] = [
        {
            "id": PLACEHOLDER + addresses.page(part.page, language=code, first_language=languages[0]),
            "type": "Text",
            "label": in_language(label, code),
            "format": "text/html",
            "language": [code],
        }
        for code in languages
    ]
    if small := next((m.thumbnail for m in part.members if m.thumbnail), ()):
        document["thumbnail"] = list(small)
    if part.address != part.first:
        document["partOf"] = [{"id": PLACEHOLDER + part.first, "type": "Collection", "label": plain(label)}]
    return serialize(document | {"items": items})


def _about(key: str, words: str) -> Text:
    return joined([phrase(key), Text({"und": words} if words else {})], ": ")
