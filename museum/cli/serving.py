"""A museum is founded and served."""

from contextlib import nullcontext
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


def run_server(
    home: Path, *, host: str, port: int, workers: int | None, with_worker: bool, only_images: bool = False
) -> None:
    """Check that the museum can be served, then serve it, or its images alone, and say its address in one line."""
    from museum.ingest.lock import serving
    from museum.web.serve import serve as serve_forever

    settings = config.load(home)
    vi, en = ("Dịch vụ ảnh", "The image service is open") if only_images else ("Bảo tàng", "The museum is open")
    words = f"{vi} đang mở tại {{}}" if language() == "vi" else f"{en} at {{}}"
    with nullcontext() if only_images else serving(settings):  # storage that is shared may be read-only here
        serve_forever(
            settings.home,
            host=host,
            port=port,
            web_workers=workers or settings.workers,
            with_worker=with_worker and not only_images,
            only_images=only_images,
            check=require_newest_schema,
            say_ready=lambda address: click.echo(words.format(address)),
        )


def require_newest_schema(home: Path) -> None:
    """Raises Conflict where the museum's database has another schema than this software."""
    from museum import db
    from museum.migrations import schema

    engine = db.open_engine(config.load(home).database)
    schema.require_head(engine)
    engine.dispose()
