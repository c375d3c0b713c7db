"""The museum's derivatives where its settings put them: the folder ``media/derived``, or a place in an S3 service."""

from museum.config import Settings
from museum.storage.derivatives import Derivatives
from museum.storage.local import LocalBlobs


def open_derivatives(settings: Settings, *, fsync: bool = True) -> Derivatives:
    """Derivatives as `derived_url` says; nothing is asked of a server yet. Raises Invalid storage.s3_bad_url.

    `fsync` False is for benches, and only of a folder.
    """
    if not settings.derived_url:
        return Derivatives(LocalBlobs(settings.derived, fsync=fsync))
    from museum.storage.s3 import Place, S3Blobs  # boto3 takes 0.3 s and some 30 MiB: only who uses it pays for it

    place = Place.of(
        settings.derived_url,
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
    )
    return Derivatives(S3Blobs(place))
