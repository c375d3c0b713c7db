"""A folder with its tables → one outcome per object, streamed: the same for CSV, XLSX and a folder without a table."""

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from museum.catalog.record import to_json
from museum.catalog.vocabulary import Vocabulary
from museum.errors import Invalid, MuseumError
from museum.ingest import folder as plain_folder
from museum.ingest import words
from museum.ingest.archives import Archives
from museum.ingest.attachments import Named, attach, named_in_row, named_in_sheet
from museum.ingest.cells import Flaw, SheetRow
from museum.ingest.columns import HEADER_SEARCH_ROWS, Header, Role, find_header
from museum.ingest.drafts import LinkDraft, Outcome, ProcedureDraft, RowDraft
from museum.ingest.fields import Fields
from museum.ingest.problems import Problem, from_error
from museum.ingest.procedures import read_procedure
from museum.ingest.references import SourceFolder, natural_key
from museum.ingest.rows import Rights, read_row
from museum.ingest.sheet import CSV_SUFFIXES, OTHER_SUFFIXES, XLSX_SUFFIXES, Sheet, open_sheets
from museum.ingest.statements import Statement, joined, read_link, read_statement

_ORPHANS: dict[Role, str] = {
    "media": "sheet.media_orphan",
    "values": "sheet.value_orphan",
    "links": "sheet.link_orphan",
    "procedures": "sheet.procedure_orphan",
}


@dataclass(frozen=True, kw_only=True)
class KnownSheet:
    """A sheet whose header was recognised."""

    sheet: Sheet
    header: Header
    beside: Path

    def rows(self) -> Iterator[SheetRow]:
        """The filled rows below the header."""
        for row in self.sheet.rows():
            if row.number > self.header.row and not row.is_blank:
                yield row


@dataclass
class Reading:
    """Everything a folder says. `tables` are its object sheets; without any, its file names speak."""

    folder: SourceFolder
    vocabulary: Vocabulary
    objects: list[KnownSheet] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows_read: int = 0
    _beside: dict[Role, dict[str, list[tuple[KnownSheet, SheetRow]]]] = field(default_factory=dict, repr=False)
    _seen: dict[tuple[str, str], tuple[str, int, bytes]] = field(default_factory=dict, repr=False)
    _used: set[str] = field(default_factory=set, repr=False)

    @property
    def has_tables(self) -> bool:
        """True when an object table was found."""
        return bool(self.objects)

    def count(self) -> int:
        """How many object rows there are (reads the tables once more); 0 for a folder without a table."""
        return sum(1 for sheet in self.objects for _ in sheet.rows())

    def outcomes(self) -> Iterator[Outcome]:
        """First what is wrong with whole files, then one outcome per row, last the files nobody's row claims."""
        if self.problems:
            yield Outcome(problems=tuple(self.problems))
        if not self.objects:
            if not any(problem.is_error for problem in self.problems):
                yield from plain_folder.outcomes(self.folder)
            return
        for known in self.objects:
            yield from self._sheet_outcomes(known)
        yield from self._orphans()

    def _sheet_outcomes(self, known: KnownSheet) -> Iterator[Outcome]:
        repeated = 0
        try:
            for row in known.rows():
                self.rows_read += 1
                if row.cells and isinstance(row.cells[0], Flaw) and row.cells[0].code == "sheet.csv_broken":
                    flaw = Problem(code="sheet.csv_broken", file=known.sheet.file, row=row.number,
                                   values=row.cells[0].values)  # fmt: skip
                    yield Outcome(problems=(flaw,), table=known.sheet.file, row=row.number)
                    continue
                outcome = self._row_outcome(known, row)
                if outcome is None:
                    repeated += 1
                else:
                    yield outcome
        except MuseumError as error:
            yield Outcome(problems=(from_error(error, file=known.sheet.file),), table=known.sheet.file)
        if repeated:
            values = {"count": repeated}
            note = Problem(code="sheet.rows_repeated", file=known.sheet.file, values=values, severity="note")
            yield Outcome(problems=(note,), table=known.sheet.file)

    def _row_outcome(self, known: KnownSheet, row: SheetRow) -> Outcome | None:
        """None for a row that another table says in the very same words."""
        fields = Fields(file=known.sheet.file, header=known.header, row=row)
        draft = read_row(fields, vocabulary=self.vocabulary)
        rights = Rights(uri=draft.rights, licence=draft.licence, attribution=draft.attribution) if draft else Rights()
        named = named_in_row(fields, rights=rights, beside=known.beside)
        if draft is not None and self._is_repeated(draft, named, fields):
            return None
        numbers = (fields.text("object_id"), fields.text("accession_number"))
        keys = list(dict.fromkeys(text.casefold() for text in numbers if text))
        problems = fields.problems
        for key in keys:
            named += self._sheet_media(key, rights, problems)
        statements, links = self._statements(keys, problems), self._links(keys, problems)
        procedures, attached = self._object_procedures(keys, problems)
        named += attached
        media, found = attach(named, folder=self.folder, rights=rights)
        problems += found
        if draft is None or any(problem.is_error for problem in problems):
            return Outcome(problems=tuple(problems), table=known.sheet.file, row=row.number)
        draft = replace(
            draft,
            values=joined(draft.values, statements),
            links=(*draft.links, *links),
            media=media,
            procedures=procedures,
            is_complete="values" in self._beside,
        )
        return Outcome(draft=draft, problems=tuple(problems), table=known.sheet.file, row=row.number)

    def _is_repeated(self, draft: RowDraft, named: Sequence[Named], fields: Fields) -> bool:
        """True when another table holds the same row; a number used by two different rows is a problem."""
        digest = _digest(draft, named)
        for scheme, value in (("object_id", draft.object_id), ("accession_number", draft.accession_number)):
            if not value:
                continue
            first = self._seen.setdefault((scheme, value.casefold()), (draft.table, draft.row, digest))
            if first[:2] == (draft.table, draft.row):
                continue
            if first[2] == digest and first[0] != draft.table:
                return True
            values = {"text": value, "first_file": first[0], "first_row": first[1]}
            fields.problem(f"sheet.duplicate_{scheme}", fields.column(scheme), values=values)
        return False

    def _sheet_media(self, key: str, rights: Rights, problems: list[Problem]) -> list[Named]:
        self._used.add(key)
        named: list[Named] = []
        for fields, known in self._rows("media", key):
            entry = named_in_sheet(fields, rights=rights, beside=known.beside)
            if entry is not None:
                named.append(entry)
            problems += [p for p in fields.problems if p not in problems]
        return named

    def _rows(self, role: Role, key: str) -> Iterator[tuple[Fields, KnownSheet]]:
        """The rows of the sheets beside the object table that speak of one object."""
        self._used.add(key)
        for known, row in self._beside.get(role, {}).get(key, ()):
            yield Fields(file=known.sheet.file, header=known.header, row=row), known

    def _statements(self, keys: Sequence[str], problems: list[Problem]) -> list[Statement]:
        found: list[Statement] = []
        for key in keys:
            for fields, _ in self._rows("values", key):
                statement = read_statement(fields)
                problems += fields.problems
                found += [statement] if statement else []
        return found

    def _links(self, keys: Sequence[str], problems: list[Problem]) -> list[LinkDraft]:
        found: list[LinkDraft] = []
        for key in keys:
            for fields, _ in self._rows("links", key):
                link = read_link(fields, place=len(found))
                problems += fields.problems
                found += [link] if link else []
        return found

    def _object_procedures(
        self, keys: Sequence[str], problems: list[Problem]
    ) -> tuple[tuple[ProcedureDraft, ...], list[Named]]:
        events: list[ProcedureDraft] = []
        named: list[Named] = []
        for key in keys:
            self._used.add(key)
            for fields, known in self._rows("procedures", key):
                event = read_procedure(fields)
                problems += fields.problems
                if event is None:
                    continue
                column = fields.column("files")
                named += [
                    Named(reference=reference, unit=event.unit, table=fields.file, row=fields.row.number,
                          column=column.header if column else "", beside=known.beside)
                    for reference in event.files
                ]  # fmt: skip
                events.append(replace(event, files=tuple(self._resolved(f, known.beside) for f in event.files)))
        return tuple(events), named

    def _resolved(self, reference: str, beside: Path) -> str:
        try:
            return self.folder.shown(self.folder.find(reference, beside=beside))
        except MuseumError:
            return reference  # reported when the file is attached

    def _orphans(self) -> Iterator[Outcome]:
        for role, code in _ORPHANS.items():
            for key, entries in self._beside.get(role, {}).items():
                if key in self._used:
                    continue
                for known, row in entries:
                    fields = Fields(file=known.sheet.file, header=known.header, row=row)
                    fields.problem(code, fields.column("object_id"), values={"text": fields.text("object_id")})
                    yield Outcome(problems=tuple(fields.problems), table=known.sheet.file, row=row.number)


def read_folder(
    root: Path, *, vocabulary: Vocabulary, tables: Sequence[Path] = (), archives: Archives | None = None
) -> Reading:
    """Look through a folder: its tables (or `tables` only) and what they are about. Rows are read later, streamed.

    With `archives`, ZIP files in it are opened like folders.

    Raises Invalid ingest.no_folder. What is wrong with a table becomes a problem of the reading.
    """
    root = root.expanduser()
    if not root.is_dir():
        raise Invalid("ingest.no_folder", path=root)
    reading = Reading(folder=SourceFolder(root.resolve(), archives), vocabulary=vocabulary)
    chosen = [path.expanduser().resolve() for path in tables]
    companions: list[Path] = []
    if chosen:
        companions = [p for c in chosen if c.suffix.lower() in CSV_SUFFIXES for p in _tables_in(c.parent)
                      if p.suffix.lower() in CSV_SUFFIXES and p not in chosen]  # fmt: skip
    for path in chosen or discover(reading.folder.root):
        _take(reading, path, only_companions=False)
    for path in dict.fromkeys(companions):
        _take(reading, path, only_companions=True)
    if (chosen or reading._beside) and not reading.objects:
        reading.problems.append(Problem(code="sheet.no_objects", file=", ".join(p.name for p in chosen)))
    return reading


def discover(root: Path) -> list[Path]:
    """The tables of a folder: those lying in it, and in a sub-folder called "tables" ("bảng", "danh mục")."""
    found = _tables_in(root)
    for folder in sorted(root.iterdir(), key=lambda p: natural_key(p.name)):
        if folder.is_dir() and not folder.is_symlink() and words.is_table_folder(folder.name):
            found += _tables_in(folder)
    return found


def _tables_in(folder: Path) -> list[Path]:
    suffixes = (".csv", ".tsv", *XLSX_SUFFIXES, *OTHER_SUFFIXES)
    return sorted(
        (p for p in folder.iterdir() if p.suffix.lower() in suffixes and p.is_file() and p.name[:1] not in "~."),
        key=lambda p: natural_key(p.name),
    )


def _take(reading: Reading, path: Path, *, only_companions: bool) -> None:
    shown = reading.folder.shown(path)
    try:
        for sheet in open_sheets(path, shown_as=shown):
            header = find_header(list(itertools.islice(sheet.rows(), HEADER_SEARCH_ROWS)), file=shown)
            if header is not None and only_companions and header.role == "objects":
                continue
            reading.problems += sheet.notes
            if header is None:
                if not only_companions:
                    values = {"sheet": sheet.name or shown}
                    reading.problems.append(
                        Problem(code="sheet.no_header", file=shown, values=values, severity="warning")
                    )
                continue
            reading.problems += header.problems
            known = KnownSheet(sheet=sheet, header=header, beside=path.parent)
            if any(problem.is_error for problem in header.problems):
                continue
            if header.role == "objects":
                reading.objects.append(known)
            else:
                _group(reading._beside.setdefault(header.role, {}), known)
    except MuseumError as error:
        reading.problems.append(from_error(error, file=shown))


def _group(groups: dict[str, list[tuple[KnownSheet, SheetRow]]], known: KnownSheet) -> None:
    for row in known.rows():
        fields = Fields(file=known.sheet.file, header=known.header, row=row)
        groups.setdefault(fields.text("object_id").casefold(), []).append((known, row))


def _digest(draft: RowDraft, named: Sequence[Named]) -> bytes:
    said = to_json(replace(draft, table="", row=0, columns=frozenset(), blanks=frozenset()))
    return hashlib.blake2b(repr((said, [n.reference for n in named])).encode(), digest_size=16).digest()
