"""The PDF that everybody may fetch: the pages as they look, and nothing about who made them, when and where.

What is kept is named here, in lists by kind of object (ISO 32000-2); the rest goes: names, dates and XMP of the file
and of each object, comments, forms, scripts, attachments, map coordinates of pages, and what embedded photographs say
(EXIF with its position, XMP, IPTC). The pixels of pictures stay bit for bit. The master is never touched. The only
importer of pikepdf.
"""

import io
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from museum.errors import SourceError
from museum.imaging import stripping

_CATALOG = {"/Type", "/Pages", "/Version", "/OCProperties", "/PageLabels", "/Lang", "/Dests", "/Names"}
_PAGE = {
    "/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Contents",
    "/Rotate", "/Group", "/UserUnit", "/Annots",
}  # fmt: skip
_STREAM = {"/Type", "/Subtype", "/Filter", "/DecodeParms", "/Length", "/OC", "/Name"}
_IMAGE = _STREAM | {
    "/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Intent", "/ImageMask", "/Mask", "/Decode",
    "/Interpolate", "/SMask", "/SMaskInData", "/Matte",
}  # fmt: skip
_FORM = _STREAM | {"/FormType", "/BBox", "/Matrix", "/Resources", "/Group"}
_LINK = {"/Type", "/Subtype", "/Rect", "/Border", "/BS", "/C", "/H", "/F", "/QuadPoints", "/Dest", "/A"}
_ACTION = {"/URI": {"/Type", "/S", "/URI", "/IsMap"}, "/GoTo": {"/Type", "/S", "/D"}}
_NEVER = {
    "/Metadata", "/PieceInfo", "/LastModified", "/AA", "/AF", "/OpenAction", "/Thumb", "/Alternates", "/OPI",
    "/CreatorInfo", "/Measure", "/PtData", "/JS", "/Perms",
}  # fmt: skip
_STRIPPED: dict[str, Callable[[bytes], bytes]] = {"/DCTDecode": stripping.jpeg, "/JPXDecode": stripping.jpeg_2000}
_DATA_BEGINS = re.compile(rb"\bID\s")
_PACKED_ENDS = re.compile(rb"~?>\s*EI\b")
_LONGEST_HEAD = 600  # bytes between a picture's BI and its filter, and between that and its ID
_MOST_CONTENT = 64 * 1024 * 1024  # bytes of a page's drawing that are looked through for pictures
_DEEPEST = 50


def write(path: Path, out: Path, *, name: str, repaired: Callable[[], bytes]) -> None:
    """Write the copy of the PDF at `path`. The same original gives the same bytes.

    `repaired` gives the pages as another reader writes them, where this one can't read the file. Raises SourceError
    document.unreadable.
    """
    try:
        try:
            pdf = Pdf.open(path)
        except pikepdf.PasswordError:
            raise
        except pikepdf.PdfError:
            pdf = Pdf.open(io.BytesIO(repaired()))
        with pdf:
            _clean(pdf)
            pdf.save(out, deterministic_id=True, encryption=False, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    except (pikepdf.PdfError, ValueError, TypeError, RecursionError) as error:
        raise SourceError("document.unreadable", path=name, reason=str(error)) from error


def _clean(pdf: Pdf) -> None:
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    _keep(pdf.Root, _CATALOG)
    if "/Names" in pdf.Root:
        _keep(pdf.Root.Names, {"/Dests"})
    for page in pdf.pages:
        _keep(page.obj, _PAGE)
        if "/Annots" in page.obj:
            page.obj.Annots = Array([link for note in page.obj.Annots if (link := _link(note)) is not None])
    for thing in pdf.objects:
        if isinstance(thing, Stream):
            _clean_stream(pdf, thing)
        _forget(thing, 0)


def _keep(thing: Object, wanted: set[str]) -> None:
    for key in [key for key in thing.keys() if key not in wanted]:  # noqa: SIM118 (pikepdf iterates otherwise)
        del thing[key]


def _forget(thing: Object, depth: int) -> None:
    """Take what is never kept out of an object and of what lies directly in it."""
    if depth > _DEEPEST:
        return
    if isinstance(thing, Stream | Dictionary):
        for key in list(thing.keys()):
            if key in _NEVER:
                del thing[key]
            else:
                _forget_within(thing[key], depth)
    elif isinstance(thing, Array):
        for item in thing:
            _forget_within(item, depth)


def _forget_within(part: Any, depth: int) -> None:
    if isinstance(part, Object) and not part.is_indirect:
        _forget(part, depth + 1)


def _link(note: Object) -> Object | None:
    """A link to a page or an address, without the rest that notes carry; None for every other note."""
    if not isinstance(note, Dictionary) or note.get("/Subtype") != Name.Link:
        return None
    _keep(note, _LINK)
    action = note.get("/A")
    if isinstance(action, Dictionary):
        kept = _ACTION.get(str(action.get("/S")))
        if kept is None:
            return None
        _keep(action, kept)
    return note


def _clean_stream(pdf: Pdf, stream: Stream) -> None:
    kind = stream.get("/Subtype")
    if kind == Name.Image:
        _keep(stream, _IMAGE)
    elif kind == Name.Form:
        _keep(stream, _FORM)
    filters = _filters(stream)
    if any(name in _STRIPPED for name in filters):
        _strip(pdf, stream, filters)
    elif kind != Name.Image:
        _strip_inline(stream, filters)


def _filters(stream: Stream) -> list[str]:
    given = stream.get("/Filter")
    if given is None:
        return []
    return [str(one) for one in given] if isinstance(given, Array) else [str(given)]


def _strip(pdf: Pdf, stream: Stream, filters: list[str]) -> None:
    """A picture without what it says of itself; one that is packed as no reader could unpack it is emptied."""
    *outer, last = filters
    given = stream.get("/DecodeParms")
    parameters: list[Any] = list(given) if isinstance(given, Array) else [given]
    raw = body = stream.read_raw_bytes()
    if outer:
        around = Stream(pdf, body)
        around.Filter = Array([Name(one) for one in outer])
        if len(parameters) == len(filters) and any(one is not None for one in parameters):
            around.DecodeParms = Array(parameters[:-1])
        body = b"" if any(one in _STRIPPED for one in outer) else around.read_bytes()
    cleaned = _STRIPPED[last](body) if last in _STRIPPED else b""
    if cleaned == raw:
        return
    own = parameters[-1] if len(parameters) == len(filters) else None
    stream.write(cleaned, filter=Name(last), decode_parms=own)


def _strip_inline(stream: Stream, filters: list[str]) -> None:
    """Photographs drawn within a page's own commands (ISO 32000-2 §8.9.7).

    They keep their length, by fill bytes before the end (T.81 B.1.1.2); one that is packed once more is left out.
    """
    content = _content(stream, filters)
    parts, at, filter_at = [], 0, content.find(b"/DCT")
    while filter_at >= 0:
        begins = _DATA_BEGINS.search(content, filter_at, filter_at + _LONGEST_HEAD)
        head = content.rfind(b"BI", max(at, filter_at - _LONGEST_HEAD), filter_at)
        if begins and head >= 0:
            start = content.find(b"\xff\xd8\xff", begins.end(), begins.end() + 8)
            if start >= 0:
                end = stripping.jpeg_end(content, start)
                cleaned = stripping.jpeg(content[start:end])
                parts += [content[at:start], cleaned[:-2], b"\xff" * (end - start - len(cleaned)), cleaned[-2:]]
            else:
                packed = _PACKED_ENDS.search(content, begins.end())
                end = packed.end() if packed else len(content)
                parts.append(content[at:head])
            at = end
        filter_at = content.find(b"/DCT", max(at, filter_at + 1))
    if parts:
        stream.write(b"".join(parts) + content[at:])


def _content(stream: Stream, filters: list[str]) -> bytes:
    """What a stream draws; empty for what is too large or too broken to be looked through."""
    raw = stream.read_raw_bytes()
    if not filters:
        return bytes(raw)
    if filters == ["/FlateDecode"] and "/DecodeParms" not in stream:
        unpacking = zlib.decompressobj()
        try:
            content = unpacking.decompress(raw, _MOST_CONTENT)
        except zlib.error:
            return b""
        return b"" if unpacking.unconsumed_tail else content
    try:
        return bytes(stream.read_bytes()) if len(raw) < _MOST_CONTENT // 1000 else b""
    except pikepdf.PdfError:
        return b""
