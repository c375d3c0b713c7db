"""What a round of reading masters again found: for people, and as PREMIS 3 events for other archives."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from museum.storage.fixity import Finding
from museum.storage.fixity_round import AGENT, Result, Standing

_EVENT = "http://id.loc.gov/vocabulary/preservation/eventType/fix"
_OUTCOMES = {
    "sound": ("http://id.loc.gov/vocabulary/preservation/eventOutcome/suc", "success"),
    "damaged": ("http://id.loc.gov/vocabulary/preservation/eventOutcome/fai", "fail"),
}
_DETAIL = "every file read again; BLAKE3 compared with the stored one, SHA-512 with the inventory where none was stored"


@dataclass(kw_only=True)
class Report:
    """One round: add results as they come. `seconds` is the time it took, `standing` how all masters stand after."""

    started_at: dt.datetime
    objects: int = 0
    files: int = 0
    size_bytes: int = 0
    seconds: float = 0
    damaged: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    standing: Standing | None = None

    def add(self, result: Result) -> None:
        """Take one result in."""
        checked = result.checked
        self.objects += 1
        self.files += checked.files
        self.size_bytes += checked.size_bytes
        if not checked.is_sound:
            self.damaged[checked.object_id] = checked.findings
        self.results.append(result)

    @property
    def events(self) -> list[dict[str, Any]]:
        """Every reading as a PREMIS event."""
        return [premis_event(result) for result in self.results]

    @property
    def mb_per_s(self) -> float:
        """The rate that was kept, in 10⁶ bytes a second."""
        return self.size_bytes / 1e6 / self.seconds if self.seconds else 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, with the PREMIS events."""
        body: dict[str, Any] = {
            "started_at": self.started_at.isoformat(),
            "seconds": round(self.seconds, 3),
            "objects": self.objects,
            "files": self.files,
            "bytes": self.size_bytes,
            "mb_per_s": round(self.mb_per_s, 1),
            "damaged": {
                object_id: [finding.to_json() for finding in findings] for object_id, findings in self.damaged.items()
            },
            "events": self.events,
        }
        if self.standing is not None:
            oldest = self.standing.oldest
            body["standing"] = {
                "objects": self.standing.objects,
                "never": self.standing.never,
                "overdue": self.standing.overdue,
                "oldest": oldest.isoformat() if oldest else None,
                "damaged": list(self.standing.damaged),
            }
        return body


def premis_event(result: Result) -> dict[str, Any]:
    """A reading as an event by the semantic units of PREMIS 3.0 §2 (eventType "fixity check")."""
    uri, outcome = _OUTCOMES[result.state]
    noted = [finding.to_json() for finding in result.checked.findings]
    return {
        "eventIdentifier": {"eventIdentifierType": "UUID", "eventIdentifierValue": result.event},
        "eventType": {"authority": "eventType", "valueURI": _EVENT, "value": "fixity check"},
        "eventDateTime": result.at.isoformat(),
        "eventDetailInformation": {"eventDetail": _DETAIL},
        "eventOutcomeInformation": {
            "eventOutcome": {"authority": "eventOutcome", "valueURI": uri, "value": outcome},
            **({"eventOutcomeDetail": {"eventOutcomeDetailExtension": noted}} if noted else {}),
        },
        "linkingAgentIdentifier": {"linkingAgentIdentifierType": "software", "linkingAgentIdentifierValue": AGENT},
        "linkingObjectIdentifier": {
            "linkingObjectIdentifierType": "URN",
            "linkingObjectIdentifierValue": result.checked.object_id,
        },
    }
