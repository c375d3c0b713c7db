"""The index's own words, in a small SQL store beside the engine: autocomplete, spelling, facet labels, position.

It is committed after the engine, without waiting for the disk. A crash between the two makes the indexer read the
same changes again; what a record added before stands with the engine, and when that is not what was counted here, all
is counted anew (`recount`).
"""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from museum.search.analysis import exact, fold, tokens
from museum.search.document import SearchDoc
from museum.search.rows import Rows
from museum.text import Text

FILE_NAME = "words.db"
_SPELLED = re.compile(r"[a-z]{2,}")  # words worth correcting to: letters, two or more
_MOST_TOLD = 100_000  # labels remembered as written
_LONGEST_START = 24  # characters by which a phrase is looked up; of what is typed beyond, the phrase itself tells
_MOST_STARTS = 6  # words of a phrase at which a prefix may begin
_MOST_BEGUN = 50_000  # starts read for one prefix: two letters of a million titles begin more, and take long
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS doc (id INTEGER NOT NULL, newest INTEGER NOT NULL, digest INTEGER NOT NULL,
  PRIMARY KEY (id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS phrase (
  number INTEGER PRIMARY KEY, display TEXT NOT NULL, field TEXT NOT NULL, frequency INTEGER NOT NULL,
  UNIQUE (display, field));
CREATE INDEX IF NOT EXISTS phrase_gone ON phrase (frequency) WHERE frequency <= 0;
CREATE TABLE IF NOT EXISTS start (folded TEXT NOT NULL, place INTEGER NOT NULL, phrase INTEGER NOT NULL,
  PRIMARY KEY (folded, place, phrase)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS word (word TEXT PRIMARY KEY, frequency INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS form (folded TEXT NOT NULL, form TEXT NOT NULL, frequency INTEGER NOT NULL,
  PRIMARY KEY (folded, form)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS label (facet TEXT, value TEXT, language TEXT, label TEXT NOT NULL,
  PRIMARY KEY (facet, value, language)) WITHOUT ROWID;
"""
_PUT_DOC = (
    "INSERT INTO doc VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET newest = excluded.newest, digest = excluded.digest"
)
_PUT_META = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_PUT_LABEL = (
    "INSERT INTO label VALUES (?, ?, ?, ?) ON CONFLICT (facet, value, language) DO UPDATE SET label = excluded.label"
)
_ADD_PHRASE = (
    "INSERT INTO phrase (display, field, frequency) VALUES (?, ?, ?)"
    " ON CONFLICT (display, field) DO UPDATE SET frequency = phrase.frequency + excluded.frequency"
    " RETURNING number, frequency"
)
_ADD_WORD = (
    "INSERT INTO word VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET frequency = word.frequency + excluded.frequency"
)
_ADD_FORM = (
    "INSERT INTO form VALUES (?, ?, ?)"
    " ON CONFLICT (folded, form) DO UPDATE SET frequency = form.frequency + excluded.frequency"
)
Label = tuple[str, str, str, str]  # facet, value, language, words


@dataclass(frozen=True, kw_only=True)
class Completion:
    """One offer while typing: words as shown, the field they are of, how many records."""

    display: str
    field: str
    frequency: int


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What a record adds to the words: its digest, folded texts by field, names as (display, field), titles as shown.

    It stands with the engine, so that it can be taken away again. Titles are offered from the engine, too.
    """

    digest: str
    streams: Mapping[str, str]
    phrases: Sequence[tuple[str, str]]
    titles: Collection[str] = ()


@dataclass
class WordCounts:
    """What is added to, or taken from, the counts: of folded words, of names, and of words as they are written."""

    words: Counter[str] = field(default_factory=Counter)
    phrases: Counter[tuple[str, str]] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)

    def take(self, counted: Counted, sign: int = 1) -> None:
        """Add a record (1) or take it away (-1)."""
        words = set(" ".join(counted.streams.values()).split(" "))
        forms = {form for text in counted.titles for form in _forms_in(text)}
        for display, _ in counted.phrases:
            forms |= _forms(display)
        if sign > 0:
            self.words.update(words)
            self.phrases.update(counted.phrases)
            self.forms.update(forms)
        else:
            self.words.subtract(words)
            self.phrases.subtract(counted.phrases)
            self.forms.subtract(forms)

    def add(self, other: "WordCounts") -> None:
        """Add what somebody else counted."""
        self.words.update(other.words)
        self.phrases.update(other.phrases)
        self.forms.update(other.forms)

    def keep_spelled(self) -> None:
        """Leave words out that nobody is corrected to: numbers, single letters, Hán."""
        self.words = Counter({word: count for word, count in self.words.items() if _SPELLED.fullmatch(word)})


def _forms_in(text: str) -> Iterable[str]:
    """The words of a text, folded, and behind a space as they are written, where that is something else."""
    if text.isascii():
        return fold(text).split(" ")
    return [f"{token.folded} {token.exact}" if token.exact else token.folded for token in tokens(text)]


@lru_cache(maxsize=16384)
def _forms(name: str) -> frozenset[str]:
    """The same of a name; those of makers, materials and places come again and again."""
    return frozenset(_forms_in(name))


class Words:
    """The words of one index. Readers and the one writer each have their own `rows`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._told: set[tuple[str, str, str, str]] = set()
        self._labels: dict[tuple[str, str], Text] = {}
        rows.prepare(_SCHEMA)

    def close(self) -> None:
        """Close the store."""
        self._rows.close()

    def size_bytes(self) -> int:
        """Room that the words take."""
        return self._rows.size_bytes()

    @property
    def position(self) -> int:
        """Number of the last change of the catalogue that this index holds."""
        return self._meta("position")

    @property
    def generation(self) -> int:
        """How often this index was committed."""
        return self._meta("generation")

    def newest(self, ids: Sequence[str]) -> dict[str, int]:
        """The number of the change that published each record, of those that are indexed."""
        return {record_id: newest for record_id, newest, _ in self._docs(ids)}

    def held(self, ids: Sequence[str]) -> dict[str, int]:
        """What `mark` gives of the digest of each of these records as it was counted here, of those that are."""
        return {record_id: digest for record_id, _, digest in self._docs(ids)}

    def _docs(self, ids: Sequence[str]) -> Iterable[tuple[str, int, int]]:
        for start in range(0, len(ids), 500):
            part = {number_of(record_id): record_id for record_id in ids[start : start + 500]}
            marks = ",".join("?" * len(part))
            query = f"SELECT id, newest, digest FROM doc WHERE id IN ({marks})"
            for number, newest, digest in self._rows.read(query, tuple(part)):
                yield part[number], newest, digest

    def commit(
        self,
        puts: Mapping[str, tuple["Counted", int]],
        deletes: Iterable[str],
        *,
        before: Iterable["Counted"],
        position: int,
        generation: int,
    ) -> None:
        """Replace the entries of these records and note position and generation, all in one transaction. `before`:
        what those of them that were counted already had."""
        tally = WordCounts()
        for old in before:
            tally.take(old, -1)
        for counted, _ in puts.values():
            tally.take(counted)
        gone = [(number_of(i),) for i in deletes if i not in puts]
        docs = [(number_of(i), newest, mark(counted.digest)) for i, (counted, newest) in puts.items()]
        with self._rows.writing():
            self._rows.write_many("DELETE FROM doc WHERE id = ?", gone)
            self._rows.write_many(_PUT_DOC, docs)
            self._count(tally)
            self._rows.write_many(_PUT_META, (("position", position), ("generation", generation)))

    def fill(
        self, docs: Iterable[tuple[int, int, int]], tally: WordCounts, labels: Iterable[Label], *, position: int
    ) -> None:
        """Write what a fresh index holds, in the order in which it lies: `docs` are (number, newest, mark)."""
        with self._rows.writing():
            self._rows.write_many(_PUT_DOC, docs)
            self._count(tally)
            self._rows.write_many(_PUT_LABEL, sorted(labels))
            self._rows.write_many(_PUT_META, (("position", position), ("generation", 1)))

    def recount(self, parts: Iterable[Sequence["Counted"]]) -> None:
        """Count all words and phrases anew; `parts` are all records of the index."""
        with self._rows.writing():
            for table in ("start", "phrase", "word", "form"):
                self._rows.write(f"DELETE FROM {table}")
            for part in parts:
                tally = WordCounts()
                for counted in part:
                    tally.take(counted)
                self._count(tally)

    def label(self, docs: Iterable[SearchDoc]) -> None:
        """Keep the labels of the facet values of these documents."""
        told = {label for doc in docs for label in labels_of(doc)} - self._told
        if told:
            with self._rows.writing():
                self._rows.write_many(_PUT_LABEL, sorted(told))
            self._told = told if len(self._told) > _MOST_TOLD else self._told | told
            self._labels = {}

    def complete(self, prefix: str, n: int) -> list[Completion]:
        """Names whose words begin with `prefix`, ranked; titles are none."""
        folded = fold(prefix)
        if not folded:
            return []
        if prefix[-1:].isspace():
            folded += " "
        rows = self._rows.read(
            "SELECT display, field, frequency, min(place)"
            " FROM (SELECT phrase, place FROM start WHERE folded >= ? AND folded < ? LIMIT ?) AS begun"
            " JOIN phrase ON number = phrase GROUP BY number ORDER BY min(place) > 0, frequency DESC LIMIT 400",
            (folded[:_LONGEST_START], folded[:_LONGEST_START] + "\U0010ffff", _MOST_BEGUN),
        )
        if len(folded) > _LONGEST_START:
            rows = [row for row in rows if f" {folded}" in f" {fold(row[0])}"]
        offers = [Completion(display=display, field=field, frequency=count) for display, field, count, _ in rows]
        return ranked(prefix, offers)[:n]

    def near(self, word: str, n: int = 5) -> list[str]:
        """Folded words of the index one slip from `word` (left out, added, changed, swapped), the commonest first."""
        slips = sorted(_slips(word) - {word})
        rows: list[tuple[str, int]] = []
        for start in range(0, len(slips), 500):
            part = slips[start : start + 500]
            marks = ",".join("?" * len(part))
            rows += self._rows.read(f"SELECT word, frequency FROM word WHERE word IN ({marks})", part)
        return [found for found, _ in sorted(rows, key=lambda row: (-row[1], row[0]))[:n]]

    def beginning(self, start: str, *, shortest: int, longest: int) -> list[tuple[str, int]]:
        """(folded word, frequency) of words of so many letters that begin so, the commonest first, at most 2,000."""
        return self._rows.read(
            "SELECT word, frequency FROM word WHERE word >= ? AND word < ? AND length(word) BETWEEN ? AND ?"
            " ORDER BY frequency DESC LIMIT 2000",
            (start, start + "\U0010ffff", shortest, longest),
        )

    def frequency(self, word: str) -> int:
        """In how many records a folded word stands."""
        return next((row[0] for row in self._rows.read("SELECT frequency FROM word WHERE word = ?", (word,))), 0)

    def display(self, folded: str, *, like: str) -> str:
        """A folded word as titles and names write it, most like `like`, then most often; itself when in none."""
        rows = self._rows.read("SELECT form, frequency FROM form WHERE folded = ?", (folded,))
        forms = {form or folded: frequency for form, frequency in rows}
        return max(forms, key=lambda form: (len(set(form) & set(like)), forms[form], form)) if forms else folded

    def labels(self, facet: str, values: Sequence[str]) -> dict[str, Text]:
        """Labels of facet values, of those that have any."""
        known = self._labels
        unknown = [value for value in values if (facet, value) not in known]
        for start in range(0, len(unknown), 500):
            part = unknown[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = self._rows.read(
                f"SELECT value, language, label FROM label WHERE facet = ? AND value IN ({marks})", (facet, *part)
            )
            found: dict[str, dict[str, str]] = {value: {} for value in part}
            for value, language, label in rows:
                found[value][language] = label
            known.update({(facet, value): Text(label) for value, label in found.items()})
        return {value: known[facet, value] for value in values if known[facet, value]}

    def forget(self) -> None:
        """Read labels anew: another process may have written."""
        self._labels = {}

    def values_of(self, facet: str, label: str) -> list[str]:
        """The facet values that bear this label in any language."""
        return [
            row[0]
            for row in self._rows.read("SELECT DISTINCT value FROM label WHERE facet = ? AND label = ?", (facet, label))
        ]

    def _meta(self, name: str) -> int:
        return next((row[0] for row in self._rows.read("SELECT value FROM meta WHERE name = ?", (name,))), 0)

    def _count(self, tally: WordCounts) -> None:
        tally.keep_spelled()
        self._count_phrases(tally.phrases)
        self._count_words(tally.words)
        self._count_forms(tally.forms)

    def _count_phrases(self, phrases: Counter[tuple[str, str]]) -> None:
        starts: list[tuple[str, int, int]] = []
        for phrase, change in sorted(phrases.items()):
            if not change:
                continue
            ((number, frequency),) = self._rows.read(_ADD_PHRASE, (*phrase, change))
            if frequency == change:  # a new one
                words = fold(phrase[0]).split(" ")
                starts += [
                    (" ".join(words[i:])[:_LONGEST_START], i, number) for i in range(min(len(words), _MOST_STARTS))
                ]
        starts.sort()
        self._rows.write_many("INSERT INTO start VALUES (?, ?, ?) ON CONFLICT DO NOTHING", starts)
        gone = [row[0] for row in self._rows.read("SELECT number FROM phrase WHERE frequency <= 0")]
        for number in gone:
            self._rows.write("DELETE FROM start WHERE phrase = ?", (number,))
            self._rows.write("DELETE FROM phrase WHERE number = ?", (number,))

    def _count_words(self, words: Counter[str]) -> None:
        self._rows.write_many(_ADD_WORD, sorted((word, change) for word, change in words.items() if change))
        gone = [(word,) for word, change in words.items() if change < 0]
        self._rows.write_many("DELETE FROM word WHERE word = ? AND frequency <= 0", gone)

    def _count_forms(self, forms: Counter[str]) -> None:
        changes = sorted((*form.partition(" ")[::2], change) for form, change in forms.items() if form and change)
        self._rows.write_many(_ADD_FORM, changes)
        gone = [(folded, form) for folded, form, change in changes if change < 0]
        self._rows.write_many("DELETE FROM form WHERE folded = ? AND form = ? AND frequency <= 0", gone)


def number_of(record_id: str) -> int:
    """The 64 bits by which a record is known here."""
    return int.from_bytes(hashlib.blake2b(record_id.encode(), digest_size=8).digest(), "big", signed=True)


def mark(digest: str) -> int:
    """As much of a digest (hexadecimal) as tells one state of a record from another."""
    return int(digest[:8], 16)


def counted_of(doc: SearchDoc) -> Counted:
    """What a document adds to the words."""
    return Counted(
        digest=doc.digest,
        streams=doc.streams,
        phrases=sorted({(phrase.display, phrase.field) for phrase in doc.phrases}),
        titles=doc.summary.get("title", {}).values(),
    )


def labels_of(doc: SearchDoc) -> Iterable[Label]:
    """The labels of a document's facet values."""
    for name, values in doc.facets.items():
        for item in values:
            for language, label in item.label.by_language.items():
                yield name, item.value, language, label


def ranked(prefix: str, offers: Iterable[Completion]) -> list[Completion]:
    """Offers for what is being typed, each once: marks that agree first, then those that begin so, then the
    commonest."""
    typed, folded = exact(prefix), fold(prefix)
    has_marks = typed != folded

    def order(offer: Completion) -> tuple[bool, bool, int, int, str]:
        begins = fold(offer.display).startswith(folded)
        is_other = has_marks and typed not in exact(offer.display)
        return is_other, not begins, -offer.frequency, len(offer.display), offer.display

    found: dict[str, Completion] = {}
    for offer in sorted(offers, key=order):
        found.setdefault(exact(offer.display), offer)
    return list(found.values())


def _slips(word: str) -> set[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    removed = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    changed = {a + c + b[1:] for a, b in cuts if b for c in letters}
    added = {a + c + b for a, b in cuts for c in letters}
    return removed | swapped | changed | added
