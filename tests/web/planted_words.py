"""The words that a visitor must never read: one made-up word for each kind of place, and the ids of what holds them."""

import random

from museum.addresses import check_character

PLACES = (
    "draft title", "draft title in English", "draft description", "draft number", "draft file label",
    "draft file name", "draft place", "words of a draft's film", "title under review",
    "title never published, withdrawn", "title withdrawn", "sample title", "sample file name",
    "story draft title", "story draft text", "story withdrawn", "valuation", "insurance", "storage location",
    "purchase price", "donor", "contact", "exact coordinates", "internal note", "hidden description",
    "hidden other name", "hidden place", "hidden material", "hidden maker", "hidden object type",
    "as written of a hidden value", "source of a hidden value", "place of an object in store", "location code",
    "field of no form", "valuation event", "movement event", "loan event", "acquisition event",
    "hidden condition check", "hidden treatment's method", "sampling event", "person of a treatment",
    "hidden file label", "hidden file alt", "hidden file name", "hidden file attribution",
    "words of a hidden film", "words of a hidden film without owner", "hidden file's bytes", "EXIF serial number",
    "EXIF position", "XMP city", "IPTC city", "PNG text", "position in capture data",
    "serial number in capture data", "author in PDF", "XMP of a PDF", "birth date of somebody living",
)  # fmt: skip


def _words() -> dict[str, str]:
    dice = random.Random(20261122)
    return {place: "q" + "".join(dice.choice("bcdfghjkmnpqrstvwxz") for _ in range(11)) for place in PLACES}


SECRETS = _words()
SECRETS["EXIF position"] = "0x5ad7c3d1"  # a numerator of a rational number: looked for as bytes too
SECRETS["birth date of somebody living"] = "1987-03-14"
POSITION = 0x5AD7C3D1


def checked(body: str) -> str:
    """A well-formed id."""
    return body + check_character(body)


IDS = {
    "open": checked("vv000001"), "draft": checked("vv000002"), "review": checked("vv000003"),
    "unpublished": checked("vv000004"), "withdrawn": checked("vv000005"), "deleted": checked("vv000006"),
    "sample": checked("vv000007"), "person": checked("vv000008"), "stored": checked("vv000009"),
    "shared": checked("vv00000b"),
}  # fmt: skip
SLUGS = ("chuyen-mo", "chuyen-nhap", "chuyen-da-rut")
