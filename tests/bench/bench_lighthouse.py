"""Page speed: Lighthouse on a simulated phone (slow 4G, CPU 4 times slower), median of three runs of each page."""

import json
import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.bench.demonstration import demonstration
from tests.conftest import FLAGS
from tests.museums import Served, serving

JUDGE = Path(__file__).parents[2] / ".venv-lighthouse"
VERSION = "12.8.2"
STORY_BYTES = 250_000
_ROUNDS, _WARM_UP = 3, 8
_CATEGORIES = (("performance", 0.95), ("accessibility", 1.0), ("best-practices", 1.0))
_AUDITS = (
    ("largest-contentful-paint", "largest contentful paint", 1800, "ms"),
    ("total-blocking-time", "total blocking time", 100, "ms"),
    ("cumulative-layout-shift", "cumulative layout shift", 0.01, ""),
)


def run() -> list[dict[str, Any]]:
    """Rows of each page and number; one row that says so where node or Chromium is missing."""
    program = shutil.which("chromium")
    if program is None or shutil.which("npm") is None:
        return [{"name": "Lighthouse", "ours": None, "limit": None, "note": "Chromium or npm is missing: not measured"}]
    _install()
    with tempfile.TemporaryDirectory() as folder, serving(demonstration(Path(folder)), "--no-work") as museum:
        rows: list[dict[str, Any]] = []
        for name, address in _places(museum).items():
            for _ in range(_WARM_UP):  # each web process compiles a template at its first use
                museum.get(address)
            rows += _page(name, museum.url + address, program, Path(folder))
        rows.append(_weight(museum, program))
        return rows


def _places(museum: Served) -> dict[str, str]:
    urn = museum.by_object_id()["MẪU-0001"]["id"]
    return {"home": "/", "object": f"/o/{urn}", "story": "/e/cuu-dinh"}


def _install() -> None:
    if (JUDGE / "node_modules" / "lighthouse").is_dir():
        return
    JUDGE.mkdir(exist_ok=True)
    command = ["npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", f"lighthouse@{VERSION}"]
    (JUDGE / "package.json").write_text('{"private": true}', encoding="utf-8")
    subprocess.run(command, cwd=JUDGE, check=True, stdout=subprocess.DEVNULL)


def _page(name: str, url: str, program: str, folder: Path) -> list[dict[str, Any]]:
    reports = [_judge(url, program, folder) for _ in range(_ROUNDS)]
    rows = []
    for category, least in _CATEGORIES:
        score = statistics.median(report["categories"][category]["score"] or 0 for report in reports)
        # The runner's limits are upper ones: what is missing to the score asked for must be nothing.
        missing = round(max(0.0, least - score), 3)
        note = f"score {score:g}; Lighthouse {VERSION}, mobile"
        rows.append({"name": f"{name}: {category}, missing to {least:g}", "ours": missing, "limit": 0.0, "note": note})
    for audit, words, most, unit in _AUDITS:
        value = statistics.median(report["audits"][audit]["numericValue"] for report in reports)
        rows.append({"name": f"{name}: {words}", "ours": round(value, 4), "limit": most, "unit": unit, "note": ""})
    return rows


def _judge(url: str, program: str, folder: Path) -> dict[str, Any]:
    out = folder / "report.json"
    flags = " ".join(["--headless=new", "--no-sandbox", "--disable-background-networking", "--use-gl=angle",
                      "--use-angle=swiftshader"])  # fmt: skip
    subprocess.run(
        [str(JUDGE / "node_modules" / ".bin" / "lighthouse"), url, "--output=json", f"--output-path={out}", "--quiet",
         "--only-categories=performance,accessibility,best-practices", f"--chrome-flags={flags}"],
        check=True, env={**os.environ, "CHROME_PATH": program}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    report: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return report


def _weight(museum: Served, program: str) -> dict[str, Any]:
    """Everything the story's page moves before a visitor does anything, as it travels."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        context = browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        total: list[float] = []
        session.on("Network.loadingFinished", lambda event: total.append(event["encodedDataLength"]))
        page.goto(museum.url + "/e/cuu-dinh", wait_until="networkidle")
        browser.close()
    note = "HTML, CSS, fonts, scripts and pictures, gzip where the server sends it"
    return {"name": "story before the first interaction", "ours": int(sum(total)), "limit": STORY_BYTES,
            "unit": "bytes", "note": note}  # fmt: skip
