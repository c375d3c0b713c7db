"""The tables of the demonstration folder: what records/*.toml say, with the files that the plan gives each object."""

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from museum.demonstration.motifs import urns
from museum.demonstration.plan import Plan, PlannedFile, load

DIGITAL_SOURCE = "algorithmicMedia"  # IPTC: made by a formula, without a model trained on anybody's pictures
LANGUAGES = ("vi", "en")
TABLES = ("catalogue.csv", "media.csv", "values.csv", "links.csv", "procedures.csv")
_EPOCHS = {"": "", "before": "1", "after": "2"}
_MEDIA = ("object_id", "order", "path", "role", "label_vi", "label_en", "alt_vi", "alt_en", "unit", "up axis", "epoch",
          "digital source type")  # fmt: skip
_VALUES = ("object_id", "field", "value", "language", "unit", "as written", "source", "certainty", "preferred")
_LINKS = ("from", "predicate", "to", "order")

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One record of the demonstration: its reserved number and what its tables say.

    `urn` names the panels it bears; `borrows` are files of other objects that may stand beside it, `most_borrowed`
    pictures of them, the first that the profile has; `note` ends its description.
    """

    key: str
    number: str
    note: str
    row: Row
    urn: str = ""
    borrows: tuple[str, ...] = ()
    most_borrowed: int = 2
    values: tuple[Row, ...] = ()
    links: tuple[Row, ...] = ()
    procedures: tuple[Row, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The rows of each table, as written."""

    catalogue: list[Row] = field(default_factory=list)
    media: list[Row] = field(default_factory=list)
    values: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    procedures: list[Row] = field(default_factory=list)


def write_tables(folder: Path, plan: Plan) -> None:
    """Write catalogue.csv, media.csv, values.csv, links.csv and procedures.csv for the files of `plan`.

    Objects that the plan leaves out (in the small profile) have no record; links to them are left out as well.
    """
    made = tables_of(plan)
    for name in TABLES:
        rows: list[Row] = getattr(made, name.partition(".")[0])
        _write(folder / name, rows)


def tables_of(plan: Plan) -> Tables:
    """The rows that `write_tables` writes."""
    planned = {one.key: one.files for one in plan.objects}
    told = [one for one in samples() if one.key in planned or one.key in _common()["order"]]
    numbers = {one.key: one.number for one in told}
    by_name = {f.name: f for one in plan.objects for f in one.files}
    out = Tables()
    for one in told:
        own = planned.get(one.key, ())
        borrowed = _borrowed(one, by_name)
        out.catalogue.append(_catalogue_row(one, has_files=bool(own or borrowed)))
        out.media.extend(_media_rows(one, own, borrowed))
        out.values.extend(_value_rows(one))
        out.links.extend(_link_rows(one, numbers))
        out.procedures.extend(_procedure_rows(one, {f.name for f in own}))
    return out


@cache
def samples() -> tuple[Sample, ...]:
    """All records in the order of their numbers. Raises ValueError where a key is unknown or has no record."""
    numbers = load("full").numbers()
    prefix = next(iter(numbers.values())).rpartition("-")[0]
    for place, key in enumerate(_common()["order"], start=len(numbers) + 1):
        numbers[key] = f"{prefix}-{place:04d}"
    found: dict[str, Sample] = {}
    for path in _files():
        for given in tomllib.loads(path).get("record", ()):
            if given["key"] not in numbers or given["key"] in found:
                raise ValueError(f"{given['key']} is no object of the plan, or has two records")
            found[given["key"]] = _sample(given, numbers[given["key"]])
    if missing := numbers.keys() - found.keys():
        raise ValueError(f"no record for {', '.join(sorted(missing))}")
    return tuple(found[key] for key in numbers)


def _files() -> list[str]:
    folder = files("museum.demonstration") / "records"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return [(folder / name).read_text(encoding="utf-8") for name in names if name != "common.toml"]


@cache
def _common() -> Mapping[str, Any]:
    text = (files("museum.demonstration") / "records" / "common.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _sample(given: Mapping[str, Any], number: str) -> Sample:
    shared = _common()["urn"] if "urn" in given else {"row": {}, "value": [], "link": []}
    return Sample(
        key=given["key"],
        number=number,
        note=given["note"],
        row={**_common()["row"], "source": _common()["sources"]["compiled"], **shared["row"], **given["row"]},
        urn=given.get("urn", ""),
        borrows=tuple(given.get("borrows", ())),
        most_borrowed=given.get("most_borrowed", 2),
        values=(*shared["value"], *given.get("value", ())),
        links=(*given.get("link", ()), *shared["link"]),
        procedures=tuple(given.get("procedure", ())),
    )


def _borrowed(one: Sample, by_name: Mapping[str, PlannedFile]) -> list[PlannedFile]:
    """The first pictures there are of those it would like to show, and its sounds."""
    there = [by_name[name] for name in one.borrows if name in by_name]
    pictures = [f for f in there if f.is_picture][: one.most_borrowed]
    return [f for f in there if f in pictures or not f.is_picture]


def _catalogue_row(one: Sample, *, has_files: bool = True) -> Row:
    row = {"object_id": one.number, "accession_number": one.number, **one.row}
    for language in LANGUAGES:
        note = _common()["note"][one.note if has_files else "none"][language]
        row[f"description_{language}"] = f"{row[f'description_{language}']} {note}".strip()
    return row


def _media_rows(one: Sample, own: Sequence[PlannedFile], borrowed: Sequence[PlannedFile]) -> Iterator[Row]:
    for order, planned in enumerate((*own, *borrowed), start=1):
        is_own = order <= len(own)
        row: Row = {
            "object_id": one.number,
            "order": order,
            "path": planned.name,
            "role": planned.role if is_own or planned.make == "sound" else "view",
            "unit": planned.unit,
            "up axis": planned.up_axis,
            "epoch": _EPOCHS.get(planned.epoch, planned.epoch) if is_own else "",
            "digital source type": DIGITAL_SOURCE,
        }
        for language in LANGUAGES:
            row[f"label_{language}"] = planned.label.say(language)
            row[f"alt_{language}"] = planned.alt.say(language)
        yield row


def _value_rows(one: Sample) -> Iterator[Row]:
    sources = _common()["sources"]
    for given in (*one.values, *_panel_rows(one)):
        row = {name.replace("_", " "): value for name, value in given.items()}
        yield {"object_id": one.number, **row, "source": sources[given["source"]]}


def _panel_rows(one: Sample) -> Iterator[Row]:
    """The name of an urn in Hán characters and its panels, row by row; those that nobody checked say so."""
    if not one.urn:
        return
    urn = urns.urn(one.urn)
    is_read = urn.certainty == "read"
    told = {"source": "huecit" if is_read else "panels", "certainty": "" if is_read else "unverified"}
    yield {"field": "other_names", "value": urn.han, "language": "zh", "preferred": "yes", **told}
    yield {"field": "inscription", "value": urn.han, "language": "zh", "preferred": "yes", **told}
    for language in LANGUAGES:
        for place, name in enumerate(_common()["rows"][language]):
            panels = [p for p in urns.panels(one.urn) if p.row == place]
            said = "; ".join(f"{p.name.say(language)} {p.han}" for p in panels if p.category != "name")
            yield {"field": "motif", "value": f"{name}: {said}", "language": language, "preferred": "yes", **told}


def _link_rows(one: Sample, numbers: Mapping[str, str]) -> Iterator[Row]:
    for given in one.links:
        if given["to"] in numbers:
            row = {"from": one.number, "predicate": given["predicate"], "to": numbers[given["to"]]}
            yield {**row, "order": given.get("order", int(one.number.rpartition("-")[2]))}


def _procedure_rows(one: Sample, names: set[str]) -> Iterator[Row]:
    for given in one.procedures:
        row = {"object_id": one.number, **given, "source": _common()["sources"]["example"]}
        row["files"] = ";".join(name for name in given.get("files", ()) if name in names)
        for language in LANGUAGES:
            row[f"text_{language}"] = f"{_common()['example'][language]} {given[f'text_{language}']}"
        yield row


def _write(path: Path, rows: Sequence[Row]) -> None:
    fixed = {"media.csv": _MEDIA, "values.csv": _VALUES, "links.csv": _LINKS}.get(path.name)
    columns = fixed or tuple(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
