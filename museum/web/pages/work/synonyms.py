"""Synonyms at the workbench: groups of terms that find each other, edited with effect on the next search."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from museum import addresses
from museum.accounts.policy import holds
from museum.accounts.roles import Action
from museum.db import reading, writing
from museum.errors import Invalid
from museum.search import synonym_edits
from museum.search.synonym_edits import Entry
from museum.web.change_words import names_of
from museum.web.context import museum
from museum.web.form_faults import NONE, Faults, faults_of
from museum.web.language import address, later, say
from museum.web.people import require_anywhere

blueprint = Blueprint("work_synonyms", __name__, url_prefix="/work/synonyms")
_KINDS = {"group": later("Terms of the same meaning"), "place": later("Names of one place through time")}


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Every group, a form for another, and the log of edits."""
    return _list(NONE)


@blueprint.post("")
def make() -> ResponseReturnValue:
    """Make a group."""
    return _saved("")


@blueprint.get("/<code>")
def one(code: str) -> ResponseReturnValue:
    """One group, to be changed or removed."""
    return _one(code, NONE)


@blueprint.post("/<code>")
def change(code: str) -> ResponseReturnValue:
    """Change a group."""
    return _saved(code)


@blueprint.post("/<code>/remove")
def remove(code: str) -> ResponseReturnValue:
    """Let a group count no more."""
    who = require_anywhere(Action.EDIT_TERMS)
    with writing(museum().engine) as session:
        synonym_edits.remove(session, code, person=who.user_id)
    return _done(say("The group counts no more. The log can put it back."))


@blueprint.post("/take-back")
def take_back() -> ResponseReturnValue:
    """Make a group what it was before an edit."""
    who = require_anywhere(Action.EDIT_TERMS)
    given = request.form.get("edit", "")
    if not given.isdecimal() or len(given) > 9:
        raise Invalid("web.bad_request", address=request.path)
    with writing(museum().engine) as session:
        synonym_edits.take_back(session, int(given), person=who.user_id)
    return _done(say("The edit is taken back."))


def _saved(code: str) -> ResponseReturnValue:
    who = require_anywhere(Action.EDIT_TERMS)
    try:
        with writing(museum().engine) as session:
            synonym_edits.save(
                session,
                code=code,
                kind=request.form.get("kind", "group"),
                vi=request.form.get("vi", "").splitlines(),
                en=request.form.get("en", "").splitlines(),
                person=who.user_id,
            )
    except Invalid as error:
        return _one(code, faults_of(error)) if code else _list(faults_of(error))
    return _done(say("Saved. It counts from the next search on."))


def _done(words: str) -> Response:
    museum().synonyms.forget()
    flash(words)
    answer = redirect(address(addresses.workbench("synonyms")), code=303)
    assert isinstance(answer, Response)
    return answer


def _list(faults: Faults) -> ResponseReturnValue:
    who = require_anywhere(Action.SEE_HISTORY)
    with reading(museum().engine) as session:
        entries = synonym_edits.entries(session)
        log = synonym_edits.log(session)
        names = names_of(session, [edit.person for edit in log])
    given = request.form if faults.by_field else request.args
    page = render_template(
        "work/synonyms.html",
        entries=entries,
        state_word=_state_word,
        log=[(edit, names[edit.person]) for edit in log],
        may_edit=holds(who, Action.EDIT_TERMS),
        kinds=_kinds(),
        given={name: given.get(name, "")[:2000] for name in ("vi", "en", "kind")},
        faults=faults,
    )
    return page, faults.status


def _one(code: str, faults: Faults) -> ResponseReturnValue:
    require_anywhere(Action.EDIT_TERMS)
    with reading(museum().engine) as session:
        found = synonym_edits.entry(session, code)
    group = found.group
    given = {"vi": "\n".join(group.vi), "en": "\n".join(group.en), "kind": group.kind}
    if faults.by_field:
        given = {name: request.form.get(name, "")[:2000] for name in given}
    page = render_template(
        "work/synonym.html",
        entry=found,
        state=_state_word(found),
        kinds=_kinds(),
        given=given,
        faults=faults,
    )
    return page, faults.status


def _kinds() -> list[tuple[str, str]]:
    return [(kind, say(words)) for kind, words in _KINDS.items()]


def _state_word(entry: Entry) -> str:
    if entry.is_removed:
        return say("removed")
    if entry.is_own:
        return say("changed here") if entry.is_shipped else say("made here")
    return ""
