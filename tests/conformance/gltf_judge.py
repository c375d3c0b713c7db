"""Khronos' own glTF validator, from npm: what it says of GLBs."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.conformance.iiif_clients import installed

VALIDATOR = "gltf-validator@2.0.0-dev.3.10"
_SCRIPT = """
const fs = require("fs"), validator = require(process.argv[1]);
(async () => {
  for (const path of fs.readFileSync(0, "utf8").split("\\n").filter(Boolean)) {
    const report = await validator.validateBytes(new Uint8Array(fs.readFileSync(path)), { maxIssues: 100 });
    console.log(JSON.stringify({ path, issues: report.issues, info: report.info }));
  }
})();
"""


def judged(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """For each file its path, its "issues" (numErrors, numWarnings, messages) and "info" (counts)."""
    node = shutil.which("node")
    assert node is not None, "Node.js is missing: sudo apt-get install nodejs"
    folder = installed((VALIDATOR,)) / "gltf-validator" / "package"
    asked = "\n".join(str(path) for path in paths)
    done = subprocess.run([node, "-e", _SCRIPT, str(folder)], input=asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
