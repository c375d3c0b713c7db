"""Every object's page keeps its budget before anybody touches it, on a phone and at a desk."""

import gzip
import urllib.request

import pytest
from playwright.sync_api import Browser

from tests.browser.places import objects
from tests.browser.weight import FONT_BYTES, HTML_CSS_BYTES, POSTER_BYTES, SCRIPT_BYTES, Weight, weigh
from tests.museums import Served

pytestmark = [pytest.mark.browser, pytest.mark.shared]

LIMITS = {"html_css": HTML_CSS_BYTES, "script": SCRIPT_BYTES, "poster": POSTER_BYTES, "font": FONT_BYTES}


def test_every_object_page_keeps_its_budget(browser: Browser, real_museum: Served) -> None:
    """On a phone of three times the density, which asks for the largest poster and loads what a desk loads."""
    addresses = objects(real_museum)
    assert len(addresses) == 28
    over = []
    worst = dict.fromkeys(LIMITS, 0)
    for address in addresses:
        weight = _weight_of(browser, real_museum, address)
        assert weight.html > 1000, address
        assert weight.css > 1000, address
        assert weight.script > 500, address
        assert weight.font > 10_000, address
        assert weight.poster > 500, f"{address}: no poster was found to weigh"
        over += [f"{address}: foreign {weight.foreign}"] if weight.foreign else []
        for name, limit in LIMITS.items():
            found = getattr(weight, name)
            worst[name] = max(worst[name], found)
            over += [f"{address}: {name} {found} > {limit}"] if found > limit else []
    print(f"{len(addresses)} object pages weighed; worst, bytes: {worst}")
    assert not over, "\n".join(over)


def test_every_poster_that_may_be_chosen_keeps_the_budget(real_museum: Served) -> None:
    posters = [
        (record["page"], derivative["name"], derivative["size_bytes"])
        for record in real_museum.records()
        for media in record["media"]
        for derivative in media["derivatives"]
        if derivative["name"].startswith("poster")
    ]
    assert len(posters) > 100
    assert not [poster for poster in posters if poster[2] > POSTER_BYTES]


def test_weight_counts_what_travels(browser: Browser, real_museum: Served) -> None:
    address = objects(real_museum)[0]
    weight = _weight_of(browser, real_museum, address)
    request = urllib.request.Request(real_museum.url + address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        packed = answer.read()
        assert answer.headers["Content-Encoding"] == "gzip"
    assert weight.html == pytest.approx(len(packed), abs=200)
    assert len(gzip.decompress(packed)) > 2 * len(packed)


def _weight_of(browser: Browser, museum: Served, address: str) -> Weight:
    """The weight for somebody who has never been here: nothing is cached."""
    context = browser.new_context(viewport={"width": 360, "height": 800}, device_scale_factor=3)
    try:
        return weigh(context, museum.url, address)
    finally:
        context.close()
