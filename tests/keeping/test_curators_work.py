"""Synonyms, saved searches, counts and looks go with a backup; a rebuild from the masters has none of curators' own."""

import shutil
from pathlib import Path

from flask.testing import FlaskClient

from museum import db
from museum.keeping import recataloging, resettling
from museum.keeping.backing_up import backup
from museum.keeping.restoring import restore
from museum.search import synonym_edits
from museum.search.synonym_edits import Current
from museum.web.app import create_app
from tests.keeping.conftest import Home, reopened
from tests.keeping.curating import curate, rows


def visitor(home: Home) -> FlaskClient:
    app = create_app(home.settings, engine=home.engine)
    app.testing = True
    return app.test_client()


def test_what_curators_made_comes_back_with_a_backup(home: Home, tmp_path: Path) -> None:
    saved = curate(home.engine)
    before = rows(home.engine)
    done = backup(home.settings, home.engine, tmp_path / "b")
    with db.writing(home.engine) as session:  # what is done after the backup isn't in it
        synonym_edits.save(session, kind="group", vi=("vạc", "đỉnh lớn"), en=(), person="u1")
    restore(done.folder, tmp_path / "mới", derive=False)
    again = reopened(tmp_path / "mới")
    assert rows(again.engine) == before
    assert all(before.values()), "the control: each table holds something"
    assert rows(home.engine) != before
    print(f"{sum(map(len, before.values()))} rows of {len(before)} tables, 0 lost")
    words = {term for group in Current(again.engine).get().groups for term in group.terms}
    assert {"khánh đá", "lithophone"} <= words
    answer = visitor(again).get(f"/q/{saved}")
    assert answer.status_code in (302, 303, 307)
    assert answer.location.startswith("/search?q=%C4%91%E1%BB%93ng&from=1820")
    again.close()


def test_a_rebuild_from_the_masters_begins_with_the_shipped_synonyms(home: Home, tmp_path: Path) -> None:
    curate(home.engine)
    shutil.copytree(home.settings.masters_root, tmp_path / "mới" / "media" / "masters")
    settings, engine = resettling.settle(tmp_path / "mới")
    recataloging.rebuild_catalog(settings, engine, derive=True, workers=0)
    left = rows(engine)
    assert [name for name, found in left.items() if found] == ["look"], "made anew from the pictures"
    with db.reading(engine) as session:
        assert all(one.is_shipped and not one.is_removed for one in synonym_edits.entries(session))
    engine.dispose()
