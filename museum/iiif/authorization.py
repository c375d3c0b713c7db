"""The words of IIIF Authorization Flow API 2.0: service descriptions, probe results, the messages of the token service.

Plain values in, plain JSON out: who may see what is decided elsewhere.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from museum import addresses
from museum.iiif.words import LanguageMap, plain
from museum.text import Text, phrases

CONTEXT = "http://iiif.io/api/auth/2/context.json"
ERRORS = ("invalidRequest", "invalidOrigin", "missingAspect", "invalidAspect", "expiredAspect", "unavailable")
"""What a token service may say instead of a token (§4.5)."""
_ORIGIN = re.compile(r"https?://(?:[a-z0-9\-._]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?")
_DEFAULT_PORTS = (("http://", ":80"), ("https://", ":443"))
_LONGEST_ID = 256

Json = dict[str, Any]


def site_of(origin: str) -> str:
    """The origin of a site as browsers write it (scheme, host in lower case, port unless usual), "" for anything else.

    "null" (a file, a sandboxed frame) is no site: nobody could be told apart.
    """
    found = origin.lower()
    if not _ORIGIN.fullmatch(found):
        return ""
    for scheme, port in _DEFAULT_PORTS:
        if found.startswith(scheme):
            found = found.removesuffix(port)
    return found


def probe_service(media_id: str, *, base_url: str, museum: Text, is_inside: bool = False) -> Json:
    """The probe service of a restricted image with its access services (§5.1, §3.1); kiosk first, as §3.3 orders.

    `is_inside`: whoever asks is a machine inside the museum. To all others the kiosk is not named: their viewers would
    open its window before asking anybody.
    """
    active: Json = {
        "id": base_url + addresses.image_access(),
        "type": "AuthAccessService2",
        "profile": "active",
        "label": _said("login", museum),
        "heading": _said("login_heading", museum),
        "note": _said("login_note", museum),
        "confirmLabel": _said("login_confirm", museum),
        "service": [
            _token_service(base_url + addresses.image_access("token"), museum),
            {
                "id": base_url + addresses.image_access("logout"),
                "type": "AuthLogoutService2",
                "label": _said("logout", museum),
            },
        ],
    }
    kiosk: Json = {
        "id": base_url + addresses.image_access("kiosk"),
        "type": "AuthAccessService2",
        "profile": "kiosk",
        "label": _said("kiosk", museum),
        "service": [_token_service(base_url + addresses.image_access("kiosk/token"), museum)],
    }
    return {
        "id": base_url + addresses.image_probe(media_id),
        "type": "AuthProbeService2",
        "errorHeading": _said("unauthorized", museum),
        "errorNote": _said("sign_in", museum),
        "service": [kiosk, active] if is_inside else [active],
    }


def with_service(info: Mapping[str, Any], service: Json, *, version: int) -> Json:
    """An info.json that names its probe service.

    §2.1: with Image 3.0 the context comes once, before the image's; a 2.1 document has its own in the service.
    """
    told = dict(info)
    given = told.get("service", [])
    others = list(given) if isinstance(given, list) else [given]
    if version == 3:
        contexts = told["@context"] if isinstance(told["@context"], list) else [told["@context"]]
        told["@context"] = [CONTEXT, *contexts]
        return {**told, "service": [*others, service]}
    return {**told, "service": [*others, {"@context": CONTEXT, **service}]}


def probe_result(status: int, *, substitute: Json | None = None) -> Json:
    """What the probe service answers (§5.2): the status that the image would have, words where it isn't 200.

    `substitute` is named only where access is denied.
    """
    found: Json = {"@context": CONTEXT, "type": "AuthProbeResult2", "status": status}
    if status == HTTPStatus.OK:
        return found
    if status == HTTPStatus.NOT_FOUND:
        return found | {"heading": _said("not_found"), "note": _said("not_found_note")}
    found |= {"heading": _said("unauthorized")}
    found |= {"note": _said("forbidden" if status == HTTPStatus.FORBIDDEN else "sign_in")}
    return found | ({"substitute": [substitute]} if substitute else {})


def substitute_size(size: tuple[int, int], most_px: int) -> tuple[int, int] | None:
    """Width and height of the small version with a long side of `most_px`; None where the museum offers none (0), or
    the image is not at least twice as large."""
    if not most_px or max(size) < 2 * most_px:
        return None
    scale = most_px / max(size)
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def substitute_image(address: str, *, size: tuple[int, int]) -> Json:
    """A smaller version that everybody may see (§5.2)."""
    width, height = size
    return {
        "id": address,
        "type": "Image",
        "format": "image/jpeg",
        "width": width,
        "height": height,
        "label": _said("substitute"),
    }


def token_message(message_id: str, *, token: str, lasts_s: int) -> Json:
    """The message that carries an access token (§4.4)."""
    return {
        "@context": CONTEXT,
        "type": "AuthAccessToken2",
        "messageId": message_id,
        "accessToken": token,
        "expiresIn": lasts_s,
    }


def token_error(message_id: str, profile: str, *, note: str = "") -> Json:
    """The message that says why there is no token (§4.5); `profile` is one of ERRORS, `note` a phrase's name."""
    return {
        "@context": CONTEXT,
        "type": "AuthAccessTokenError2",
        "profile": profile,
        "messageId": message_id,
        "heading": _said("token_error"),
        "note": _said(note or profile),
    }


def message_id_of(given: str) -> str:
    """A client's messageId, "" where it is none that we send back."""
    return given if len(given) <= _LONGEST_ID and given.isprintable() else ""


def phrase(key: str) -> Text:
    """A fixed text about restricted images in both languages."""
    return phrases("authorization")[key]


def _token_service(address: str, museum: Text) -> Json:
    return {
        "id": address,
        "type": "AuthAccessTokenService2",
        "errorHeading": _said("token_error", museum),
        "errorNote": _said("missingAspect", museum),
    }


def _said(key: str, museum: Text | None = None) -> LanguageMap:
    words = phrase(key)
    name = museum or Text()
    return plain(Text({code: words[code].replace("{museum}", name.say(code)) for code in words}))
