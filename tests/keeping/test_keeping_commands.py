"""The contract for scripts: backup, restore and rebuild-catalog on the command line, while the museum serves."""

import json
import shutil
from pathlib import Path

from tests.keeping.conftest import Home, reopened
from tests.museums import run, run_json, serving


def test_backed_up_while_serving_restored_and_rebuilt(home: Home, tmp_path: Path) -> None:
    dump = home.dump()
    home.close()
    with serving(home.settings.home, "--workers", "1") as served:
        done = run_json("backup", tmp_path / "b", home=home.settings.home)
        assert served.get("/healthz")[0] == 200
        refused = run("upgrade", home=home.settings.home)
        assert refused.returncode == 6
        assert "being served" in refused.stderr
    assert Path(done["folder"]).parent == tmp_path / "b"
    assert done["left_out"] == ["secret.key"]
    restored = run("restore", tmp_path / "b", tmp_path / "mới", "--no-derive", env={"MUSEUM_LANGUAGE": "vi"})
    assert restored.returncode == 0, restored.stderr
    assert "(secret.key) được tạo mới" in restored.stdout
    again = reopened(tmp_path / "mới")
    assert again.dump() == dump
    again.close()
    shutil.copytree(tmp_path / "mới" / "media" / "masters", tmp_path / "trơ" / "media" / "masters")
    rebuilt = run("rebuild-catalog", tmp_path / "trơ", "--no-derive", "--json")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert json.loads(rebuilt.stdout)["records"] == 4
    nothing = run("restore", tmp_path, tmp_path / "nữa")
    assert nothing.returncode == 3
    assert "no whole backup" in nothing.stderr
