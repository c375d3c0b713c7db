"""A museum is founded and served."""

from pathlib import Path

import click

from museum import config
from museum.cli.terminal import language


def found(folder: Path, *, name_vi: str, name_en: str, first_language: str) -> config.Settings:
    """A museum in `folder`: settings, database at the newest schema, folders, vocabularies."""
    from museum import db
    from museum.ingest import founding
    from museum.migrations import schema

    settings = founding.write_settings(folder, name_vi=name_vi, name_en=name_en, language=first_language)
    engine = db.open_engine(settings.database)
    schema.upgrade(engine)
    founding.furnish(settings, engine)
    engine.dispose()
    return settings


def run_server(home: Path, *, host: str, port: int, workers: int | None, with_worker: bool) -> None:
    """Check that the museum can be served, then serve it and say its address in one line."""
    from museum import db
    from museum.ingest.lock import serving
    from museum.migrations import schema
    from museum.web.serve import serve as serve_forever

    settings = config.load(home)
    engine = db.open_engine(settings.database)
    schema.require_head(engine)
    engine.dispose()
    words = "Bảo tàng đang mở tại {}" if language() == "vi" else "The museum is open at {}"
    with serving(settings):
        serve_forever(
            settings.home,
            host=host,
            port=port,
            web_workers=workers or settings.workers,
            with_worker=with_worker,
            say_ready=lambda address: click.echo(words.format(address)),
        )
