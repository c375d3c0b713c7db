"""museum.toml in a backup: nothing secret in it; in a restored museum: nothing that was true of the old place only."""

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from museum.errors import Invalid

_SECRET = re.compile(r"secret|token|password|passphrase|private_key|access_key|api_key")
_PASSWORD_IN_URL = re.compile(r"(?P<start>[a-z][a-z0-9+.-]*://[^:/@\s]*):[^@/\s]*@")
# Where things lay on the old machine. A copy that went on writing into its derivatives would spoil them.
_OF_THIS_PLACE = ("media", "database_url", "derived_url")


@dataclass(frozen=True, kw_only=True)
class Told:
    """A settings file and the names of the settings that were taken out of it."""

    text: str
    left_out: tuple[str, ...]


def without_secrets(text: str) -> Told:
    """The settings file without its secrets: their lines go, and so do passwords inside addresses."""
    given = _parsed(text)
    secret = tuple(name for name in given if is_secret(name) and given[name])
    kept = {name: _cleaned(value) for name, value in given.items() if not is_secret(name)}
    hidden = tuple(name for name in kept if kept[name] != given[name])
    return Told(text=_rewritten(text, kept), left_out=(*secret, *hidden))


def for_new_home(text: str, *, database_url: str = "") -> Told:
    """The settings of a restored museum: nothing in them names the old machine's places (`left_out` does)."""
    given = _parsed(text)
    kept = {name: value for name, value in given.items() if name not in _OF_THIS_PLACE}
    left_out = tuple(name for name in _OF_THIS_PLACE if given.get(name))
    made = _rewritten(text, kept)
    if database_url:
        made = made.rstrip("\n") + f"\ndatabase_url = {_written(database_url)}\n"
    return Told(text=made, left_out=left_out)


def is_secret(name: str) -> bool:
    """Whether a setting of this name holds something that nobody else may know."""
    return bool(_SECRET.search(name))


def _cleaned(value: Any) -> Any:
    return _PASSWORD_IN_URL.sub(r"\g<start>@", value) if isinstance(value, str) else value


def _parsed(text: str) -> dict[str, Any]:
    """The settings by name, those of tables as `config.load` reads them: "[oidc] issuer" is oidc_issuer."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid("config.unreadable", path="museum.toml", reason=error) from error
    found = {name: value for name, value in given.items() if not isinstance(value, dict)}
    for table in (name for name, value in given.items() if isinstance(value, dict)):
        found.update({f"{table}_{name}": value for name, value in given[table].items()})
    return found


def _rewritten(text: str, kept: dict[str, Any]) -> str:
    """The lines of `text` with exactly the settings of `kept`; comments stay unless that can't be done by lines."""
    given, lines = _parsed(text), []
    for line in text.splitlines():
        name = re.match(r"\s*([A-Za-z0-9_-]+)\s*=", line)
        if name is None or name[1] not in given:
            lines.append(line)
        elif name[1] in kept:
            lines.append(line if kept[name[1]] == given[name[1]] else f"{name[1]} = {_written(kept[name[1]])}")
    made = "\n".join((*lines, ""))
    try:
        if _parsed(made) == kept:
            return made
    except Invalid:
        pass  # a value of several lines, or of a table: comments are given up
    return "".join(f"{name} = {_written(value)}\n" for name, value in kept.items())


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_written(item) for item in value)}]"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
