"""Every kill point of restore, delete, bring back, merge and undo: ``python -m tests.soak.amendments``.

Ends with 1 when a point leaves anything half, lost or different. The control without recovery is in
`tests.flows.test_amendment_kill_points`.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.flows.amendments import SCENARIOS
from tests.flows.test_amendment_kill_points import PROGRAM, wrong


def main() -> int:
    """Try them all and say what was found."""
    faults = 0
    for scenario in SCENARIOS:
        memory = Path("/dev/shm")
        with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
            command = [sys.executable, "-m", PROGRAM, folder, scenario]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        trials = [json.loads(line) for line in done.stdout.splitlines()]
        found = wrong(trials)
        faults += len(found)
        print(f"{scenario}: killed before each of {len(trials) - 1} changes, {len(found)} faults", flush=True)
        print(*found, sep="\n", end="\n" if found else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
