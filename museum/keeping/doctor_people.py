"""The doctor's look at the accounts: do second factors open with the museum's keys, and do administrators have one?"""

from collections.abc import Iterator

from sqlalchemy import Engine

from museum import db
from museum.accounts import second_factor, signing_keys
from museum.accounts.roles import Role
from museum.config import Settings
from museum.ingest.check import Finding


def factors(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """Authenticators' secrets can be read (not so after a restore without the museum's former secret.key); whoever can
    give every right is not protected by a password alone."""
    with db.reading(engine) as session:
        lost = second_factor.unreadable(session, keys=signing_keys.read(settings))
        bare = second_factor.without(session, Role.ADMINISTRATOR)
    is_asked = Role.ADMINISTRATOR in second_factor.required_roles(settings.second_factor_roles)
    if lost:
        yield Finding(code="doctor.factors_sealed", severity="error", values={"count": lost})
    if bare and not is_asked:  # where it is asked for they can do nothing before they have one
        yield Finding(code="doctor.administrators_bare", severity="warning", values={"count": bare})
    if not lost and (is_asked or not bare):
        yield Finding(code="doctor.factors_ok", severity="ok")
