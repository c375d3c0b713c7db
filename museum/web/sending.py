"""With which type a file of somebody's is sent: never one that a browser might run."""

OPAQUE = "application/octet-stream"
_RUN = ("svg", "html", "xml", "script")  # what may carry scripts, in any spelling of its name


def safe_type(kind: str) -> str:
    """`kind`, or only bytes where it names something that a browser might run; "" is bytes, too."""
    kind = kind.strip().lower()
    return OPAQUE if not kind or any(word in kind for word in _RUN) else kind
