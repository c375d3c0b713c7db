"""Presentation 4.0 (draft) before outside judges: the official schema on ours, the official examples on our checks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from museum.iiif import checks
from tests.iiif.test_scene_manifest import BOX, built
from tests.sample_records import media, photo, whole_record

pytestmark = pytest.mark.shared
Json = dict[str, Any]
# What our rules find in three of the examples is there: none paints or names what it should.
KNOWN = {
    "uc05_movie.json": {
        "schema",
        "painting",
    },  # timeMode of a Canvas; a placeholder painted by another one's annotation
    "uc07_image_composite.json": {"painting"},  # targets …/example/…/canvas/1 under another address
    "uc08_image_annotation.json": {"painting"},  # a comment among the items of the Canvas
}
RECORDS = {
    "everything": (whole_record(), {"box": BOX, "unit": "m", "up_axis": "Y"}),
    "a scan without unit or box": (whole_record(media=(media("venus", "scan"),)), {}),
    "a scan that lies down, and a photograph": (
        whole_record(media=(media("venus", "scan"), photo("front"))),
        {"box": BOX, "up_axis": "Z"},
    ),
    "no words at all": (
        whole_record(media=(media("venus", "scan", attribution="", rights="", licence=""),), values={}),
        {"box": BOX},
    ),
}


@pytest.fixture(scope="module")
def official(shared_data: Path) -> Callable[[Json], list[str]]:
    """Complaints of the schema of IIIF/presentation-validator about a document."""
    folder = shared_data / "judges" / "iiif-presentation" / "schema" / "v4"
    schemas = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    registry: Any = Registry().with_resources([(s["$id"], Resource.from_contents(s)) for s in schemas])
    main = next(s for s in schemas if s["$id"].endswith("/main.json"))
    judge = jsonschema.Draft202012Validator(main, registry=registry)
    return lambda document: [f"{error.json_path}: {error.message}" for error in judge.iter_errors(document)]


@pytest.mark.parametrize("name", RECORDS)
def test_the_official_schema_accepts_our_manifest(official: Callable[[Json], list[str]], name: str) -> None:
    record, facts = RECORDS[name]
    manifest = built(record, **facts)
    assert official(manifest) == []
    assert checks.problems(manifest, version=4) == []


def test_the_official_schema_is_no_rubber_stamp(official: Callable[[Json], list[str]]) -> None:
    broken = built(RECORDS["everything"][0], box=BOX)
    broken["items"][0]["backgroundColor"] = "red"
    assert official(broken)


def test_our_checks_accept_the_official_examples(official: Callable[[Json], list[str]], shared_data: Path) -> None:
    folder = shared_data / "judges" / "iiif-v4-examples"
    documents = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
    found = {name: {p.code for p in checks.problems(d, version=4)} for name, d in documents.items()}
    refused = {name: codes for name, codes in found.items() if codes}
    print(f"examples of Presentation 4.0: {len(documents) - len(refused)} of {len(documents)} pass our rules")
    assert len(documents) == 37
    assert refused == KNOWN
    assert {name for name, document in documents.items() if official(document)} == set()
