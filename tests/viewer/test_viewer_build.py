"""What the front-end build promises the pages: small scripts, small fonts, and no other host."""

import gzip
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DIST = ROOT / "museum" / "web" / "static" / "dist"

# Namespaces and references, never fetched: a name here is a word, not an address a browser follows.
NAMESPACES = {"www.w3.org", "iiif.io", "library.stanford.edu", "schemas.microsoft.com"}
# OpenSeadragon carries a tile source for street maps and a hint to its manual; the image viewer makes neither.
UNUSED = {"tile.openstreetmap.org", "openseadragon.github.io"}

STATIC_IMPORT = re.compile(r'(?:import|export)[^();"]*?from\s*"\./([^"]+)"|import\s*"\./([^"]+)"')


@pytest.fixture(scope="module")
def manifest() -> dict[str, str]:
    """Entry name → address below the dist folder; building it is part of the set-up."""
    file = DIST / "manifest.json"
    assert file.is_file(), "the front end is not built: run `npm ci --ignore-scripts && npm run build`"
    read: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return read


def first_scripts(entry: str) -> set[str]:
    """`entry` and every chunk it imports statically, with theirs."""
    seen: set[str] = set()
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        text = (DIST / name).read_text(encoding="utf-8")
        waiting += [a or b for a, b in STATIC_IMPORT.findall(text)]
    return seen


def foreign_hosts(text: str) -> set[str]:
    """Hosts of the absolute addresses in `text` that are no namespace."""
    return set(re.findall(r"https?://([A-Za-z0-9.-]+\.[a-z]{2,})", text)) - NAMESPACES


def hosts_of(file: Path) -> set[str]:
    """Foreign hosts of a built file, but for the ones known to lie unused in OpenSeadragon."""
    text = file.read_text(encoding="utf-8")
    return foreign_hosts(text) - (UNUSED if "OpenSeadragon" in text else set())


def test_manifest_names_files_that_exist(manifest: dict[str, str]) -> None:
    assert {"site.js", "site.css", "viewer.css"} <= set(manifest)
    for address in manifest.values():
        assert (DIST / address.partition("?")[0]).is_file(), address


def test_first_script_is_small(manifest: dict[str, str]) -> None:
    total = sum((DIST / name).stat().st_size for name in first_scripts("site.js"))
    assert total <= 25_000


def test_heavy_libraries_wait_for_the_visitor() -> None:
    early = "".join((DIST / name).read_text(encoding="utf-8") for name in first_scripts("site.js"))
    assert "OpenSeadragon" not in early
    assert "WebGLRenderer" not in early


def test_the_first_picture_of_a_scan_needs_little() -> None:
    """What stands by to draw it, without three.js."""
    (sketch,) = DIST.glob("chunk-scan_sketch-*.js")
    scripts = [(DIST / name).read_bytes() for name in first_scripts(sketch.name) - first_scripts("site.js")]
    assert len(scripts) > 2
    assert b"WebGLRenderer" not in b"".join(scripts)
    assert sum(len(gzip.compress(script, 9)) for script in scripts) <= 9_000


def test_what_a_script_asks_for_comes_with_all_that_it_needs() -> None:
    """One way there and back to the server for each import(), however deep its own imports go."""
    together = re.compile(r'Promise\.all\(\[((?:import\("\./[^"]+"\),?)+)\]\)|import\("\./([^"]+)"\)')
    asked = needed = 0
    for file in DIST.glob("*.js"):
        for group, alone in together.findall(file.read_text(encoding="utf-8")):
            names = re.findall(r'"\./([^"]+)"', group) or [alone]
            more = first_scripts(names[0]) - first_scripts(file.name) - {names[0]}
            assert more == set(names[1:]), f"{file.name}: {names[0]}"
            asked, needed = asked + 1, needed + len(more)
    assert asked > 15 and needed > 30


def test_fonts_fit_sixty_kilobytes() -> None:
    fonts = list(DIST.glob("*.woff2"))
    assert fonts
    assert sum(font.stat().st_size for font in fonts) <= 60_000


def test_every_font_has_a_fallback_of_its_measures() -> None:
    css = (DIST / "site.css").read_text(encoding="utf-8")
    families = set(re.findall(r'font-family:"?([^";]+?)"?;font-weight', css))
    for family in ("Be Vietnam Pro", "Source Serif 4"):
        assert {family, f"{family} fallback"} <= families
    assert css.count("size-adjust:") >= 4


def test_no_foreign_host_in_what_a_page_loads() -> None:
    files = [file for kind in ("*.js", "*.css") for file in DIST.glob(kind)]
    assert files
    found = {file.name: hosts for file in files if (hosts := hosts_of(file))}
    assert found == {}


def test_a_foreign_host_would_be_caught() -> None:
    assert foreign_hosts('fetch("https://fonts.example.org/a.woff2")') == {"fonts.example.org"}


def test_third_party_licenses_name_what_is_bundled() -> None:
    text = (DIST / "THIRD_PARTY_LICENSES.txt").read_text(encoding="utf-8")
    for package in ("openseadragon", "three", "@fontsource/be-vietnam-pro", "@fontsource-variable/source-serif-4"):
        assert re.search(rf"^{re.escape(package)} \d", text, re.M), package


def test_lock_file_carries_no_addresses() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: about for name, about in lock["packages"].items() if name}
    assert packages
    for name, about in packages.items():
        assert "resolved" not in about, name
        assert about["integrity"].startswith("sha512-"), name
