"""The demonstration museum for benches: the one `make demo` built, else a fresh one."""

from pathlib import Path

from tests.museums import run as run_museum

BUILT = Path(__file__).parents[2] / "demo"


def demonstration(folder: Path) -> Path:
    """The home of a complete demonstration museum; making one takes minutes."""
    home = BUILT if (BUILT / "built").exists() else folder / "demo"
    done = run_museum("demo", "--home", home)
    assert done.returncode == 0, done.stderr
    return home
