"""Which tiles there are: halvings of the whole, level by level, and the number of each."""

from dataclasses import dataclass

_GROUP = 2  # halvings between a tile and those below it: four of them, as a surface has it
_CROWN = 3  # down to so many halvings they come one at a time: a device that bears few triangles gets what it bears


@dataclass(frozen=True, kw_only=True)
class Tree:
    """`depths`: how many halvings the tiles of each level are from the whole, from the root's 0 to the leaves'.

    The levels above `foot` are the crown, each tile of it over two of the next level.
    """

    depths: tuple[int, ...]
    foot: int

    @classmethod
    def of(cls, leaf: int) -> "Tree":
        """With leaves of so many halvings, at least one."""
        found = [leaf]
        while found[-1] > _CROWN:
            found.append(found[-1] - _GROUP)
        return cls(depths=(*range(found[-1]), *reversed(found)), foot=found[-1])

    @property
    def last(self) -> int:
        """The level of the leaves."""
        return len(self.depths) - 1

    def pieces(self, level: int) -> range:
        """The pieces of a level."""
        return range(1 << self.depths[level])

    def number(self, level: int, piece: int) -> int:
        """Tiles are numbered level by level from the root."""
        return sum(1 << depth for depth in self.depths[:level]) + piece

    def source(self, level: int) -> int:
        """The level whose tiles one of this is made from. The crown's are all made from its foot's, so that levels so
        close to each other add no errors up."""
        return max(level + 1, self.foot)

    def below(self, level: int, piece: int, at: int | None = None) -> range:
        """The pieces of the next level, or of that given, that lie in one of this."""
        many = 1 << (self.depths[level + 1 if at is None else at] - self.depths[level])
        return range(piece * many, (piece + 1) * many)

    def run(self, level: int, piece: int) -> tuple[int, int]:
        """(first leaf, leaf after the last) in a piece."""
        many = 1 << (self.depths[-1] - self.depths[level])
        return piece * many, (piece + 1) * many
