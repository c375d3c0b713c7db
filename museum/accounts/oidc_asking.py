"""Asks the sign-in service over the network: only the one the settings name, over https, briefly and little."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from urllib.parse import urlencode

from museum.accounts.oidc import Client, is_safe
from museum.config import Settings
from museum.errors import BackendError, Invalid

_SECONDS = 10.0
_MAX_BYTES = 1_000_000


def client_of(settings: Settings, *, redirect_uri: str) -> Client | None:
    """We, as the settings say; None where no service is set. Raises Invalid for half a setting or a plain http issuer.

    The service is the operator's choice and often stands in the province's own network: so private addresses are not
    refused here as they are for other fetching.
    """
    if not settings.oidc_issuer:
        return None
    if not is_safe(settings.oidc_issuer):
        raise Invalid("config.wrong_value", key="oidc_issuer", value=settings.oidc_issuer, expected="https://…")
    if not settings.oidc_client_id:
        raise Invalid("config.wrong_value", key="oidc_client_id", value="", expected="client id")
    return Client(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        redirect_uri=redirect_uri,
    )


def ask(address: str, *, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> bytes:
    """An `oidc.Ask`: at most 1 MB within 10 s a read, no redirect followed. Raises BackendError."""
    if not is_safe(address):
        raise BackendError("accounts.oidc_broken", issuer=address, reason="https")
    body = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(address, data=body, headers={"Accept": "application/json", **headers})
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=_SECONDS) as answer:
            told: bytes = answer.read(_MAX_BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise BackendError("accounts.oidc_broken", issuer=address, reason=error.code) from error
    except OSError as error:
        raise BackendError("accounts.oidc_broken", issuer=address, reason=error) from error
    if len(told) > _MAX_BYTES:
        raise BackendError("accounts.oidc_broken", issuer=address, reason=f"> {_MAX_BYTES} bytes")
    return told


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None
