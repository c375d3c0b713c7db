"""Where the pages of a museum of the real data stand, one of each kind, and those of the exhibition added to it."""

from functools import lru_cache
from typing import Any

from tests.browser.stories import GONE, SLUG
from tests.museums import Served


def address_of(museum: Served, object_id: str, *, kind: str = "") -> str:
    """Address of an object's page on this server; with `kind`, its first medium of that kind on the stage."""
    record = _records(museum)[object_id]
    path = f"/o/{record['id']}"
    if not kind:
        return path
    return path + "?view=" + next(str(m["id"]) for m in record["media"] if m["kind"] == kind)


def objects(museum: Served) -> list[str]:
    """Addresses of all objects' pages."""
    return [f"/o/{record['id']}" for record in _records(museum).values()]


def kinds_of_pages(museum: Served) -> dict[str, tuple[str, int]]:
    """Name of each kind of page, its address, and the status it answers with."""
    return {
        "home": ("/", 200),
        "search": ("/search", 200),
        "search narrowed": ("/search?q=kham&object_type=mosaic", 200),
        "search without results": ("/search?q=zzzz", 200),
        "search along the years": ("/search?view=timeline", 200),
        "search misspelt": ("/search?q=khamr+medusq&has=image", 200),
        "photograph": (address_of(museum, "DEMO-MOS-05"), 200),
        "more like it": (address_of(museum, "DEMO-MOS-05") + "/similar", 200),
        "lights": (address_of(museum, "DEMO-MUM-01"), 200),
        "turntable": (address_of(museum, "DEMO-TER-01"), 200),
        "scan": (address_of(museum, "DEMO-SCN-02"), 200),
        "scan in conflict": (address_of(museum, "DEMO-SCN-01"), 200),
        "film": (address_of(museum, "DEMO-TER-01", kind="film"), 200),
        "sound": (address_of(museum, "DEMO-SND-01"), 200),
        "collections": ("/c", 200),
        "collection": ("/c/all", 200),
        "about": ("/about", 200),
        "accessibility": ("/accessibility", 200),
        "not found": ("/o/zzzzzzzzz", 404),
        "refused": ("/search?from=abc", 400),
    }


def kinds_with_exhibition(museum: Served) -> dict[str, tuple[str, int]]:
    """The same of the museum that has an exhibition too (the fixture `story_museum`): its pages and embeds besides."""
    portrait = address_of(museum, "DEMO-MUM-01")
    return kinds_of_pages(museum) | {
        "home with an exhibition": ("/", 200),
        "exhibitions": ("/exhibitions", 200),
        "exhibition": (f"/e/{SLUG}", 200),
        "exhibition as text": (f"/e/{SLUG}/text", 200),
        "exhibition in a frame": (f"/embed/e/{SLUG}", 200),
        "exhibition taken away": (f"/e/{GONE}", 410),
        "exhibition taken away in a frame": (f"/embed/e/{GONE}", 410),
        "object in a frame": (f"/embed{portrait}", 200),
        "restorations": ("/conservation", 200),
        "restoration of an object": (f"{portrait}/conservation", 200),
        "monuments": ("/monuments", 200),
        "card": (f"{portrait}/card", 200),
        "label": (f"{portrait}/label", 200),
    }


def in_language(address: str, language: str) -> str:
    """The address in a language; the bare one is Vietnamese."""
    if language == "vi":
        return address
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


@lru_cache(maxsize=4)
def _records(museum: Served) -> dict[str, dict[str, Any]]:
    return museum.by_object_id()
