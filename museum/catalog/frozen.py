"""What is signed stays as it was signed, for all roles: a correction is a new entry."""

from collections.abc import Mapping
from typing import Any

from museum.errors import Conflict

SIGNED = "signed"


def refuse_changed(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> None:
    """Raise Conflict catalog.signed when a signed procedure of `before` is missing from `after`, or differs there.

    Both are records as JSON; `before` is None for a new one.
    """
    kept = {procedure["id"]: procedure for procedure in after.get("procedures", ())}
    for procedure in (before or {}).get("procedures", ()):
        if procedure.get("state") == SIGNED and kept.get(procedure["id"]) != procedure:
            raise Conflict(
                "catalog.signed", procedure=procedure["id"], kind=procedure["kind"], date=procedure.get("date") or "–"
            )
