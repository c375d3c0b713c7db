"""A tile of which everything but its bytes is known without waiting: what both ways to answer for tiles share."""

from typing import NamedTuple

from museum.iiif.answering import is_unchanged
from museum.imaging.tile import Place


class TileAtHand(NamedTuple):
    """One stored tile, named. A tuple, since it is made for each answer."""

    etag: str
    modified: str
    headers: tuple[tuple[str, str], ...]
    """Of answers with and without body, ETag and Link excepted; the same object for all tiles of an open pyramid."""
    kind: tuple[str, str]
    """The header of the media type."""
    link: str
    """The value of the header Link without its beginning: "<" and the public origin."""
    place: Place

    def is_unchanged(self, if_none_match: str, if_modified_since: str) -> bool:
        """Whether the asker has it already (RFC 9110 §13.2.2)."""
        if not (if_none_match or if_modified_since):
            return False
        return is_unchanged(self.etag, self.modified, if_none_match=if_none_match, if_modified_since=if_modified_since)
