"""Textures in KTX 2 (KHR_texture_basisu) are shown like any others, by every model we make."""

from pathlib import Path

import numpy as np
import pytest

from museum.errors import SourceError
from museum.geometry import basis, texture
from museum.geometry.scan import open_scan
from tests.geometry.basis_pictures import ETC1S, UASTC
from tests.geometry.shapes import glb as container
from tests.geometry.shapes import gltf_json


def wanted() -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    down, right = np.mgrid[0:16, 0:16]
    return np.stack([40 + 8 * right, 200 - 6 * down, np.where(right < 8, 60, 180)], axis=2)


@pytest.mark.parametrize(("data", "most"), [(UASTC, 1), (ETC1S, 20)])
def test_a_basis_texture_has_its_colours_the_right_way_up(data: bytes, most: int, tmp_path: Path) -> None:
    document = gltf_json()
    document["extensionsUsed"] = document["extensionsRequired"] = ["KHR_texture_basisu"]
    document["images"] = [{"uri": "men ngọc.ktx2"}]
    document["textures"] = [{"extensions": {"KHR_texture_basisu": {"source": 0}}}]
    document["materials"] = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
    document["meshes"][0]["primitives"][0]["material"] = 0
    (tmp_path / "men ngọc.ktx2").write_bytes(data)
    path = tmp_path / "lọ.glb"
    path.write_bytes(container(document))
    mesh = open_scan(path, parts=[tmp_path / "men ngọc.ktx2"]).mesh
    picture = mesh.materials[0].base_texture
    assert picture is not None and picture.media_type == "image/png"
    off = np.abs(texture.decode(picture)[:, :, :3].astype(np.int64) - wanted())
    assert off.max() <= most, off.max()
    assert np.abs(texture.decode(picture)[::-1, :, :3].astype(np.int64) - wanted()).max() > 60, "upside down it differs"


def test_a_basis_texture_is_bounded_before_it_is_decoded() -> None:
    with pytest.raises(SourceError) as raised:
        basis.decoded(UASTC, shown="lọ.glb", pixel_limit=100)
    assert raised.value.code == "scan.texture_too_large"


def test_damaged_basis_textures_are_refused_and_never_end_the_process() -> None:
    random = np.random.default_rng(11)
    refused = 0
    for source in (UASTC, ETC1S):
        for _ in range(150):
            broken = bytearray(source)
            for place in random.integers(12, len(source), 4):
                broken[place] = random.integers(0, 256)
            try:
                basis.decoded(bytes(broken[: random.integers(60, len(source) + 1)]), shown="x", pixel_limit=1 << 20)
            except SourceError as error:
                refused += error.code in ("scan.bad_texture", "scan.basis_texture", "scan.texture_too_large")
    assert refused > 200, f"{refused} of 300 refused"
