"""Signed links to masters: HMAC-SHA256 over exactly what is opened, by whose right, until when and by which key."""

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from museum.accounts.signing_keys import SigningKey
from museum.errors import Forbidden

_PURPOSE = "signed link 1"
_SIGNATURE_CHARACTERS = 43  # 32 bytes in base64url without padding
_LONGEST = 64  # characters of any part of a presented link
_NAMES = ("link", "until", "key", "signature")


class Refused(Forbidden):
    """A link that opens nothing: altered, run out, or made for something else."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a link opens: one file of one record, as it was when the link was made. `until` is Unix time in seconds."""

    link_id: str
    record_id: str
    media_id: str
    path: str
    sha256: str
    issued_by: str
    until: int


@dataclass(frozen=True, kw_only=True)
class Presented:
    """What a request shows of a link, not judged yet."""

    link_id: str
    until: int
    key_id: str
    signature: str


def query_of(claim: Claim, key: SigningKey) -> str:
    """The query of the link's address."""
    parts = (claim.link_id, str(claim.until), key.id, _signature(claim, key))
    return urlencode(dict(zip(_NAMES, parts, strict=True)))


def presented(arguments: Mapping[str, Sequence[str]]) -> Presented:
    """The parts of a request's query: each exactly once, in the one way we write them. Raises Refused."""
    parts = [list(arguments.get(name, ())) for name in _NAMES]
    if set(arguments) != set(_NAMES) or any(len(part) != 1 for part in parts):
        raise Refused("link.refused")
    link_id, until, key_id, signature = (part[0] for part in parts)
    is_plain = all(part.isascii() and 0 < len(part) <= _LONGEST for part in (link_id, until, key_id, signature))
    if not is_plain or not until.isdecimal() or str(int(until)) != until or len(signature) != _SIGNATURE_CHARACTERS:
        raise Refused("link.refused")
    return Presented(link_id=link_id, until=int(until), key_id=key_id, signature=signature)


def check(shown: Presented, claim: Claim, keys: Sequence[SigningKey], *, now: float) -> None:
    """Raises Refused unless one of our keys signed exactly this claim, and it has not run out.

    The signature is compared as text: base64 has several spellings of the same bytes, and only ours passes.
    """
    key = next((key for key in keys if hmac.compare_digest(key.id, shown.key_id)), None)
    if key is None or not hmac.compare_digest(_signature(claim, key), shown.signature):
        raise Refused("link.refused")
    if shown.link_id != claim.link_id or shown.until != claim.until:
        raise Refused("link.refused")
    if now >= claim.until:
        raise Refused("link.expired")


def _signature(claim: Claim, key: SigningKey) -> str:
    said = json.dumps(
        [
            claim.link_id,
            claim.record_id,
            claim.media_id,
            claim.path,
            claim.sha256,
            claim.issued_by,
            claim.until,
            key.id,
        ],
        ensure_ascii=True,
        separators=(",", ":"),
    )
    made = hmac.digest(key.derived(_PURPOSE), said.encode("ascii"), "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode("ascii")
