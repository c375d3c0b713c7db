"""Rights of manifests: what may be shown, what needs permission, and whose they are, canvas by canvas."""

from dataclasses import replace

import pytest

from museum import db
from museum.catalog import store
from tests.ingest.borrowing import RICH, Home, codes, in_both_languages, shown, simple
from tests.ingest.elsewhere import (
    CC_BY,
    IN_COPYRIGHT,
    Elsewhere,
    Service,
    canvas,
    image,
    manifest,
)


def test_rights_that_forbid_copying_need_permission_and_are_not_published(home: Home, there: Elsewhere) -> None:
    address = simple(there, rights=IN_COPYRIGHT)
    report = home.ingest(address)
    assert codes(report) == {"manifest.ask_first"}
    assert (home.records(), report.count("refused")) == ([], 1)
    assert [path for path in there.asked if path.startswith("/img")] == []
    report = home.ingest(address, with_permission=True)
    assert codes(report) == {"manifest.permitted"}
    assert (home.records()[0].state, report.published) == ("draft", 0)
    in_both_languages(report)


@pytest.mark.parametrize(
    "stated", ["", "https://elsewhere.example/terms", "http://rightsstatements.org/vocab/CNE/1.0/"]
)
def test_what_nobody_may_show_yet_stays_a_draft_until_rights_are_stated(
    home: Home, there: Elsewhere, stated: str
) -> None:
    address = simple(there, rights=stated)
    report = home.ingest(address)
    assert codes(report) == {"manifest.rights_unknown" if stated else "manifest.rights_unstated"}
    (record,) = home.records()
    assert (record.state, report.published) == ("draft", 0)
    if stated:
        return
    media = tuple(replace(m, rights=CC_BY, licence="CC BY 4.0") for m in record.media)
    with db.writing(home.engine) as session:
        store.save(session, replace(record, media=media), person="Lan", batch="b1")
    assert home.ingest(address).published == 1
    assert {m.rights for m in home.records()[0].media} == {CC_BY}


def test_a_canvas_may_have_rights_and_names_of_its_own(home: Home, there: Elsewhere) -> None:
    there.services |= {"/img/a": Service(seed=1), "/img/b": Service(seed=2)}
    url = there.url + "/m/r"
    own = {"rights": "https://creativecommons.org/publicdomain/zero/1.0/",
           "requiredStatement": {"label": {"en": ["By"]}, "value": {"en": ["<span>Somebody</span>"]}},
           "summary": {"vi": ["Mặt trống"]}}  # fmt: skip
    pages = [canvas(url, 1, image(there.url, "/img/a")), canvas(url, 2, image(there.url, "/img/b"), **own)]
    home.ingest(there.put("/m/r", manifest(url, *pages, requiredStatement=RICH["requiredStatement"])))
    first, second = shown(home.records()[0])
    assert (first.licence, first.attribution) == ("CC BY 4.0", "Museum of Elsewhere")
    assert (second.licence, second.attribution) == ("CC0 1.0", "Somebody")
    assert (first.alt.say("vi"), second.alt.say("vi")) == ("tr. 1", "Mặt trống")
