"""May a museum keep a copy, and may it show it? Decided by the rights statement alone, never by guessing."""

from collections.abc import Sequence
from typing import Literal

from museum.catalog.licences import licence_uri
from museum.catalog.record import Media, Record
from museum.ingest.drafts import FETCHED_FROM
from museum.ingest.manifests import knowledge
from museum.ingest.problems import Problem

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
    return all(_copying(m) == "free" for m in _fetched(record))


def remarks(record: Record, *, file: str) -> list[Problem]:
    """What stands in the way of showing a record from elsewhere, as far as its rights are unclear."""
    return remarks_on([licence_uri(m.rights, m.licence) or m.rights or m.licence for m in _fetched(record)], file=file)


def remarks_on(statements: Sequence[str], *, file: str) -> list[Problem]:
    """The same for the rights statements of single files ("" where there is none)."""
    unclear = [stated for stated in statements if copying(stated) == "unclear"]
    found: list[Problem] = []
    for code, given in (
        ("manifest.rights_unstated", [stated for stated in unclear if not stated]),
        ("manifest.rights_unknown", [stated for stated in unclear if stated]),
    ):
        if given:
            values = {"count": len(given), "rights": given[0]}
            found.append(Problem(code=code, file=file, values=values, severity="warning"))
    return found


def _fetched(record: Record) -> list[Media]:
    return [m for m in record.media if is_fetched(m) and m.kind != "part"]


def _copying(media: Media) -> Copying:
    return copying(licence_uri(media.rights, media.licence))
