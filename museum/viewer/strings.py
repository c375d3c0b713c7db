"""The words of the viewers, which the browser gets from the server."""

from museum.text import phrases


def viewer_strings(language: str) -> dict[str, str]:
    """Key → words in `language` ("vi" or "en") for a viewer's `data-strings`; {names} are the browser's to fill."""
    return {key: words.say(language) for key, words in phrases("viewer").items()}
