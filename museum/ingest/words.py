"""Words of cells and file names → the codes we keep, from words.toml."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from museum.text import fold


@lru_cache(maxsize=4096)
def key_of(words: str) -> str:
    """`words` as compared: no marks, case or punctuation, single spaces."""
    return re.sub(r"[\W_]+", " ", fold(words)).strip()


def code_of(group: str, words: str) -> str:
    """The code in `group` ("units", "languages", "kinds", "display", "axes", …) that `words` mean, or ""."""
    return _index()[group].get(key_of(words), "")


def known(group: str) -> tuple[str, ...]:
    """The codes of a group."""
    return tuple(_table()[group])


def role_in(words: str) -> str:
    """The role that `words` (a role, a label, a file's stem) speak of: the first of words.toml found, or ""."""
    text = f" {key_of(words)} "
    if text.strip():
        for role, names in _table()["roles"].items():
            if any(f" {key_of(name)} " in text for name in names):
                return role
    return ""


def is_plain_role(words: str) -> bool:
    """True for a role cell that says no more than the file does ("view", "av", "3d")."""
    return key_of(words) in {key_of(name) for name in _table()["plain_roles"]["words"]}


def is_container(name: str) -> bool:
    """True for a folder's name that says what kind of files lie in it, not which object they show."""
    return key_of(name) in {key_of(word) for word in _table()["containers"]["words"]}


def is_table_folder(name: str) -> bool:
    """True for the name of a folder that holds tables."""
    return key_of(name) in {key_of(word) for word in _table()["table_folders"]["words"]}


def length_units() -> tuple[str, ...]:
    """Unit codes of lengths."""
    return tuple(_table()["length_units"]["codes"])


def weight_units() -> tuple[str, ...]:
    """Unit codes of weights."""
    return tuple(_table()["weight_units"]["codes"])


@cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("museum.ingest") / "words.toml").read_text(encoding="utf-8"))


@cache
def _index() -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for group, codes in _table().items():
        found[group] = {key_of(name): code for code, names in codes.items() for name in (code, *names)}
    return found
