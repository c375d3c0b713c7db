"""The name of a stored thing: a relative POSIX path that can't leave its root."""

import re

from museum.errors import Invalid
from museum.text import nfc

_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}){0,8}")  # sure to be right
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MAX_PART_BYTES = 255  # what ext4, XFS, APFS and NTFS allow for one name
_MAX_BYTES = 1024  # S3's limit for a whole key


class Key(str):
    """A checked relative path with "/" between its parts, in NFC.

    Raises Invalid ``storage.bad_key`` for an empty part, ".", "..", a leading or trailing slash, a backslash,
    a control character, a part above 255 bytes or a whole above 1,024.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> "Key":
        if isinstance(text, Key):
            return text
        if _PLAIN.fullmatch(text):
            return super().__new__(cls, text)
        name = nfc(text)
        parts = name.split("/")
        if (
            any(part in ("", ".", "..") or len(part.encode("utf-8", "replace")) > _MAX_PART_BYTES for part in parts)
            or "\\" in name
            or _CONTROL.search(name)
            or any("\ud800" <= character <= "\udfff" for character in name)
            or len(name.encode("utf-8")) > _MAX_BYTES
        ):
            raise Invalid("storage.bad_key", key=ascii(text))
        return super().__new__(cls, name)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names between the slashes, at least one."""
        return tuple(self.split("/"))
