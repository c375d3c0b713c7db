"""Pipelines: sheet, photographs, scans, sound and film, documents, publish: the only place that joins everything."""
