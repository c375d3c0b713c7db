"""A run of typed words into nodes: reigns and centuries, compounds, synonyms, former place names, i/y spellings."""

from museum.search import compounds, periods
from museum.search.analysis import Token, variant
from museum.search.nodes import Node, Phrase, Term, Widened, Years, all_of
from museum.search.periods import Period
from museum.search.synonyms import Table, shipped


def expand_run(run: tuple[Token, ...], synonyms: Table | None = None) -> list[Node]:
    """Nodes for consecutive plain words, all of which must match; the `literal` of each is the words themselves.

    `synonyms` is a museum's own table; without one the shipped table counts.
    """
    synonyms = synonyms or shipped()
    by_start = _periods_by_word(run)
    nodes: list[Node] = []
    at = 0
    while at < len(run):
        period, width = by_start.get(at, (None, 0))
        if period is not None:
            nodes.append(_of_period(run[at : at + width], period))
            at += width
            continue
        for width in range(min(max(synonyms.longest, compounds.longest()), len(run) - at), 0, -1):
            words = run[at : at + width]
            others = synonyms.others(words)
            if others or width == 1 or compounds.holds(words):
                nodes.append(_of_words(words, others))
                at += width
                break
    return nodes


def han_with_years(text: str, node: Node) -> Node:
    """`node`, or the year that a Hán reign year in `text` names."""
    years = periods.in_han(text)
    return Widened(node, tuple(Term(Token(str(year))) for year in years)) if years else node


def _periods_by_word(run: tuple[Token, ...]) -> dict[int, tuple[Period, int]]:
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    position = 0
    for index, token in enumerate(run):
        starts[position] = index
        position += len(token.folded)
        ends[position] = index
        position += 1
    found = {}
    for period in periods.in_folded(" ".join(token.folded for token in run)):
        if period.start in starts and period.end in ends:
            first = starts[period.start]
            found[first] = (period, ends[period.end] - first + 1)
    return found


def _of_period(words: tuple[Token, ...], period: Period) -> Node:
    literal = all_of(*(Term(word) for word in words))
    if period.first == period.last and period.first > 0:
        return Widened(literal, (Term(Token(str(period.first))),))
    return Widened(literal, (Years(period.first, period.last),))


def respelled(words: tuple[Token, ...]) -> list[Node]:
    """The same words in a row, with i for y or y for i in those that may be spelt so (the first two of them)."""
    found = [words]
    for place in [place for place, word in enumerate(words) if variant(word)][:2]:
        other = variant(words[place])
        found += [(*known[:place], other, *known[place + 1 :]) for known in found if other]
    return [Phrase(other) for other in found[1:]]


def _of_words(words: tuple[Token, ...], others: tuple[tuple[Token, ...], ...]) -> Node:
    alternatives: list[Node] = [_exactly(other) for other in others]
    literal: Node = all_of(*(Term(word) for word in words))
    if len(words) == 1:
        spelled = variant(words[0])
        alternatives += [Term(spelled)] if spelled else []
    else:
        scattered = all_of(*(_of_words((word,), ()) for word in words))
        if compounds.holds(words):
            literal = Phrase(words)  # side by side is what was typed; scattered still counts, but less
        if scattered != literal:
            alternatives.insert(0, scattered)
    return Widened(literal, tuple(alternatives)) if alternatives else literal


def _exactly(words: tuple[Token, ...]) -> Node:
    """Another name for what was typed: with its marks where it is one syllable, as a phrase where it is more."""
    if len(words) == 1:
        return Term(words[0], is_exact=bool(words[0].exact))
    return Phrase(words)
