"""Presentation 3.0 before outside judges: the official schema on ours, the official cookbook on our checks."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from museum.catalog.record import Record, Value
from museum.iiif import checks
from museum.iiif.collection import build_collection, member_of
from museum.iiif.manifest import build_manifest
from museum.iiif.source import FieldLabel, Institution
from museum.iiif.stored import fill
from museum.text import Text
from tests.sample_records import LIGHTS, derivatives_of, media, photo, whole_record

pytestmark = pytest.mark.shared
URL = "https://baotang.example"
HUE = Institution(code="hue", name=Text.of(vi="Bảo tàng số", en="Digital Museum"), logo="/static/logo.svg")
LABELS = (
    FieldLabel(name="height", label=Text.of(vi="Chiều cao", en="Height")),
    FieldLabel(name="inscription", label=Text.of(vi="Minh văn", en="Inscription")),
)
RECORDS: dict[str, Record] = {
    "everything": whole_record(),
    "one photograph": whole_record(media=(photo("front"),)),
    "lights alone": whole_record(media=tuple(photo(f"l{n}", role=light, order=n) for n, light in enumerate(LIGHTS))),
    "a scan alone": whole_record(media=(media("venus", "scan"),)),
    "a sound alone": whole_record(media=(media("bell", "sound"),)),
    "a film alone": whole_record(media=(media("film", "film"),)),
    "a document alone": whole_record(media=(media("paper", "document"),)),
    "no words at all": whole_record(media=(photo("front", attribution="", rights="", licence=""),), values={}),
    "words in Chinese": whole_record(values={"title": (Value(value="九鼎", language="zh-Hant"),)}),
    "nobody's licence": whole_record(media=(photo("front", rights="", licence="Miễn phí cho trường học"),)),
}


@pytest.fixture(scope="module")
def official(shared_data: Path) -> Any:
    """The schema of IIIF/presentation-validator."""
    path = shared_data / "judges" / "iiif-presentation" / "schema" / "iiif_3_0.json"
    return jsonschema.Draft7Validator(json.loads(path.read_text(encoding="utf-8")))


def served(record: Record) -> dict[str, Any]:
    made = build_manifest(record, derivatives=derivatives_of(record), institution=HUE, labels=LABELS)
    filled: dict[str, Any] = json.loads(fill(made, URL))
    return filled


@pytest.mark.parametrize("name", RECORDS)
def test_the_official_schema_accepts_our_manifest(official: Any, name: str) -> None:
    manifest = served(RECORDS[name])
    assert [error.message for error in official.iter_errors(manifest)] == []
    assert checks.problems(manifest) == []


def test_the_official_schema_accepts_our_collection(official: Any) -> None:
    members = [member_of(record, derivatives_of(record)) for record in RECORDS.values()]
    body = build_collection("all", label=Text.of(vi="Toàn bộ", en="All"), members=members[:1], institution=HUE)
    assert list(official.iter_errors(json.loads(fill(body, URL)))) == []


def test_the_official_schema_is_no_rubber_stamp(official: Any) -> None:
    broken = served(RECORDS["one photograph"])
    broken["items"][0]["height"] = -1
    assert list(official.iter_errors(broken))


def _cookbook(folder: Path) -> dict[str, dict[str, Any]]:
    """Every published 3.0 manifest and collection of the cookbook, its address filled in as the site does.

    Left out: the empty template, and the twin of recipe 0057 which is version 2 on purpose.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.rglob("*.json")):
        name = path.relative_to(folder).as_posix()
        words = re.sub(r"\{\{ *id\.url *\}\} *", f"https://cookbook.example/{name}", path.read_text(encoding="utf-8"))
        words = words.replace("{{ id.path }}", f"https://cookbook.example/{path.parent.name}")
        document = json.loads(re.sub(r"\{\{[^}]*\}\}", "https://cookbook.example/other", words))
        if document.get("type") in ("Manifest", "Collection") and not name.startswith("0000_template"):
            found[name] = document
    return found


def test_our_checks_accept_the_whole_cookbook(shared_data: Path) -> None:
    documents = _cookbook(shared_data / "judges" / "iiif-cookbook")
    refused = {name: found for name, document in documents.items() if (found := checks.problems(document))}
    print(f"cookbook: {len(documents) - len(refused)} of {len(documents)} manifests and collections pass")
    assert len(documents) == 88
    assert refused == {}
