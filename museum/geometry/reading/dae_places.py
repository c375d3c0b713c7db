"""Where COLLADA puts a node: its transformations in the order in which they stand (1.4.1, chapter 5 «node»)."""

import math
from xml.etree.ElementTree import Element

import numpy as np

from museum.geometry.mesh import Floats


def local(node: Element) -> Floats:
    """(4, 4) for column vectors. Raises ValueError for numbers that are none, or too few."""
    matrix = np.eye(4)
    for child in node:
        if child.tag in ("matrix", "translate", "rotate", "scale"):
            matrix = matrix @ _one(child.tag, [float(word) for word in (child.text or "").split()])
    if not np.isfinite(matrix).all():
        raise ValueError("NaN")
    return matrix


def _one(tag: str, numbers: list[float]) -> Floats:
    wanted = {"matrix": 16, "translate": 3, "rotate": 4, "scale": 3}[tag]
    if len(numbers) != wanted:
        raise ValueError(f"{tag} {len(numbers)}")
    if tag == "matrix":
        return np.array(numbers).reshape(4, 4)
    found: Floats = np.eye(4)
    if tag == "translate":
        found[:3, 3] = numbers
    elif tag == "scale":
        found[:3, :3] = np.diag(numbers)
    else:
        found[:3, :3] = _turned(np.array(numbers[:3]), math.radians(numbers[3]))
    return found


def _turned(axis: Floats, angle: float) -> Floats:
    """(3, 3) rotation about an axis (Rodrigues)."""
    length = float(np.linalg.norm(axis))
    if not length:
        return np.eye(3)
    x, y, z = axis / length
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    turned: Floats = np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * (cross @ cross)
    return turned
