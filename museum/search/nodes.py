"""The parsed query as a tree of frozen nodes; what every engine understands, and nothing more."""

from dataclasses import dataclass
from typing import TypeAlias

from museum.search.analysis import Token

# Fields of words a record is indexed under. "head" is the first six together, "all" is everything.
FIELDS = ("title", "identifier", "maker", "type", "place", "material", "designation", "date", "text")
HEAD = FIELDS[:6]
SCOPES = (*FIELDS, "head", "all")


@dataclass(frozen=True)
class Everything:
    """Matches each record."""


@dataclass(frozen=True)
class Term:
    """One word within `scope`; `is_exact` asks for its marks too (a token without marks is always folded)."""

    token: Token
    scope: str = "all"
    is_exact: bool = False


@dataclass(frozen=True)
class Phrase:
    """Folded words in this order, side by side, within one text of `scope`."""

    tokens: tuple[Token, ...]
    scope: str = "all"


@dataclass(frozen=True)
class Prefix:
    """A word that begins with `folded`."""

    folded: str
    scope: str = "all"


@dataclass(frozen=True)
class Fuzzy:
    """A word one slip of the keyboard away; becomes terms of the index's own words before an engine sees it."""

    token: Token
    scope: str = "all"


@dataclass(frozen=True)
class Whole:
    """The whole title, or a whole identifier: `text` folded, or with marks where `is_exact`."""

    text: str
    is_exact: bool = False


@dataclass(frozen=True)
class Years:
    """A date that overlaps `first` to `last`; None leaves a side open."""

    first: int | None
    last: int | None


@dataclass(frozen=True)
class Facet:
    """One of `values` in the facet `name`."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class And:
    """All of `children`; each Not among them takes away."""

    children: "tuple[Node, ...]"


@dataclass(frozen=True)
class Or:
    """At least one of `children`."""

    children: "tuple[Node, ...]"


@dataclass(frozen=True)
class Widened:
    """What was typed, or one of the `others` that we added: synonyms, other spellings, years, places renamed."""

    literal: "Node"
    others: "tuple[Node, ...]"


@dataclass(frozen=True)
class Not:
    """None of what `child` matches."""

    child: "Node"


Node: TypeAlias = Everything | Term | Phrase | Prefix | Fuzzy | Whole | Years | Facet | And | Or | Widened | Not


def all_of(*children: Node) -> Node:
    """`And` without needless levels."""
    flat: list[Node] = []
    for child in children:
        if isinstance(child, And):
            flat.extend(child.children)
        elif not isinstance(child, Everything):
            flat.append(child)
    if not flat:
        return Everything()
    return flat[0] if len(flat) == 1 and not isinstance(flat[0], Not) else And(tuple(flat))


def any_of(*children: Node) -> Node:
    """`Or` without needless levels; at least one child."""
    flat: list[Node] = []
    for child in children:
        if isinstance(child, Or):
            flat.extend(child.children)
        else:
            flat.append(child)
    unique = tuple(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else Or(unique)
