"""Heritage museum platform: photographs, scans and records of relics, held once and served openly."""

__version__ = "0.1.0"
