"""How true the arbitrary regions are that were timed: ours and iipsrv's beside the photograph itself."""

import io
import statistics
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.bench import tile_peers
from tests.museums import serving

Image.MAX_IMAGE_PIXELS = None
_REGIONS = ((301, 411, 900, 700, 450), (5003, 2111, 2000, 1500, 640), (7007, 6001, 1200, 1200, 1000),
            (999, 3333, 2600, 1800, 400), (10001, 101, 640, 480, 320))  # fmt: skip


def rows(home: Path, media_id: str, plain: Path, photograph: Path) -> list[dict[str, Any]]:
    """One row: by how many dB our regions are less like the photograph than iipsrv's (below 0: more like it)."""
    wanted = [f"{x},{y},{width},{height}/{across},/0/default.jpg" for x, y, width, height, across in _REGIONS]
    with serving(home, "--no-work", "--workers", "1") as museum:
        ours = [museum.get(f"/iiif/image/2/{media_id}/{path}")[2] for path in wanted]
    with tempfile.TemporaryDirectory() as folder, tile_peers.iipsrv(Path(folder)) as port:
        peer = [tile_peers.body(port, tile_peers.iipsrv_address(plain, path)) for path in wanted]
    with Image.open(photograph) as whole:
        whole.load()
        told = [[_likeness(whole, region, data) for region, data in zip(_REGIONS, one, strict=True)]
                for one in (ours, peer)]  # fmt: skip
    mine, theirs = (statistics.mean(one) for one in told)
    return [
        {
            "name": "arbitrary region: likeness missing to iipsrv's",
            "ours": round(max(0.0, theirs - mine), 2),
            "limit": 0.5,
            "unit": "dB",
            "note": f"mean PSNR {mine:.1f} against {theirs:.1f} dB beside the photograph reduced by Lanczos; "
            f"{sum(map(len, ours)):,} against {sum(map(len, peer)):,} bytes, JPEG {tile_peers.QUALITY} both",
        }
    ]


def _likeness(whole: Image.Image, region: tuple[int, int, int, int, int], data: bytes) -> float:
    """Peak signal to noise in dB."""
    x, y, width, height, _ = region
    with Image.open(io.BytesIO(data)) as shown:
        got = np.asarray(shown.convert("RGB"), np.float64)
    true = whole.crop((x, y, x + width, y + height)).resize((got.shape[1], got.shape[0]), Image.Resampling.LANCZOS)
    error = float(np.mean((np.asarray(true.convert("RGB"), np.float64) - got) ** 2))
    return 10 * float(np.log10(255**2 / max(error, 1e-9)))
