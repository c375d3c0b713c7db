"""Sphinx: the guides in Vietnamese and English, and the decision records."""

project = "Museum"
author = "the Museum contributors"
language = "vi"
extensions = ["myst_parser"]
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "Bảo tàng số · Museum"
html_copy_source = False
html_show_sphinx = False
