"""What a file is: by its ending and its first bytes, which must agree; its role, language and what it serves."""

import json
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from museum.catalog.record import MediaKind
from museum.errors import SourceError
from museum.geometry import header
from museum.geometry.reading import dae
from museum.ingest import words
from museum.text import nfc


@dataclass(frozen=True, kw_only=True)
class FileType:
    """A format we take: its kind, media type, and the test its first bytes must pass (None: text, no signature)."""

    kind: MediaKind
    media_type: str
    signature: str


_FORMATS: tuple[tuple[str, MediaKind, str, str], ...] = (
    (".jpg .jpeg .jpe", "photo", "image/jpeg", "jpeg"),
    (".png", "photo", "image/png", "png"),
    (".tif .tiff", "photo", "image/tiff", "tiff"),
    (".webp", "photo", "image/webp", "webp"),
    (".jp2 .j2k .jpx", "photo", "image/jp2", "jp2"),
    (".gif", "photo", "image/gif", "gif"),
    (".heic .heif", "photo", "image/heic", "isobmff"),
    (".avif", "photo", "image/avif", "isobmff"),
    (".ply", "scan", "model/ply", "scan"),
    (".stl", "scan", "model/stl", "scan"),
    (".obj", "scan", "model/obj", "scan"),
    (".glb", "scan", "model/gltf-binary", "scan"),
    (".gltf", "scan", "model/gltf+json", "scan"),
    (".3mf", "scan", "model/3mf", "scan"),
    (".off", "scan", "model/x-off", "scan"),
    (".dae", "scan", "model/vnd.collada+xml", "scan"),
    (".e57", "scan", "model/e57", "scan"),
    (".las", "scan", "application/vnd.las", "scan"),
    (".laz", "scan", "application/vnd.laszip", "scan"),
    (".xyz .asc", "scan", "text/x-xyz", "scan"),
    (".pts", "scan", "text/x-pts", "scan"),
    (".mtl", "part", "model/mtl", "text"),
    (".bin", "part", "application/octet-stream", ""),
    (".mp4 .m4v", "film", "video/mp4", "isobmff"),
    (".mov", "film", "video/quicktime", "isobmff"),
    (".webm", "film", "video/webm", "matroska"),
    (".mkv", "film", "video/matroska", "matroska"),
    (".avi", "film", "video/vnd.avi", "riff"),
    (".mpg .mpeg", "film", "video/mpeg", ""),
    (".mp3", "sound", "audio/mpeg", "mp3"),
    (".m4a", "sound", "audio/mp4", "isobmff"),
    (".aac", "sound", "audio/aac", ""),
    (".wav", "sound", "audio/wav", "riff"),
    (".flac", "sound", "audio/flac", "flac"),
    (".ogg .oga .opus", "sound", "audio/ogg", "ogg"),
    (".aif .aiff", "sound", "audio/aiff", "aiff"),
    (".vtt", "captions", "text/vtt", "text"),
    (".srt", "captions", "application/x-subrip", "text"),
    (".txt", "transcript", "text/plain", "text"),
    (".pdf", "document", "application/pdf", "pdf"),
)
_SIGNATURES: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("jpeg", re.compile(rb"\xff\xd8\xff")),
    ("png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("tiff", re.compile(rb"II[*+]\x00|MM\x00[*+]")),
    ("webp", re.compile(rb"RIFF....WEBP", re.DOTALL)),
    ("jp2", re.compile(rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51")),
    ("gif", re.compile(rb"GIF8[79]a")),
    ("isobmff", re.compile(rb"....(?:ftyp|moov|mdat|wide|free|skip)", re.DOTALL)),
    ("ply", re.compile(rb"ply\r?\n")),
    ("glb", re.compile(rb"glTF")),
    ("matroska", re.compile(rb"\x1a\x45\xdf\xa3")),
    ("riff", re.compile(rb"RIFF....(?:WAVE|AVI )|RF64", re.DOTALL)),
    ("mp3", re.compile(rb"ID3|\xff[\xe2-\xff]")),
    ("flac", re.compile(rb"fLaC|ID3")),
    ("ogg", re.compile(rb"OggS")),
    ("aiff", re.compile(rb"FORM....AIF[FC]", re.DOTALL)),
    ("pdf", re.compile(rb"[\s\S]{0,1016}%PDF-")),
)


def type_of(name: str) -> FileType | None:
    """The format a name's ending speaks of, or None when we take no such files."""
    return _by_suffix().get(Path(name).suffix.lower())


def check(path: Path, *, shown_as: str = "") -> FileType:
    """The format of a file, ending and first bytes agreeing; of a scan, what its content is, whatever its ending.

    Raises SourceError: ingest.unknown_type, ingest.empty_file, ingest.wrong_extension (names what it really is),
    ingest.unreadable_file.
    """
    name = shown_as or path.name
    found = type_of(path.name)
    if found is None:
        raise SourceError("ingest.unknown_type", path=name, suffix=path.suffix or "?")
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(2048)
    except OSError as error:
        raise SourceError("ingest.unreadable_file", path=name, reason=error.strerror or str(error)) from error
    if size == 0:
        raise SourceError("ingest.empty_file", path=name)
    if found.signature == "scan":
        return _scan(path, start, name=name)
    if found.signature and not _agrees(start, found.signature):
        real = signature_of(start)
        raise SourceError("ingest.wrong_extension", path=name, suffix=path.suffix, real=real or "?")
    return found


def _scan(path: Path, start: bytes, *, name: str) -> FileType:
    real = header.sniff(path)
    if not real:
        raise SourceError("ingest.wrong_extension", path=name, suffix=path.suffix, real=signature_of(start) or "?")
    return _by_suffix()[f".{real}"]


def signature_of(start: bytes) -> str:
    """The name of the format whose signature `start` (the first bytes) bears, or ""."""
    return next((name for name, pattern in _SIGNATURES if pattern.match(start)), "")


@cache
def _by_suffix() -> dict[str, FileType]:
    return {
        suffix: FileType(kind=kind, media_type=media_type, signature=signature)
        for suffixes, kind, media_type, signature in _FORMATS
        for suffix in suffixes.split()
    }


def _agrees(start: bytes, signature: str) -> bool:
    if signature == "text":
        return signature_of(start) == "" and (b"\0" not in start or start[:2] in (b"\xff\xfe", b"\xfe\xff"))
    pattern = next(pattern for name, pattern in _SIGNATURES if name == signature)
    return pattern.match(start) is not None


def role_of(*, name: str, stated: str = "", label: str = "", kind: MediaKind = "photo") -> str:
    """The role of a file: what the role cell says, else the label, else the file's name; "view" when nothing does."""
    if stated and not words.is_plain_role(stated):
        return words.role_in(stated) or words.key_of(stated).replace(" ", "_")
    found = words.role_in(label)
    if not found and kind in ("photo", "scan", "sound"):
        found = words.role_in(Path(name).stem)
    return found or "view"


def turntable_frames(paths: Iterable[Path], *, least: int = 6) -> frozenset[Path]:
    """Files of one folder whose names are nothing but a number (001.jpg … 165.jpg): a turn around the object."""
    folders: dict[Path, list[Path]] = {}
    for path in paths:
        if re.fullmatch(r"(?:frame|img|dsc|khung)?[ _-]?\d{2,5}", nfc(path.stem).casefold()):
            folders.setdefault(path.parent, []).append(path)
    return frozenset(path for group in folders.values() if len(group) >= least for path in group)


def language_in_name(name: str) -> str:
    """The language code that stands before the ending: "film.vi.vtt" → "vi", "narration-vi_synthetic.ogg" → "vi"."""
    stem = Path(nfc(name)).stem
    pieces = [p for p in re.split(r"[.\-_ ]+", stem) if p]
    for piece in reversed(pieces[1:]):
        if len(piece) in (2, 3) and (code := words.code_of("languages", piece)):
            return code
    return ""


def served_by(name: str, candidates: Sequence[str]) -> str:
    """Which of `candidates` (film or sound names) a caption or transcript named `name` serves, by its stem; or ""."""
    stem = nfc(Path(name).stem).casefold()
    best = ""
    for candidate in candidates:
        own = nfc(Path(candidate).stem).casefold()
        if (stem == own or stem.startswith((own + ".", own + "_", own + "-", own + " "))) and len(own) >= len(
            Path(best).stem
        ):
            best = candidate
    return best


_READ_BYTES = 1 << 20


def parts_named_in(path: Path) -> list[str]:
    """Relative file names that a scan (OBJ, PLY, glTF, COLLADA) or material speaks of, as written, in order.

    Raises SourceError ingest.parts_unreadable for a glTF that is no JSON. Data URIs are left out.
    """
    suffix = path.suffix.lower()
    if (known := type_of(path.name)) and known.kind == "scan":
        suffix = f".{header.sniff(path)}"
    if suffix == ".ply":
        with path.open("rb") as stream:
            head = stream.read(_READ_BYTES).partition(b"end_header")[0]
        found = re.findall(rb"^comment\s+TextureFile\s+(.+?)\s*$", head, re.MULTILINE | re.IGNORECASE)
        return [name.decode("utf-8", "replace") for name in found]
    if suffix == ".dae":
        return dae.pictures(path, shown=path.name)
    if suffix == ".obj":
        return _named(path, rb"^\s*mtllib\s+(.+?)\s*$")
    if suffix == ".mtl":
        found = _named(path, rb"^\s*(?:map_\w+|bump|disp|decal|norm|refl)\s+(.+?)\s*$")
        return [_without_options(name) for name in found]
    if suffix == ".gltf":
        return _gltf_names(path.read_bytes(), path.name)
    if suffix == ".glb":
        with path.open("rb") as stream:
            start = stream.read(20)
            if len(start) < 20 or start[16:20] != b"JSON":
                return []
            (length,) = struct.unpack("<I", start[12:16])
            return _gltf_names(stream.read(min(length, 64 << 20)), path.name)
    return []


def _named(path: Path, pattern: bytes) -> list[str]:
    with path.open("rb") as stream:
        text = stream.read(_READ_BYTES)
    names = [match.decode("utf-8", "replace") for match in re.findall(pattern, text, re.MULTILINE | re.IGNORECASE)]
    return list(dict.fromkeys(names))


def _without_options(statement: str) -> str:
    """A texture statement without "-s 1 1 1" and its like (MTL: options come before the file name)."""
    return re.sub(r"^(?:-\w+(?:\s+(?:on|off|[\d.+-]+|\w\b))*\s+)+", "", statement).strip()


def _gltf_names(data: bytes, name: str) -> list[str]:
    try:
        tree = json.loads(data)
        entries = [*tree.get("buffers", []), *tree.get("images", [])]
        uris = [entry.get("uri", "") for entry in entries]
    except (ValueError, AttributeError, TypeError) as error:
        raise SourceError("ingest.parts_unreadable", path=name, reason=str(error)) from error
    return [str(uri) for uri in dict.fromkeys(uris) if uri and not str(uri).startswith("data:")]
