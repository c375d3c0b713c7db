"""Runs the manifests' parser in Node, outside any browser: what goes in and comes out is JSON."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import playwright

_NODE = shutil.which("node") or str(Path(playwright.__file__).parent / "driver" / "node")  # Playwright brings one
PARSER = Path(__file__).parents[2] / "museum" / "viewer" / "frontend" / "manifest_read.js"
# `places` is a Map, and `source` repeats what was given.
_SCRIPT = """
const { readManifest } = await import(process.argv[1]);
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const asked = JSON.parse(Buffer.concat(chunks).toString("utf8"));
const plain = (key, value) => (key === "source" ? undefined : value instanceof Map ? Object.fromEntries(value) : value);
const found = asked.map(({ document, others, language }) => readManifest(document, { others, language }));
process.stdout.write(JSON.stringify(found, plain));
"""
Json = dict[str, Any]


def run(script: str, given: Any) -> Any:
    """What a module script prints as JSON: its argument is the parser's address, its standard input is `given`."""
    done = subprocess.run(
        [_NODE, "--input-type=module", "-e", script, PARSER.as_uri()],
        input=json.dumps(given).encode(), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def read_all(asked: Sequence[tuple[Json, Sequence[Json]]], *, language: str = "en") -> list[Json]:
    """What the parser makes of each (document, further documents at hand), in one process."""
    given = [{"document": document, "others": others, "language": language} for document, others in asked]
    read: list[Json] = run(_SCRIPT, given)
    return read


def read(document: Json, *others: Json, language: str = "en") -> Json:
    """What the parser makes of one document."""
    return read_all([(document, others)], language=language)[0]
