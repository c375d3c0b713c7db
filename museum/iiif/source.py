"""What a manifest is built from, beside the record and its derivatives: plain values that whoever publishes fills."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from museum.addresses import PLACEHOLDER, derivative
from museum.catalog.record import Media
from museum.catalog.store import Derivative
from museum.text import Text

Json = dict[str, Any]
Derivatives = Mapping[str, Sequence[Derivative]]


@dataclass(frozen=True, kw_only=True)
class Institution:
    """Who publishes: `homepage` and `logo` are addresses, ours begin with "/"; empty ones stand for the museum's own.

    `logo_media_type` goes with `logo`; without a logo none is claimed.
    """

    code: str
    name: Text
    homepage: str = ""
    logo: str = ""
    logo_media_type: str = "image/svg+xml"


@dataclass(frozen=True, kw_only=True)
class OnRequest:
    """Images that not everybody may see, but everybody may know of: nothing in `media` is a secret.

    `museum` is the name that people sign in at; `substitute_px` the long side of the small version for all, 0: none.
    """

    media: tuple[Media, ...] = ()
    museum: Text = field(default_factory=Text)
    substitute_px: int = 0


@dataclass(frozen=True, kw_only=True)
class FieldLabel:
    """One field of the record type, in the order of showing; `vocabulary` is the scheme of its words, if any."""

    name: str
    label: Text
    vocabulary: str = ""


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The derivatives of one record's media, and their addresses with the placeholder in front."""

    derivatives: Derivatives = field(default_factory=dict)

    def find(self, media: Media, *names: str) -> Derivative | None:
        """The first of `names` that exists for the medium."""
        given = {d.name: d for d in self.derivatives.get(media.sha256, ())}
        return next((given[name] for name in names if name in given), None)

    def starting(self, media: Media, prefix: str) -> tuple[Derivative, ...]:
        """All derivatives of the medium whose name begins with `prefix`, by name."""
        found = (d for d in self.derivatives.get(media.sha256, ()) if d.name.startswith(prefix))
        return tuple(sorted(found, key=lambda d: d.name))

    def of_type(self, media: Media, *media_types: str) -> Derivative | None:
        """The first derivative with one of these media types."""
        given = self.derivatives.get(media.sha256, ())
        return next((d for d in given if d.media_type in media_types), None)

    def fact(self, media: Media, name: str, *derivative_names: str) -> float | int | None:
        """A measured number: what the named derivatives say, else what the master says; None where nobody says."""
        for derivative_name in derivative_names:
            found = self.find(media, derivative_name)
            if found and isinstance(found.facts.get(name), int | float):
                return found.facts[name]  # type: ignore[no-any-return]  # tested on the line above
        value = media.facts.get(name)
        return value if isinstance(value, int | float) else None

    @staticmethod
    def address(media: Media, found: Derivative) -> str:
        """The address of a derivative, with the placeholder."""
        return PLACEHOLDER + derivative(media.id, found.name, found.digest)
