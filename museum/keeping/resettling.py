"""A museum around masters that have no database any more: settings, database and folders made anew."""

from pathlib import Path

from sqlalchemy import Engine

from museum import config, db
from museum.config import Settings
from museum.errors import Conflict, NotFound
from museum.ingest import founding
from museum.keeping import copying, master_listing, recataloging
from museum.keeping.copying import Progress
from museum.migrations import schema
from museum.storage import disk
from museum.storage.layout import ROOT_DECLARATION
from museum.storage.ocfl import Masters

_CODE = "institution_code"


def copy_masters(root: Path, home: Path, *, on_progress: Progress | None = None) -> int:
    """Copy an OCFL root into the museum-to-be at `home`; how many files. What is there already is compared by size.

    Raises NotFound keeping.no_masters where `root` is none, Conflict keeping.home_taken where `home` has a database.
    """
    if not (root / ROOT_DECLARATION).is_file():
        raise NotFound("keeping.no_masters", path=root)
    target = home / "media" / "masters"
    if (home / config.FILE_NAME).exists() or (home / "museum.db").exists():
        raise Conflict("keeping.home_taken", path=home)
    with disk.errors_named(home):
        founding.make_private(home / "media")
        target.mkdir(parents=True, exist_ok=True)
    wanted = []
    for item in master_listing.masters(root, "media/masters"):
        there = home / item.path
        if there.is_file() and there.stat().st_size == item.size_bytes:
            continue
        there.unlink(missing_ok=True)
        wanted.append(item)
    copied = copying.copy_all(wanted, home, on_progress=on_progress)
    copying.flush(home)
    return len(copied.files)


def settle(home: Path) -> tuple[Settings, Engine]:
    """Settings and database of the museum at `home`, made where they are missing, brought to the newest schema.

    A new settings file takes the institution's code from the masters. Raises NotFound keeping.no_masters.
    """
    home = home.expanduser().resolve()
    if not (home / config.FILE_NAME).is_file():
        root = home / "media" / "masters"
        if not (root / ROOT_DECLARATION).is_file():
            raise NotFound("keeping.no_masters", path=root)
        held = Masters(root, home / "media" / "staging")
        codes = recataloging.codes_in(list(held.object_ids()))
        founding.write_settings(home, name_vi="Bảo tàng số", name_en="Digital Museum", language="vi")
        if codes:
            path = home / config.FILE_NAME
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace(f'{_CODE} = "museum"', f'{_CODE} = "{codes[0]}"'), encoding="utf-8")
    settings = config.load(home)
    engine = db.open_engine(settings.database)
    schema.upgrade(engine)
    return settings, engine
