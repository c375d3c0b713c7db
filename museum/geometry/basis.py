"""KTX 2 pictures (KHR_texture_basisu: ETC1S and UASTC) as pictures that everybody reads (the only importer of the
Basis Universal transcoder)."""

import math

import numpy as np

from museum.errors import SourceError
from museum.geometry import texture
from museum.geometry.mesh import Picture

KTX2 = b"\xabKTX 20\xbb"


def decoded(data: bytes, *, shown: str, pixel_limit: int) -> Picture:
    """The largest level as PNG, in the file's own encoding of colours or data.

    Raises SourceError scan.basis_texture for KTX 2 without Basis Universal, which glTF doesn't know,
    scan.texture_too_large, scan.bad_texture.
    """
    import opengl_basisu  # loads a shared library, so not before it is needed

    try:
        found = opengl_basisu.open(data)
        if found.width * found.height > pixel_limit:
            size = f"{found.width} × {found.height}"
            raise SourceError("scan.texture_too_large", file=shown, size=size, side=math.isqrt(pixel_limit))
        pixels = found.transcode(opengl_basisu.Target.RGBA8).data.astype(np.uint8, copy=False)
        return texture.kept(pixels, has_alpha=found.has_alpha)
    except opengl_basisu.UnsupportedError as error:
        raise SourceError("scan.basis_texture", file=shown, reason=str(error)[:120]) from error
    except (opengl_basisu.BasisuError, MemoryError, ValueError) as error:
        raise SourceError("scan.bad_texture", file=shown, reason=str(error)[:120]) from error
