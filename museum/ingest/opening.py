"""What ingest was given — a folder, a manifest's address, a manifest's file — opened as one source of drafts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from museum.catalog.vocabulary import Vocabulary
from museum.errors import Invalid
from museum.ingest.archives import Archives
from museum.ingest.drafts import Outcome
from museum.ingest.manifests.document import is_address
from museum.ingest.manifests.finding import manifests_in
from museum.ingest.manifests.gathering import OnFile
from museum.ingest.manifests.taking import Manifests, Manner
from museum.ingest.parts import Parts
from museum.ingest.reading import Reading, read_folder
from museum.ingest.references import SourceFolder

Place = Path | str
"""A folder or a file, or (str) an address."""


class Source(Protocol):
    """Something that gives drafts, one after the other."""

    @property
    def folder(self) -> SourceFolder | None:
        """The folder it reads, None for a single manifest."""

    @property
    def has_tables(self) -> bool:
        """True when rows are counted beforehand."""

    @property
    def rows_read(self) -> int:
        """How many were read so far."""

    def count(self) -> int:
        """How many there are, 0 where nobody knows."""

    def outcomes(self) -> Iterator[Outcome]:
        """One for each object, and what is wrong with whole files."""


@dataclass
class _Both:
    """A folder that holds manifests beside tables or files."""

    reading: Reading
    manifests: Manifests

    @property
    def folder(self) -> SourceFolder | None:
        return self.reading.folder

    @property
    def has_tables(self) -> bool:
        return self.reading.has_tables

    @property
    def rows_read(self) -> int:
        return self.reading.rows_read + self.manifests.rows_read

    def count(self) -> int:
        return self.reading.count() + len(self.manifests.places) if self.has_tables else 0

    def outcomes(self) -> Iterator[Outcome]:
        yield from self.reading.outcomes()
        yield from self.manifests.outcomes()


def place_of(text: str) -> Place:
    """What somebody typed: an address, or a path."""
    return text if is_address(text) else Path(text)


def name_of(place: Place) -> str:
    """By what people know the batch: the address, or the name of the folder or file."""
    return place[:200] if isinstance(place, str) else place.resolve().name


def open_source(
    place: Place,
    *,
    parts: Parts,
    vocabulary: Vocabulary,
    manner: Manner,
    tables: Sequence[Path] = (),
    on_file: OnFile | None = None,
    archives: Archives | None = None,
) -> Source:
    """Open what ingest was given; `on_file` is told of each file that is fetched for a manifest. `archives` opens ZIP
    files, also one that is given itself.

    Raises Invalid ingest.no_folder where there is nothing of the kind, SourceError archive.*.
    """
    if isinstance(place, str):
        return Manifests(parts=parts, places=[place], manner=manner, on_file=on_file)
    path = place.expanduser()
    if archives is not None and archives.is_one(path):
        path = archives.open(path.resolve(), shown=path.name)
    if path.is_file():
        if path.suffix.lower() not in (".json", ".jsonld"):
            raise Invalid("ingest.no_folder", path=place)
        return Manifests(parts=parts, places=[path.resolve()], manner=manner, on_file=on_file)
    reading = read_folder(path, vocabulary=vocabulary, tables=tables, archives=archives)
    found = [] if tables else manifests_in(reading.folder)
    if not found:
        return reading
    return _Both(reading, Manifests(parts=parts, places=found, manner=manner, folder=reading.folder, on_file=on_file))
