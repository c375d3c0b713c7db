"""Photographs: pyramid with exact edge tiles, and posters for cards, stage and sharing."""

from pathlib import Path

from museum.imaging import poster, pyramid
from museum.imaging.pyramid import PyramidFacts
from museum.ingest.made import Made

# (longest side in px, most bytes): lists, wide cards, the stage. design.md: the first picture within 80 KB.
POSTERS = ((480, 24_000), (960, 48_000), (1600, 80_000))
_MEDIA_TYPES = {"avif": "image/avif", "jpg": "image/jpeg"}


def derive(path: Path, work: Path, *, name: str) -> list[Made]:
    """The pyramid and the posters of a photograph, upright, sRGB, without metadata. Raises SourceError image.*."""
    folder = work / "pyramid"
    facts = pyramid.build(path, folder, name=name)
    long_side = max(facts.width_px, facts.height_px)
    return [*posters(folder, work, long_side_px=long_side, name=name), tiles(facts, folder, name="pyramid")]


def tiles(facts: PyramidFacts, folder: Path, *, name: str) -> Made:
    """The derivative `name`: the pyramid that was built in `folder`."""
    measures = {key: getattr(facts, key) for key in ("width_px", "height_px", "tile_px", "levels")}
    files = tuple(folder / file for file in facts.files)
    return Made(name=name, media_type="image/tiff", files=files, is_folder=True, facts=measures)


def posters(picture: Path, work: Path, *, long_side_px: int, name: str) -> list[Made]:
    """Posters of a photograph, a pyramid's folder or a rendered picture, in AVIF and JPEG; none larger than it is."""
    found: list[Made] = []
    for side, most in POSTERS:
        for kind, media_type in _MEDIA_TYPES.items():
            out = work / f"poster-{side}.{kind}"
            facts = poster.poster(picture, out, long_side_px=side, max_bytes=most, kind=kind, name=name)
            sizes = {"width_px": facts.width_px, "height_px": facts.height_px, "quality": facts.quality}
            found.append(Made(name=out.name, media_type=media_type, files=(out,), facts=sizes))
        if side >= long_side_px:
            break
    return found
