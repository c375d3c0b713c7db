"""Names of roles and of what they are for, in the page's language."""

from museum.accounts.roles import Role
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
