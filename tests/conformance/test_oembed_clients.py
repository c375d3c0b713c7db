"""Somebody else's oEmbed clients, over HTTP: micawber by provider pattern, pyoembed by discovery from the page."""

import re
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from micawber.exceptions import ProviderHTTPException
from micawber.providers import Provider, ProviderRegistry
from pyoembed import oEmbed
from pyoembed.exceptions import PyOembedException
from werkzeug.serving import make_server

from museum.web.app import create_app
from tests.web.conftest import House
from tests.web.shown_elsewhere import STORY, make_shown_house

PAGES = ["/o/{whole}", "/o/{whole}?lang=en", f"/e/{STORY}", f"/e/{STORY}?lang=en"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from make_shown_house(tmp_path_factory.mktemp("oembed-clients"))


@pytest.fixture(scope="module")
def url(house: House) -> Iterator[str]:
    """The address at which the museum answers over HTTP."""
    server = make_server("127.0.0.1", 0, create_app(replace(house.settings, public_url=""), engine=house.engine))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("page", PAGES)
def test_micawber_resolves_by_provider_pattern(house: House, url: str, page: str) -> None:
    providers = ProviderRegistry()
    providers.register(re.escape(url) + r"/(o|e)/\S+", Provider(f"{url}/oembed"))
    address = url + page.format(**house.ids)
    told = providers.request(address)
    assert (told["type"], told["provider_url"].startswith(url)) == ("rich", True)
    assert f'<iframe src="{url}/embed/' in told["html"]
    narrow = providers.request(address, maxwidth=200)
    assert narrow["width"] <= 200
    assert "<iframe" in providers.parse_text(address), "a bare address in a text becomes the frame"


@pytest.mark.parametrize("page", PAGES)
def test_pyoembed_resolves_by_discovery(house: House, url: str, page: str) -> None:
    told = oEmbed(url + page.format(**house.ids), maxwidth=320)
    assert told["type"] == "rich"
    assert told["width"] <= 320
    assert f'<iframe src="{url}/embed/' in told["html"]
    assert ("lang=en" in told["html"]) == ("lang=en" in page)


def test_both_refuse_what_is_not_there(house: House, url: str) -> None:
    gone = f"{url}/o/{house.ids['deleted']}"
    with pytest.raises(ProviderHTTPException):
        Provider(f"{url}/oembed").request(gone)
    with pytest.raises(PyOembedException):
        oEmbed(gone)
