"""Why a record was found and why it stands where it does: field by field, read from the record itself, on no engine."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from museum.catalog.record import Record
from museum.search.analysis import Token, bigrams, joined, place_tone, runs, token_of, variant
from museum.search.document import SearchDoc, document, texts_of
from museum.search.engine import scope_streams
from museum.search.nodes import (
    FIELDS,
    And,
    Everything,
    Facet,
    Fuzzy,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Term,
    Whole,
    Widened,
    Years,
    all_of,
)
from museum.search.query import Query
from museum.search.ranking import Tier, named_tiers
from museum.text import nfc

_MARK_SCOPES = ("title", "head")
_SAID = {Years: ("date", "years"), Facet: ("filter", "filter"), Whole: ("identifier", "number")}
_AROUND = 60  # characters of a text that are shown on each side of what was found


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a text; `is_hit` where it is what was found."""

    words: str
    is_hit: bool


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was asked for (`typed`) and how it was found: "exact" as typed, "folded" with other marks or none, "prefix",
    "slip", "number", "years" (they overlap), "filter"; or as what we added it: "apart" (the words of a compound),
    "spelling" (i or y), "year" (the one that was meant), "synonym"."""

    typed: str
    manner: str


@dataclass(frozen=True, kw_only=True)
class Reason:
    """What was found in one text of a field; `text` is that text in the record's own words, cut around what was found,
    and empty where the field shows none."""

    field: str
    found: tuple[Found, ...]
    text: tuple[Piece, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where one leaf is found: in a text of a field, from character to character."""

    field: str
    found: Found
    text: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Why:
    """`tier` says where in the order the record stands (`number` 1 is the best of `of`); None: it is not found."""

    tier: Tier | None
    number: int
    of: int
    reasons: tuple[Reason, ...]


def explain(query: Query, record: Record) -> Why:
    """Why the public's form of a record is found by `query`; about a millisecond."""
    doc = document(record)
    ladder = named_tiers(query)
    scopes = {scope: stream.split() for scope, stream in scope_streams(doc)}
    place = next((i for i, tier in enumerate(ladder) if _is_found(tier.node, doc, scopes)), None)
    texts, _, _ = texts_of(record)
    asked = all_of(query.root, *(Facet(*given) for given in query.facets.items()), query.years or Everything())
    places = [one for leaf, typed, manner in _leaves(asked) for one in _places(leaf, typed, manner, doc, scopes, texts)]
    return Why(
        tier=None if place is None else ladder[place],
        number=0 if place is None else place + 1,
        of=len(ladder),
        reasons=tuple(_together(places)),
    )


def _together(places: Iterable[_Place]) -> Iterator[Reason]:
    """One reason for each text, fields in the order of FIELDS."""
    order = {name: number for number, name in enumerate(FIELDS)}
    by_text: dict[tuple[str, str], list[_Place]] = {}
    for place in places:
        by_text.setdefault((place.field, place.text), []).append(place)
    for (field, text), own in sorted(by_text.items(), key=lambda item: order.get(item[0][0], len(order))):
        found = tuple(dict.fromkeys(place.found for place in own))
        together = {one.typed for one in found if one.manner in ("exact", "folded")}
        found = tuple(one for one in found if one.manner != "apart" or one.typed not in together)
        yield Reason(field=field, found=found, text=_cut(text, sorted({(place.start, place.end) for place in own})))


def _is_found(node: Node, doc: SearchDoc, scopes: Mapping[str, Sequence[str]]) -> bool:
    """Whether an engine would find the document by this node."""
    match node:
        case Everything():
            return True
        case Term():
            words = scopes.get(node.scope, ())
            if not (node.is_exact and node.token.exact):
                return node.token.folded in words
            marks = doc.marked.get(node.scope if node.scope in _MARK_SCOPES else "all", "").split()
            is_scoped = node.scope in (*_MARK_SCOPES, "all") or node.token.folded in words
            return is_scoped and node.token.exact in marks
        case Phrase():
            return _at([token.folded for token in node.tokens], scopes.get(node.scope, ()))
        case Prefix():
            return any(word.startswith(node.folded) for word in scopes.get(node.scope, ()))
        case Fuzzy():
            return any(_is_near(node.token.folded, word) for word in scopes.get(node.scope, ()))
        case Whole():
            return (f"={node.text}" if node.is_exact else node.text) in doc.wholes
        case Years():
            if doc.year_from is None or doc.year_to is None:
                return False
            return (node.first is None or doc.year_to >= node.first) and (
                node.last is None or doc.year_from <= node.last
            )
        case Facet():
            return any(item.value in node.values for item in doc.facets.get(node.name, ()))
        case And():
            return all(_is_found(child, doc, scopes) for child in node.children)
        case Or():
            return any(_is_found(child, doc, scopes) for child in node.children)
        case Widened():
            return any(_is_found(child, doc, scopes) for child in (node.literal, *node.others))
        case Not():
            return not _is_found(node.child, doc, scopes)


def _leaves(node: Node, typed: str = "", manner: str = "") -> Iterator[tuple[Node, str, str]]:
    """Each leaf that may match, with what was typed for it and, where we added it, as what."""
    if isinstance(node, Widened):
        yield from _leaves(node.literal)
        words = " ".join(_said(leaf) for leaf, _, _ in _leaves(node.literal))
        for other in node.others:
            yield from _leaves(other, words, _added(node.literal, other))
    elif isinstance(node, And | Or):
        for child in node.children:
            yield from _leaves(child, typed, manner)
    elif not isinstance(node, Not | Everything):
        yield node, typed or _said(node), manner


def _added(literal: Node, other: Node) -> str:
    """As what an alternative stands beside the words that were typed."""
    if isinstance(other, Years):
        return "year"
    if isinstance(other, Whole):
        return "number"
    if isinstance(other, Term) and isinstance(literal, Term):
        spelled = variant(literal.token)
        if spelled is not None and spelled.folded == other.token.folded:
            return "spelling"
    own = {token.folded for token in literal.tokens} if isinstance(literal, Phrase) else set()
    if own and {leaf.token.folded if isinstance(leaf, Term) else "" for leaf, _, _ in _leaves(other)} == own:
        return "apart"
    is_year = isinstance(other, Term) and other.token.folded.isdigit()
    return "year" if is_year else "synonym"


def _said(leaf: Node) -> str:
    match leaf:
        case Term() | Fuzzy():
            return leaf.token.exact or leaf.token.folded
        case Phrase():
            return " ".join(token.exact or token.folded for token in leaf.tokens)
        case Prefix():
            return f"{leaf.folded}*"
        case Whole():
            return leaf.text
        case Years():
            return f"{'' if leaf.first is None else leaf.first}..{'' if leaf.last is None else leaf.last}"
        case Facet():
            return f"{leaf.name}:{'|'.join(leaf.values)}"
    return ""


def _places(
    leaf: Node,
    typed: str,
    manner: str,
    doc: SearchDoc,
    scopes: Mapping[str, Sequence[str]],
    texts: Mapping[str, Sequence[str]],
) -> Iterator[_Place]:
    """One place for each field in which a leaf is found."""
    if isinstance(leaf, Years | Facet | Whole):
        if _is_found(leaf, doc, scopes):
            field, said = _SAID[type(leaf)]
            shown = list(texts.get(field, ()))
            if isinstance(leaf, Whole):
                shown = [number for number in shown if joined(number) == leaf.text]
            text = nfc(shown[0]) if shown else ""
            found = Found(typed=typed, manner=manner or said)
            yield _Place(field=field, found=found, text=text, start=0, end=len(text))
        return
    if not isinstance(leaf, Term | Phrase | Prefix | Fuzzy):
        return
    for field in FIELDS if leaf.scope == "all" else (leaf.scope,):
        best = _best(leaf, texts.get(field, ()))
        if best is not None:
            text, start, end, is_exact = best
            found = Found(typed=typed, manner=manner or _manner(leaf, is_exact=is_exact))
            yield _Place(field=field, found=found, text=text, start=start, end=end)


def _manner(leaf: Node, *, is_exact: bool) -> str:
    if isinstance(leaf, Prefix):
        return "prefix"
    if isinstance(leaf, Fuzzy):
        return "slip"
    return "exact" if is_exact else "folded"


def _best(leaf: Term | Phrase | Prefix | Fuzzy, texts: Sequence[str]) -> tuple[str, int, int, bool] | None:
    """The first place where a leaf stands as typed, else the first where it stands at all: text, from, to, as typed?"""
    first: tuple[str, int, int, bool] | None = None
    for text in map(nfc, texts):
        for start, end, is_exact in _spans(leaf, text):
            if is_exact:
                return text, start, end, True
            first = first or (text, start, end, False)
    return first


def _spans(leaf: Term | Phrase | Prefix | Fuzzy, text: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether it stands there as typed) of every place of a text where a leaf is found."""
    found = list(_words(text))
    if isinstance(leaf, Phrase):
        wanted = leaf.tokens
        for at in range(len(found) - len(wanted) + 1):
            here = found[at : at + len(wanted)]
            if all(token.folded == want.folded for (token, _, _), want in zip(here, wanted, strict=True)):
                is_exact = all(_agrees(token, want) for (token, _, _), want in zip(here, wanted, strict=True))
                yield here[0][1], here[-1][2], is_exact
        return
    for token, start, end in found:
        if isinstance(leaf, Prefix):
            if token.folded.startswith(leaf.folded):
                yield start, end, True
        elif isinstance(leaf, Fuzzy):
            if _is_near(leaf.token.folded, token.folded):
                yield start, end, token.folded == leaf.token.folded
        elif token.folded == leaf.token.folded:
            yield start, end, _agrees(token, leaf.token)


def _words(text: str) -> Iterator[tuple[Token, int, int]]:
    """The tokens of a text with where they stand in it, as `analysis.tokens` cuts it."""
    for start, word, is_han in runs(text):
        if is_han:
            for at, gram in enumerate(bigrams(word)):
                yield Token(gram), start + at, start + at + len(gram)
            for at, character in enumerate(word if len(word) > 1 else ""):
                yield Token(character), start + at, start + at + 1
        else:
            yield token_of(word.lower()), start, start + len(word)


def _agrees(token: Token, want: Token) -> bool:
    """Whether a word has the marks that were typed."""
    return (token.exact or token.folded) == (place_tone(want.exact) if want.exact else want.folded)


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """The places with what stands around them; what lies far from all of them is left out, cut between words."""
    pieces: list[Piece] = []
    done = 0
    for start, end in _joined(spans):
        between = text[done:start]
        if not pieces:
            pieces.append(Piece(words=_tail(between), is_hit=False))
        elif len(between) > 2 * _AROUND:
            pieces.append(Piece(words=f"{_head(between)} {_tail(between)}", is_hit=False))
        else:
            pieces.append(Piece(words=between, is_hit=False))
        pieces.append(Piece(words=text[start:end], is_hit=True))
        done = end
    pieces.append(Piece(words=_head(text[done:]), is_hit=False))
    return tuple(piece for piece in pieces if piece.words)


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in order, those that overlap as one."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _head(text: str) -> str:
    return text if len(text) <= _AROUND else text[:_AROUND].rpartition(" ")[0] + " …"


def _tail(text: str) -> str:
    return text if len(text) <= _AROUND else "… " + text[-_AROUND:].partition(" ")[2]


def _at(words: Sequence[str], stream: Sequence[str]) -> bool:
    return any(list(stream[i : i + len(words)]) == list(words) for i in range(len(stream) - len(words) + 1))


def _is_near(one: str, other: str) -> bool:
    """Whether one slip (left out, added, changed, swapped) leads from one word to the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return one == other
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, others = one[at:], other[at:]
    return rest[1:] == others[1:] or rest[1:] == others or rest == others[1:] or (
        rest[1::-1] + rest[2:] == others and len(rest) > 1
    )  # fmt: skip
