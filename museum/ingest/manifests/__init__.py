"""IIIF manifests of other institutions, taken in like any other folder: Presentation 2.1 and 3.0 (guide: ingest)."""
