"""From what tables say about rights to the URI machines know: sure or nothing."""

import pytest

from museum.catalog.licences import licence_name, licence_page, licence_uri

CC = "http://creativecommons.org"


@pytest.mark.parametrize(
    ("said", "uri", "name"),
    [
        ("CC BY 4.0", f"{CC}/licenses/by/4.0/", "CC BY 4.0"),
        ("CC-BY-SA 3.0", f"{CC}/licenses/by-sa/3.0/", "CC BY-SA 3.0"),
        ("cc by-nc-nd 4.0", f"{CC}/licenses/by-nc-nd/4.0/", "CC BY-NC-ND 4.0"),
        ("CC0 1.0", f"{CC}/publicdomain/zero/1.0/", "CC0 1.0"),
        ("CC0", f"{CC}/publicdomain/zero/1.0/", "CC0 1.0"),
        ("https://creativecommons.org/licenses/by/4.0/deed.vi", f"{CC}/licenses/by/4.0/", "CC BY 4.0"),
        ("https://creativecommons.org/licenses/by/2.0", f"{CC}/licenses/by/2.0/", "CC BY 2.0"),
        (
            "https://creativecommons.org/publicdomain/mark/1.0/",
            f"{CC}/publicdomain/mark/1.0/",
            "Public Domain Mark 1.0",
        ),
        (
            "https://rightsstatements.org/page/NKC/1.0/",
            "http://rightsstatements.org/vocab/NKC/1.0/",
            "No Known Copyright",
        ),
    ],
)
def test_a_known_licence_gives_its_uri_and_name(said: str, uri: str, name: str) -> None:
    assert licence_uri(said) == uri
    assert licence_name(uri) == name
    assert licence_page(uri) == "https" + uri[4:]


@pytest.mark.parametrize(
    "said",
    ["", "No known copyright restrictions", "CC BY", "CC BY-XX 4.0", "free", "http://example.org/licenses/by/4.0/"],
)
def test_what_only_resembles_a_licence_claims_nothing(said: str) -> None:
    assert licence_uri(said) == ""


def test_the_first_statement_that_is_sure_counts() -> None:
    assert licence_uri("xem sổ", "CC BY 4.0") == f"{CC}/licenses/by/4.0/"
