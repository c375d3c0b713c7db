"""A folder without a table: files named by inventory number, or one sub-folder per object, become drafts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from museum.catalog.record import Identifier
from museum.errors import MuseumError
from museum.ingest import files, words
from museum.ingest.archives import SUFFIXES
from museum.ingest.attachments import Named, attach
from museum.ingest.drafts import Outcome, RowDraft
from museum.ingest.manifests.finding import is_manifest
from museum.ingest.problems import Problem, from_error
from museum.ingest.references import SourceFolder
from museum.ingest.rows import Rights
from museum.text import tidy

_COPY = re.compile(r"\s*\(\d{1,4}\)$")  # "76.AD.34 (2)": what Windows and phones add


@dataclass
class _Group:
    number: str
    named: list[Named] = field(default_factory=list)


def number_in_name(name: str) -> str:
    """The inventory number a file name carries: "76.AD.34_01.jpg", "76.AD.34 (2).jpg" and "76.AD.34.jpg" → "76.AD.34".

    What follows the first "_" is a running number, a role or a language; inner dots belong to the number.
    """
    kind = files.type_of(name)
    stem = tidy(Path(name).stem)
    if kind and kind.kind in ("captions", "transcript") and (language := files.language_in_name(name)):
        stem = re.sub(rf"[.\-_ ]{language}$", "", stem, flags=re.IGNORECASE)
    return _COPY.sub("", stem.split("_", 1)[0] or stem).strip()


def outcomes(folder: SourceFolder) -> Iterator[Outcome]:
    """One draft per inventory number found in the names, in natural order; files of unknown kinds are told."""
    groups, ignored, unreadable, broken = _groups(folder)
    for problem in broken:
        yield Outcome(problems=(problem,), table=problem.file)
    for path in unreadable:
        shown = folder.shown(path)
        yield Outcome(problems=(Problem(code="ingest.name_not_utf8", file=shown, values={"path": shown}),), table=shown)
    for path in ignored:
        values = {"path": folder.shown(path), "suffix": path.suffix or "?"}
        problem = Problem(code="ingest.ignored_file", file=folder.shown(path), values=values, severity="note")
        yield Outcome(problems=(problem,))
    for group in groups.values():
        media, problems = attach(group.named, folder=folder, rights=Rights())
        if any(problem.is_error for problem in problems):
            yield Outcome(problems=tuple(problems), table=group.named[0].reference)
            continue
        draft = RowDraft(
            table=folder.shown(folder.root / group.named[0].reference),
            row=0,
            object_id="",
            accession_number=group.number,
            kind=None,
            identifiers=(Identifier(scheme="accession_number", value=group.number),),
            media=media,
            columns=frozenset({"accession_number", "media"}),
            is_partial=True,
        )
        yield Outcome(draft=draft, problems=tuple(problems), table=draft.table)


def is_story(inside: Path) -> bool:
    """Whether a path inside the folder is a story's file, which has a reader of its own."""
    return inside.parts[:-1] == ("stories",) and inside.suffix == ".toml"


def _groups(folder: SourceFolder) -> tuple[dict[str, _Group], list[Path], list[Path], list[Problem]]:
    groups: dict[str, _Group] = {}
    ignored: list[Path] = []
    unreadable: list[Path] = []
    broken: list[Problem] = []
    for path in folder.files():
        if any("\ud800" <= c <= "\udfff" for c in str(path)):
            unreadable.append(path)
            continue
        is_archive = path.suffix.lower() in SUFFIXES and folder.archives is not None
        if files.type_of(path.name) is None and not is_archive:
            if not is_story(path.relative_to(folder.root)) and not is_manifest(path, folder.root):
                ignored.append(path)
            continue
        number = _number_of(path, folder.root)
        group = groups.setdefault(number.casefold(), _Group(number))
        reference = folder.shown(path)
        try:
            inside = list(folder.files(folder.opened(path))) if is_archive else [path]
        except MuseumError as error:
            broken.append(from_error(error, file=reference))
            groups.pop(number.casefold()) if not group.named else None
            continue
        ignored += [own for own in inside if files.type_of(own.name) is None]
        shown = [folder.shown(own) for own in inside if files.type_of(own.name)]
        group.named += [Named(reference=own, table=reference) for own in shown]
    return groups, ignored, unreadable, broken


def _number_of(path: Path, root: Path) -> str:
    """The first folder on the way that is no mere container names the object, else the file does."""
    for part in path.relative_to(root).parts[:-1]:
        if not words.is_container(part):
            return tidy(part)
    return number_in_name(path.name)
