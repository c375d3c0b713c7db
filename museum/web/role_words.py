"""Names of roles and actions, and what roles are for, in the page's language."""

from museum.accounts.roles import Action, Role
from museum.web.language import later, say

_NAMES = {
    Role.CONTRIBUTOR: later("Contributor"),
    Role.CURATOR: later("Curator"),
    Role.REVIEWER: later("Reviewer"),
    Role.RESTORER: later("Restorer"),
    Role.PUBLISHER: later("Publisher"),
    Role.ADMINISTRATOR: later("Administrator"),
}
_TASKS = {
    Role.CONTRIBUTOR: later("Writes drafts and hands them in for review."),
    Role.CURATOR: later("Writes, merges, restores and deletes records; sees everything; may fetch originals."),
    Role.REVIEWER: later("Reads everything and reviews what was handed in."),
    Role.RESTORER: later("Keeps and signs condition and treatment reports; may fetch originals."),
    Role.PUBLISHER: later("Publishes records and withdraws them."),
    Role.ADMINISTRATOR: later("May do everything, and looks after people, keys and jobs."),
}


def role_name(role: Role) -> str:
    """The role's name."""
    return say(_NAMES[role])


def role_task(role: Role) -> str:
    """One sentence on what the role is for."""
    return say(_TASKS[role])


_ACTIONS = {
    Action.VIEW: later("See what is not public"),
    Action.CREATE: later("Make records"),
    Action.EDIT: later("Change records"),
    Action.SUBMIT: later("Hand in for review"),
    Action.REVIEW: later("Review"),
    Action.PUBLISH: later("Publish"),
    Action.WITHDRAW: later("Withdraw"),
    Action.DELETE: later("Delete records"),
    Action.MERGE: later("Merge records"),
    Action.RESTORE: later("Restore earlier revisions"),
    Action.UNDO: later("Undo batches of changes"),
    Action.RECORD_CARE: later("Record condition and treatment"),
    Action.SIGN: later("Sign reports"),
    Action.DOWNLOAD_MASTER: later("Fetch originals"),
    Action.SEE_HISTORY: later("See the history"),
    Action.EXPORT: later("Export"),
    Action.EDIT_TERMS: later("Edit synonyms"),
    Action.MANAGE_PEOPLE: later("Look after people"),
    Action.MANAGE_INSTITUTIONS: later("Look after institutions"),
    Action.MANAGE_JOBS: later("Look after jobs"),
    Action.AUDIT: later("Audit and keep"),
}


def action_name(action: Action) -> str:
    """What an action is called."""
    return say(_ACTIONS[action])
