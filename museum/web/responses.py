"""What every answer carries: protecting headers, validators, compression."""

import gzip

from flask import Response, request

from museum.web.private import is_private
from museum.web.protection import protect

IMMUTABLE = "public, max-age=31536000, immutable"
_PACKABLE = (
    "text/",
    "application/json",
    "application/ld+json",
    "application/atom+xml",
    "application/javascript",
    "image/svg+xml",
    "model/gltf+json",
)
_LEAST_BYTES = 800  # below this, compression saves nothing worth a header


def finish(response: Response) -> Response:
    """Complete an answer: headers, ETag and 304, gzip."""
    protect(response)
    is_read = request.method in ("GET", "HEAD") and not is_private(request.path)
    if response.status_code == 200 and is_read and not response.direct_passthrough:
        response.headers.setdefault("Cache-Control", "public, max-age=0, must-revalidate")
        if response.get_etag()[0] is None:
            response.add_etag(weak=True)
        response.make_conditional(request.environ)
    return _packed(response)


def _packed(response: Response) -> Response:
    is_text = (response.mimetype or "").startswith(_PACKABLE)
    if not is_text or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    wanted = request.accept_encodings.quality("gzip") > 0 and response.status_code not in (204, 206, 304)
    if not wanted or "Content-Encoding" in response.headers:
        return response
    body = response.get_data()
    if len(body) >= _LEAST_BYTES:
        response.set_data(gzip.compress(body, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def allow_everyone(response: Response) -> Response:
    """CORS for open data: any origin may read it (IIIF Presentation 3.0 §6.3)."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
