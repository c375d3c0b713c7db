"""The page's language: the bare address speaks the museum's first language, ?lang= the other (design.md §9)."""

from functools import lru_cache
from typing import Any

from babel.numbers import format_decimal
from flask import g, request

from museum.addresses import page
from museum.errors import LANGUAGES
from museum.text import Text, translations


def choose_language(first_language: str) -> None:
    """Set the language of this request from its address alone: headers never decide, so that caches stay right."""
    asked = request.args.get("lang", "")
    g.first_language = first_language
    g.language = asked if asked in LANGUAGES else first_language


def speak(language: str) -> None:
    """Go on in `language`: for interfaces that are told it by another address than their own."""
    g.language = language


def current() -> str:
    """The language of this request: "vi" or "en"."""
    language: str = g.language
    return language


def other() -> str:
    """The language this page does not speak now."""
    return "en" if current() == "vi" else "vi"


def address(path: str, *, language: str = "") -> str:
    """`path` in the page's language (or in `language`), so that every link keeps it."""
    return page(path, language=language or current(), first_language=g.first_language)


def say(message: str, **values: object) -> str:
    """An English sentence in the page's language, its %(names)s filled."""
    words = translations(current()).gettext(message)
    return words % values if values else words


def say_many(one: str, many: str, number: int, **values: object) -> str:
    """The sentence for `number` things; `%(num)s` holds the number as the page's language writes it."""
    words = translations(current()).ngettext(one, many, number)
    return words % {"num": grouped(number, current()), **values}


@lru_cache(maxsize=4096)
def grouped(number: int, language: str) -> str:
    """A whole number as a language writes it. A page with facets holds some fifty, which took a fifth of its time."""
    return format_decimal(number, locale=language)


def later(message: str) -> str:
    """Mark a sentence for translation where it is written; `say` translates it where it is shown."""
    return message


def words(text: Text) -> str:
    """The words of `text` in the page's language, else in the nearest one."""
    return text.say(current())


def words_language(text: Text) -> str:
    """The language of `words(text)` where it differs from the page's, else "": for the lang attribute."""
    code = text.pick(current())[1]
    return "" if code in (current(), "und") else code


def template_gettext(message: str, **values: Any) -> str:
    """What Jinja's `_()` calls: `say` without filling (Jinja fills and escapes by itself)."""
    del values
    return translations(current()).gettext(message)


def template_ngettext(one: str, many: str, number: int) -> str:
    """What Jinja's `ngettext()` calls."""
    return translations(current()).ngettext(one, many, number)
