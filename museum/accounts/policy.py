"""Who may do what: one function of plain values, asked by pages, interfaces, files and index alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from museum.accounts.roles import Action, Level, Role

ALL_INSTITUTIONS = "*"
STATES = ("draft", "in_review", "reviewed", "published", "withdrawn")


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A role for an institution (its code, "*" for the whole museum), or only for one of its collections.

    `collection` is the name of a collection as records carry it, "" for all of the institution.
    """

    role: Role
    institution: str
    collection: str = ""


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Somebody who asks: a visitor (no id), a person with grants, or an API key with fewer actions than its person.

    `allowed` limits an API key to its scopes; None limits nothing.
    """

    user_id: str = ""
    name: str = ""
    grants: tuple[Grant, ...] = ()
    allowed: frozenset[Action] | None = None


VISITOR = Viewer()


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is asked for: whose it is, in which state and at which level. `created_by` is a user's id or "".

    `is_signed` says that it is a procedure that was signed: nobody changes it any more.
    """

    institution: str = ""
    collections: frozenset[str] = field(default_factory=frozenset)
    state: str = "published"
    level: Level = Level.PUBLIC
    created_by: str = ""
    is_signed: bool = False


_ALWAYS: frozenset[str] | None = None  # in whatever state the thing is
_DRAFT = frozenset({"draft"})
_UNDER_REVIEW = frozenset({"in_review", "reviewed"})  # a reviewer may take an approval back
_REVIEWED = frozenset({"reviewed"})
_PUBLISHED = frozenset({"published"})
_TO_SUBMIT = frozenset({"draft", "withdrawn"})
_NOT_PUBLISHED = frozenset({"draft", "in_review", "reviewed", "withdrawn"})
_UNAPPROVED = frozenset({"draft", "in_review", "published", "withdrawn"})  # what was approved is published as it is

_Rights = Mapping[Action, frozenset[str] | None]
_MEMBER: _Rights = {Action.VIEW: _ALWAYS, Action.SEE_HISTORY: _ALWAYS, Action.EXPORT: _ALWAYS}
_RIGHTS: Mapping[Role, _Rights] = {
    Role.CONTRIBUTOR: {**_MEMBER, Action.CREATE: _ALWAYS, Action.EDIT: _DRAFT, Action.SUBMIT: _DRAFT},
    Role.CURATOR: {
        **_MEMBER,
        Action.CREATE: _ALWAYS,
        Action.EDIT: _UNAPPROVED,
        Action.SUBMIT: _TO_SUBMIT,
        Action.DELETE: _ALWAYS,
        Action.MERGE: _ALWAYS,
        Action.RESTORE: _UNAPPROVED,
        Action.UNDO: _ALWAYS,
        Action.RECORD_CARE: _ALWAYS,
        Action.DOWNLOAD_MASTER: _ALWAYS,
        Action.EDIT_TERMS: _ALWAYS,
    },
    Role.REVIEWER: {**_MEMBER, Action.REVIEW: _UNDER_REVIEW},
    Role.RESTORER: {
        **_MEMBER,
        Action.RECORD_CARE: _ALWAYS,
        Action.SIGN: _ALWAYS,
        Action.DOWNLOAD_MASTER: _ALWAYS,
    },
    Role.PUBLISHER: {**_MEMBER, Action.PUBLISH: _REVIEWED, Action.WITHDRAW: _PUBLISHED},
    Role.ADMINISTRATOR: {
        **dict.fromkeys(Action, _ALWAYS),
        Action.SUBMIT: _TO_SUBMIT,
        Action.REVIEW: _UNDER_REVIEW,
        Action.PUBLISH: _NOT_PUBLISHED,
        Action.WITHDRAW: _PUBLISHED,
    },
}
# What a role may do only to what its holder made.
_OWN_ONLY: Mapping[Role, frozenset[Action]] = {Role.CONTRIBUTOR: frozenset({Action.EDIT, Action.SUBMIT})}
# What changes a thing: refused to all once it is signed; a correction is a new entry.
_CHANGING = frozenset(
    {Action.EDIT, Action.SUBMIT, Action.REVIEW, Action.PUBLISH, Action.WITHDRAW}
    | {Action.DELETE, Action.MERGE, Action.RESTORE, Action.UNDO, Action.RECORD_CARE, Action.SIGN}
)
_WHOLE_MUSEUM = frozenset({Action.MANAGE_INSTITUTIONS})  # only with a grant for "*" and all collections
_HIGHEST: Mapping[Role, Level] = {
    Role.CONTRIBUTOR: Level.INTERNAL,
    Role.CURATOR: Level.CONFIDENTIAL,
    Role.REVIEWER: Level.CONFIDENTIAL,
    Role.RESTORER: Level.CONFIDENTIAL,
    Role.PUBLISHER: Level.INTERNAL,
    Role.ADMINISTRATOR: Level.CONFIDENTIAL,
}


def may(viewer: Viewer, action: Action, target: Target) -> bool:
    """True when `viewer` may do `action` to `target`. Everyone may see what is published and public."""
    if action is Action.VIEW and target.state == "published" and target.level is Level.PUBLIC:
        return True
    if not _in_scope(viewer, action) or (target.is_signed and action in _CHANGING):
        return False
    return any(_allows(grant, viewer, action, target) for grant in viewer.grants)


def highest_level(viewer: Viewer, target: Target) -> Level:
    """The narrowest level of a thing's parts that `viewer` may see; PUBLIC for a visitor."""
    if not _in_scope(viewer, Action.VIEW):
        return Level.PUBLIC
    held = [_HIGHEST[grant.role] for grant in viewer.grants if _reaches(grant, target)]
    return max(held, default=Level.PUBLIC)


def holds(viewer: Viewer, action: Action) -> bool:
    """True when one of their roles includes `action` at all: for showing a link or a list, never for a thing."""
    return bool(institutions_for(viewer, action))


def institutions_for(viewer: Viewer, action: Action) -> frozenset[str]:
    """Codes of the institutions in (a collection of) which `viewer` may do `action` to something; "*" is all."""
    if not _in_scope(viewer, action):
        return frozenset()
    return frozenset(
        grant.institution
        for grant in viewer.grants
        if action in _RIGHTS[grant.role] and (action not in _WHOLE_MUSEUM or _is_whole(grant))
    )


def actions_of(viewer: Viewer, institution: str) -> frozenset[Action]:
    """Everything that `viewer` may do to something of `institution` ("*": to something of every one)."""
    narrowed = confined(viewer, institution)
    return frozenset(action for action in Action if institutions_for(narrowed, action))


def covers(viewer: Viewer, grant: Grant) -> bool:
    """True when `viewer` may manage people where `grant` holds and has every right that it gives: nobody gives more.

    A key gives only what all lies within its own scopes.
    """
    if not grant.institution or not _in_scope(viewer, Action.MANAGE_PEOPLE):
        return False
    if viewer.allowed is not None and not _RIGHTS[grant.role].keys() <= viewer.allowed:
        return False
    return any(
        Action.MANAGE_PEOPLE in _RIGHTS[own.role]
        and _RIGHTS[grant.role].keys() <= _RIGHTS[own.role].keys()
        and own.institution in (ALL_INSTITUTIONS, grant.institution)
        and own.collection in ("", grant.collection)
        for own in viewer.grants
    )


def confined(viewer: Viewer, institution: str) -> Viewer:
    """`viewer` with only what they hold for `institution` (or for all, "*"); grants for all shrink to it."""
    if institution == ALL_INSTITUTIONS:
        return viewer
    return replace(
        viewer,
        grants=tuple(
            replace(grant, institution=institution)
            for grant in viewer.grants
            if grant.institution in (ALL_INSTITUTIONS, institution)
        ),
    )


def operator(login_name: str) -> Viewer:
    """Whoever works at the museum's own machine: the whole museum is theirs already."""
    whole = Grant(role=Role.ADMINISTRATOR, institution=ALL_INSTITUTIONS)
    return Viewer(user_id=f"cli:{login_name}", name=login_name, grants=(whole,))


def _in_scope(viewer: Viewer, action: Action) -> bool:
    return viewer.allowed is None or action in viewer.allowed


def _allows(grant: Grant, viewer: Viewer, action: Action, target: Target) -> bool:
    rights = _RIGHTS[grant.role]
    if action not in rights or not _reaches(grant, target) or target.level > _HIGHEST[grant.role]:
        return False
    if action in _WHOLE_MUSEUM and not _is_whole(grant):
        return False
    if action in _OWN_ONLY.get(grant.role, ()) and (not viewer.user_id or target.created_by != viewer.user_id):
        return False
    states = rights[action]
    return states is None or target.state in states


def _is_whole(grant: Grant) -> bool:
    return grant.institution == ALL_INSTITUTIONS and not grant.collection


def _reaches(grant: Grant, target: Target) -> bool:
    own = grant.institution == ALL_INSTITUTIONS or (bool(grant.institution) and grant.institution == target.institution)
    return own and (not grant.collection or grant.collection in target.collections)
