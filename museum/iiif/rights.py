"""Rights of a manifest: the URI where one is known, and the words that must be shown (Presentation 3.0 §3.2)."""

from collections.abc import Iterable, Sequence

from museum.catalog.digital_source import is_synthetic
from museum.catalog.licences import licence_name, licence_uri
from museum.catalog.record import Media
from museum.iiif.source import Institution, Json
from museum.iiif.words import lines, pair, phrase

_MADE = {"scan": "synthetic_scan", "sound": "synthetic_sound", "film": "synthetic_film"}


def shared_rights(media: Iterable[Media], *, beside: Sequence[Media] = ()) -> tuple[str, tuple[str, ...]]:
    """What all media agree on: (rights URI or "", attributions or ()); disagreement is said canvas by canvas.

    `beside` are media of the same manifest that name nobody: only their licences count.
    """
    given = list(media)
    uris = {licence_uri(m.rights, m.licence) for m in (*given, *beside)}
    attributions = {m.attribution for m in given}
    return (
        uris.pop() if len(uris) == 1 else "",
        tuple(a for a in attributions if a) if len(attributions) == 1 else (),
    )


def required_statement(media: Sequence[Media], institution: Institution, *, languages: Sequence[str]) -> Json:
    """Attribution in every language: what software made, whom to name, the licence in words, who publishes.

    The words of an attribution belong to no language and stand in each; a licence without a URI is said only here.
    """
    said: dict[str, list[str]] = {}
    for language in languages:
        strings = [phrase(_MADE.get(m.kind, "synthetic_statement")).say(language) for m in media if is_synthetic(m)]
        strings += [m.attribution for m in media if m.attribution]
        for item in media:
            licence = licence_name(licence_uri(item.rights, item.licence)) or item.licence or item.rights
            if licence:
                strings.append(f"{phrase('licence').say(language)}: {licence}")
        if institution.name:
            strings.append(f"{phrase('published_by').say(language)}: {institution.name.say(language)}")
        said[language] = strings
    return pair(phrase("attribution"), lines(said))
