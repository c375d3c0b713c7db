"""Small tables and folders to read; a museum, and a server on this machine that has manifests for it."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from museum.catalog import vocabulary
from museum.ingest.drafts import Outcome, RowDraft
from museum.ingest.problems import Problem
from museum.ingest.reading import read_folder
from tests.founded import founded
from tests.ingest.borrowing import Home, hurry
from tests.ingest.elsewhere import Elsewhere, standing_in

JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 60


class Read:
    """What came of a folder: drafts by key, problems."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes = list(outcomes)
        self.drafts: dict[str, RowDraft] = {o.draft.key: o.draft for o in self.outcomes if o.draft}
        self.problems: list[Problem] = [p for o in self.outcomes for p in o.problems]

    @property
    def codes(self) -> list[str]:
        return [p.code for p in self.problems]

    def problem(self, code: str) -> Problem:
        return next(p for p in self.problems if p.code == code)


@pytest.fixture
def read() -> Callable[..., Read]:
    """Read a folder (with the tables given) to the end."""
    terms = vocabulary.shipped()

    def _read(folder: Path, *tables: Path) -> Read:
        return Read(list(read_folder(folder, vocabulary=terms, tables=tables).outcomes()))

    return _read


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str], Path]:
    """Write the text of a table to tmp_path/danh-muc.csv."""

    def _write(text: str, *, encoding: str = "utf-8", name: str = "danh-muc.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return _write


@pytest.fixture
def there() -> Iterator[Elsewhere]:
    with standing_in() as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, there: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    hurry(monkeypatch)
    settings, engine = founded(tmp_path / "bao-tang")
    yield Home(there.settings(settings), engine)
    engine.dispose()
