"""The doctor's look at the accounts: do second factors open with the museum's keys?"""

from collections.abc import Iterator

from sqlalchemy import Engine

from museum import db
from museum.accounts import second_factor, signing_keys
from museum.config import Settings
from museum.ingest.check import Finding


def factors(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """Authenticators' secrets can be read: not so after a restore without the museum's former secret.key."""
    with db.reading(engine) as session:
        lost = second_factor.unreadable(session, keys=signing_keys.read(settings))
    if lost:
        yield Finding(code="doctor.factors_sealed", severity="error", values={"count": lost})
    else:
        yield Finding(code="doctor.factors_ok", severity="ok")
