"""A recorded path around and along a scan, driven frame by frame; what each frame drew. For tests and benches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

# As a visitor went: around the whole, to the shoulder, along it, over the rim, around the back close by, out and in
# again. Azimuth and elevation in degrees, distance in bounding radii, target in shares of the half extents.
STATIONS: Sequence[tuple[float, float, float, tuple[float, float, float]]] = (
    (-28, 9, 5.2, (0, 0, 0)),
    (40, 15, 5.0, (0, 0, 0)),
    (55, 20, 1.6, (0.3, 0.5, 0.4)),
    (70, 10, 0.9, (0.5, 0.6, 0.3)),
    (70, -5, 0.9, (0.5, 0.0, 0.3)),
    (95, 45, 0.7, (0.4, 0.9, 0.0)),
    (180, 30, 1.2, (0.0, 0.7, -0.5)),
    (215, 0, 0.5, (-0.3, 0.2, -0.6)),
    (250, -10, 2.4, (-0.2, -0.4, 0.0)),
    (300, 25, 8.0, (0, 0, 0)),
    (332, 5, 0.6, (-0.2, -0.3, 0.7)),
    (332, 9, 5.2, (0, 0, 0)),
)

_DRIVE = """async ([cameras, budget, finest]) => {
  const { scene } = document.querySelector("figure.viewer").museumViewer.view;
  const [stream] = scene.streams, told = scene.onDraw, frames = [];
  if (budget) stream.bound(budget);
  if (finest) stream.tiles.errorTarget = stream.finest = finest;
  const size = ({ array, data }) => (data?.array ?? array).byteLength;
  const weigh = () => {
    let bytes = 0;
    scene.world.traverseVisible(({ geometry, material }) => {
      if (!geometry) return;
      for (const part of [...Object.values(geometry.attributes), geometry.index]) bytes += part ? size(part) : 0;
      const { width = 0, height = 0 } = material?.map?.image ?? {};
      bytes += width * height * 4;
    });
    return bytes / 2 ** 20;
  };
  scene.onDraw = () => {
    told();
    const { triangles, points } = scene.renderer.info.render;
    const held = stream.tiles.lruCache.cachedBytes / 2 ** 20;
    frames.push({ triangles: triangles + points, megabytes: weigh(), held, errorTarget: stream.tiles.errorTarget });
  };
  for (const camera of cameras) {
    scene.look(camera);
    await new Promise(requestAnimationFrame);
  }
  scene.onDraw = told;
  return frames;
}"""

_STILL = """async () => {
  const state = document.querySelector("figure.viewer").museumViewer;
  for (let calm = 0, drawn = -1; calm < 15; ) {
    await new Promise(requestAnimationFrame);
    calm = state.tiles?.loading || state.framesDrawn !== drawn ? 0 : calm + 1;
    drawn = state.framesDrawn;
  }
}"""


class Asked(Protocol):
    """A page whose scripts can be asked: Playwright's, or a tab of a plain Chromium."""

    def evaluate(self, script: str, arg: Any = None, /) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class Frames:
    """The most of what any frame of a path drew: triangles and points, MiB of their arrays and pictures; MiB of all the
    tiles that were kept meanwhile; how many frames there were."""

    count: int
    triangles: int
    megabytes: float
    held: float


def cameras(steps: int) -> list[dict[str, Any]]:
    """The path's cameras, `steps` from each station to the next."""
    found = []
    for here, there in pairwise(STATIONS):
        for step in range(steps):
            part = step / steps
            azimuth, elevation, distance = (
                a + (b - a) * part for a, b in ((here[0], there[0]), (here[1], there[1]), (here[2], there[2]))
            )
            target = [a + (b - a) * part for a, b in zip(here[3], there[3], strict=True)]
            found.append({"azimuth_deg": azimuth, "elevation_deg": elevation, "distance": distance, "target": target})
    return found


def drive(
    page: Asked, *, steps: int, budget: Mapping[str, float] | None = None, finest_px: float | None = None
) -> Frames:
    """Go along the path; `budget` {triangles, megabytes} takes the place of the device's, `finest_px` that of the error
    that its line allows."""
    frames = page.evaluate(_DRIVE, [cameras(steps), budget, finest_px])
    return Frames(
        count=len(frames),
        triangles=max(frame["triangles"] for frame in frames),
        megabytes=max(frame["megabytes"] for frame in frames),
        held=max(frame["held"] for frame in frames),
    )


def still(page: Asked) -> None:
    """Wait until nothing loads and no frame is drawn. Asked inside the page: requests are answered meanwhile."""
    page.evaluate(_STILL)
