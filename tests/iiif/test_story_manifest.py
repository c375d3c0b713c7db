"""A story as a IIIF manifest: every view that may be shown, the words on their place, nothing of what is hidden."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from museum.catalog.record import Record, Value
from museum.iiif import checks
from museum.iiif.source import Institution
from museum.iiif.stored import fill
from museum.iiif.story import build_story_manifest
from museum.text import Text
from tests.sample_records import derivatives_of, photo, whole_record
from tests.sample_stories import hand_made_story

URL = "https://baotang.example"
HUE = Institution(code="hue", name=Text.of(vi="Bảo tàng số", en="Digital Museum"))
IDS = {"whole": "3t8kq0zx7", "bare": "vn000002q"}


def manifest(*, hide: str = "", stops: int = 5) -> Any:
    bare = Record(id=IDS["bare"], kind="object", institution="museum", state="published", media=(photo("tower"),),
                  values={"title": (Value(value="Tháp Qutb Minar", language="vi"),)})  # fmt: skip
    records = {r.id: r for r in (whole_record(), bare) if r.id != IDS.get(hide)}
    made = {k: v for r in records.values() for k, v in derivatives_of(r).items()}
    story = hand_made_story(IDS)
    story = replace(story, stops=story.stops[:stops])
    body = build_story_manifest(story, records=records, derivatives=made, institution=HUE)
    return json.loads(fill(body, URL)) if body is not None else None


def test_a_story_is_a_sound_manifest() -> None:
    document = manifest()
    assert checks.problems(document) == []
    assert document["id"] == f"{URL}/iiif/presentation/3/story/bon-cach-nhin/manifest"
    assert document["label"] == {"vi": ["Bốn cách nhìn một chân dung"], "en": ["Four ways to look at a portrait"]}
    assert len(document["items"]) == 7  # a scan beside its light, two side by side


def test_stops_are_the_contents_where_all_are_pictures() -> None:
    silent = manifest(stops=4)
    assert checks.problems(silent) == []
    assert [r["label"]["vi"] for r in silent["structures"][0]["items"]] == [
        ["Toàn cảnh"], ["Đèn xiên"], ["Hai ánh sáng"], ["Cạnh nhau"],
    ]  # fmt: skip
    assert "structures" not in manifest(), "with a sound among them Universal Viewer would play nothing"


@pytest.mark.shared
def test_the_official_schema_accepts_it(shared_data: Path) -> None:
    path = shared_data / "judges" / "iiif-presentation" / "schema" / "iiif_3_0.json"
    official = jsonschema.Draft7Validator(json.loads(path.read_text(encoding="utf-8")))
    document = manifest()
    assert [error.message for error in official.iter_errors(document)] == []
    document["items"][0]["height"] = -1
    assert list(official.iter_errors(document))


def test_a_stop_speaks_on_its_part_of_the_picture() -> None:
    canvas = manifest()["items"][1]
    (page,) = canvas["annotations"]
    assert {a["body"]["language"]: a["body"]["value"] for a in page["items"]}["vi"] == "Mỗi vệt sáp đổ một bóng."
    assert page["items"][0]["target"].endswith("#xywh=625,287,833,860")
    body = canvas["items"][0]["items"][0]["body"]
    assert body["type"] == "Choice"
    assert body["items"][0]["label"]["en"] == ["Raking light"]


def test_what_may_not_be_shown_leaves_no_trace() -> None:
    whole = json.dumps(manifest(hide="bare"))
    assert "tower" not in whole
    assert IDS["bare"] not in whole
    assert "light0" not in json.dumps(manifest(hide="whole"))


def test_a_story_with_nothing_to_show_is_no_manifest() -> None:
    assert build_story_manifest(hand_made_story(IDS), records={}, derivatives={}, institution=HUE) is None
