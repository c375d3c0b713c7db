"""Reading a tantivy index: its committed state, pages by relevance in one question, bounds, counts of facets."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import tantivy
from tantivy import Occur, Order

from museum.search.engine import Best, Found, Key
from museum.search.nodes import HEAD, And, Facet, Node, Or, Phrase, Term, Whole, Widened
from museum.search.stored import Stored
from museum.search.tantivy_rows import NUMBERED, column, short, value_number

MOST_VALUES = 65_000  # facet values counted exactly
MARK_SCOPES = ("title", "head")  # others share the marks of the whole record
_MOST_REMEMBERED = 4_000  # records, some 4 MB
_MOST_KNOWN = 500_000  # values of one facet
_MOST_WORDS = 20_000  # whose frequencies are remembered, some 3 MB


class State:
    """One committed state. Records of pages are remembered by their "rank": the same ones come first again and again,
    and to fetch one takes longer than all else that is done for it."""

    def __init__(self, searcher: Any) -> None:
        self.searcher = searcher
        self.bound = Bound(searcher)
        self._known: dict[Key, Stored] = {}

    def stored(self, address: Any, rank: Key | None = None) -> Stored:
        """What stands with the record at `address`; remembered where its rank is told."""
        if rank is None:
            return self._read(address)
        found = self._known.get(rank)
        if found is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            found = self._known[rank] = self._read(address)
        return found

    def found(self, hits: Iterable[tuple[int, Key, Any]], *, is_page: bool) -> list[tuple[int, Found]]:
        """The records of (level, rank, address); those of a page are remembered."""
        known, read = self._known.get, self.stored
        return [
            (level, Found(key, known(key) or read(address, key if is_page else None))) for level, key, address in hits
        ]

    def first(self, query: Any, limit: int) -> Any:
        """(rank, address) of the first records by rank, and how many there are."""
        return self.searcher.search(query, limit, order_by_field="key_rank", order=Order.Asc)

    def _read(self, address: Any) -> Stored:
        return Stored(bytes(self.searcher.doc(address)["stored"][0]))


def best_at_once(state: State, queries: Mapping[int, Any], *, limit: int, is_page: bool) -> Best:
    """The first records of several levels by one question: each level that holds a record adds its bit to the score,
    so that the first ones have the best levels; `queries` by level, in order, the last of which holds all: what it
    doesn't hold doesn't count in the others."""
    *better, last = queries
    parts = [(Occur.Must, tantivy.Query.const_score_query(queries[last], 0.0))]
    for bit, level in enumerate(reversed(better)):
        parts.append((Occur.Should, tantivy.Query.const_score_query(queries[level], float(1 << bit))))
    answer = state.searcher.search(tantivy.Query.boolean_query(parts), limit)
    total, by_bits = int(answer.count), (last, *reversed(better))
    levelled = [(by_bits[int(score).bit_length()], address) for score, address in answer.hits]
    lowest = levelled[-1][0] if total > limit else None  # only some of its records were told, and not the first ones
    levels = [level for level, _ in levelled if level != lowest]
    addresses = [address for level, address in levelled if level != lowest]
    keys = state.searcher.fast_field_values("key_rank", addresses)
    ordered = sorted(zip(levels, keys, range(len(keys)), strict=True))  # no two records have the same key
    hits = [(level, key, addresses[place]) for level, key, place in ordered]
    if lowest is not None:
        known = set(keys)
        query = queries[lowest] if lowest == last else both(queries[lowest], queries[last])
        rest = [hit for hit in state.first(query, limit).hits if hit[0] not in known]
        hits += [(lowest, key, address) for key, address in rest[: limit - len(hits)]]
    return Best(total, state.found(hits, is_page=is_page))


def both(one: Any, other: Any) -> Any:
    """What two queries both match."""
    return tantivy.Query.boolean_query([(Occur.Must, one), (Occur.Must, other)])


class Bound:
    """How many records a node matches at most, as far as the frequencies of its words tell, which are remembered."""

    def __init__(self, searcher: Any) -> None:
        self._searcher = searcher
        self._known: dict[tuple[str, str], int] = {}

    def of(self, node: Node) -> int:
        match node:
            case Term():
                return self._word(*word_of(node))
            case Phrase():
                return min(self._word(node.scope, token.folded) for token in node.tokens)
            case Whole():
                return self._word("whole", short(f"={node.text}" if node.is_exact else node.text))
            case And():
                return min(map(self.of, node.children))
            case Or():
                return sum(map(self.of, node.children))
            case Widened():
                return self.of(node.literal) + sum(map(self.of, node.others))
            case Facet():
                return sum(self._word(f"facet_{node.name}", value) for value in node.values)
        return int(self._searcher.num_docs)

    def _word(self, field: str, word: str) -> int:
        known = self._known.get((field, word))
        if known is None:
            if len(self._known) >= _MOST_WORDS:
                self._known.clear()
            known = self._known[field, word] = sum(self._searcher.doc_freq(f, word) for f in fields_of(field))
        return known


def fields_of(scope: str) -> tuple[str, ...]:
    """The fields in which the words of a scope stand."""
    return HEAD if scope == "head" else (scope,)


def word_of(node: Term) -> tuple[str, str]:
    """The field and the word that a term's records all have."""
    if node.is_exact and node.token.exact:
        return f"marked_{node.scope if node.scope in MARK_SCOPES else 'all'}", node.token.exact
    return node.scope, node.token.folded


class Values:
    """The values of numbered facets by their numbers, as far as any index of this process has been asked for them."""

    _known: ClassVar[dict[str, dict[int, tuple[str, ...]]]] = {}

    def __init__(self, schema: Any) -> None:
        self._schema = schema

    def counts(self, searcher: Any, query: Any, name: str, told: Sequence[tuple[Any, int]]) -> dict[str, int]:
        """How many records of a query each value of a facet has, from what its column told."""
        if name not in NUMBERED:
            return dict(told)
        known = self._known.setdefault(name, {})
        if any(number not in known for number, _ in told):
            self._learn(searcher, name)
        found: dict[str, int] = {}
        for number, count in told:
            values = known.get(number, ())  # none of one too long for an index
            if len(values) == 1:
                found[values[0]] = count
            else:  # they share a number: each is counted by itself
                found |= {value: total for value in values if (total := self._count(searcher, query, name, value))}
        return found

    def _learn(self, searcher: Any, name: str) -> None:
        """Read all values of an index: once in a process, and when one has come that is new to it."""
        known = self._known[name]
        if len(known) > _MOST_KNOWN:
            known.clear()
        for value, _ in searcher.terms_with_prefix(f"facet_{name}", ""):
            others = known.get(number := value_number(value), ())
            if value not in others:
                known[number] = (*others, value)

    def _count(self, searcher: Any, query: Any, name: str, value: str) -> int:
        own = tantivy.Query.term_query(self._schema, f"facet_{name}", value, index_option="basic")
        return int(searcher.search(both(query, own), 1).count)


def terms(facets: Sequence[str], size: int) -> dict[str, Any]:
    """The question for the values of facets, all of which are counted and `size` told."""
    return {
        f"facet_{name}": {"terms": {"field": column(name), "size": size, "segment_size": MOST_VALUES}}
        for name in facets
    }


def told_of(answer: Mapping[str, Any], name: str) -> list[tuple[Any, int]]:
    """(value or number, records) of a facet, the most frequent first."""
    return [(bucket["key"], int(bucket["doc_count"])) for bucket in answer[f"facet_{name}"]["buckets"]]


def is_tied(counts: Mapping[str, int], most: int, *, least: int) -> bool:
    """True when values as frequent as the last of the `most` first may have been left out: those have at most `least`
    records."""
    return sorted(counts.values(), reverse=True)[:most][-1] <= least
