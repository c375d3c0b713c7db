"""`make bench`: run every bench, print its rows, write docs/benchmarks.md with versions."""

import datetime as dt
import importlib
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TARGET = HERE.parents[1] / "docs" / "benchmarks.md"
LIBRARIES = (
    "pyvips",
    "pyvips-binary",
    "pillow",
    "numpy",
    "numba",
    "trimesh",
    "tantivy",
    "sqlalchemy",
    "flask",
    "uvicorn",
    "uvloop",
    "blake3",
    "boto3",
)


def main(chosen: list[str]) -> int:
    """Run the benches named (all without names); 1 when a limit is missed."""
    sections: list[tuple[str, list[dict[str, Any]]]] = []
    for path in sorted(HERE.glob("bench_*.py")):
        name = path.stem.removeprefix("bench_")
        if chosen and name not in chosen:
            continue
        module = importlib.import_module(f"tests.bench.{path.stem}")
        print(f"== {name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        rows = module.run()
        sections.append(((module.__doc__ or name).splitlines()[0], rows))
        for row in rows:
            print("  " + " | ".join(_cells(row)), flush=True)
    if chosen and TARGET.exists():
        TARGET.write_text(_renewed(TARGET.read_text(encoding="utf-8"), sections), encoding="utf-8")
    else:
        TARGET.write_text(_document(sections), encoding="utf-8")
    missed = [row["name"] for _, rows in sections for row in rows if not _kept(row)]
    if missed:
        print("Limits missed: " + "; ".join(missed))
    return 1 if missed else 0


def _kept(row: dict[str, Any]) -> bool:
    limit, ratio = row.get("limit"), row.get("ratio")
    value = row.get("ours") if ratio is None else ratio
    return limit is None or (value is not None and value <= limit)


def _cells(row: dict[str, Any]) -> list[str]:
    def show(value: Any) -> str:
        if value is None:
            return ""
        return f"{value:.3g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)

    unit = f" {row['unit']}" if row.get("unit") else ""
    ours, peer = (show(row.get(k)) + (unit if row.get(k) is not None else "") for k in ("ours", "peer"))
    kept = "" if row.get("limit") is None else "yes" if _kept(row) else "**no**"
    return [row["name"], ours, peer, show(row.get("ratio")), show(row.get("limit")), kept, row.get("note", "")]


def _document(sections: list[tuple[str, list[dict[str, Any]]]]) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {dt.date.today().isoformat()}: {os.cpu_count()} cores, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}; {versions}.",
        "",
        "Each ratio is ours against the peer or bare work named, medians of three interleaved rounds of one run. "
        "Absolute times are of that machine and that hour; only ratios hold.",
    ]
    for title, rows in sections:
        lines += ["", *_section(title, rows)]
    return "\n".join(lines) + "\n"


def _section(title: str, rows: list[dict[str, Any]], *, note: str = "") -> list[str]:
    head = ["| what | ours | peer | ratio | limit | kept | note |", "|---|---|---|---|---|---|---|"]
    told = ["| " + " | ".join(_cells(row)) + " |" for row in rows]
    return [f"## {title}", "", *([note, ""] if note else []), *head, *told]


def _renewed(document: str, sections: list[tuple[str, list[dict[str, Any]]]]) -> str:
    """The document with these sections put in the place of the old ones; each says that it was measured by itself."""
    parts = document.rstrip("\n").split("\n## ")
    note = f"Measured by itself on {dt.date.today().isoformat()}."
    for title, rows in sections:
        fresh = "\n".join(_section(title, rows, note=note)).removeprefix("## ") + "\n"
        there = [i for i, part in enumerate(parts) if i and part.splitlines()[0] == title]
        if there:
            parts[there[0]] = fresh
        else:
            parts.append(fresh)
    return "\n## ".join([f"{part.rstrip()}\n" for part in parts])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
