"""How our own pages name an image to viewers: with its version, so that browsers keep what they have seen."""

from collections.abc import Sequence

from museum.addresses import versioned
from museum.catalog.record import Media
from museum.catalog.store import Derivative


def image_identifier(media: Media, made: Sequence[Derivative]) -> str:
    """The identifier of a medium's image for IIIF addresses in a page; `made` are the medium's derivatives.

    Manifests and lists name the plain id instead: whoever copies an address from there wants it to last.
    """
    return versioned(media.id, next((d.digest for d in made if d.name == "pyramid"), ""))
