"""What an S3 service or the way to it refused, in words that say what to do."""

from collections.abc import Mapping
from typing import Any

from museum.errors import BackendError, MuseumError, NotFound

_REFUSED = ("AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "RequestTimeTooSkewed", "ExpiredToken")
_FULL = ("QuotaExceeded", "InsufficientStorage", "InsufficientCapacity")
_DAMAGED = ("BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "InvalidPart")


def status_of(error: Exception) -> int:
    """The HTTP status of a refusal; 0 where no answer came."""
    return int(_answer(error).get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def named(error: Exception, place: object, key: str) -> MuseumError:
    """The error of ours for one of boto3's about `key` at `place`."""
    if type(error).__name__ in ("NoCredentialsError", "PartialCredentialsError"):
        return BackendError("storage.s3_no_keys", place=place)
    said = _answer(error).get("Error", {})
    if not said:
        return BackendError("storage.s3_unreachable", place=place, reason=error)
    code, status = str(said.get("Code", "")), status_of(error)
    if code == "NoSuchBucket":
        return BackendError("storage.s3_no_bucket", place=place)
    if code in ("NoSuchKey", "NotFound", "404"):
        return NotFound("storage.no_blob", key=key)
    if code in _FULL or status == 507:
        return BackendError("storage.s3_full", place=place, key=key)
    if code in _DAMAGED:
        return BackendError("storage.s3_damaged", place=place, key=key)
    if code in _REFUSED or status in (401, 403):
        return BackendError("storage.s3_refused", place=place, key=key, reason=code or status)
    reason = " ".join(part for part in (str(status or ""), code, str(said.get("Message") or "")) if part)
    return BackendError("storage.s3_failed", place=place, key=key, reason=reason)


def _answer(error: Exception) -> Mapping[str, Any]:
    """What the server answered: boto3's ClientError has it as `response`; nothing where none came."""
    found: Mapping[str, Any] = getattr(error, "response", None) or {}
    return found
