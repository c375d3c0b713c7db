"""A sheet on which a motif is drawn: filled forms over one another, with levels, and incised lines.

Drawn like a casting mould is cut: later forms lie over earlier ones, a narrow gap parts them, and lines are graved in.
The sheet gives two SVG pictures: one of forms and lines, one of the levels on which the forms lie.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Ink:
    """A sheet seen from (left, top), `width` × `height` units wide and high; forms in painter's order."""

    width: float = 100.0
    height: float = 100.0
    left: float = 0.0
    top: float = 0.0
    _forms: list[str] = field(default_factory=list)
    _levels: list[str] = field(default_factory=list)

    def fill(self, data: str, level: float = 0.5, gap: float = 0.7) -> None:
        """A closed form standing `level` (0–1) high, parted from what lies below by a groove `gap` units wide."""
        grey = round(255 * min(max(level, 0.02), 1.0))
        self._forms.append(f'<path d="{data}" fill="#fff" stroke="#000" stroke-width="{gap:.2f}"/>')
        self._levels.append(f'<path d="{data}" fill="rgb({grey},{grey},{grey})"/>')

    def cut(self, data: str | Iterable[str], width: float = 0.6) -> None:
        """Grave one or several lines into what is there."""
        joined = data if isinstance(data, str) else "".join(data)
        if joined:
            self._forms.append(f'<path d="{joined}" fill="none" stroke="#000" stroke-width="{width:.2f}"/>')

    def sink(self, data: str, level: float = 0.0) -> None:
        """Hollow out a form: eyes' pits, windows, muzzles, the space between spokes; level 0 goes to the ground."""
        self._forms.append(f'<path d="{data}" fill="#000"/>')
        if level <= 0:
            self._levels.append(f'<path d="{data}" fill="#000"/>')

    def cord(self, data: str, width: float, level: float = 0.5, gap: float = 0.6) -> None:
        """A round raised line of constant width: ropes, wires, stalks, frames."""
        grey = round(255 * min(max(level, 0.02), 1.0))
        ends = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
        self._forms.append(f'<path d="{data}" {ends} stroke="#000" stroke-width="{width + gap:.2f}"/>')
        self._forms.append(f'<path d="{data}" {ends} stroke="#fff" stroke-width="{width:.2f}"/>')
        self._levels.append(f'<path d="{data}" {ends} stroke="rgb({grey},{grey},{grey})" stroke-width="{width:.2f}"/>')

    @contextmanager
    def placed(
        self, x: float = 0.0, y: float = 0.0, *, turn: float = 0.0, scale: float = 1.0, mirror: bool = False
    ) -> Iterator[None]:
        """Draw inside moved by (x, y), turned by degrees about that point, scaled, mirrored left to right."""
        sx = -scale if mirror else scale
        opening = f'<g transform="translate({x:.2f} {y:.2f}) rotate({turn:.2f}) scale({sx:.4f} {scale:.4f})">'
        self._forms.append(opening)
        self._levels.append(opening)
        yield
        self._forms.append("</g>")
        self._levels.append("</g>")

    @contextmanager
    def within(self, data: str, key: str) -> Iterator[None]:
        """Draw inside only within the outline `data`; `key` unique on the sheet."""
        opening = f'<clipPath id="{key}"><path d="{data}"/></clipPath><g clip-path="url(#{key})">'
        self._forms.append(opening)
        self._levels.append(opening)
        yield
        self._forms.append("</g>")
        self._levels.append("</g>")

    def _svg(self, body: list[str], width_px: int, height_px: int) -> bytes:
        x, y, wide, tall = self.left, self.top, self.width, self.height
        box = f'width="{width_px}" height="{height_px}" viewBox="{x:g} {y:g} {wide:g} {tall:g}"'
        opening = f'<svg xmlns="http://www.w3.org/2000/svg" {box} preserveAspectRatio="none">'
        ground = f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{tall:g}" fill="#000"/>'
        return (opening + ground + "".join(body) + "</svg>").encode()

    def forms_svg(self, width_px: int, height_px: int) -> bytes:
        """Forms white, ground, gaps and graved lines black."""
        return self._svg(self._forms, width_px, height_px)

    def levels_svg(self, width_px: int, height_px: int) -> bytes:
        """Forms in the grey of their level, ground black."""
        return self._svg(self._levels, width_px, height_px)
