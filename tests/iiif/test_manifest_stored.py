"""Stored bytes: the public address goes where it belongs and nowhere else; tags change with either."""

import pytest

from museum.errors import Invalid
from museum.iiif.stored import etag, fill, guarded, serialize

BODY = serialize({"id": "{museum}/o/1", "label": guarded("địa chỉ {museum}/o/1")})


def test_addresses_are_filled_and_texts_are_not() -> None:
    assert (
        fill(BODY, "https://a.example/")
        == '{"id":"https://a.example/o/1","label":"địa chỉ \\u007bmuseum}/o/1"}'.encode()
    )


def test_an_address_may_have_a_port_and_a_path() -> None:
    assert b'"http://127.0.0.1:8000/bt/o/1"' in fill(BODY, "http://127.0.0.1:8000/bt")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "baotang.example",
        "ftp://a.example",
        "https://",
        'https://a.example","x":"',
        "https://a.example/\n",
        "https://a.example?x=1",
        "https://a.example:port",
        "https://người.example",
        "https://u:p@a.example",
    ],
)
def test_an_address_that_could_break_the_document_is_refused(url: str) -> None:
    for use in (fill, etag):
        with pytest.raises(Invalid) as caught:
            use(BODY, url)
        assert caught.value.code == "iiif.wrong_public_url"


def test_the_tag_follows_content_and_address() -> None:
    tags = {etag(body, url) for body in (BODY, BODY + b" ") for url in ("https://a.example", "https://b.example")}
    assert len(tags) == 4
    assert etag(BODY, "https://a.example") == etag(BODY, "https://a.example/")
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)
