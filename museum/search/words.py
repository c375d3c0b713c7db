"""The index's own words, in a small SQL store beside the engine: autocomplete, spelling, facet labels, position.

It is committed after the engine, without waiting for the disk. A crash between the two makes the indexer read the
same changes again; what a record added before stands with the engine, and when that is not what was counted here, all
is counted anew (`recount`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from museum.search.analysis import exact, fold
from museum.search.document import SearchDoc
from museum.search.rows import Rows
from museum.text import Text

FILE_NAME = "words.db"
_SPELLED = re.compile(r"(?<!\S)[a-z]{2,}(?!\S)")  # words worth correcting to: letters, two or more
_MOST_TOLD = 100_000  # labels remembered as written
_LONGEST_START = 24  # characters by which a phrase is looked up; of what is typed beyond, the phrase itself tells
_MOST_STARTS = 6  # words of a phrase at which a prefix may begin
_MOST_BEGUN = 50_000  # starts read for one prefix: two letters of a million titles begin more, and take long
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS doc (id TEXT PRIMARY KEY, newest INTEGER NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS phrase (
  number INTEGER PRIMARY KEY, display TEXT NOT NULL, field TEXT NOT NULL, frequency INTEGER NOT NULL,
  thumbnail TEXT NOT NULL, UNIQUE (display, field));
CREATE INDEX IF NOT EXISTS phrase_gone ON phrase (frequency) WHERE frequency <= 0;
CREATE TABLE IF NOT EXISTS start (folded TEXT NOT NULL, place INTEGER NOT NULL, phrase INTEGER NOT NULL,
  PRIMARY KEY (folded, place, phrase)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS word (word TEXT PRIMARY KEY, frequency INTEGER NOT NULL) WITHOUT ROWID;
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


@dataclass(frozen=True, kw_only=True)
class Completion:
    """One offer while typing: words as shown, the field they are of, how many records, a media id or ""."""

    display: str
    field: str
    frequency: int
    thumbnail: str


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What a record adds to the words: its digest, folded texts by field, phrases as (display, field), a picture.

    It stands with the engine, so that it can be taken away again.
    """

    digest: str
    streams: Mapping[str, str]
    phrases: Sequence[tuple[str, str]]
    thumbnail: str = ""


class _Tally:
    """What is added to, or taken from, the counts."""

    def __init__(self) -> None:
        self.words: Counter[str] = Counter()
        self.phrases: Counter[tuple[str, str]] = Counter()
        self.thumbnails: dict[tuple[str, str], str] = {}

    def take(self, counted: Counted, sign: int) -> None:
        """Add a record (1) or take it away (-1)."""
        words = set(_SPELLED.findall(" ".join(counted.streams.values())))
        phrases = [(display, field) for display, field in counted.phrases]
        if sign > 0:
            self.words.update(words)
            self.phrases.update(phrases)
            self.thumbnails.update(dict.fromkeys(phrases, counted.thumbnail) if counted.thumbnail else {})
        else:
            self.words.subtract(words)
            self.phrases.subtract(phrases)


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
        found: dict[str, int] = {}
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            marks = ",".join("?" * len(part))
            found.update(self._rows.read(f"SELECT id, newest FROM doc WHERE id IN ({marks})", part))
        return found

    def digests(self, ids: Sequence[str]) -> dict[str, str]:
        """The digest of each of these records as it was counted here, of those that are."""
        found: dict[str, str] = {}
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            marks = ",".join("?" * len(part))
            found.update(self._rows.read(f"SELECT id, digest FROM doc WHERE id IN ({marks})", part))
        return found

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
        tally = _Tally()
        for old in before:
            tally.take(old, -1)
        for counted, _ in puts.values():
            tally.take(counted, 1)
        with self._rows.writing():
            self._rows.write_many("DELETE FROM doc WHERE id = ?", [(i,) for i in deletes if i not in puts])
            self._rows.write_many(_PUT_DOC, [(i, newest, counted.digest) for i, (counted, newest) in puts.items()])
            self._count(tally)
            self._rows.write_many(_PUT_META, (("position", position), ("generation", generation)))

    def recount(self, parts: Iterable[Sequence["Counted"]]) -> None:
        """Count all words and phrases anew; `parts` are all records of the index."""
        with self._rows.writing():
            for table in ("start", "phrase", "word"):
                self._rows.write(f"DELETE FROM {table}")
            for part in parts:
                tally = _Tally()
                for counted in part:
                    tally.take(counted, 1)
                self._count(tally)

    def label(self, docs: Iterable[SearchDoc]) -> None:
        """Keep the labels of the facet values of these documents."""
        told = {
            (name, item.value, language, label)
            for doc in docs
            for name, values in doc.facets.items()
            for item in values
            for language, label in item.label.items()
        } - self._told
        if told:
            with self._rows.writing():
                self._rows.write_many(_PUT_LABEL, sorted(told))
            self._told = told if len(self._told) > _MOST_TOLD else self._told | told
            self._labels = {}

    def complete(self, prefix: str, n: int) -> list[Completion]:
        """Offers whose words begin with `prefix`: at their start first, marks that agree first, then the commonest."""
        folded = fold(prefix)
        if not folded:
            return []
        if prefix[-1:].isspace():
            folded += " "
        rows = self._rows.read(
            "SELECT display, field, frequency, thumbnail, min(place)"
            " FROM (SELECT phrase, place FROM start WHERE folded >= ? AND folded < ? LIMIT ?) AS begun"
            " JOIN phrase ON number = phrase GROUP BY number ORDER BY min(place) > 0, frequency DESC LIMIT 400",
            (folded[:_LONGEST_START], folded[:_LONGEST_START] + "\U0010ffff", _MOST_BEGUN),
        )
        if len(folded) > _LONGEST_START:
            rows = [row for row in rows if f" {folded}" in f" {fold(row[0])}"]
        typed = exact(prefix)
        has_marks = typed != folded.strip()
        ranked = sorted(rows, key=lambda r: (has_marks and typed not in exact(r[0]), r[4] > 0, -r[2], len(r[0]), r[0]))
        found: dict[str, Completion] = {}
        for display, field, frequency, thumbnail, _ in ranked:
            key = exact(display)
            if key not in found:
                found[key] = Completion(display=display, field=field, frequency=frequency, thumbnail=thumbnail)
        return list(found.values())[:n]

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
        rows = self._rows.read(
            "SELECT display, place, frequency FROM start JOIN phrase ON number = phrase"
            " WHERE folded = ? OR (folded >= ? AND folded < ?) ORDER BY frequency DESC LIMIT 20",
            (folded, folded + " ", folded + "!"),
        )
        forms: Counter[str] = Counter()
        for display, place, frequency in rows:
            words = exact(display).split(" ")
            if place < len(words):
                forms[words[place]] += frequency
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

    def _count(self, tally: "_Tally") -> None:
        self._count_phrases(tally.phrases, tally.thumbnails)
        self._count_words(tally.words)

    def _count_phrases(self, phrases: Counter[tuple[str, str]], thumbnails: Mapping[tuple[str, str], str]) -> None:
        starts: list[tuple[str, int, int]] = []
        for phrase, change in phrases.items():
            if not change and phrase not in thumbnails:
                continue
            ((number, frequency),) = self._rows.read(
                "INSERT INTO phrase (display, field, frequency, thumbnail) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (display, field) DO UPDATE SET frequency = phrase.frequency + excluded.frequency,"
                " thumbnail = CASE WHEN excluded.thumbnail = '' THEN phrase.thumbnail ELSE excluded.thumbnail END"
                " RETURNING number, frequency",
                (*phrase, change, thumbnails.get(phrase, "")),
            )
            if frequency == change:  # a new one
                words = fold(phrase[0]).split(" ")
                starts += [
                    (" ".join(words[i:])[:_LONGEST_START], i, number) for i in range(min(len(words), _MOST_STARTS))
                ]
        self._rows.write_many("INSERT INTO start VALUES (?, ?, ?) ON CONFLICT DO NOTHING", starts)
        gone = [row[0] for row in self._rows.read("SELECT number FROM phrase WHERE frequency <= 0")]
        for number in gone:
            self._rows.write("DELETE FROM start WHERE phrase = ?", (number,))
            self._rows.write("DELETE FROM phrase WHERE number = ?", (number,))

    def _count_words(self, words: Counter[str]) -> None:
        self._rows.write_many(
            "INSERT INTO word VALUES (?, ?)"
            " ON CONFLICT (word) DO UPDATE SET frequency = word.frequency + excluded.frequency",
            [(word, change) for word, change in words.items() if change],
        )
        gone = [(word,) for word, change in words.items() if change < 0]
        self._rows.write_many("DELETE FROM word WHERE word = ? AND frequency <= 0", gone)


def _slips(word: str) -> set[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    removed = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    changed = {a + c + b[1:] for a, b in cuts if b for c in letters}
    added = {a + c + b for a, b in cuts for c in letters}
    return removed | swapped | changed | added
