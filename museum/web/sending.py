"""How a stored file is sent: with a type that no browser runs, whole or in ranges, wherever it lies."""

from io import BufferedReader

from flask import Response, request, send_file
from werkzeug.wsgi import FileWrapper

from museum.errors import NotFound
from museum.storage.blob_stream import PIECE_BYTES
from museum.storage.derivatives import Derivatives

OPAQUE = "application/octet-stream"
_RUN = ("svg", "html", "xml", "script")  # what may carry scripts, in any spelling of its name


def safe_type(kind: str) -> str:
    """`kind`, or only bytes where it names something that a browser might run; "" is bytes, too."""
    kind = kind.strip().lower()
    return OPAQUE if not kind or any(word in kind for word in _RUN) else kind


def send_stored(store: Derivatives, sha256: str, name: str, *, media_type: str, etag: str = "") -> Response:
    """A derivative as the answer to this request: 200, 206 or 304. Raises NotFound web.no_file."""
    if store.is_local:
        path = store.path(sha256, name)
        if not path.is_file():
            raise NotFound("web.no_file", name=name)
        return send_file(path, mimetype=media_type, conditional=True, etag=etag or True)
    if etag and request.if_none_match.contains(etag):  # no need to ask the store
        response = Response(status=304)
        response.set_etag(etag)
        return response
    stream = store.stream(sha256, name)
    pieces = FileWrapper(BufferedReader(stream, PIECE_BYTES), PIECE_BYTES)
    response = Response(pieces, mimetype=media_type, direct_passthrough=True)
    response.content_length = stream.stat.size_bytes
    response.last_modified = stream.stat.modified_at
    response.set_etag(etag or stream.stat.tag.strip('"'))
    response.make_conditional(request, accept_ranges=True, complete_length=stream.stat.size_bytes)
    return response
