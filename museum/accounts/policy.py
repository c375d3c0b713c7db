"""Who may do what: one function of plain values, asked by pages, interfaces, files and index alike."""

from dataclasses import dataclass, field

from museum.accounts.roles import Action, Level, Role

ALL_INSTITUTIONS = "*"


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
    """What is asked for: whose it is, in which state and at which level. `created_by` is a user's id or ""."""

    institution: str = ""
    collections: frozenset[str] = field(default_factory=frozenset)
    state: str = "published"
    level: Level = Level.PUBLIC
    created_by: str = ""


_MEMBER = frozenset({Action.VIEW, Action.SEE_HISTORY, Action.EXPORT})
_EDITS = frozenset({Action.CREATE, Action.EDIT, Action.SUBMIT})
_MAY: dict[Role, frozenset[Action]] = {
    Role.CONTRIBUTOR: _MEMBER | _EDITS,
    Role.CURATOR: _MEMBER
    | _EDITS
    | {Action.DELETE, Action.MERGE, Action.RESTORE, Action.UNDO, Action.RECORD_CARE, Action.DOWNLOAD_MASTER},
    Role.REVIEWER: _MEMBER | {Action.REVIEW},
    Role.RESTORER: _MEMBER | {Action.RECORD_CARE, Action.SIGN, Action.DOWNLOAD_MASTER},
    Role.PUBLISHER: _MEMBER | {Action.PUBLISH, Action.WITHDRAW},
    Role.ADMINISTRATOR: frozenset(Action),
}
_HIGHEST: dict[Role, Level] = {
    Role.CONTRIBUTOR: Level.INTERNAL,
    Role.CURATOR: Level.CONFIDENTIAL,
    Role.REVIEWER: Level.CONFIDENTIAL,
    Role.RESTORER: Level.CONFIDENTIAL,
    Role.PUBLISHER: Level.INTERNAL,
    Role.ADMINISTRATOR: Level.CONFIDENTIAL,
}


def may(viewer: Viewer, action: Action, target: Target) -> bool:
    """True when `viewer` may do `action` to `target`. Everyone may see what is published and public."""
    if viewer.allowed is not None and action not in viewer.allowed:
        return False
    if action is Action.VIEW and target.state == "published" and target.level is Level.PUBLIC:
        return True
    return any(
        action in _MAY[grant.role] and target.level <= _HIGHEST[grant.role] and _reaches(grant, target)
        for grant in viewer.grants
    )


def highest_level(viewer: Viewer, target: Target) -> Level:
    """The narrowest level of a thing's parts that `viewer` may see; PUBLIC for a visitor."""
    held = [_HIGHEST[grant.role] for grant in viewer.grants if _reaches(grant, target)]
    return max(held, default=Level.PUBLIC)


def _reaches(grant: Grant, target: Target) -> bool:
    own = grant.institution in (ALL_INSTITUTIONS, target.institution)
    return own and (not grant.collection or grant.collection in target.collections)
