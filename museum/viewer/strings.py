"""The words of the viewers, which the browser gets from the server."""

from museum.text import phrases


def viewer_strings(language: str) -> dict[str, str]:
    """Key → words in `language` ("vi" or "en") for a viewer's `data-strings`; {names} are the browser's to fill."""
    return {key: words.say(language) for key, words in phrases("viewer").items()}


def scan_strings(language: str) -> dict[str, str]:
    """The same for the scan viewer, with the words of its tools, which no other viewer needs."""
    tools = {key: words.say(language) for key, words in phrases("scan_viewer").items()}
    return {**viewer_strings(language), **tools}
