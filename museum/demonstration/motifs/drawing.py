"""What a motif is to the house: a function that draws on a sheet of stated size."""

from collections.abc import Callable
from dataclasses import dataclass

from museum.demonstration.motifs.ink import Ink


@dataclass(frozen=True)
class Drawing:
    """`draw` puts the motif on a sheet of about `width` × `height` units.

    is_band : the sheet is exact and its sides meet end to end; of others the drawn part is taken, with a small margin
    """

    draw: Callable[[Ink], None]
    width: float = 100.0
    height: float = 100.0
    is_band: bool = False

    def sheet(self) -> Ink:
        """A new sheet with the motif on it."""
        ink = Ink(self.width, self.height)
        self.draw(ink)
        return ink
