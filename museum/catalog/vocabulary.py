"""Vocabularies (SKOS): terms with labels in several languages, shipped as TOML, kept in the catalogue's tables."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from museum.catalog.record import to_json
from museum.catalog.tables import ConceptRow
from museum.text import Text, fold


@dataclass(frozen=True, kw_only=True)
class Concept:
    """One term. `kind` names the kind of record that a thing of this type is ("" = object)."""

    scheme: str
    code: str
    label: Text
    alternative: tuple[str, ...] = ()
    broader: str = ""
    exact_match: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, eq=False)  # compared by identity: hashing all terms would take longer than to find one
class Vocabulary:
    """Terms of all schemes, found by code or by any label in any language, with or without marks."""

    concepts: tuple[Concept, ...]
    _index: dict[tuple[str, str], Concept] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for concept in reversed(self.concepts):
            for name in (concept.code, *concept.alternative, *concept.label.values()):
                self._index[concept.scheme, fold(name)] = concept

    def find(self, scheme: str, name: str) -> Concept | None:
        """The term of a scheme that bears this code or label, or None."""
        return self._index.get((scheme, fold(name)))

    def label(self, scheme: str, name: str) -> Text:
        """The term's labels; the word itself, without a language, when the scheme doesn't know it."""
        concept = self.find(scheme, name)
        return concept.label if concept else Text({"und": name})


def shipped() -> Vocabulary:
    """The terms that come with the software."""
    found: list[Concept] = []
    for entry in sorted((files("museum.catalog") / "vocabularies").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            data: dict[str, Any] = tomllib.loads(entry.read_text(encoding="utf-8"))
            found.extend(_concept(data["scheme"], body) for body in data["concept"])
    return Vocabulary(tuple(found))


def seed(session: Session, concepts: Iterable[Concept]) -> None:
    """Put terms into the catalogue, leaving those that are there as the museum has them."""
    there = {(scheme, code) for scheme, code in session.execute(select(ConceptRow.scheme, ConceptRow.code))}
    session.add_all(
        ConceptRow(scheme=c.scheme, code=c.code, body=to_json(c)) for c in concepts if (c.scheme, c.code) not in there
    )
    session.flush()


def load(session: Session) -> Vocabulary:
    """The museum's terms."""
    rows = session.scalars(select(ConceptRow).order_by(ConceptRow.scheme, ConceptRow.code))
    return Vocabulary(tuple(_concept(row.scheme, row.body) for row in rows))


def _concept(scheme: str, body: dict[str, Any]) -> Concept:
    return Concept(
        scheme=scheme,
        code=body["code"],
        label=Text(body["label"]),
        alternative=tuple(body.get("alternative", ())),
        broader=body.get("broader", ""),
        exact_match=tuple(body.get("exact_match", ())),
        kind=body.get("kind", ""),
    )
