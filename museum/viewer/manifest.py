"""What the viewer of manifests is told: where the manifest is, and its words."""

from typing import Any

from museum.text import phrases
from museum.viewer.strings import scan_strings


def manifest_strings(language: str) -> dict[str, str]:
    """Key → words in `language`: those of the scan viewer, whose stage it uses, and its own."""
    return {**scan_strings(language), **{key: words.say(language) for key, words in phrases("manifest_viewer").items()}}


def manifest_options(*, language: str, manifest: str = "") -> dict[str, Any]:
    """Options of ``data-viewer="manifest"``; without an address those of ``data-viewer="files"``."""
    return {"strings": manifest_strings(language)} | ({"manifest": manifest} if manifest else {})
