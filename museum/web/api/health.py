"""Whether the museum answers: for supervisors and proxies."""

from flask import Blueprint, Response
from sqlalchemy import text

from museum.db import reading
from museum.web.context import museum

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def health() -> Response:
    """200 "ok" when the catalogue can be read; 500 otherwise (the error table answers)."""
    with reading(museum().engine) as session:
        session.execute(text("SELECT 1"))
    response = Response("ok\n", mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Everything public may be indexed, except pages of search results."""
    return Response("User-agent: *\nDisallow: /search\nDisallow: /api/\n", mimetype="text/plain")
