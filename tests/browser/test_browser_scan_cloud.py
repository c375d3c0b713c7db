"""A cloud that streams: few points for a first picture, drawn so wide that nothing shows between them."""

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from museum.geometry.tileset import building
from tests.browser.conftest import Visit
from tests.browser.scan_pages import box_glb, page_of, serving_files
from tests.browser.scan_path import still
from tests.browser.scan_visits import SMALL, open_scan, pixels, state
from tests.geometry.tilesets import vase
from tests.museums import Served

pytestmark = [pytest.mark.browser]
Visitors = Callable[..., AbstractContextManager[Visit]]
POINTS, COARSE_PX = 40_000, 12

_SCENE = "document.querySelector('figure.viewer').museumViewer.view.scene"
_COARSE = f"px => {{ for (const {{ tiles }} of {_SCENE}.streams) tiles.errorTarget = px; {_SCENE}.ask(); }}"
_SIZES = f"""() => {{
  const found = [];
  for (const {{ tiles }} of {_SCENE}.streams) for (const {{ engineData }} of tiles.visibleTiles)
    engineData.scene.traverse((part) => part.isPoints && found.push(part.userData.size));
  return found;
}}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path, whole = tmp_path_factory.mktemp("site") / "cloud.3tz", vase(2 * POINTS)
    building.build(replace(whole, faces=whole.faces[:0], face_material=whole.face_material[:0]), path, most=1_500)
    with zipfile.ZipFile(path) as packed:
        files = {f"/s/cloud/{name}": packed.read(name) for name in packed.namelist()}
    options = {"model": "/small.glb", "unit": "m", "tileset": "/s/cloud/tileset.json"}
    with serving_files(files | {"/small.glb": box_glb(cells=2), "/cloud": page_of(options)}) as served:
        yield served


def holes(page: Page) -> float:
    """Share of pixels between the left and the right edge of what is drawn that show nothing."""
    alpha = np.asarray(Image.open(io.BytesIO(pixels(page))).convert("RGBA"))[:, :, 3] > 0
    inside = empty = 0
    for row in alpha[alpha.sum(axis=1) > 20]:
        first, last = np.flatnonzero(row)[[0, -1]]
        inside += last - first
        empty += int((~row[first:last]).sum())
    assert inside > 20_000
    return empty / inside


def test_points_are_as_few_as_the_screen_asks_and_as_wide_as_their_gaps(visitors: Visitors, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/cloud")
        still(page)
        usual = state(page, "tiles")
        page.evaluate(_COARSE, COARSE_PX)
        still(page)
        whole, sizes, open_ = state(page, "tiles"), page.evaluate(_SIZES), holes(page)
        page.evaluate(f"() => {_SCENE}.setLooks({{ pointScale: 0.2 }})")
        control = holes(page)
        page.evaluate(f"() => {_SCENE}.setLooks({{ pointScale: 1 }})")
        page.evaluate(
            f"() => {_SCENE}.look({{ azimuth_deg: 40, elevation_deg: 10, distance: 0.9, target: [0.4, 0.3, 0.4] }})"
        )
        still(page)
        near = page.evaluate(_SIZES)
    print(
        f"{whole['triangles']} of {POINTS} points, {open_:.4f} open, with narrow points {control:.3f}; {sizes} {near}"
    )
    assert usual["errorTarget"] == 3, "half as much again as a surface may be off"
    assert 0 < whole["triangles"] < usual["triangles"] / 2 < POINTS / 2, "not more than the screen asks for"
    assert open_ < 0.01 < 0.1 < control, "closed but for its rims, and this test sees what isn't"
    assert min(near) < min(sizes) / 1.5, "narrower where more of them stand"
