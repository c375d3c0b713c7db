"""Two revisions of a record side by side: field by field, statement by statement, word by word."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from museum.catalog import changes

Side = Literal["same", "deleted", "inserted"]
# Words and the spaces and signs between them; Vietnamese syllables are words here.
_TOKENS = re.compile(r"\w+|\s+|[^\w\s]", re.UNICODE)
_MOST_TOKENS = 3000  # beyond this a text is shown as replaced: the comparison costs the square


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A run of text that both revisions have, or only the older ("deleted") or newer ("inserted") one."""

    side: Side
    text: str


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One statement or item of a part on both sides; None where a side has none. Equal items have equal sides."""

    before: Any
    after: Any

    @property
    def is_same(self) -> bool:
        """True when both sides say the same."""
        return bool(self.before == self.after)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One part that differs: a field of values (`is_field`), or "media", "identifiers", "links", "state", …"""

    name: str
    is_field: bool
    pairs: tuple[Pair, ...]


def compare(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Difference]:
    """The parts in which two snapshots differ, fields first."""
    fields = {*(before or {}).get("values", {}), *(after or {}).get("values", {})}
    found = []
    for name, old, new in changes.field_differences(
        dict(before) if before is not None else None, dict(after) if after is not None else None
    ):
        is_field = name in fields and name not in (before or {}) and name not in (after or {})
        found.append(Difference(name=name, is_field=is_field, pairs=tuple(_pairs(old, new))))
    return sorted(found, key=lambda d: not d.is_field)


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """What two texts share and where they part, in the order of reading."""
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    runs: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(old), 0, len(new))]
    if len(old) <= _MOST_TOKENS and len(new) <= _MOST_TOKENS:
        runs = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    found: list[Piece] = []
    for kind, a, b, c, d in runs:
        if kind == "equal":
            found.append(Piece(side="same", text="".join(old[a:b])))
            continue
        if b > a:
            found.append(Piece(side="deleted", text="".join(old[a:b])))
        if d > c:
            found.append(Piece(side="inserted", text="".join(new[c:d])))
    return tuple(found)


def _pairs(old: Any, new: Any) -> Iterator[Pair]:
    """Items of lists paired by what they are (id, language, scheme), the rest as a whole."""
    if not isinstance(old, list | None) or not isinstance(new, list | None) or (old is None and new is None):
        yield Pair(before=old, after=new)
        return
    left, alone = list(new or ()), []
    is_file = any("sha256" in item for item in (*(old or ()), *(new or ())) if isinstance(item, Mapping))
    for item in old or ():
        twin = next((i for i, other in enumerate(left) if other == item), None)
        if twin is None:
            twin = next(
                (i for i, other in enumerate(left) if _key(other) == _key(item) and other not in (old or ())), None
            )
        if twin is None and is_file:
            alone.append(item)
            continue
        yield Pair(before=item, after=left.pop(twin) if twin is not None else None)
    # A file in the place of another: both are shown side by side.
    for item in alone:
        twin = next((i for i, other in enumerate(left) if other["kind"] == item["kind"]), None)
        yield Pair(before=item, after=left.pop(twin) if twin is not None else None)
    yield from (Pair(before=None, after=item) for item in left)


def _key(item: Any) -> Sequence[str]:
    """What an item of a list is, whatever it says: a statement by language and unit, a file by id."""
    if not isinstance(item, Mapping):
        return ()
    if "id" in item:
        return (str(item["id"]),)
    names = ("language", "unit") if "value" in item and "scheme" not in item else ("scheme", "predicate", "target")
    return [str(item.get(name, "")) for name in names]
