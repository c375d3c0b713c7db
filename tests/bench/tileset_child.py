"""One tileset built in a process of its own, so that its memory is its own.

python -m tests.bench.tileset_child SCAN OUT [TIMES SUBDIVIDED]

Prints JSON: seconds of reading and of building, peak memory in MB of reading and building together, what was written.
"""

import json
import resource
import sys
import time
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from museum.geometry import scan
from museum.geometry.tileset import building
from tests.bench.tileset_scans import subdivided


def main(path: Path, out: Path, *, times: int) -> None:
    """Read, perhaps subdivide, build, print. What is compiled should be so already: see `kernels.tilesets`."""
    with TemporaryDirectory(dir=out.parent) as work:
        start = time.perf_counter()
        mesh = subdivided(scan.open_scan(path, fallback_unit="mm", work=Path(work)).mesh, times)
        read = time.perf_counter()
        processor = time.process_time()
        facts = building.build(mesh, out)
        done = time.perf_counter()
    reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    said = {
        "read_s": read - start, "build_s": done - read, "cpu_s": time.process_time() - processor,
        "peak_mb": _peak_mb(), "reader_mb": reader, "count": facts.faces or facts.points, **asdict(facts),
    }  # fmt: skip
    print(json.dumps(said))


def _peak_mb() -> float:
    """The most this process had; getrusage would tell of the one that it was forked from, too."""
    lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024 / 1e6


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), times=int(sys.argv[3]) if len(sys.argv) > 3 else 0)
