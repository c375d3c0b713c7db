"""Draco streams inside glTF (KHR_draco_mesh_compression); the only importer of DracoPy."""

from collections.abc import Mapping
from dataclasses import dataclass

import DracoPy
import numpy as np
from numpy.typing import NDArray

from museum.errors import SourceError


@dataclass(frozen=True, kw_only=True)
class DracoData:
    """`faces` (m, 3) int64 and each attribute's values (n, width) by its glTF name."""

    faces: NDArray[np.int64]
    attributes: Mapping[str, NDArray[np.float64]]


def decode(data: bytes, *, ids: Mapping[str, int]) -> DracoData:
    """Decode one primitive; `ids` maps glTF attribute names to Draco's unique ids."""
    try:
        found = DracoPy.decode(data)
        attributes = {
            name: np.asarray(found.get_attribute_by_unique_id(unique)["data"], np.float64)
            for name, unique in ids.items()
        }
        faces = np.asarray(getattr(found, "faces", np.zeros((0, 3))), np.int64).reshape(-1, 3)
    except (DracoPy.FileTypeException, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise SourceError("scan.bad_content", file="", reason=f"Draco: {error}"[:120]) from error
    return DracoData(faces=faces, attributes=attributes)
