"""What a row, or a folder without a table, says of one object: read, checked, not yet in the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from museum.catalog.record import Designation, Display, Identifier, Kind, MediaKind, Value
from museum.ingest.problems import Problem
from museum.text import Text

FETCHED_FROM = "fetched_from"
"""The fact of a medium that says at which address it was fetched."""


@dataclass(frozen=True, kw_only=True)
class MediaDraft:
    """One file of an object. `path` is where it lies, `reference` how the table (or the folder) names it.

    `of` is the reference of the file it serves (captions → film, texture → scan). `sha256` is what the table states,
    "" when it states none. `row`, `table` and `column` say where a problem with the file is to be reported. `facts`
    are known beside those that the file itself tells: where it was fetched.
    """

    path: Path
    reference: str
    kind: MediaKind
    media_type: str
    role: str = "view"
    order: int = 0
    label: Text = field(default_factory=Text)
    alt: Text = field(default_factory=Text)
    rights: str = ""
    licence: str = ""
    attribution: str = ""
    language: str = ""
    unit: str = ""
    up_axis: str = ""
    epoch: str = ""
    digital_source: str = ""
    level: str = ""
    of: str = ""
    sha256: str = ""
    size_bytes: int = 0
    table: str = ""
    row: int = 0
    column: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ProcedureDraft:
    """A dated event of care: `date` is EDTF, `files` are references of media of the same object."""

    kind: str
    date: str
    people: tuple[str, ...] = ()
    text: Text = field(default_factory=Text)
    details: Mapping[str, Text] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    unit: str = ""
    source: str = ""
    level: str = ""


@dataclass(frozen=True, kw_only=True)
class LinkDraft:
    """A link to another object by its number; `order` places it among its like."""

    predicate: str
    number: str
    order: int = 0


@dataclass(frozen=True, kw_only=True)
class RowDraft:
    """One object as the table states it.

    `columns` are the fields the table has a column for; those in `blanks` were left empty in this row. A field without
    a column is never touched; what an empty cell means is the caller's choice. `is_complete`: a sheet of further
    statements lay beside the table, so `values` are all there is to say of their fields. `is_partial`: a plain folder
    said it, so its files are added to those that are there. `origin`: another institution's manifest said it; its
    statements and files take the place of earlier ones of that origin only, except of files at `unavailable` addresses.
    """

    table: str
    row: int
    object_id: str
    accession_number: str
    kind: Kind | None
    values: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    identifiers: tuple[Identifier, ...] = ()
    designations: tuple[Designation, ...] = ()
    links: tuple[LinkDraft, ...] = ()
    display: Display | None = None
    display_place: Text = field(default_factory=Text)
    rights: str = ""
    licence: str = ""
    attribution: str = ""
    media: tuple[MediaDraft, ...] = ()
    procedures: tuple[ProcedureDraft, ...] = ()
    columns: frozenset[str] = frozenset()
    blanks: frozenset[str] = frozenset()
    is_sample: bool | None = None
    is_complete: bool = False
    is_partial: bool = False
    origin: str = ""
    unavailable: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """The number by which reports name the object."""
        return self.object_id or self.accession_number or next((i.value for i in self.identifiers), "")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one row: a draft, or none when an error refused it; with everything to report about it."""

    draft: RowDraft | None = None
    problems: tuple[Problem, ...] = ()
    table: str = ""
    row: int = 0
