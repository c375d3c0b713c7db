"""What the frame of every page needs: names, links, alternates, built assets. Given to the templates as functions."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

from museum import addresses
from museum.web.context import museum
from museum.web.language import address, current, later, other, say, words
from museum.web.protection import nonce
from museum.web.public import base_url

_NAVIGATION = (
    ("/exhibitions", later("Exhibitions")),
    ("/search", later("Objects")),
    ("/monuments", later("Monuments")),
    ("/conservation", later("Restoration")),
    ("/c", later("Collections")),
    ("/about", later("About")),
)
_FOOTER = (
    ("/about", later("About the museum")),
    ("/accessibility", later("Accessibility")),
    ("/iiif/collection/all", later("Open data (IIIF)")),
    (addresses.login(), later("For the museum's staff")),
)
_NATIVE_NAMES = {"vi": "Tiếng Việt", "en": "English"}
_PRELOADED = ("sans-400-latin", "sans-400-vietnamese")


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link of the frame."""

    words: str
    address: str
    is_here: bool = False


def frame_functions() -> dict[str, Any]:
    """The functions, by the names templates use."""
    return {
        "museum_name": museum_name,
        "asset": asset,
        "preloaded_fonts": preloaded_fonts,
        "alternates": alternates,
        "canonical": canonical,
        "navigation": navigation,
        "footer_links": footer_links,
        "other_address": other_address,
        "other_language_name": other_language_name,
        "contact_email": contact_email,
        "nonce": nonce,
    }


def museum_name() -> str:
    """The museum's name in the page's language."""
    return words(museum().settings.name)


def contact_email() -> str:
    """Where to write, "" when not set."""
    return museum().settings.contact_email


def asset(name: str) -> str:
    """Address of a built file, "" without a build."""
    return museum().assets.address(name)


def preloaded_fonts() -> list[str]:
    """The fonts of running text; titles and bold wait for the style sheet, as the stage's picture goes first."""
    return [found for name in _PRELOADED if (found := asset(name))]


def navigation() -> list[Link]:
    """The main links."""
    here = request.path
    return [
        Link(words=say(name), address=address(path), is_here=here == path or here.startswith(path + "/"))
        for path, name in _NAVIGATION
    ]


def footer_links() -> list[Link]:
    """The links at the foot."""
    found = []
    for path, name in _FOOTER:
        found.append(Link(words=say(name), address=path if path.startswith("/iiif/") else address(path)))
    return found


def other_language_name() -> str:
    """The other language's own name."""
    return _NATIVE_NAMES[other()]


def other_address() -> str:
    """This very page in the other language."""
    return address(_own_path(), language=other())


def canonical() -> str:
    """The absolute address of this page in its language, without what only changes the view."""
    return base_url() + address(_canonical_path())


def alternates() -> list[tuple[str, str]]:
    """(hreflang, absolute address) of this page in both languages and for everybody else (the bare address)."""
    path = _canonical_path()
    first = museum().settings.language
    pairs = [(code, base_url() + address(path, language=code)) for code in (current(), other())]
    return [*sorted(pairs), ("x-default", base_url() + addresses.page(path, language=first, first_language=first))]


def _own_path() -> str:
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{request.path}?{urlencode(pairs)}" if pairs else request.path


def _canonical_path() -> str:
    return _own_path() if request.path == addresses.search_page() else request.path
