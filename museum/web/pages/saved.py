"""The links of saved searches: each leads to the search page, which finds what is there today."""

from flask import Blueprint, Response, redirect

from museum import addresses
from museum.db import reading
from museum.search import saved_searches
from museum.web.asking import address_of, asked_of
from museum.web.context import museum
from museum.web.language import address

blueprint = Blueprint("saved", __name__)


@blueprint.get("/q/<search_id>")
def follow(search_id: str) -> Response:
    """On to the search, in the language of the link; one statement. NotFound search.no_saved."""
    with reading(museum().engine) as session:
        saved = saved_searches.get(session, search_id[:16])
    answer = redirect(address(address_of(addresses.search_page(), asked_of(saved.query))), code=302)
    assert isinstance(answer, Response)
    return answer
