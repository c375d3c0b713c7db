"""Manifests: what a record's media, words and rights become, and what is never lost or claimed."""

import json
from dataclasses import replace
from typing import Any

import pytest

from museum.addresses import PLACEHOLDER
from museum.catalog.record import Record, Value
from museum.catalog.vocabulary import shipped
from museum.errors import BackendError, NotFound
from museum.iiif import checks, prezi
from museum.iiif.manifest import build_manifest, nav_date
from museum.iiif.source import FieldLabel, Institution
from museum.iiif.stored import fill
from museum.text import Text
from tests.sample_records import GETTY, derivatives_of, media, photo, whole_record

URL = "https://baotang.example"
HUE = Institution(code="hue", name=Text.of(vi="Bảo tàng số", en="Digital Museum"), logo="/static/logo.svg")
LABELS = (
    FieldLabel(name="title", label=Text.of(vi="Tên gọi", en="Title")),
    FieldLabel(name="object_type", label=Text.of(vi="Loại hiện vật", en="Object type")),
    FieldLabel(name="date", label=Text.of(vi="Niên đại", en="Date")),
    FieldLabel(name="height", label=Text.of(vi="Chiều cao", en="Height")),
    FieldLabel(name="inscription", label=Text.of(vi="Minh văn", en="Inscription")),
)


def built(record: Record, **more: Any) -> dict[str, Any]:
    """The record's manifest as it is served."""
    given = {"derivatives": derivatives_of(record), "institution": HUE, "labels": LABELS} | more
    manifest: dict[str, Any] = json.loads(fill(build_manifest(record, **given), URL))
    return manifest


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return built(whole_record())


def canvas(manifest: dict[str, Any], media_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(c for c in manifest["items"] if c["id"].endswith(f"/canvas/{media_id}"))
    return found


def body(manifest: dict[str, Any], media_id: str) -> dict[str, Any]:
    painted: dict[str, Any] = canvas(manifest, media_id)["items"][0]["items"][0]["body"]
    return painted


def _still() -> Record:
    """The record without its film and its sound."""
    record = whole_record()
    return replace(record, media=tuple(m for m in record.media if m.kind not in ("film", "sound")))


def value_of(manifest: dict[str, Any], label: str) -> dict[str, list[str]]:
    pairs: dict[str, dict[str, list[str]]] = {p["label"]["en"][0]: p["value"] for p in manifest["metadata"]}
    return pairs[label]


def test_every_medium_that_can_be_shown_has_its_canvas_in_order(manifest: dict[str, Any]) -> None:
    ids = [c["id"].rsplit("/", 1)[1] for c in manifest["items"]]
    turntable = [f"turn{n:02}" for n in range(12)]
    assert ids == ["light0", "view0", "view1", *turntable, "venus", "plato", "film1", "bell1", "paper"]


def test_the_result_is_sound_and_holds_no_placeholder(manifest: dict[str, Any]) -> None:
    assert checks.problems(manifest) == []
    assert checks.advice(manifest) == []
    assert PLACEHOLDER not in json.dumps(manifest)
    assert manifest["id"] == f"{URL}/iiif/presentation/3/3t8kq0zx7/manifest"


def test_five_lights_are_one_canvas_with_a_choice_normal_first(manifest: dict[str, Any]) -> None:
    choice = body(manifest, "light0")
    assert choice["type"] == "Choice"
    assert [i["label"]["vi"][0] for i in choice["items"]][:2] == ["Ánh sáng thường", "Ánh sáng xiên"]
    assert [i["label"]["en"][0] for i in choice["items"]] == [
        "Visible light",
        "Raking light",
        "Ultraviolet",
        "Infrared",
        "X-ray",
    ]


def test_lights_of_another_pixel_size_are_not_registered() -> None:
    items = (photo("one", role="normal"), photo("two", role="uv", width_px=100, height_px=100, order=1))
    made = built(whole_record(media=items))
    assert [body(made, m)["type"] for m in ("one", "two")] == ["Image", "Image"]


def test_a_photograph_offers_both_image_services_and_its_true_size(manifest: dict[str, Any]) -> None:
    image = body(manifest, "view0")
    assert (image["width"], image["height"]) == (6000, 4000)
    assert image["service"][0] == {
        "id": f"{URL}/iiif/image/3/view0",
        "type": "ImageService3",
        "profile": "level2",
    }
    assert image["service"][1]["@id"] == f"{URL}/iiif/image/2/view0"
    small = canvas(manifest, "view0")["thumbnail"][0]
    assert small["id"] == f"{URL}/iiif/image/3/view0/full/400,267/0/default.jpg"


def test_turntable_frames_are_a_sequence() -> None:
    manifest = built(_still())
    around = next(r for r in manifest["structures"] if r.get("behavior") == ["sequence"])
    assert len(around["items"]) == 12
    known = {c["id"] for c in manifest["items"]}
    assert all(item["id"] in known for item in around["items"])


def test_no_ranges_stand_in_the_way_of_a_sound_among_pictures(manifest: dict[str, Any]) -> None:
    assert "structures" not in manifest
    assert built(_still())["structures"][0]["items"][0]["label"]["en"] == ["Photographs"]
    sounds = whole_record(media=(media("bell1", "sound"), media("film1", "film")))
    assert len(built(sounds)["structures"][0]["items"]) == 2


def test_a_scan_is_a_model_with_poster_file_and_way_to_the_original(manifest: dict[str, Any]) -> None:
    model = body(manifest, "venus")
    assert (model["type"], model["format"]) == ("Model", "model/gltf-binary")
    scan = canvas(manifest, "venus")
    assert scan["placeholderCanvas"]["items"][0]["items"][0]["body"]["format"] == "image/jpeg"
    assert [r["id"] for r in scan["rendering"]] == [model["id"], f"{URL}/s/venus"]


def test_a_model_is_the_plain_one_and_its_picture_stands_in_where_none_is_shown(manifest: dict[str, Any]) -> None:
    assert body(manifest, "venus")["id"].endswith("/open.glb")
    _, still = canvas(manifest, "venus")["items"][0]["items"]
    assert (still["motivation"], still["body"]["type"], still["body"]["format"]) == ("painting", "Image", "image/jpeg")
    record = whole_record(media=(media("venus", "scan"),))
    packed = {sha: [d for d in made if d.name != "open.glb"] for sha, made in derivatives_of(record).items()}
    assert body(built(record, derivatives=packed), "venus")["id"].endswith("/web.glb")


def test_a_scan_without_a_unit_says_that_its_scale_is_not_established(manifest: dict[str, Any]) -> None:
    told = {p["label"]["en"][0]: p["value"] for p in canvas(manifest, "plato")["metadata"]}
    assert told["Scale"]["vi"] == ["Chưa xác định tỷ lệ"]
    known = {p["label"]["en"][0]: p["value"] for p in canvas(manifest, "venus")["metadata"]}
    assert known["Unit"] == {"none": ["mm"]} and "Scale" not in known


def test_a_film_has_duration_poster_captions_by_language_and_transcript(manifest: dict[str, Any]) -> None:
    film = canvas(manifest, "film1")
    assert (film["width"], film["height"], film["duration"]) == (610, 720, 7.5)
    captions = film["annotations"][0]["items"][0]
    assert captions["motivation"] == "supplementing"
    assert [t["language"] for t in captions["body"]["items"]] == ["vi", "en"]
    assert {t["format"] for t in captions["body"]["items"]} == {"text/vtt"}
    assert film["rendering"][0]["language"] == ["vi"]  # iiif-prezi3 drops it; we must not
    assert film["placeholderCanvas"]


def test_a_sound_offers_its_formats_and_a_picture_beside_it(manifest: dict[str, Any]) -> None:
    sound = canvas(manifest, "bell1")
    assert "width" not in sound and sound["duration"] == 10.9
    assert [i["format"] for i in body(manifest, "bell1")["items"]] == ["audio/mp4", "audio/mpeg"]
    picture = sound["accompanyingCanvas"]["items"][0]["items"][0]["body"]
    assert picture["id"].startswith(f"{URL}/iiif/image/3/light0/")


def test_a_document_is_fetched_as_pdf(manifest: dict[str, Any]) -> None:
    assert manifest["rendering"][0]["format"] == "application/pdf"
    assert canvas(manifest, "paper")["rendering"][0]["id"] == manifest["rendering"][0]["id"]


def test_words_keep_their_language_and_unknown_is_none(manifest: dict[str, Any]) -> None:
    assert manifest["label"] == {"vi": ["Chân dung xác ướp người phụ nữ"], "en": ["Mummy Portrait of a Woman"]}
    assert value_of(manifest, "Object type") == {"vi": ["tranh"], "en": ["painting"]}
    assert value_of(manifest, "Date") == {"none": ["AD 100–125"]}


def test_languages_stand_in_one_order_for_clients_that_take_the_first() -> None:
    label = Text({"en": "From behind", "vi": "Nhìn từ sau", "fr": "De dos"})
    record = whole_record(media=(photo("back", label=label, alt=label),))
    told = canvas(built(record), "back")
    assert list(told["label"]) == list(told["summary"]) == ["vi", "en", "fr"]


def test_a_known_term_is_told_in_every_language_of_the_vocabulary() -> None:
    labels = (FieldLabel(name="material", label=Text.of(vi="Chất liệu", en="Material"), vocabulary="materials"),)
    record = whole_record(
        values={"material": (Value(value="bronze"), Value(value="sáp ong hun khói", preferred=False))}
    )
    told = value_of(built(record, labels=labels, vocabulary=shipped()), "Material")
    assert told["en"] == ["bronze"]
    assert told["vi"] == [shipped().label("materials", "bronze")["vi"]]
    assert told["none"] == ["sáp ong hun khói"]  # no term: their own word


def test_contradicting_values_stand_side_by_side_with_sources_and_units(manifest: dict[str, Any]) -> None:
    assert value_of(manifest, "Height") == {
        "vi": ["48 cm (Getty)", "47,5 cm (chưa chắc chắn; Sổ kiểm kê 1981)"],
        "en": ["48 cm (Getty)", "47.5 cm (uncertain; Sổ kiểm kê 1981)"],
    }


def test_markup_in_a_value_stays_words(manifest: dict[str, Any]) -> None:
    assert value_of(manifest, "Inscription") == {"none": ["<span>&lt;script&gt;alert(1)&lt;/script&gt;</span>"]}
    made = built(whole_record(values={"title": (Value(value="<script>x</script>", language="vi"),)}))
    assert made["label"] == {"vi": ["‹script›x‹/script›"]}


def test_marks_of_a_description_are_left_out_where_clients_read_none() -> None:
    said = 'Đúc năm <em>Minh Mạng</em> thứ 16,<br> cao &lt; 3 m; <a href="https://x.example">nguồn</a> <không rõ>'
    description = (Value(value=said, language="vi"),)
    made = built(whole_record(values={"description": description}))
    assert made["summary"]["vi"] == ["Đúc năm Minh Mạng thứ 16, cao < 3 m; nguồn <không rõ>"]


def test_the_placeholder_inside_a_text_is_not_filled() -> None:
    title = (Value(value="{museum}/x và {museum}", language="vi"),)
    assert built(whole_record(values={"title": title}))["label"]["vi"] == ["{museum}/x và {museum}"]


def test_rights_are_the_http_uri_and_attribution_is_said_in_both_languages(manifest: dict[str, Any]) -> None:
    assert manifest["rights"] == "http://creativecommons.org/licenses/by/4.0/"
    said = manifest["requiredStatement"]["value"]
    assert said["vi"] == [GETTY, "Giấy phép: CC BY 4.0", "Đơn vị công bố: Bảo tàng số"]
    assert said["en"] == [GETTY, "Licence: CC BY 4.0", "Published by: Digital Museum"]
    assert all("rights" not in c and "requiredStatement" not in c for c in manifest["items"])


def test_a_licence_without_uri_is_said_in_words_and_claims_no_uri() -> None:
    coins = photo("coins", rights="", licence="No known copyright restrictions", attribution="Brooklyn Museum")
    made = built(whole_record(media=(coins,)))
    assert "rights" not in made
    assert "Licence: No known copyright restrictions" in made["requiredStatement"]["value"]["en"]


def test_media_of_different_rights_say_them_canvas_by_canvas() -> None:
    bell = media("bell", "sound", rights="", licence="CC0 1.0", attribution="AlaskaRobotics", order=2)
    made = built(whole_record(media=(photo("front"), bell)))
    assert "rights" not in made
    assert canvas(made, "front")["rights"] == "http://creativecommons.org/licenses/by/4.0/"
    assert canvas(made, "bell")["rights"] == "http://creativecommons.org/publicdomain/zero/1.0/"
    assert "AlaskaRobotics" in canvas(made, "bell")["requiredStatement"]["value"]["vi"]
    assert {"AlaskaRobotics", GETTY} <= set(made["requiredStatement"]["value"]["vi"])


def test_homepage_in_both_languages_and_data_under_other_addresses(manifest: dict[str, Any]) -> None:
    assert [(h["id"], h["language"]) for h in manifest["homepage"]] == [
        (f"{URL}/o/3t8kq0zx7", ["vi"]),
        (f"{URL}/o/3t8kq0zx7?lang=en", ["en"]),
    ]
    assert {s["format"] for s in manifest["seeAlso"]} == {"application/json", "application/ld+json"}
    assert not {h["id"] for h in manifest["homepage"]} & {s["id"] for s in manifest["seeAlso"]}


def test_a_record_with_a_scan_leads_to_its_scenes_and_no_other_does(manifest: dict[str, Any]) -> None:
    draft = "http://iiif.io/api/presentation/4/context.json"
    assert [s["id"] for s in manifest["seeAlso"] if s.get("profile") == draft] == [
        f"{URL}/iiif/presentation/4/3t8kq0zx7/manifest"
    ]
    assert not [s for s in built(whole_record(media=(photo("front"),)))["seeAlso"] if s.get("profile") == draft]


def test_provider_has_name_homepage_and_logo(manifest: dict[str, Any]) -> None:
    agent = manifest["provider"][0]
    assert agent["label"] == {"vi": ["Bảo tàng số"], "en": ["Digital Museum"]}
    assert agent["homepage"][0]["id"] == f"{URL}/"
    assert agent["logo"][0]["id"] == f"{URL}/static/logo.svg"


@pytest.mark.parametrize(
    ("edtf", "expected"),
    [
        ("0100/0125", "0100-01-01T00:00:00Z"),
        ("1837-08-15", "1837-08-15T00:00:00Z"),
        ("18XX", "1800-01-01T00:00:00Z"),
        ("1835~", "1835-01-01T00:00:00Z"),
        ("1850-21", "1850-01-01T00:00:00Z"),
        ("-0040", ""),
        ("0000", ""),
        ("../1802", ""),
        ("", ""),
    ],
)
def test_nav_date_is_the_first_day_or_nothing(edtf: str, expected: str) -> None:
    assert nav_date(whole_record(values={"date": (Value(value=edtf),)})) == expected


def test_a_record_without_title_says_so_with_its_number() -> None:
    made = built(whole_record(values={}))
    assert made["label"] == {"vi": ["Chưa có tên: 81.AP.42"], "en": ["Untitled: 81.AP.42"]}


def test_a_record_with_nothing_to_show_has_no_manifest() -> None:
    with pytest.raises(NotFound) as caught:
        built(whole_record(media=()))
    assert caught.value.code == "iiif.nothing_to_show"
    with pytest.raises(NotFound):
        built(whole_record(), derivatives={})  # masters alone cannot be shown


def test_what_the_library_would_drop_in_silence_is_refused() -> None:
    document = {"id": f"{PLACEHOLDER}/m", "type": "Manifest", "label": {"vi": ["Đỉnh"]}, "items": [], "sumary": {}}
    with pytest.raises(BackendError) as caught:
        prezi.manifest(document)
    assert (caught.value.code, caught.value.values["where"]) == ("iiif.dropped", "sumary")


def test_what_the_library_refuses_is_told_with_its_place() -> None:
    page = {"id": f"{PLACEHOLDER}/c", "type": "Canvas", "height": "tall", "width": 10, "items": []}
    document = {"id": f"{PLACEHOLDER}/m", "type": "Manifest", "label": {"vi": ["Đỉnh"]}, "items": [page]}
    with pytest.raises(BackendError) as caught:
        prezi.manifest(document)
    assert caught.value.code == "iiif.refused"
    assert "items.0.height" in str(caught.value)


def test_equal_records_give_equal_bytes() -> None:
    once, again = (
        build_manifest(r, derivatives=derivatives_of(r), institution=HUE, labels=LABELS)
        for r in (whole_record(), whole_record())
    )
    assert once == again
