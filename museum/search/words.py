"""The index's own words, in a small SQL store beside the engine: autocomplete, spelling, facet labels, position.

It is committed after the engine, without waiting for the disk. A crash between the two makes the indexer read the
same changes again, which changes nothing more: entries are replaced per record.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from museum.search.analysis import exact, fold
from museum.search.document import SearchDoc
from museum.search.rows import Rows
from museum.text import Text

FILE_NAME = "words.db"
_MOST_STARTS = 6  # words of a phrase at which a prefix may begin
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS doc (id TEXT PRIMARY KEY, newest INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
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
    "INSERT INTO doc VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET newest = excluded.newest, body = excluded.body"
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


class Words:
    """The words of one index. Readers and the one writer each have their own `rows`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
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

    def commit(
        self, puts: Mapping[str, tuple[SearchDoc, int]], deletes: Iterable[str], *, position: int, generation: int
    ) -> None:
        """Replace the entries of these records and note position and generation, all in one transaction."""
        phrases: Counter[tuple[str, str]] = Counter()
        words: Counter[str] = Counter()
        thumbnails: dict[tuple[str, str], str] = {}
        with self._rows.writing():
            for record_id in {*puts, *deletes}:
                for row in self._rows.read("SELECT body FROM doc WHERE id = ?", (record_id,)):
                    old = orjson.loads(row[0])
                    phrases.subtract(tuple(p) for p in old["phrases"])
                    words.subtract(old["words"])
                if record_id not in puts:
                    self._rows.write("DELETE FROM doc WHERE id = ?", (record_id,))
            for record_id, (doc, newest) in puts.items():
                own = sorted({(phrase.display, phrase.field) for phrase in doc.phrases})
                own_words = sorted({w for stream in doc.streams.values() for w in stream.split() if _is_spelled(w)})
                phrases.update(own)
                words.update(own_words)
                thumbnails.update({phrase: doc.thumbnail for phrase in own if doc.thumbnail})
                body = orjson.dumps({"phrases": own, "words": own_words})
                self._rows.write(_PUT_DOC, (record_id, newest, body))
                self._label(doc)
            self._count_phrases(phrases, thumbnails)
            self._count_words(words)
            meta = (("position", position), ("generation", generation))
            self._rows.write_many(_PUT_META, meta)

    def complete(self, prefix: str, n: int) -> list[Completion]:
        """Offers whose words begin with `prefix`: at their start first, marks that agree first, then the commonest."""
        folded = fold(prefix)
        if not folded:
            return []
        if prefix[-1:].isspace():
            folded += " "
        rows = self._rows.read(
            "SELECT display, field, frequency, thumbnail, min(place) FROM start JOIN phrase ON number = phrase"
            " WHERE folded >= ? AND folded < ? GROUP BY number ORDER BY min(place) > 0, frequency DESC LIMIT 400",
            (folded, folded + "\U0010ffff"),
        )
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
        found: dict[str, dict[str, str]] = {}
        for start in range(0, len(values), 500):
            part = values[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = self._rows.read(
                f"SELECT value, language, label FROM label WHERE facet = ? AND value IN ({marks})", (facet, *part)
            )
            for value, language, label in rows:
                found.setdefault(value, {})[language] = label
        return {value: Text(label) for value, label in found.items()}

    def values_of(self, facet: str, label: str) -> list[str]:
        """The facet values that bear this label in any language."""
        return [
            row[0]
            for row in self._rows.read("SELECT DISTINCT value FROM label WHERE facet = ? AND label = ?", (facet, label))
        ]

    def _meta(self, name: str) -> int:
        return next((row[0] for row in self._rows.read("SELECT value FROM meta WHERE name = ?", (name,))), 0)

    def _label(self, doc: SearchDoc) -> None:
        self._rows.write_many(
            _PUT_LABEL,
            [
                (name, item.value, language, label)
                for name, values in doc.facets.items()
                for item in values
                for language, label in item.label.items()
            ],
        )

    def _count_phrases(self, phrases: Counter[tuple[str, str]], thumbnails: Mapping[tuple[str, str], str]) -> None:
        for phrase, change in phrases.items():
            if not change and phrase not in thumbnails:
                continue
            ((number,),) = self._rows.read(
                "INSERT INTO phrase (display, field, frequency, thumbnail) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (display, field) DO UPDATE SET frequency = phrase.frequency + excluded.frequency,"
                " thumbnail = CASE WHEN excluded.thumbnail = '' THEN phrase.thumbnail ELSE excluded.thumbnail END"
                " RETURNING number",
                (*phrase, change, thumbnails.get(phrase, "")),
            )
            words = fold(phrase[0]).split(" ")
            starts = [(" ".join(words[i:])[:80], i, number) for i in range(min(len(words), _MOST_STARTS))]
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


def _is_spelled(word: str) -> bool:
    """Words worth correcting to: letters, two or more."""
    return len(word) > 1 and word.isalpha() and word.isascii()


def _slips(word: str) -> set[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    removed = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    changed = {a + c + b[1:] for a, b in cuts if b for c in letters}
    added = {a + c + b for a, b in cuts for c in letters}
    return removed | swapped | changed | added
