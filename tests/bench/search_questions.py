"""What the search benches ask: words chosen by how often they stand in the records, so that each run asks the same."""

from collections import Counter
from collections.abc import Iterable
from itertools import combinations

from museum.search.analysis import tokens
from museum.search.document import SearchDoc
from museum.search.nodes import And, Term
from museum.search.query import parse
from tests.bench.search_peers import FACETS, Ask, body_of

_OF_EACH = 20
_YEARS = (1800, 1850)
_VIETNAMESE = (
    "hoa sen", "chạm rồng mây", "hoa lư", "lam sơn", "hoa lam", "phật gỗ", "sơn son", "áo long", "thủy mặc",
    "tranh thủy mặc", "phật gỗ lam sơn", "đá lam sơn", "gỗ hoa lư", "tranh hoa lư", "hoa lam hoa lư",
)  # fmt: skip


def questions(docs: Iterable[SearchDoc]) -> dict[str, list[Ask]]:
    """Queries by kind, twenty of each where the records give as many."""
    frequency: Counter[str] = Counter()
    sampled: list[list[str]] = []
    total = 0
    for doc in docs:
        words = set(body_of(doc).split())
        frequency.update(words)
        if not total % 997:
            sampled.append(sorted(words))
        total += 1
    plain = {w: n for w, n in frequency.items() if w.isascii() and w.isalpha() and len(w) > 2 and _is_plain(w)}
    by_frequency = sorted(plain, key=lambda w: (-plain[w], w))
    terms = _spread(by_frequency, plain, low=10, high=total // 5)
    common = by_frequency[:_OF_EACH]
    vietnamese = [text for text in _VIETNAMESE if _is_plain(text)]
    folded = [" ".join(token.folded for token in tokens(text)) for text in vietnamese]
    return {
        "one term": [_ask(w) for w in terms],
        "very common term": [_ask(w) for w in common],
        "three terms": [_ask(" ".join(words)) for words in _threes(sampled, plain, total)],
        "Vietnamese with marks": [_ask(text) for text in vietnamese],
        "Vietnamese without marks": [_ask(text) for text in folded],
        "term and five facets": [_ask(w, facets=FACETS) for w in terms],
        "term and years 1800–1850": [_ask(w, years=_YEARS) for w in terms],
    }


def _ask(text: str, *, facets: tuple[str, ...] = (), years: tuple[int, int] | None = None) -> Ask:
    found = tokens(text)
    marked = tuple(token.exact for token in found if token.exact)
    return Ask(text=text, words=tuple(t.folded for t in found), marked=marked, facets=facets, years=years)


def _is_plain(text: str) -> bool:
    """Words without synonyms and other spellings of ours: with those we would find more than the raw engines."""
    root = parse(text).root
    return all(isinstance(leaf, Term) for leaf in (root.children if isinstance(root, And) else (root,)))


def _spread(by_frequency: list[str], frequency: dict[str, int], *, low: int, high: int) -> list[str]:
    """Words from common to rare, each about so much rarer than the one before."""
    inside = [w for w in by_frequency if low <= frequency[w] <= high]
    if not inside:
        return by_frequency[:_OF_EACH]
    ratio = (low / frequency[inside[0]]) ** (1 / (_OF_EACH - 1))
    found: list[str] = []
    for step in range(_OF_EACH):
        aim = frequency[inside[0]] * ratio**step
        nearest = min((w for w in inside if w not in found), key=lambda w: (abs(frequency[w] - aim), w), default="")
        found += [nearest] if nearest else []
    return found


def _threes(sampled: list[list[str]], frequency: dict[str, int], total: int) -> list[list[str]]:
    """Three words that stand together in a record, each in one of a hundred records or more."""
    found: list[list[str]] = []
    for words in sampled:
        usual = [w for w in words if frequency.get(w, 0) > total // 100]
        usual.sort(key=lambda w: (frequency[w], w))
        found += [list(three) for three in list(combinations(usual[:4], 3))[:1]]
        if len(found) == _OF_EACH:
            break
    return found
