"""Which addresses are for people who sign in; all others always show the visitor's view and read no cookie."""

WORKBENCH = "/work"
IMAGE_ACCESS = "/iiif/auth/2/"
_WHOLE = frozenset({WORKBENCH, "/login", "/logout", "/account", "/reset"})
_BELOW = (f"{WORKBENCH}/", "/login/", "/account/", "/invitation/", "/reset/", IMAGE_ACCESS)
CACHE_CONTROL = "private, no-store"


def is_private(path: str) -> bool:
    """True for the workbench, the doors to it, a person's own account and their access to restricted images."""
    return path in _WHOLE or path.startswith(_BELOW)


def is_interface(path: str) -> bool:
    """True where programs ask with a key instead of a cookie."""
    return path.startswith("/api/")
