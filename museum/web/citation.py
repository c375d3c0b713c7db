"""How a record is cited: on its page, and inside the files that are taken away from it."""

from museum import addresses
from museum.catalog.institutions import Institution
from museum.catalog.record import Record
from museum.web.cards import date_words
from museum.web.context import museum
from museum.web.language import words
from museum.web.pictures import title_text
from museum.web.public import base_url


def citation_of(record: Record, institution: Institution | None) -> str:
    """Title, date. Keeper, number. Museum. Address: no full stop after it, or it would be copied with one."""
    name = words(museum().settings.name)
    keeper = words(record.text("keeper")) or (words(institution.name) if institution else "")
    keeper = "" if keeper == name else keeper
    number = record.identifier("accession_number") or record.identifier("inventory_number")
    first = ", ".join(p for p in (words(title_text(record)), date_words(record)) if p)
    second = ", ".join(p for p in (keeper, number) if p)
    told = " ".join(f"{part}." for part in (first, second, name) if part)
    return f"{told} {base_url()}{addresses.object_page(record.id)}"
