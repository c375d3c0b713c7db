"""A page with three and NASA's 3d-tiles-renderer that shows an archive of tiles, and counts what it asks for."""

import shutil
import subprocess
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

ROOT = Path(__file__).resolve().parents[2]
SITE = "http://tiles.example"
_BARE = "<!doctype html><title>tiles</title><body style='margin:0'>"


def bundle(folder: Path) -> str:
    """The page's script with all that it imports, made in `folder`."""
    out = folder / "page.js"
    node = shutil.which("node")
    assert node is not None, "Node.js is missing: sudo apt-get install nodejs"
    command = [node, ROOT / "node_modules/esbuild/bin/esbuild", ROOT / "tests/conformance/tiles_page.js",
               "--bundle", "--format=iife", f"--outfile={out}", "--log-level=warning"]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out.read_text("utf-8")


def show(page: Page, path: Path, script: str, **options: Any) -> Counter[str]:
    """Open the archive at `path` on an empty page; how often each of its files is asked for, now and later."""
    asked, archive = Counter[str](), zipfile.ZipFile(path)

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(f"{SITE}/tiles/")
        if name == f"{SITE}/":
            route.fulfill(body=_BARE, content_type="text/html")
            return
        asked[name] += 1
        if name in archive.namelist():
            route.fulfill(body=archive.read(name), headers={"Access-Control-Allow-Origin": "*"})
        else:
            route.fulfill(status=404)

    page.on("close", lambda _: archive.close())
    page.route(f"{SITE}/**", answer)
    page.goto(f"{SITE}/")
    page.add_script_tag(content=script)
    page.evaluate("([address, options]) => window.show(address, options)", [f"{SITE}/tiles/tileset.json", options])
    return asked
