"""May a museum keep a copy, and may it show it? Decided by the rights statement alone, never by guessing."""

from typing import Literal

from museum.catalog.licences import licence_uri
from museum.catalog.record import Media, Record
from museum.ingest.drafts import FETCHED_FROM
from museum.ingest.manifests import knowledge

Copying = Literal["free", "ask_first", "unclear"]


def copying(statement: str) -> Copying:
    """What a rights statement (a URI, or the words of one) says of keeping a copy.

    "free": the statement lets a museum keep and show one, under whatever conditions it names. "ask_first": it does not
    (In Copyright, contracts). "unclear": there is none, none that we know, or one that decides nothing; such a copy is
    kept as a draft and shown to nobody until somebody states the rights.
    """
    uri = licence_uri(statement)
    if not uri:
        return "unclear"
    code = uri.rstrip("/").split("/")[-2] if "rightsstatements.org" in uri else ""
    if code in knowledge.ask_first():
        return "ask_first"
    return "unclear" if code in knowledge.undecided() else "free"


def is_fetched(media: Media) -> bool:
    """True for a file that came from another institution's server."""
    return bool(media.facts.get(FETCHED_FROM))


def may_publish(record: Record) -> bool:
    """True unless the record holds a file from elsewhere whose rights nobody has stated, or which needs permission."""
    fetched = [m for m in record.media if is_fetched(m) and m.kind != "part"]
    return all(copying(licence_uri(m.rights, m.licence)) == "free" for m in fetched)
