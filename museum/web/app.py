"""The application: a factory, and the WSGI callable that serves tiles before Flask is asked."""

from typing import TYPE_CHECKING

from flask import Flask
from jinja2 import StrictUndefined
from sqlalchemy import Engine

from museum.accounts.signing_keys import KeyRing
from museum.catalog import record_types, vocabulary
from museum.config import Settings
from museum.db import open_engine
from museum.search.likeness import Likeness
from museum.search.location import Location, Reader
from museum.search.synonym_edits import Current
from museum.storage.opening import open_derivatives
from museum.web import answers, formats, forms, language, people, protection, responses
from museum.web.api import (
    content_search,
    exports,
    feed,
    files,
    health,
    iiif,
    metrics,
    oembed,
    openapi,
    qr,
    records,
    redirects,
    tilesets,
)
from museum.web.api import search as search_api
from museum.web.assets import read_assets
from museum.web.compounds import bind
from museum.web.context import Museum, attach
from museum.web.frame import frame_functions
from museum.web.image_gate import gate_of
from museum.web.images import Site, with_images
from museum.web.measuring import name_routes
from museum.web.pages import (
    about,
    account,
    account_factor,
    collections,
    conservation,
    embed,
    exhibitions,
    home,
    image_access,
    invitation,
    login,
    login_service,
    masters,
    monuments,
    objects,
    printing,
    reset,
    saved,
    scenes,
    search,
    similar,
)
from museum.web.pages.work import changes, invite, jobs, keys, links, merge, overview
from museum.web.pages.work import keeping as work_keeping
from museum.web.pages.work import people as work_people
from museum.web.pages.work import records as work_records
from museum.web.pages.work import scene as work_scene
from museum.web.pages.work import search as work_search
from museum.web.pages.work import synonyms as work_synonyms
from museum.web.rich_text import plain, rich
from museum.web.search_tally import SearchTally
from museum.web.tiles_at_hand import Count
from museum.web.work_frame import work_functions

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def create_app(settings: Settings, *, engine: Engine | None = None) -> Flask:
    """The museum's pages and interfaces for these settings; `engine` can be given by tests."""
    engine = engine or open_engine(settings.database)
    ring = KeyRing(settings)
    app = Flask("museum.web", static_folder=None)
    # Nothing is uploaded through the web: forms and small JSON are all that comes in.
    app.config.update(MAX_CONTENT_LENGTH=1_000_000, MAX_FORM_MEMORY_SIZE=100_000, MAX_FORM_PARTS=200)
    types = record_types.load(settings.record_types)
    terms = vocabulary.shipped()
    attach(
        app.extensions,
        Museum(
            settings=settings,
            engine=engine,
            types=types,
            vocabulary=terms,
            reader=Reader(Location.of(settings)),
            assets=read_assets(),
            store=open_derivatives(settings),
            ring=ring,
            synonyms=Current(engine),
            searches=SearchTally(engine, is_wanted=settings.count_searches),
            likeness=Likeness(engine),
        ),
    )
    _prepare_templates(app)
    app.jinja_env.globals["default_language"] = settings.language
    app.url_map.strict_slashes = False
    app.before_request(lambda: language.choose_language(settings.language))
    app.after_request(responses.finish)
    answers.register(app)
    name_routes(app)
    protection.check_ancestors(settings)
    is_https = settings.public_url.startswith("https://")
    forms.register(app, ring=ring, is_https=is_https)
    people.register(app)
    image_access.attach(app.extensions, gate_of(settings, engine, ring=ring))
    for part in (
        home,
        search,
        objects,
        conservation,
        scenes,
        monuments,
        exhibitions,
        embed,
        printing,
        oembed,
        qr,
        collections,
        about,
        records,
        search_api,
        exports,
        feed,
        content_search,
        openapi,
        health,
        metrics,
        iiif,
        files,
        tilesets,
        redirects,
        login,
        login_service,
        invitation,
        reset,
        account,
        account_factor,
        image_access,
        overview,
        work_people,
        invite,
        keys,
        links,
        masters,
        jobs,
        work_keeping,
        work_scene,
        changes,
        work_records,
        merge,
        saved,
        similar,
        work_search,
        work_synonyms,
    ):
        app.register_blueprint(part.blueprint)
    return app


def wsgi(settings: Settings, *, engine: Engine | None = None) -> "WSGIApplication":
    """What a WSGI server runs: the image route, and behind it the application."""
    return site(settings, engine=engine).application


def site(settings: Settings, *, engine: Engine | None = None, count: Count | None = None) -> Site:
    """The same with what may be answered before it; `count` is told of that."""
    engine = engine or open_engine(settings.database)
    app = create_app(settings, engine=engine)
    gate = image_access.gate_in(app.extensions)
    return with_images(app.wsgi_app, settings, engine, has_prefix=False, gate=gate.answer, count=count)


def _prepare_templates(app: Flask) -> None:
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension above
        language.template_gettext, language.template_ngettext, newstyle=True
    )
    environment.filters.update(
        integer=formats.integer,
        decimal=formats.decimal,
        bytes_size=formats.bytes_size,
        bind=bind,
        capitalize_first=formats.capitalize_first,
        plain=plain,
        rich=rich,
        words=language.words,
        words_language=language.words_language,
    )
    environment.globals.update(
        address=language.address,
        language=language.current,
        other_language=language.other,
        **frame_functions(),
        **work_functions(),
    )
