"""Passwords: what may be one, and how it is kept (argon2id). The only module that imports argon2."""

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from museum.errors import Invalid
from museum.text import nfc

MIN_CHARACTERS = 12
MAX_CHARACTERS = 256  # longer ones would let strangers make us hash megabytes


@dataclass(frozen=True)
class Verdict:
    """Whether a password was right, and whether it should be hashed anew because our parameters changed."""

    is_right: bool
    needs_rehash: bool = False


@dataclass(frozen=True, kw_only=True)
class Passwords:
    """How passwords are hashed. The defaults are the second choice of RFC 9106 §4: 64 MiB, three passes."""

    time_cost: int = 3
    memory_kib: int = 65536
    parallelism: int = 4

    def hash(self, password: str) -> str:
        """The password as an argon2id string with its own salt and parameters."""
        return self._hasher.hash(_bytes(password))

    def verify(self, password_hash: str | None, password: str) -> Verdict:
        """Whether `password` is the one of `password_hash`; None (nobody, or no password yet) takes the same time."""
        if len(password) > MAX_CHARACTERS:
            password = ""
        nobody = self._nobody  # made at the first call, whoever that asks for
        try:
            self._hasher.verify(password_hash or nobody, _bytes(password))
        except (VerificationError, InvalidHashError):
            return Verdict(False)
        if not password_hash:
            return Verdict(False)
        return Verdict(True, self._hasher.check_needs_rehash(password_hash))

    @cached_property
    def _hasher(self) -> PasswordHasher:
        return PasswordHasher(
            time_cost=self.time_cost, memory_cost=self.memory_kib, parallelism=self.parallelism, hash_len=32
        )

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody has this password")


STRONG = Passwords()


def check(password: str, *, email: str, name: str = "") -> None:
    """Raise Invalid unless `password` may be one (NIST SP 800-63B-4 §3.1.1): long, not common, not one's own name.

    No rule asks for digits or signs: length does more, and people write down what such rules make.
    """
    plain = nfc(password)
    if len(plain) < MIN_CHARACTERS:
        raise Invalid("accounts.password_short", least=MIN_CHARACTERS)
    if len(plain) > MAX_CHARACTERS:
        raise Invalid("accounts.password_long", most=MAX_CHARACTERS)
    bare = _bare(plain)
    own = {_bare(email), _bare(email.partition("@")[0]), _bare(name)}
    if bare in own or bare.strip("0123456789") in own:
        raise Invalid("accounts.password_is_yours")
    if len(set(bare)) < 4 or _is_run(bare) or _is_repeat(bare) or bare in _common():
        raise Invalid("accounts.password_common")


def _bytes(password: str) -> bytes:
    return nfc(password).encode("utf-8", "surrogatepass")


def _bare(text: str) -> str:
    return "".join(nfc(text).casefold().split())


def _is_run(text: str) -> bool:
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return steps in ({1}, {-1})


def _is_repeat(text: str) -> bool:
    """True for a piece of up to six characters said again and again: "abc123abc123"."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, min(6, len(text) // 2) + 1))


@cache
def _common() -> frozenset[str]:
    words = (files("museum") / "accounts" / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(_bare(word) for word in words if word and not word.startswith("#"))
