"""Interfaces for programs: records as JSON, IIIF, files, redirects, health."""
