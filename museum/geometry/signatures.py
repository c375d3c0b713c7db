"""What a picture is by its first bytes."""

_SIGNATURES = ((b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"), (b"RIFF", "image/webp"))


def media_type(data: bytes) -> str:
    """The media type that a picture's first bytes show, "" when it is none of JPEG, PNG, WebP."""
    return next((kind for signature, kind in _SIGNATURES if data.startswith(signature)), "")
