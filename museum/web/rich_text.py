"""Texts of records and stories that hold a little HTML: only what is on the list comes through (nh3's only importer).

A text without "<" is plain and stays so, whatever "&" it holds.
"""

import html

import nh3
from markupsafe import Markup, escape

from museum.text import MARKS

_TAGS = set(MARKS)
_ATTRIBUTES = {"a": {"href", "lang"}, "span": {"lang"}, "em": {"lang"}, "i": {"lang"}, "q": {"lang"}}
_SCHEMES = {"http", "https", "mailto"}


def rich(text: str) -> Markup:
    """`text` for a page: allowed marks kept, all else taken out or escaped; links vouch for nothing."""
    if "<" not in text:
        return escape(text)
    cleaned = nh3.clean(
        text, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener nofollow ugc"
    )
    return Markup(cleaned)


def plain(text: str) -> str:
    """`text` without its marks: for attributes, JSON-LD, titles of windows."""
    if "<" not in text:
        return text
    return html.unescape(nh3.clean(text, tags=set()))
