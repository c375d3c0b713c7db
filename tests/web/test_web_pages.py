"""Every page answers in both languages, well-formed, with its links in its own language."""

import pytest

from tests.web.conftest import House

PAGES = ["/", "/search", "/search?q=ve+nu", "/search?q=khong+co+gi", "/c", "/c/all", "/about", "/accessibility"]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_page_answers(house: House, path: str, language: str) -> None:
    mark = "&" if "?" in path else "?"
    answer = house.client.get(path if language == "vi" else f"{path}{mark}lang=en")
    assert answer.status_code == 200, answer.text[:500]
    assert f'<html lang="{language}">' in answer.text


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", ["whole", "venus", "bare", "film"])
def test_object_page_answers(house: House, name: str, language: str) -> None:
    answer = house.client.get(f"/o/{house.ids[name]}" + ("?lang=en" if language == "en" else ""))
    assert answer.status_code == 200, answer.text[:500]
