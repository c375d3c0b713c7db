"""The web model once more without meshopt compression, for clients that lack its decoder (Universal Viewer, Blender 3).

The same triangles and colours bit by bit; only KHR_mesh_quantization is asked of the reader.
"""

from pathlib import Path

from museum.geometry import gltf_header
from museum.geometry.glb import write_container
from museum.geometry.gltf_source import Source
from museum.geometry.parts import PartsFolder


def write_open_glb(web_model: Path, out: Path) -> int:
    """Unpack what `glb.write_web_glb` wrote into `out` (replaced atomically); gives its size in bytes."""
    document = gltf_header.read(web_model, size=web_model.stat().st_size, parts=PartsFolder(web_model, shown=out.name))
    source = Source(web_model, document, out.name)
    data = bytearray()
    views = []
    for number, view in enumerate(source.json["bufferViews"]):
        data += bytes(-len(data) % 4)
        stream = source.view(number)
        kept = {name: view[name] for name in ("byteStride", "target") if name in view}
        views.append({"buffer": 0, "byteOffset": len(data), "byteLength": len(stream), **kept})
        data += stream
    unpacked = {**source.json, "bufferViews": views, "buffers": [{"byteLength": len(data)}]}
    for said in ("extensionsUsed", "extensionsRequired"):
        unpacked[said] = [name for name in source.json[said] if name not in gltf_header.MESHOPT]
    return write_container(unpacked, bytes(data), out)
