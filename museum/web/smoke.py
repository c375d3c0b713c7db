"""Does the museum answer? Some pages of each kind, opened in this process: the last word on an upgrade."""

from collections.abc import Iterator

from sqlalchemy import Engine
from werkzeug.test import Client

from museum import addresses, db
from museum.catalog import store
from museum.config import Settings
from museum.exhibitions import store as stories
from museum.web.app import wsgi

_SOME = 3


def smoke(settings: Settings, engine: Engine) -> list[tuple[str, int]]:
    """(address, status) of each address tried that did not answer with 200; empty when all is well."""
    client = Client(wsgi(settings, engine=engine))
    failed = []
    for address in _addresses(settings, engine):
        with client.get(address) as answer:
            answer.get_data()
            if answer.status_code != 200:
                failed.append((address, answer.status_code))
    return failed


def _addresses(settings: Settings, engine: Engine) -> Iterator[str]:
    yield from ("/healthz", "/", addresses.exhibitions(), addresses.monuments_page(), "/about")
    if settings.index.is_dir() and (settings.index / "current.json").is_file():
        yield addresses.search_page()
    with db.reading(engine) as session:
        records = store.published(session, limit=_SOME, with_samples=settings.show_samples)
        shown = store.manifest_ids(session, [record.id for record in records])
        told = stories.published(session, with_samples=settings.show_samples)[:_SOME]
    for record in records:
        yield addresses.object_page(record.id)
        if record.id in shown:
            yield addresses.manifest(record.id)
    for story in told:
        yield addresses.story_page(story.slug, kind=story.kind)
