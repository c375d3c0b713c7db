"""What was done to an account, in the page's language."""

from museum.accounts.events import Event
from museum.accounts.roles import Role
from museum.web.language import later, say
from museum.web.role_words import role_name

_WORDS = {
    "created": later("Account made"),
    "granted": later("Role given"),
    "revoked": later("Role taken away"),
    "password_changed": later("Password changed"),
    "reset_issued": later("Link for a new password made"),
    "reset_used": later("Link for a new password used"),
    "deactivated": later("Account shut"),
    "reactivated": later("Account opened again"),
    "key_issued": later("Key made"),
    "key_revoked": later("Key ended"),
    "second_factor_on": later("Second factor switched on"),
    "second_factor_off": later("Second factor switched off"),
    "signed_in": later("Signed in"),
    "service_linked": later("Signs in through the service from now on"),
    "service_unlinked": later("The sign-in service forgotten"),
}


def event_words(event: Event) -> str:
    """One line without who and when."""
    first, _, rest = event.detail.partition(" ")
    detail = f"{role_name(Role(first))}, {rest}" if first in set(Role) else event.detail
    return say(_WORDS.get(event.action, event.action)) + (f": {detail}" if detail else "")
