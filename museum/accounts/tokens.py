"""Tokens that open something: made at random, handed out once, stored only as their SHA-256."""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits in characters that may stand in an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """SHA-256 of a token as 64 hexadecimal digits: what the database keeps.

    A plain digest is enough for 256 random bits; passwords, which people choose, take argon2.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
