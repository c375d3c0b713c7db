"""What is wrong with a form, for its template: words by field, and words for the whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from museum.accounts.throttle import TooMany
from museum.errors import MuseumError, message_of
from museum.web.language import current

# Code of an error → the field that it speaks of; all others speak of the whole form.
_FIELDS = {
    "accounts.bad_email": "email",
    "accounts.exists": "email",
    "accounts.bad_name": "name",
    "accounts.bad_language": "language",
    "accounts.password_short": "password",
    "accounts.password_long": "password",
    "accounts.password_is_yours": "password",
    "accounts.password_common": "password",
    "accounts.wrong_current": "current",
    "accounts.wrong_code": "code",
    "accounts.key_name": "name",
    "accounts.key_days": "days",
    "accounts.key_scopes": "scopes",
    "web.passwords_differ": "again",
}


@dataclass(frozen=True, kw_only=True)
class Faults:
    """Words by field; "" holds those for the whole form."""

    by_field: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    retry_after_s: int = 0

    def of(self, name: str = "") -> str:
        """The words for one field, "" where it is right."""
        return self.by_field.get(name, "")

    @property
    def headers(self) -> dict[str, str]:
        """Headers for the answer that shows them."""
        return {"Retry-After": str(self.retry_after_s)} if self.retry_after_s else {}


NONE = Faults()


def faults_of(error: MuseumError) -> Faults:
    """An error of ours as words beside the field it speaks of; 429 for too many attempts, else 400."""
    words = message_of(error.code, current(), dict(error.values))
    too_many = isinstance(error, TooMany)
    return Faults(
        by_field={_FIELDS.get(error.code, ""): words},
        status=429 if too_many else 400,
        retry_after_s=int(str(error.values.get("seconds", 0))) if too_many else 0,
    )
