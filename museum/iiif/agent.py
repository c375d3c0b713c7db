"""Who publishes a manifest or collection: its provider (cookbook 0234)."""

from collections.abc import Sequence

from museum.addresses import PLACEHOLDER
from museum.iiif.source import Institution, Json
from museum.iiif.words import plain
from museum.text import Text


def provider(institution: Institution, *, languages: Sequence[str]) -> Json:
    """The institution as provider (cookbook 0234): name, homepage, logo."""
    homepage = _address(institution.homepage or "/")
    name = institution.name or Text({"und": institution.code})
    agent: Json = {
        "id": homepage,
        "type": "Agent",
        "label": plain(name),
        "homepage": [
            {
                "id": homepage,
                "type": "Text",
                "label": plain(name),
                "format": "text/html",
                "language": list(languages),
            }
        ],
    }
    if institution.logo:
        logo = {"id": _address(institution.logo), "type": "Image", "format": institution.logo_media_type}
        agent["logo"] = [logo]
    return agent


def _address(given: str) -> str:
    return PLACEHOLDER + given if given.startswith("/") else given
