"""What goes with a model that somebody takes away: unit, scale, licence, citation, written into the file itself.

Bytes in, bytes out, and no library: the web processes do this while they answer.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping

LAYER = "model.usda"
_ALIGN = 64
_PADDING_ID = 0x1986


def labelled(data: bytes, name: str, said: Mapping[str, str]) -> bytes:
    """The GLB, PLY or USDZ of ours called `name`, with `said` inside; other files as they are.

    GLB: `asset.extras`, and `asset.copyright` of "attribution" (glTF 2.0 §3.2); PLY: comments; USDZ: customLayerData.
    """
    told = {key: words for key, words in said.items() if words}
    if name.endswith(".glb") and data[:4] == b"glTF":
        return _glb(data, told)
    if name.endswith(".ply") and data[:3] == b"ply":
        return _ply(data, told)
    if name.endswith(".usdz") and data[:2] == b"PK":
        files = unpacked(data)
        layer = files[LAYER].decode()
        files[LAYER] = (header(told) + layer[layer.index("\n)\n") + 3 :]).encode()
        return packed(files)
    return data


def _glb(data: bytes, said: Mapping[str, str]) -> bytes:
    length = int.from_bytes(data[12:16], "little")
    document = json.loads(data[20 : 20 + length])
    asset = document["asset"]
    asset["extras"] = {**asset.get("extras", {}), **said}
    if "attribution" in said:
        asset["copyright"] = said["attribution"]
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    rest = data[20 + length :]
    total = 20 + len(text) + len(rest)
    return data[:8] + total.to_bytes(4, "little") + len(text).to_bytes(4, "little") + b"JSON" + text + rest


def _ply(data: bytes, said: Mapping[str, str]) -> bytes:
    end = data.index(b"\n", data.index(b"format ")) + 1
    lines = comment_lines(f"{key}: {words}" for key, words in said.items())
    return data[:end] + "".join(f"{line}\n" for line in lines).encode() + data[end:]


def comment_lines(comments: Iterable[str]) -> list[str]:
    """Each comment as one line of a PLY's header, whatever line ends its words hold."""
    return [f"comment {' '.join(comment.split())}" for comment in comments if comment.strip()]


def packed(files: Mapping[str, bytes]) -> bytes:
    """A USDZ of `files` in their order: a zip, stored, each file's bytes beginning at a multiple of 64."""
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)  # of 1980, so that the same model gives the same bytes
            padding = -(room.tell() + 30 + len(name) + 4) % _ALIGN
            entry.extra = _PADDING_ID.to_bytes(2, "little") + padding.to_bytes(2, "little") + bytes(padding)
            archive.writestr(entry, data)
    return room.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a USDZ of ours, in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def header(said: Mapping[str, str]) -> str:
    """The begin of a USD layer: unit, axis, and what is said about the model."""
    told = "".join(f"        string {name} = {_quoted(words)}\n" for name, words in said.items())
    return (
        "#usda 1.0\n(\n    customLayerData = {\n"
        f'        string creator = "museum"\n{told}    }}\n'
        '    defaultPrim = "Object"\n    metersPerUnit = 1\n    upAxis = "Y"\n)\n'
    )


def _quoted(words: str) -> str:
    plain = " ".join(words.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
