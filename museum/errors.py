"""The error tree. Each error carries a code and values; its words live in both languages in translations/errors/."""

import tomllib
from functools import cache
from importlib.resources import files

LANGUAGES = ("vi", "en")


class MuseumError(Exception):
    """Base of every error we raise on purpose.

    `code` is a dotted name such as ``scan.unit_unknown``; its message in each language stands in
    ``translations/errors/<first part>.toml`` and says what is wrong, where, and what to do.
    `values` fill the message's ``{placeholders}``.
    """

    exit_code = 1

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def message(self, language: str = "vi") -> str:
        """The message in `language` ("vi" or "en"), placeholders filled."""
        return message_of(self.code, language, self.values)

    def __str__(self) -> str:
        return f"{self.code}: {self.message('en')}"

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders (parsers run in children), and keyword arguments need help to do so.
        return (_rebuild, (type(self), self.code, self.values))


class NotFound(MuseumError):
    """The thing asked for does not exist, or no longer does."""

    exit_code = 4


class Forbidden(MuseumError):
    """The asker may not see or do this."""

    exit_code = 5


class Invalid(MuseumError):
    """A request, setting or argument is wrong."""

    exit_code = 2


class Conflict(MuseumError):
    """Two truths contradict each other, or two actors collide."""

    exit_code = 6


class SourceError(MuseumError):
    """A file or row that somebody gave us is bad."""

    exit_code = 3


class BackendError(MuseumError):
    """An engine of ours failed: disk, database, index."""

    exit_code = 7


def _rebuild(kind: type[MuseumError], code: str, values: dict[str, object]) -> MuseumError:
    return kind(code, **values)


@cache
def _messages() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    folder = files("museum") / "translations" / "errors"
    for entry in folder.iterdir():
        if entry.name.endswith(".toml"):
            area = entry.name.removesuffix(".toml")
            for name, texts in tomllib.loads(entry.read_text(encoding="utf-8")).items():
                found[f"{area}.{name}"] = texts
    return found


def known_codes() -> frozenset[str]:
    """Every code that has messages."""
    return frozenset(_messages())


def message_of(code: str, language: str, values: dict[str, object]) -> str:
    """The words for `code` in `language`; the bare code and values when no words exist (a test forbids that)."""
    texts = _messages().get(code)
    if texts is None:
        return f"{code} {values}" if values else code
    template = texts.get(language) or texts["en"]
    return template.format_map(_Lenient(values))


class _Lenient(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
