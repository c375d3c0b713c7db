"""What an ingest did, or would do: counts, one result per row, one line per problem; as words and as JSON."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from museum.ingest.problems import Problem

Action = Literal["created", "updated", "unchanged", "refused"]
Stage = Literal["rows", "files", "derivatives"]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field before and after, as JSON of the record (None: not there)."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one row. `differences` are filled by a dry run only."""

    table: str
    row: int
    key: str
    action: Action
    record_id: str = ""
    differences: tuple[Difference, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        found: dict[str, Any] = {
            "table": self.table,
            "row": self.row,
            "key": self.key,
            "action": self.action,
            "id": self.record_id,
        }
        if self.differences:
            found["differences"] = [{"field": d.field, "before": d.before, "after": d.after} for d in self.differences]
        return found


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an ingest is: `total` 0 means not known. Seconds; `left_s` None while nobody can say.

    While a scan is read, `file` is its name, `step` what is done with it, `memory_mib` what that takes now.
    """

    stage: Stage
    done: int
    total: int
    seconds: float
    file: str = ""
    step: str = ""
    memory_mib: int = 0

    @property
    def left_s(self) -> float | None:
        """How long it may still take."""
        if not self.total or not self.done:
            return None
        return (self.total - self.done) * self.seconds / self.done


OnProgress = Callable[[Progress], None]


@dataclass
class Report:
    """What an ingest did. `published` counts records that became public in this run."""

    batch: str
    is_dry_run: bool = False
    results: list[Result] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    derivatives: int = 0
    published: int = 0
    seconds: float = 0.0

    def count(self, action: Action) -> int:
        """How many rows came out so."""
        return sum(1 for result in self.results if result.action == action)

    @property
    def errors(self) -> list[Problem]:
        """The problems that refused something."""
        return [problem for problem in self.problems if problem.is_error]

    def lines(self, language: str = "vi") -> list[str]:
        """The report for people: errors first, then warnings and notes, one line each."""
        ranks = {"error": 0, "warning": 1, "note": 2}
        ordered = sorted(self.problems, key=lambda problem: ranks[problem.severity])
        return [problem.message(language) for problem in ordered]

    def to_json(self) -> dict[str, Any]:
        """The report for programs."""
        return {
            "batch": self.batch,
            "dry_run": self.is_dry_run,
            "counts": {
                "created": self.count("created"),
                "updated": self.count("updated"),
                "unchanged": self.count("unchanged"),
                "refused": self.count("refused"),
                "published": self.published,
                "files": self.files,
                "bytes": self.bytes,
                "derivatives": self.derivatives,
            },
            "seconds": round(self.seconds, 3),
            "rows": [result.to_json() for result in self.results],
            "problems": [problem.to_json() for problem in self.problems],
        }
