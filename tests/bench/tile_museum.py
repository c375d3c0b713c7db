"""A museum of one photograph of 12,000 × 9,000 pixels, as benches of tiles serve it."""

from dataclasses import dataclass
from pathlib import Path

from tests.bench.bench_images import photograph
from tests.museums import run as run_museum
from tests.museums import run_json


@dataclass(frozen=True)
class PhotographMuseum:
    """Where it lies, and how its picture is called."""

    home: Path
    record_id: str
    media_id: str
    sha256: str
    source: Path


def photograph_museum(folder: Path) -> PhotographMuseum:
    """Found it in `folder` and publish the photograph; a minute's work."""
    source, home = folder / "source", folder / "museum"
    source.mkdir()
    photograph(source / "photograph.jpg")
    (source / "danh-muc.csv").write_text("Mã hiện vật,Tên hiện vật,Tệp\nT-1,Ảnh lớn,photograph.jpg\n", encoding="utf-8")
    assert run_museum("init", home).returncode == 0
    with (home / "museum.toml").open("a", encoding="utf-8") as settings:
        # Or one asker's fair share of computing would be measured, and tiles beside the making of others.
        settings.write("\nimage_per_minute = 0\nwebp_tiles = false\n")
    run_json("ingest", source, "--publish", home=home)
    record = run_json("list", home=home)[0]
    media = record["media"][0]
    return PhotographMuseum(home, record["id"], media["id"], media["sha256"], source / "photograph.jpg")
