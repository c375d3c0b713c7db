"""Units of length that scans and records are measured in."""

from collections.abc import Mapping

from museum.errors import Invalid

UNITS_MM: Mapping[str, float] = {"µm": 0.001, "mm": 1.0, "cm": 10.0, "dm": 100.0, "m": 1000.0, "in": 25.4, "ft": 304.8}
"""Millimetres in one unit, by the unit's symbol."""


def unit_mm(unit: str) -> float:
    """Millimetres in one `unit`; raises Invalid `scan.unit_unknown`."""
    if unit not in UNITS_MM:
        raise Invalid("scan.unit_unknown", unit=unit, known=", ".join(UNITS_MM))
    return UNITS_MM[unit]
