"""How much a scan may ask of the machine that reads it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ScanLimits:
    """Bounds of one scan file; a file beyond them is refused before, or killed while, it is parsed.

    `time_s` is wall-clock time of the parsing child; `memory_bytes` its address space, which for OBJ reaches
    6.4 × the file's size (measured, 813 MB file).
    """

    file_bytes: int = 4 << 30
    vertices: int = 100_000_000
    faces: int = 200_000_000
    texture_pixels: int = 16_384 * 16_384
    time_s: float = 600.0
    memory_bytes: int = 12 << 30


DEFAULT_LIMITS = ScanLimits()
