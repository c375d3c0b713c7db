"""COLLADA's materials: the diffuse colour or picture of the common profile (1.4.1 chapter 8, 1.5)."""

from collections.abc import Mapping
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from museum.geometry import color
from museum.geometry.mesh import Material
from museum.geometry.reading import attributes

_SHADINGS = ("phong", "lambert", "blinn", "constant")


def _address(image: Element) -> str:
    place = image.find("init_from")
    if place is None:
        return ""
    return (place.findtext("ref") or place.text or "").strip()


class Effects:
    """Materials of one document. `ids` are its elements, `references` the files of its pictures."""

    def __init__(self, ids: Mapping[str, Element], references: Mapping[str, Path]) -> None:
        self._ids, self._references = ids, references

    def material(self, name: str) -> Material | None:
        """The material of that id, None where the document has none."""
        found = self._ids.get(name)
        instance = found.find("instance_effect") if found is not None else None
        effect = self._ids.get(instance.attrib.get("url", "").removeprefix("#")) if instance is not None else None
        profile = effect.find("profile_COMMON") if effect is not None else None
        if found is None or profile is None:
            return None
        shading = next((s for kind in _SHADINGS if (s := profile.find(f"technique/{kind}")) is not None), None)
        diffuse = None if shading is None else shading.find("diffuse")
        shown = found.attrib.get("name", name)
        if diffuse is None:
            return Material(name=shown, is_stated=False)
        texture = diffuse.find("texture")
        if texture is not None:
            return self._textured(shown, profile, texture.attrib.get("texture", ""))
        numbers = [float(word) for word in (diffuse.findtext("color") or "").split()]
        if len(numbers) < 3:
            return Material(name=shown, is_stated=False)
        red, green, blue = (float(v) for v in color.to_linear(np.clip(np.array(numbers[:3]), 0, 1)))
        return Material(name=shown, base_color=(red, green, blue, 1.0), roughness=0.7)

    def _textured(self, shown: str, profile: Element, sampler: str) -> Material:
        image = self._ids.get(self._image(profile, sampler))
        path = self._references.get(_address(image)) if image is not None else None
        if path is None:
            return Material(name=shown, is_stated=False)
        return Material(name=shown, base_color=(1, 1, 1, 1), base_texture=attributes.picture(path), roughness=0.7)

    @staticmethod
    def _image(profile: Element, sampler: str) -> str:
        """The picture's id behind a sampler: through a surface in 1.4, directly in 1.5, or without either."""
        params = {param.attrib.get("sid", ""): param for param in profile.iter("newparam")}
        found = params.get(sampler)
        if found is None:
            return sampler
        direct = found.find("sampler2D/instance_image")
        if direct is not None:
            return direct.attrib.get("url", "").removeprefix("#")
        surface = params.get((found.findtext("sampler2D/source") or "").strip())
        return (surface.findtext("surface/init_from") or "").strip() if surface is not None else ""
