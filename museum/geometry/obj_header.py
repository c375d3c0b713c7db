"""What an OBJ file asks for: its MTL files and the textures these name, checked before loading."""

import re
from pathlib import Path

from museum.errors import SourceError
from museum.geometry.parts import PartsFolder

MTL_LIMIT_BYTES = 4 << 20
_KNOWN = re.compile(rb"^(?:#|v |vn |vt |vp |f |l |p |o |g |s |mtllib |usemtl |$)")
_MTLLIB = re.compile(rb"^[ \t]*mtllib[ \t]+([^\r\n]+)", re.MULTILINE)
_VERTEX = re.compile(rb"^\s*v\s", re.MULTILINE)
_CHUNK = 8 << 20
_SAMPLE_BYTES = 65_536


def looks_like_obj(text: bytes) -> bool:
    """Whether the first lines of a file are OBJ statements, with one vertex, face or material at least."""
    plain = text[:_SAMPLE_BYTES].replace(b"\t", b" ")
    lines = [line.strip() + b" " if line.strip() else b"" for line in plain.splitlines()[:200]]
    # The last line of the sample may be cut in the middle.
    body = lines[:-1] if len(lines) > 1 else lines
    known = sum(1 for line in body if _KNOWN.match(line))
    return bool(body) and known == len(body) and any(line.startswith((b"v ", b"f ", b"mtllib ")) for line in body)


def references(path: Path, parts: PartsFolder) -> dict[str, Path]:
    """Every MTL file and `map_Kd` texture named, with the file that answers; raises SourceError when none may."""
    found: dict[str, Path] = {}
    has_vertex = False
    with path.open("rb") as file:
        rest = b""
        while chunk := file.read(_CHUNK):
            block = rest + chunk
            cut = block.rfind(b"\n") + 1
            block, rest = (block[:cut], block[cut:]) if cut else (b"", block)
            if len(rest) > _CHUNK:
                raise SourceError("scan.bad_content", file=parts.shown, reason="line length")
            has_vertex = has_vertex or _VERTEX.search(block) is not None
            if b"mtllib" in block:
                for matched in _MTLLIB.finditer(block):
                    _add(matched[1], parts, found)
        has_vertex = has_vertex or _VERTEX.search(rest) is not None
    if not has_vertex:
        raise SourceError("scan.no_geometry", file=parts.shown)
    return found


def _add(raw: bytes, parts: PartsFolder, found: dict[str, Path]) -> None:
    name = raw.decode("utf-8", "replace").strip().strip('"')
    if name in found or name in parts.missing:
        return
    found |= parts.pictures({name: name})
    if name not in found:
        return
    mtl = found[name]
    for material in parse_mtl(read_mtl(mtl, parts.shown)).values():
        if texture := str(material.get("map_Kd", "")):
            found |= parts.pictures({texture: texture}, beside=mtl)


def read_mtl(path: Path, shown: str) -> str:
    """The text of an MTL file; raises SourceError when it is absurdly large or unreadable."""
    try:
        if path.stat().st_size > MTL_LIMIT_BYTES:
            raise SourceError("scan.too_large", file=path.name, bytes=path.stat().st_size, limit=MTL_LIMIT_BYTES)
        return path.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise SourceError("scan.unreadable", file=f"{shown} / {path.name}", reason=error.strerror or "") from error


def parse_mtl(text: str) -> dict[str, dict[str, str | tuple[float, ...]]]:
    """Materials by name: `Kd` (r, g, b), `d`, `Ns`, `Pr`, `Pm` as numbers, `map_Kd` as the file's name."""
    materials: dict[str, dict[str, str | tuple[float, ...]]] = {}
    current: dict[str, str | tuple[float, ...]] = {}
    for line in text.splitlines():
        key, _, value = line.strip().partition(" ")
        value = value.strip()
        if key == "newmtl":
            current = materials.setdefault(value, {})
        elif key == "map_Kd" and value:
            current["map_Kd"] = _texture_name(value)
        elif key in ("Kd", "d", "Ns", "Pr", "Pm"):
            try:
                current[key] = tuple(float(word) for word in value.split()[:3])
            except ValueError:
                continue
    return materials


def _texture_name(value: str) -> str:
    """The file name after options such as `-s 1 1 1` or `-bm 0.5`."""
    words = value.split(" ")
    while words and words[0].startswith("-"):
        words = words[1:]
        while len(words) > 1 and re.fullmatch(r"[-+.\deE]+|on|off", words[0]):
            words = words[1:]
    return " ".join(words).strip().strip('"')
