"""What validation reports: the codes of OCFL 1.1 (spec/validation-codes), E for errors and W for warnings."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One finding: a code such as "E092", and where and what in plain words."""

    code: str
    message: str

    @property
    def is_error(self) -> bool:
        """Whether the object is invalid because of this; a warning leaves it valid."""
        return self.code.startswith("E")


class Findings(list[Problem]):
    """Problems as they are found; the same finding is kept once."""

    def note(self, code: str, message: str) -> None:
        """Add a problem."""
        problem = Problem(code, message)
        if problem not in self:
            self.append(problem)
