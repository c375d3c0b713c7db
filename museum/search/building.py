"""What a fresh index is filled with: records as the change log holds them, made ready to be written in parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from museum.accounts.roles import Level
from museum.catalog.looks import StoredLook, look_of
from museum.catalog.record import record_from_json
from museum.catalog.record_types import RecordTypes
from museum.catalog.visibility import is_open, seen
from museum.search.document import document
from museum.search.stored import pack
from museum.search.tantivy_rows import row_of
from museum.search.words import Label, WordCounts, counted_of, labels_of, mark, number_of


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the public sees: which levels, and whether samples are shown."""

    types: RecordTypes
    with_samples: bool = True

    def takes(self, record: Mapping[str, Any] | None) -> bool:
        """Whether a record (its JSON; None: deleted) belongs into an index: public, and no hidden sample."""
        if record is None or not is_open(str(record.get("state", ""))):
            return False
        return self.with_samples or not record.get("is_sample")


@dataclass(frozen=True, slots=True)
class Given:
    """A record as the change log holds it: its JSON, the change that published it, looks of its pictures."""

    body: bytes | str
    newest: int
    looks: Mapping[str, StoredLook] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A part ready to be written: rows for the engine, (number, newest, mark) of each record, what they add."""

    rows: list[str]
    docs: list[tuple[int, int, int]]
    tally: WordCounts
    labels: set[Label]


def prepare(part: Sequence[Given], rules: Rules) -> Prepared:
    """The rows and counts of those of the records that belong into the index, as the public sees them."""
    made = Prepared(rows=[], docs=[], tally=WordCounts(), labels=set())
    for given in part:
        told = orjson.loads(given.body)
        if not rules.takes(told):
            continue
        record = seen(record_from_json(told), rules.types, Level.PUBLIC, linked=())
        doc = document(record, look=look_of(record, given.looks) if given.looks else None)
        counted = counted_of(doc)
        stored = pack(doc, digest=counted.digest, phrases=counted.phrases)
        made.rows.append(row_of(doc, newest=given.newest, stored=stored))
        made.docs.append((number_of(doc.id), given.newest, mark(counted.digest)))
        made.tally.take(counted)
        made.labels.update(labels_of(doc))
    made.tally.keep_spelled()
    return made
