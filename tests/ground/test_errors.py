"""Every error code that the code raises has words in both languages, with the same placeholders."""

import ast
import pickle
import string
from pathlib import Path

import pytest

from museum import errors
from museum.errors import Invalid, MuseumError, NotFound, SourceError, message_of

PACKAGE = Path(errors.__file__).parent
KINDS = {"NotFound", "Forbidden", "Invalid", "Conflict", "SourceError", "BackendError", "MuseumError"}


def raised_codes() -> dict[str, str]:
    """Code → file, of every error built with a literal code."""
    found: dict[str, str] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            first = node.args[0]
            if name in KINDS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found[first.value] = path.name
    return found


def test_every_raised_code_has_words_in_both_languages() -> None:
    codes = raised_codes()
    print(f"{len(codes)} codes looked up")
    assert len(codes) > 20
    missing = {code: place for code, place in codes.items() if code not in errors.known_codes()}
    assert not missing


@pytest.mark.parametrize("code", sorted(errors.known_codes()))
def test_both_languages_use_the_same_placeholders(code: str) -> None:
    def names(language: str) -> set[str]:
        template = errors._messages()[code][language]
        return {n.removesuffix(f"_{language}") for _, n, _, _ in string.Formatter().parse(template) if n}

    assert names("vi") == names("en")
    assert message_of(code, "vi", {}) != message_of(code, "en", {})


def test_an_error_survives_the_way_between_processes() -> None:
    error = SourceError("config.unknown_key", key="a", path="b", known="c")
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, SourceError)
    assert again.message("en") == error.message("en")


def test_a_message_names_its_values() -> None:
    assert "/nowhere" in NotFound("config.no_museum", home="/nowhere").message("vi")
    assert issubclass(Invalid, MuseumError)
