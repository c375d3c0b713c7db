"""Small secrets that the database must be able to read again: encrypted under a key derived from the museum's own.

AES-256-GCM (NIST SP 800-38D) with a nonce of 96 random bits; whose secret it is belongs to what is authenticated, so
that a sealed secret moved to another account opens for nobody. Who has a copy of the database and not the museum's
secret.key has nothing. The only module that imports cryptography.
"""

import base64
import binascii
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from museum.accounts.signing_keys import SigningKey
from museum.errors import BackendError

_FORM = "v1"
_PURPOSE = "sealed secrets"
_NONCE_BYTES = 12


def seal(secret: str, *, owner: str, keys: Sequence[SigningKey]) -> str:
    """`secret` under the first of `keys`: "v1.<key id>.<base 64>", 60 characters longer than a third more of it."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    data = _cipher(keys[0]).encrypt(nonce, secret.encode(), owner.encode())
    return f"{_FORM}.{keys[0].id}.{base64.urlsafe_b64encode(nonce + data).decode()}"


def is_sealed_by(sealed: str, key: SigningKey) -> bool:
    """True for what was sealed under this key; no proof that it opens."""
    return sealed.startswith(f"{_FORM}.{key.id}.")


def unseal(sealed: str, *, owner: str, keys: Sequence[SigningKey]) -> str:
    """The secret. One that was stored before secrets were sealed is given as it is.

    Raises BackendError accounts.sealed where none of `keys` opens it: the museum's key is another one since.
    """
    form, dot, rest = sealed.partition(".")
    if not dot:
        return sealed
    key_id, _, data = rest.partition(".")
    key = next((key for key in keys if key.id == key_id), None)
    try:
        if form != _FORM or key is None:
            raise BackendError("accounts.sealed", key=key_id)
        raw = base64.urlsafe_b64decode(data)
        return _cipher(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], owner.encode()).decode()
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise BackendError("accounts.sealed", key=key_id) from error


def _cipher(key: SigningKey) -> AESGCM:
    return AESGCM(key.derived(_PURPOSE))
