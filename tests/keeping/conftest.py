"""A museum with something of everything: published, draft, withdrawn and deleted records, two institutions, a story."""

import csv
import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from museum import config, db
from museum.catalog import institutions, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Value
from museum.config import Settings
from museum.exhibitions import store as stories
from museum.imaging import arrays
from museum.ingest import founding, mirroring, run
from museum.ingest.parts import Parts, open_parts
from museum.ingest.run import Options
from museum.migrations import schema
from museum.search import indexer
from museum.search.location import Location
from museum.text import Text

STORY = """
slug = "chuong-va-vac"
title = { vi = "Chuông và vạc", en = "Bells and cauldrons" }
lead = { vi = "Đồ đồng xứ Huế.", en = "Bronzes of Huế." }

[[stops]]
id = "vac"
title = { vi = "Vạc", en = "The cauldron" }
text = { vi = "Vạc đồng thời chúa Nguyễn.", en = "A cauldron of the Nguyễn lords." }
alt = { vi = "Vạc đồng bốn quai.", en = "A bronze cauldron with four handles." }
[[stops.views]]
kind = "image"
object = "BTH.01"
media = "bth-1.jpg"
"""
TITLES = ("Vạc đồng thời chúa Nguyễn", "Chuông chùa Thiên Mụ", "Khánh đá", "Bát sứ ký kiểu", "Ấn bạc")


@dataclass
class Home:
    """A museum in a folder, open."""

    settings: Settings
    engine: Engine

    @property
    def parts(self) -> Parts:
        return open_parts(self.settings, self.engine, fsync=False)

    def dump(self) -> bytes:
        with db.reading(self.engine) as session:
            return store.canonical_dump(session)

    def story_dump(self) -> list[object]:
        with db.reading(self.engine) as session:
            return list(stories.all_stories(session))

    def ids(self) -> dict[str, str]:
        """Record ids by accession number."""
        with db.reading(self.engine) as session:
            return {i.value: r.id for r in store.all_records(session) for i in r.identifiers}

    def rename(self, record_id: str, title: str) -> None:
        """Edit a record as the workbench does: in the database only."""
        with db.writing(self.engine) as session:
            record = store.get(session, record_id)
            values = {**record.values, "title": (Value(value=title, language="vi"),)}
            store.save(session, replace(record, values=values), person="u123", batch="sửa tay")

    def close(self) -> None:
        self.engine.dispose()


def reopened(folder: Path) -> Home:
    """The museum in a folder."""
    settings = config.load(folder, {})
    return Home(settings, db.open_engine(settings.database))


def write_folder(folder: Path, *, first: int = 1, titles: tuple[str, ...] = TITLES, story: bool = True) -> Path:
    """Objects BTH.01, BTH.02, … with a small picture each, and an exhibition."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(first)
    rows = []
    for number, title in enumerate(titles, start=first):
        name = f"bth-{number}.jpg"
        small = random.integers(60, 200, (10, 12, 3), np.uint8)
        arrays.write(np.kron(small, np.ones((8, 8, 1), np.uint8)), folder / name)
        rows.append([f"BTH.{number:02d}", title, "hiện vật", name, "CC0 1.0"])
    with (folder / "danh-muc.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["Số kiểm kê", "Tên hiện vật", "Loại hình", "Tệp phương tiện", "Giấy phép"])
        writer.writerows(rows)
    if story:
        (folder / "stories").mkdir()
        (folder / "stories" / "chuong-va-vac.toml").write_text(STORY, encoding="utf-8")
    return folder


def build(folder: Path, source: Path) -> Home:
    """Found a museum, take everything in, and let life go on a little."""
    settings = founding.write_settings(folder, name_vi="Bảo tàng Huế", name_en="Huế Museum", language="vi")
    engine = db.open_engine(settings.database)
    schema.upgrade(engine)
    founding.furnish(settings, engine)
    home = Home(settings, engine)
    options = Options(publish=True, workers=0)
    report = run.ingest(settings, engine, source, options=options, parts=home.parts)
    assert not report.errors, list(report.lines("en"))
    ids = home.ids()
    with db.writing(engine) as session:
        institutions.put(session, Institution(code="hoi-an", name=Text.of(vi="Trung tâm Hội An", en="Hội An Centre")))
        store.set_state(session, ids["BTH.02"], "withdrawn", person="u123", batch="b1")
        store.set_state(session, ids["BTH.03"], "draft", person="u123", batch="b2")
        store.delete(session, ids["BTH.05"], person="u123", batch="b3")
    home.rename(ids["BTH.04"], "Bát sứ ký kiểu, men lam")
    (settings.home / "record_types").mkdir()
    indexer.index_once(engine, Location.of(settings))
    return home


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A museum that nobody changes: others copy it."""
    base = tmp_path_factory.mktemp("keeping")
    home = build(base / "bảo tàng", write_folder(base / "nguồn"))
    mirroring.mirror(home.parts)
    home.close()
    return base / "bảo tàng"


@pytest.fixture
def home(pattern: Path, tmp_path: Path) -> Iterator[Home]:
    """A museum of the test's own."""
    shutil.copytree(pattern, tmp_path / "bảo tàng")
    opened = reopened(tmp_path / "bảo tàng")
    yield opened
    opened.close()


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder with their bytes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def yesterday() -> dt.datetime:
    """A day ago."""
    return db.utc_now() - dt.timedelta(days=1)
