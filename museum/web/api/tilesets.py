"""A scan's tileset (3D Tiles 1.1), tile by tile out of its archive: gzip as stored, caches that never ask again."""

import gzip
import io
from collections.abc import Mapping
from functools import lru_cache

from flask import Blueprint, Response, request

from museum.catalog import store
from museum.db import reading
from museum.errors import NotFound
from museum.geometry.tileset import archive
from museum.geometry.tileset.archive import Entry
from museum.storage.blob_stream import PIECE_BYTES
from museum.storage.derivatives import Derivatives
from museum.web.context import museum
from museum.web.public import public_media
from museum.web.responses import IMMUTABLE, allow_everyone

blueprint = Blueprint("tilesets", __name__)
ARCHIVE = "tileset.3tz"
_KINDS = {"json": "application/json", "glb": "model/gltf-binary"}
_KNOWN = 64  # archives whose directory is remembered, some 200 kB each


@blueprint.get("/s/<media_id>/<digest>/<name>")
def tile(media_id: str, digest: str, name: str) -> Response:
    """tileset.json or one tile of a published scan; `digest` is the start of the archive's, so it never changes."""
    with reading(museum().engine) as session:
        found = public_media(session, media_id)
        made = store.derivatives(session, (found.sha256,))[found.sha256]
    packed = next((d for d in made if d.name == ARCHIVE and len(digest) == 12 and d.digest.startswith(digest)), None)
    kind = _KINDS.get(name.rpartition(".")[2])
    if packed is None or kind is None:
        raise NotFound("web.no_file", name=name)
    tag, entries = _directory(museum().store, found.sha256, packed.digest, packed.size_bytes)
    if name not in entries:
        raise NotFound("web.no_file", name=name)
    entry = entries[name]
    is_zipped = request.accept_encodings.quality("gzip") > 0
    etag = f"{packed.digest[:24]}-{name.partition('.')[0]}{'-gz' if is_zipped else ''}"
    if request.if_none_match.contains(etag):
        response = Response(status=304)
    else:
        key = museum().store.key(found.sha256, ARCHIVE)
        body = entry.gzipped(museum().store.blobs.open_range(key, entry.offset, entry.length, tag=tag))
        response = Response(body if is_zipped else gzip.decompress(body), mimetype=kind)
        if is_zipped:
            response.headers["Content-Encoding"] = "gzip"
    response.set_etag(etag)
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = IMMUTABLE
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return allow_everyone(response)


@lru_cache(maxsize=_KNOWN)
def _directory(shelf: Derivatives, sha256: str, digest: str, size_bytes: int) -> tuple[str, Mapping[str, Entry]]:
    """(tag of the writing, where the tiles lie in it); NotFound while the archive is being replaced by another."""
    with shelf.stream(sha256, ARCHIVE) as stream:
        if stream.stat.size_bytes != size_bytes:
            raise NotFound("web.no_file", name=digest)
        return stream.stat.tag, archive.directory(io.BufferedReader(stream, PIECE_BYTES))
