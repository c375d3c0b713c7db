"""Caching, versions and validators of the image service, and what its info.json says beyond measures."""

import json
from collections.abc import Callable
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from museum import addresses
from museum.iiif.service import Answer, ImageService, Located
from museum.imaging import pyramid
from museum.imaging.folder import LocalFolder
from tests.imaging.conftest import picture

BASE = "https://baotang.example"
TILE = "256,0,256,256/256,256/0/default.jpg"
COMPUTED = "10,10,300,200/150,/0/default.jpg"
Ask = Callable[..., Answer]


class Shelf:
    """What the catalogue says of the image now."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.digest, self.is_public = folder, "5d1f0c77" + "0" * 56, True

    def __call__(self, media_id: str) -> Located | None:
        if media_id != "urn":
            return None
        version = addresses.image_version(self.digest)
        rights = "http://creativecommons.org/licenses/by/4.0/"
        where = LocalFolder(self.folder)
        return Located("ab" * 32, where, 700, 500, rights, self.is_public, version=version, record_id="rec123")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pyramid")
    picture(700, 500).save(root / "source.png")
    pyramid.build(root / "source.png", root / "urn")
    return root / "urn"


@pytest.fixture
def shelf(folder: Path) -> Shelf:
    return Shelf(folder)


@pytest.fixture
def ask(shelf: Shelf) -> Ask:
    service = ImageService(shelf, trust_s=0)

    def made(identifier: str, rest: str | None, *, version: int = 3, **more: Any) -> Answer:
        return service.answer(identifier, rest, version=version, base_url=BASE, **more)

    return made


def head(answer: Answer, name: str) -> str:
    return dict(answer.headers)[name]


def test_an_identifier_with_the_version_may_be_kept_for_ever(ask: Ask, shelf: Shelf) -> None:
    named = addresses.versioned("urn", shelf.digest)
    assert named == "urn~5d1f0c77" and addresses.without_version(named) == ("urn", "5d1f0c77")
    for path in (TILE, COMPUTED, "full/max/0/default.png"):
        plain, kept = ask("urn", path), ask(named, path)
        assert (plain.status, kept.status) == (200, 200) and plain.body == kept.body
        assert head(kept, "Cache-Control") == "public, max-age=31536000, s-maxage=3600, immutable"
        assert head(plain, "Cache-Control") == "public, max-age=300, stale-while-revalidate=600"
        assert head(plain, "ETag") == head(kept, "ETag")
        assert f"{BASE}/iiif/image/3/{named}/" in head(kept, "Link")
    info = json.loads(ask(named, "info.json").body)
    assert info["id"] == f"{BASE}/iiif/image/3/{named}", "viewers go on asking for that version"
    assert "immutable" not in head(ask(named, "info.json"), "Cache-Control"), "rights may change"
    assert "immutable" not in head(ask(named, "full/max/0/wrong.jpg"), "Cache-Control")
    assert head(ask(named, None), "Location") == f"{BASE}/iiif/image/3/{named}/info.json"


def test_another_version_leads_to_the_image_as_it_is_now(ask: Ask, shelf: Shelf) -> None:
    old = addresses.versioned("urn", shelf.digest)
    shelf.digest = "99" * 32
    for rest in (TILE, COMPUTED, "info.json", "full/^max/!22.5/default.jpg", "a\r\nSet-Cookie: b=c", ""):
        moved = ask(old, rest)
        assert moved.status == 303 and not moved.body and "immutable" not in head(moved, "Cache-Control")
        where = head(moved, "Location")
        assert where.startswith(f"{BASE}/iiif/image/3/urn/") and "\n" not in where and "\r" not in where
    assert head(ask(old, TILE), "Location") == f"{BASE}/iiif/image/3/urn/{TILE}"
    assert head(ask(old, None), "Location") == f"{BASE}/iiif/image/3/urn"
    assert ask("urn~", TILE).status == ask("urn~~99999999", TILE).status == 303
    assert ask("urn~99999999", TILE).status == 200
    assert ask("none~99999999", TILE).status == 404


def test_a_hidden_image_is_hidden_under_every_version(ask: Ask, shelf: Shelf) -> None:
    named = addresses.versioned("urn", shelf.digest)
    assert ask(named, TILE).status == 200
    shelf.is_public = False
    for identifier in (named, "urn", "urn~00000000", "urn~"):
        for rest in (TILE, COMPUTED, "info.json", "", None):
            assert ask(identifier, rest).status == 404, (identifier, rest)
    assert int(head(ask("urn", TILE), "Cache-Control").rpartition("=")[2]) <= 60


@pytest.mark.parametrize("path", [TILE, COMPUTED])
def test_dates_are_compared_where_no_tag_is_given(ask: Ask, path: str) -> None:
    answer = ask("urn", path)
    modified = head(answer, "Last-Modified")
    written = parsedate_to_datetime(modified).timestamp()
    later, earlier = formatdate(written + 60, usegmt=True), formatdate(written - 60, usegmt=True)
    assert [ask("urn", path, if_modified_since=date).status for date in (modified, later)] == [304, 304]
    for date in (earlier, "yesterday", "Sun, 06 Nov 1994 08:49:37", "0", "\0"):
        assert ask("urn", path, if_modified_since=date).status == 200, date
    assert ask("urn", path, if_modified_since=later, if_none_match='"other"').status == 200, "a tag wins"
    unchanged = ask("urn", path, if_modified_since=modified, method="HEAD")
    assert (unchanged.status, unchanged.body, head(unchanged, "ETag")) == (304, b"", head(answer, "ETag"))


def test_info_changes_with_what_it_says_whatever_the_date(ask: Ask) -> None:
    answer = ask("urn", "info.json")
    assert ask("urn", "info.json", if_modified_since=head(answer, "Last-Modified")).status == 200
    assert ask("urn", "info.json", if_none_match=head(answer, "ETag")).status == 304


def test_info_names_what_the_image_is_part_of(ask: Ask) -> None:
    info = json.loads(ask("urn", "info.json").body)
    assert info["partOf"] == [{"id": f"{BASE}/iiif/presentation/3/rec123/manifest", "type": "Manifest"}]
    assert info["seeAlso"][0]["id"] == f"{BASE}/o/rec123.json"
    assert info["rights"] == "http://creativecommons.org/licenses/by/4.0/"
    older = json.loads(ask("urn", "info.json", version=2).body)
    assert older["license"] == info["rights"] and not {"partOf", "seeAlso", "rights"} & set(older)


def test_info_lists_what_is_really_answered(ask: Ask) -> None:
    info = json.loads(ask("urn", "info.json").body)
    assert info["extraFormats"] == ["webp", "avif", "gif", "tif"]
    assert info["extraQualities"] == ["color", "gray", "bitonal"]
    assert set(info["extraFeatures"]) == {
        "canonicalLinkHeader", "mirroring", "profileLinkHeader", "rotationArbitrary", "sizeUpscaling",
    }  # fmt: skip
    older = json.loads(ask("urn", "info.json", version=2).body)["profile"][1]
    assert older["formats"] == ["jpg", "png", "webp", "avif", "gif", "tif"]
    assert {"mirroring", "rotationArbitrary", "regionSquare", "sizeAboveFull"} < set(older["supports"])
    for version, names in ((3, ["jpg", "png", *info["extraFormats"]]), (2, older["formats"])):
        for name in names:
            for quality in ("default", *info["extraQualities"]):
                answer = ask("urn", f"square/60,/!22.5/{quality}.{name}", version=version)
                assert answer.status == 200 and head(answer, "Content-Type").startswith("image/"), (name, quality)


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("full/^max/0/default.jpg", "full/^max/0/default.jpg"),
        ("0,0,700,500/^1400,/0/color.png", "full/^1400,1000/0/default.png"),
        ("square/max/360/default.jpg", "100,0,500,500/max/0/default.jpg"),
        ("pct:50,50,100,100/pct:50/.5/gray.webp", "350,250,350,250/175,125/0.5/gray.webp"),
        ("full/100,/!0.000001/default.tif", "full/100,71/!0.000001/default.tif"),
    ],
)
def test_canonical_addresses(ask: Ask, path: str, canonical: str) -> None:
    answer = ask("urn", path)
    assert answer.status == 200, answer.body
    assert f'<{BASE}/iiif/image/3/urn/{canonical}>;rel="canonical"' in head(answer, "Link")
    again = ask("urn", canonical)
    assert (again.body, head(again, "ETag")) == (answer.body, head(answer, "ETag"))


def test_refused_methods_are_told_in_both_languages(ask: Ask) -> None:
    answer = ask("urn", TILE, method="DELETE")
    assert (answer.status, head(answer, "Allow")) == (405, "GET, HEAD, OPTIONS")
    assert "The method “DELETE”" in answer.body.decode() and "phương thức «DELETE»" in answer.body.decode()
