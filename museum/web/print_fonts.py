"""The pages' fonts made whole for the PDF maker, which takes one file a face where browsers take one per alphabet.

WeasyPrint knows a font by family and weight: of two files that share them it mixes up the glyphs, and of a file
without a space (the Vietnamese part has none) it prints gaps. fontTools comes with WeasyPrint.
"""

import hashlib
import io
import os
from collections.abc import Sequence
from pathlib import Path


def whole_face(parts: Sequence[Path], *, weight: int, kept_in: Path) -> Path:
    """One TrueType file of all parts of a face, from the folder `kept_in` where it was made before.

    A variable font is fixed at `weight`.
    """
    names = "\n".join((*(part.name for part in parts), str(weight)))  # names of built fonts hold their digests
    path = kept_in / f"{hashlib.sha256(names.encode()).hexdigest()[:16]}.ttf"
    if not path.is_file():
        kept_in.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}.new")
        fresh.write_bytes(_merged(parts, weight))
        fresh.replace(path)
    return path


def _merged(parts: Sequence[Path], weight: int) -> bytes:
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    plain = []
    for part in parts:
        font = TTFont(part)
        font.flavor = None
        if "fvar" in font:
            font = instancer.instantiateVariableFont(font, {"wght": weight})
        plain.append(io.BytesIO())
        font.save(plain[-1])
        plain[-1].seek(0)
    whole = io.BytesIO()
    Merger().merge(plain).save(whole)
    return whole.getvalue()
