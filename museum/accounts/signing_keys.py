"""The keys that sign cookies and links: from the settings, else from home/secret.key; several, so that they rotate."""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from museum.config import Settings
from museum.errors import BackendError, Invalid

FILE_NAME = "secret.key"
_BYTES = 32  # of randomness in a key that we make
_LEAST_CHARACTERS = 32
_LEAST_KINDS = 10  # different characters; "aaaa…" and "0123 0123" have fewer


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """A key and the short name that links carry to say which key signed them."""

    id: str
    secret: str

    @classmethod
    def of(cls, secret: str) -> "SigningKey":
        """The key of a secret; its id tells nothing about it (8 hexadecimal digits of a SHA-256)."""
        return cls(id=hashlib.sha256(b"museum key id\0" + secret.encode()).hexdigest()[:8], secret=secret)

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one purpose: a signature made for one never passes for another."""
        return hashlib.sha256(f"museum {purpose}\0{self.secret}".encode()).digest()


def path_of(settings: Settings) -> Path:
    """Where the file lies."""
    return settings.home / FILE_NAME


def read(settings: Settings) -> tuple[SigningKey, ...]:
    """The keys, the present one first; the setting `secret_key` goes before the file. Empty where there are none.

    Raises BackendError when the file is there and can't be read.
    """
    lines = [settings.secret_key] if settings.secret_key else []
    path = path_of(settings)
    try:
        if path.is_file():
            lines += path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BackendError("signing.unreadable", path=path, reason=error) from error
    return tuple(SigningKey.of(line.strip()) for line in lines if line.strip())


def ensure(settings: Settings) -> tuple[SigningKey, ...]:
    """The keys; where there are none, home/secret.key is made first (only its owner may read it).

    Several processes may start at once: one of them makes the file, the others read it.
    """
    found = read(settings)
    if found:
        return found
    path = path_of(settings)
    fresh = path.with_name(f".{FILE_NAME}.{secrets.token_hex(4)}")
    try:
        _write(fresh, secrets.token_urlsafe(_BYTES))
        try:
            os.link(fresh, path)  # unlike a rename it never replaces what another process made meanwhile
            _sync_folder(path.parent)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    except OSError as error:
        raise BackendError("signing.unwritable", path=path, reason=error.strerror or error) from error
    return read(settings)


def rotate(settings: Settings, *, keep: int = 2) -> tuple[SigningKey, ...]:
    """Put a new key first and keep the last `keep` old ones, so that what they signed stays valid until it expires.

    The file is durable when this returns: what is sealed with the new key from now on is not lost with the power.
    Raises Invalid where the key comes from the settings: it is changed there.
    """
    if settings.secret_key:
        raise Invalid("signing.set_elsewhere")
    old = [key.secret for key in read(settings)][:keep]
    path = path_of(settings)
    fresh = path.with_name(f".{FILE_NAME}.{secrets.token_hex(4)}")
    try:
        _write(fresh, "\n".join((secrets.token_urlsafe(_BYTES), *old)))
        fresh.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise BackendError("signing.unwritable", path=path, reason=error.strerror or error) from error
    return read(settings)


@contextmanager
def only_rotation(settings: Settings) -> Iterator[None]:
    """Hold off every other rotation: of two at once one's key would be gone, and what was sealed with it."""
    try:
        folder = os.open(settings.home, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise BackendError("signing.unwritable", path=settings.home, reason=error.strerror or error) from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


class KeyRing:
    """The keys of a process that runs on: read anew once the file is another, so that `museum rotate-key` reaches web
    processes at once. Each look costs one stat. Threads may share one."""

    def __init__(self, settings: Settings) -> None:
        """Makes the first key where there is none. Raises BackendError."""
        self._settings = settings
        self._path = path_of(settings)
        self._known = (self._seen(), ensure(settings))

    @property
    def keys(self) -> tuple[SigningKey, ...]:
        """The keys, the present one first. A file that is gone or can't be read leaves them as they were."""
        seen, keys = self._known
        now = self._seen()
        if now != seen and now is not None:
            with suppress(BackendError):
                # The stamp is from before the reading: a file replaced meanwhile is read once more.
                self._known = (now, read(self._settings) or keys)
        return self._known[1]

    def _seen(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


def weaknesses(settings: Settings) -> tuple[str, ...]:
    """Error codes of what is wrong with the keys, empty when nothing is: for `museum doctor`."""
    found = []
    keys = read(settings)
    if not keys:
        found.append("signing.missing")
    if any(len(key.secret) < _LEAST_CHARACTERS or len(set(key.secret)) < _LEAST_KINDS for key in keys):
        found.append("signing.weak")
    path = path_of(settings)
    if path.is_file() and path.stat().st_mode & 0o077:
        found.append("signing.readable_by_others")
    return tuple(found)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
