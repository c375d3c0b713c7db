"""Finding in the catalogue itself: small museums and the time before the index is built. Reads every record."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy.orm import Session

from museum.catalog import store
from museum.catalog.record import Record
from museum.catalog.record_types import RecordTypes
from museum.catalog.vocabulary import Vocabulary
from museum.text import Text, fold
from museum.web.finding import HAS, Completion, Facet, Found, Option, Request

FACETS = ("kind", "object_type", "culture", "material", "place", "keeper")


class CatalogFinder:
    """Matches folded words in titles, numbers and facts; cost grows with the catalogue, so an index takes its place."""

    def __init__(self, types: RecordTypes, vocabulary: Vocabulary) -> None:
        self._types = types
        self._vocabulary = vocabulary

    def find(self, session: Session, request: Request) -> Found:
        """One page of what matches; one statement."""
        newest = request.sort == "newest"
        records = store.published(session, newest=newest)
        words = fold(request.text).split()
        matching = [r for r in records if self._matches(r, words) and _has(r, request.has) and _in_years(r, request)]
        found = [r for r in matching if self._passes(r, request, leaving="")]
        facets = tuple(self._facet(name, matching, request) for name in FACETS)
        start = (request.page - 1) * request.size
        return Found(
            total=len(found),
            ids=tuple(r.id for r in found[start : start + request.size]),
            facets=(*(f for f in facets if f.options), _has_facet(found)),
        )

    def complete(self, session: Session, prefix: str, *, limit: int) -> Sequence[Completion]:
        """Titles that hold the typed words; one statement."""
        words = fold(prefix).split()
        if not words:
            return ()
        hits = []
        for record in store.published(session):
            for title in record.title.values():
                if all(w in fold(title) for w in words):
                    hits.append(Completion(words=title, record_id=record.id))
        return hits[:limit]

    def values(self, record: Record, name: str) -> list[tuple[str, Text]]:
        """(code, label) of a record's facet values."""
        if name == "kind":
            return [(record.kind, self._types.of(record.kind).plural)]
        field_type = self._types.of(record.kind).field(name)
        found: dict[str, Text] = {}
        for value in record.values.get(name, ()):
            concept = self._vocabulary.find(field_type.vocabulary, str(value.value)) if field_type else None
            code = concept.code if concept else str(value.value)
            found.setdefault(code, concept.label if concept else Text({value.language or "und": str(value.value)}))
        return list(found.items())

    def _matches(self, record: Record, words: Sequence[str]) -> bool:
        if not words:
            return True
        parts = [str(v.value) for values in record.values.values() for v in values]
        parts += [i.value for i in record.identifiers]
        parts += [w for name in ("object_type", "material") for _, t in self.values(record, name) for w in t.values()]
        text = fold(" ".join(parts))
        return all(word in text for word in words)

    def _passes(self, record: Record, request: Request, *, leaving: str) -> bool:
        for name, wanted in request.filters.items():
            if name != leaving and wanted and not {code for code, _ in self.values(record, name)} & set(wanted):
                return False
        return True

    def _facet(self, name: str, records: Sequence[Record], request: Request) -> Facet:
        counts: Counter[str] = Counter()
        labels: dict[str, Text] = {}
        for record in records:
            if self._passes(record, request, leaving=name):
                for code, label in self.values(record, name):
                    counts[code] += 1
                    labels.setdefault(code, label)
        options = tuple(Option(value=c, label=labels[c], count=n) for c, n in counts.most_common(12))
        return Facet(name=name, options=options)


def _has(record: Record, wanted: Sequence[str]) -> bool:
    kinds = {m.kind for m in record.media}
    return all(kind in kinds for kind in wanted)


def _has_facet(records: Sequence[Record]) -> Facet:
    counts: Counter[str] = Counter(kind for r in records for kind in {m.kind for m in r.media})
    options = (Option(value=k, label=Text(), count=counts[k]) for k in HAS if counts[k])
    return Facet(name="has", options=tuple(options))


def _in_years(record: Record, request: Request) -> bool:
    if not request.has_years:
        return True
    date = record.first("date")
    years = (
        [int(p[:5] if p.startswith("-") else p[:4]) for p in str(date.value).split("/") if _is_year(p)] if date else []
    )
    if not years:
        return False
    after = request.year_from is None or max(years) >= request.year_from
    return after and (request.year_to is None or min(years) <= request.year_to)


def _is_year(part: str) -> bool:
    bare = part.removeprefix("-")
    return len(bare) >= 4 and bare[:4].isdigit()
