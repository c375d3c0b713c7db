"""Manifests as people really write them: odd shapes never crash the reader, words and HTML come through clean."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

from museum.errors import MuseumError, SourceError
from museum.ingest.manifests import canvases, document, errands, knowledge, naming, pictures, statements, wording
from museum.ingest.manifests.rights import copying
from museum.text import phrases
from tests.ingest.elsewhere import CC_BY, IN_COPYRIGHT, canvas, image, manifest

AT = "https://elsewhere.example/m/1"


def read(body: dict[str, Any]) -> document.Document:
    return document.read(json.dumps(body).encode(), address=AT)


ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1.5,
    "",
    "x",
    "http://[",
    [],
    {},
    [None],
    [[]],
    {"id": 1},
    {"@value": None},
    "{{ x }}",
)


def _mutated(body: Any, dice: random.Random) -> Any:
    """A copy in which a few values, wherever they stand, became something else, doubled or vanished."""
    body = copy.deepcopy(body)
    for _ in range(dice.randint(1, 4)):
        here, place = body, None
        while isinstance(here, dict | list) and here and (place is None or dice.random() < 0.93):
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            parent, place = here, dice.choice(keys)
            here = here[place]
        if place is not None:
            parent[place] = copy.deepcopy(dice.choice(ODD) if dice.random() < 0.8 else [here, here])
    return body


@pytest.mark.shared
def test_no_odd_shape_crashes_the_reader(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever stands where: a document is read, or refused by an error of ours; every address it gives is full."""
    dice = random.Random(5)
    texts = [p.read_text(encoding="utf-8") for p in (shared_data / "judges" / "iiif-cookbook").rglob("*.json")]
    bodies = [json.loads(t.replace("{{ id.url }}", AT).replace("{{ id.path }}", AT)) for t in texts if len(t) < 60_000]
    tried = refused = files = 0
    for _ in range(1_500):
        tried += 1
        try:
            found = read(_mutated(dice.choice(bodies), dice))
        except MuseumError:
            refused += 1
            continue
        shown = canvases.read(found)
        for one in shown.wanted:
            files += 1
            assert document.is_address(one.origin)
            naming.named(found, one, language="vi")
        for given in statements.read(found).values():
            assert all(isinstance(v.value, str | int | float) for v in given)
    with capsys.disabled():
        print(f"\n{tried} odd documents: {refused} refused, {files} files found in the others, 0 crashes")
    assert 0 < refused < tried
    assert files > 500


@pytest.mark.shared
def test_drafts_of_version_4_are_refused_as_such(shared_data: Path) -> None:
    paths = list((shared_data / "judges" / "iiif-v4-examples").glob("*.json"))
    for path in paths:
        with pytest.raises(SourceError) as caught:
            document.read(path.read_bytes(), address=AT)
        assert caught.value.code in ("manifest.version_4", "manifest.no_context", "manifest.not_json"), path.name
    assert len(paths) == 37


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("<p>Một</p><p>Hai</p>", "Một\n\nHai"),
        ("<span>a <em>b</em> &amp; c</span>", "a <em>b</em> &amp; c"),
        ("<span>&lt;b&gt;</span>", "<b>"),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ('<a href="https://a.example/?x=1&y=2" onclick="z()">x</a>', '<a href="https://a.example/?x=1&amp;y=2">x</a>'),
        ("<div><script>alert(1)</script>x<style>y{}</style></div>", "x"),
        ('<img src="x" alt="Chuông" onerror="y">', "Chuông"),
        ("<b>không đóng<i>lẫn</b>>", "<b>không đóng<i>lẫn</i></b>&gt;"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("  nhiều   khoảng \u0000 trắng ", "nhiều khoảng trắng"),
        ("Hue\u0302\u0301", "Huế"),
    ],
)
def test_html_is_reduced_to_what_we_keep(given: str, kept: str) -> None:
    assert wording.cleaned(given) == kept


def test_languages_are_kept_and_nobodys_language_is_told_so() -> None:
    said = wording.by_language(
        {"none": ["1"], "@none": ["2"], "vi": "trần", "EN-gb": ["x"], "b@d": ["3"], "fr": [4, None]}
    )
    assert said == {"und": ["1", "2", "3"], "vi": ["trần"], "en-gb": ["x"]}
    assert wording.by_language("một chuỗi") == {"und": ["một chuỗi"]}
    assert wording.by_language(["x"]) == {}


KNOWN = {"Creator": "maker", "Tác giả": "maker", "NIÊN ĐẠI": "date", "Date Issued": "date", "Medium": "material"}
UNKNOWN = ("Subject", "Inventory number", "Số đăng ký", "Valuation", "Định giá", "Nơi cất giữ", "Storage location",
           "Internal note", "Exact coordinates", "Người hiến tặng", "")  # fmt: skip


@pytest.mark.parametrize(("label", "field"), [*KNOWN.items(), *((label, "") for label in UNKNOWN)])
def test_known_labels_lead_to_public_fields_only(label: str, field: str) -> None:
    assert knowledge.field_of([label]) == field


RS = "http://rightsstatements.org/vocab"
DECIDED = {
    "free": (CC_BY, "https://creativecommons.org/licenses/by-nc-nd/4.0/deed.vi", "CC0 1.0", f"{RS}/NKC/1.0/",
             "http://creativecommons.org/publicdomain/mark/1.0/", f"{RS}/InC-EDU/1.0/"),
    "ask_first": (IN_COPYRIGHT, "https://rightsstatements.org/page/InC-RUU/1.0/", f"{RS}/NoC-CR/1.0/"),
    "unclear": ("", "All rights reserved", f"{RS}/UND/1.0/", "https://elsewhere.example/terms"),
}  # fmt: skip


@pytest.mark.parametrize(("decision", "statement"), [(d, s) for d, given in DECIDED.items() for s in given])
def test_the_statement_alone_decides_about_copying(statement: str, decision: str) -> None:
    assert copying(statement) == decision


def test_a_model_comes_without_its_poster_and_a_recording_in_one_format() -> None:
    poster = {"id": "https://elsewhere.example/poster.jpg", "type": "Image"}
    model = {"id": "https://elsewhere.example/a.glb", "type": "Model", "format": "model/gltf-binary"}
    formats = [{"id": f"https://elsewhere.example/a.{end}", "type": "Sound"} for end in ("m4a", "ogg", "mp3")]
    scan = canvas(AT, 1, model, poster, placeholderCanvas=canvas(AT, 9, poster))
    shown = canvases.read(read(manifest(AT, scan, canvas(AT, 2, {"type": "Choice", "items": formats}))))
    assert [(w.kind, w.address.rpartition("/")[2]) for w in shown.wanted] == [("scan", "a.glb"), ("sound", "a.m4a")]
    assert {kind: n for kind, n in shown.left.items() if n} == {"formats": 2, "companions": 1}


def test_what_software_made_is_not_taken_for_a_photograph() -> None:
    words = phrases("media")
    made = {"label": {"en": ["Attribution"]}, "value": {"vi": [words["synthetic_statement"]["vi"], "Bảo tàng A"]}}
    whole = read(manifest(AT, canvas(AT, 1, image(AT, "/i")), requiredStatement=made))
    (one,) = canvases.read(whole).wanted
    named = naming.named(whole, one, language="vi")
    assert (named.attribution, named.digital_source) == ("Bảo tàng A", naming.MADE_BY_SOFTWARE)
    some = [{"label": {"en": ["Digital source"]}, "value": {"vi": [words["synthetic_some"]["vi"]]}}]
    pages = [canvas(AT, 1, image(AT, "/a"), requiredStatement=made), canvas(AT, 2, image(AT, "/b"))]
    mixed = read(manifest(AT, *pages, requiredStatement=made, metadata=some))
    told = [naming.named(mixed, w, language="vi").digital_source for w in canvases.read(mixed).wanted]
    assert told == [naming.MADE_BY_SOFTWARE, ""]


def test_the_newest_image_service_is_used_and_asked_in_its_own_words() -> None:
    both = image(AT, "/i") | {"service": image(AT, "/i")["service"] + image(AT, "/i2", version=2)["service"]}
    (one,) = canvases.read(read(manifest(AT, canvas(AT, 1, both)))).wanted
    assert one.service == canvases.Service(address=AT + "/i", version=3)
    for version, capped, first in ((3, False, "max"), (2, False, "full"), (2, True, "max")):
        addresses = pictures.full_address(canvases.Service(address="s", version=version), is_capped=capped)
        assert addresses[0] == f"s/full/{first}/0/default.jpg"
    assert pictures.full_address(canvases.Service(address="s", version=1), is_capped=False) == [
        "s/full/full/0/native.jpg"
    ]


def test_an_offer_is_read_in_every_version() -> None:
    old = pictures.read_offer({"width": 900, "height": 600, "tile_width": 256, "tile_height": 128})
    assert (old.tile_px, old.is_capped) == ((256, 128), False)
    new = pictures.read_offer(
        {"width": 900, "height": 600, "maxArea": 1000, "tiles": [{"width": 512, "scaleFactors": [1]}]}
    )
    assert (new.tile_px, new.is_capped) == ((512, 512), True)
    for odd in ({}, {"width": "900", "height": 600}, {"width": 0, "height": 1}):
        with pytest.raises(SourceError):
            pictures.read_offer(odd)


@pytest.mark.parametrize(("said", "least", "most"), [("7", 7, 7), ("", 2, 2), ("nonsense", 2, 2),
                                                     ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
                                                     ("Fri, 01 Jan 2100 00:00:00 GMT", 1e8, 1e10)])  # fmt: skip
def test_a_wait_is_told_in_seconds_or_as_a_date(said: str, least: float, most: float) -> None:
    assert least <= errands._seconds(said, 1) <= most
