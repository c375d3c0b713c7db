"""`museum export-tiles`: the pictures a visitor may see as static IIIF sets, for a plain file server or a CDN.

A set is made in a folder of its own, ".<id>.part", and takes its place by one rename; each file in it appears whole
too. So a run that was killed leaves nothing half, and the next one goes on where it stopped.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlsplit

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from museum.addresses import PLACEHOLDER
from museum.catalog import listing, record_types, store
from museum.catalog.licences import licence_uri
from museum.catalog.record import Media, Record
from museum.catalog.store import Derivative
from museum.catalog.visibility import is_behind, told_on_request
from museum.config import Settings
from museum.db import reading
from museum.errors import BackendError, Invalid, NotFound
from museum.iiif import static_set
from museum.iiif.image import Grid
from museum.iiif.stored import fill
from museum.imaging.folder import Folder, LocalFolder
from museum.imaging.render import render
from museum.imaging.tile import Pyramid, open_pyramid
from museum.ingest.publish import manifest_of
from museum.storage.derivatives import Derivatives
from museum.storage.opening import open_derivatives

_PYRAMID = "pyramid"
_RECIPE = 1  # goes up when a set's files change, so that all are made anew
_MADE_OF = ".made-of"  # in each set: what it was made of
_MANIFESTS = "manifests"
_SERVICE = re.compile(re.escape(PLACEHOLDER) + r"/iiif/image/[23]/([0-9A-Za-z]+)(?:~[0-9a-z]+)?")
Tell = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What to export and where: `base_url` is where `folder` will be seen; `version` of the Image API is 3 or 2.

    `record_ids` are ids or inventory numbers; empty: every record, and then sets that visitors may no longer
    see are taken away.
    """

    folder: Path
    base_url: str
    version: int = 3
    record_ids: Sequence[str] = ()
    with_manifests: bool = False


@dataclass
class Report:
    """What a run did. `computed` are the small sizes that had to be drawn; tiles never are."""

    images: int = 0
    unchanged: int = 0
    removed: int = 0
    files: int = 0
    bytes: int = 0
    computed: int = 0
    manifests: int = 0


@dataclass(frozen=True)
class _Picture:
    record: Record
    media: Media
    made: Derivative


def export(
    settings: Settings, engine: Engine, wanted: Wanted, *, on_progress: Tell = lambda _done, _all: None
) -> Report:
    """Write the sets. Raises Invalid export.*, NotFound catalog.no_record, BackendError export.cannot_write."""
    base_url = checked_base(wanted.base_url)
    if wanted.with_manifests and not settings.public_url:
        raise Invalid("export.no_public_url")
    shelf, report = open_derivatives(settings), Report()
    try:
        wanted.folder.mkdir(parents=True, exist_ok=True)
        with reading(engine) as session:
            records = _records(session, settings, wanted.record_ids)
            pictures = list(_pictures(session, records))
            for done, picture in enumerate(pictures):
                on_progress(done, len(pictures))
                _export_one(picture, shelf, wanted, base_url, report)
            on_progress(len(pictures), len(pictures))
            if not wanted.record_ids:
                _take_away(wanted.folder, keep={picture.media.id for picture in pictures}, report=report)
            if wanted.with_manifests:
                _export_manifests(session, settings, pictures, wanted, base_url, report)
    except OSError as error:
        raise BackendError("export.cannot_write", path=wanted.folder, reason=error.strerror or str(error)) from error
    return report


def checked_base(base_url: str) -> str:
    """`base_url` without trailing slash. Raises Invalid export.wrong_base_url."""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise Invalid("export.wrong_base_url", url=base_url)
    return base_url.rstrip("/")


def _records(session: Session, settings: Settings, record_ids: Sequence[str]) -> list[Record]:
    """The records wanted, as visitors see them. One asked for by name that they can't see is refused."""
    record_ids = [found for name in record_ids for found in _ids_of(session, name)]
    found = [store.get(session, i) for i in record_ids] if record_ids else store.all_records(session, state="published")
    types = record_types.load(settings.record_types)
    shown = listing.as_visitor(found, types, with_samples=settings.show_samples)
    if hidden := set(record_ids) - {record.id for record in shown}:
        raise Invalid("export.not_public", ids=", ".join(sorted(hidden)))
    return shown


def _ids_of(session: Session, name: str) -> list[str]:
    """The record of that id, else all that carry this number. Raises NotFound catalog.no_record."""
    found = [name] if store.exists(session, name) else store.find_number(session, name)
    if not found:
        raise NotFound("catalog.no_record", id=name)
    return found


def _pictures(session: Session, records: Sequence[Record]) -> Iterator[_Picture]:
    made = store.derivatives(session, {media.sha256 for record in records for media in record.media})
    for record in records:
        for media in record.media:
            found = next((d for d in made.get(media.sha256, ()) if d.name == _PYRAMID), None)
            if found is not None:
                yield _Picture(record, media, found)


def _export_one(picture: _Picture, shelf: Derivatives, wanted: Wanted, base_url: str, report: Report) -> None:
    media = picture.media
    place = wanted.folder / media.id
    code = f"{_RECIPE} {wanted.version} {media.sha256} {picture.made.digest}"
    uri = f"{base_url}/{quote(media.id)}"
    pyramid: Pyramid | None = None
    if _said(place) != code:
        part = wanted.folder / f".{media.id}.part"
        if _said(part) != code:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            _put(part / _MADE_OF, code.encode())
        folder = _folder(shelf, picture)
        pyramid = open_pyramid(folder)
        _write_set(part, folder, pyramid, wanted.version, report)
        _put(part / "info.json", _info(uri, pyramid, picture, wanted.version))
        _put_in_place(part, place)
        report.images += 1
        return
    pyramid = open_pyramid(_folder(shelf, picture))
    if _put_if_other(place / "info.json", _info(uri, pyramid, picture, wanted.version), report):
        report.images += 1
    else:
        report.unchanged += 1


def _folder(shelf: Derivatives, picture: _Picture) -> Folder:
    if shelf.is_local:
        return LocalFolder(shelf.path(picture.media.sha256, _PYRAMID))
    return shelf.folder(picture.media.sha256, _PYRAMID, seal=picture.made.digest)


def _grid(pyramid: Pyramid) -> Grid:
    return Grid(pyramid.width_px, pyramid.height_px, pyramid.tile_px, pyramid.levels, pyramid.is_grey)


def _info(uri: str, pyramid: Pyramid, picture: _Picture, version: int) -> bytes:
    rights = licence_uri(picture.media.rights, picture.media.licence)
    return static_set.info(uri, version=version, grid=_grid(pyramid), rights=rights)


def _write_set(part: Path, folder: Folder, pyramid: Pyramid, version: int, report: Report) -> None:
    grid = _grid(pyramid)
    for tile, paths in static_set.tiles(grid, version=version):
        missing = [path for path in paths if not (part / path).exists()]
        if missing:
            data = pyramid.tile(*tile)
            for path in missing:
                _put(part / path, data, report)
    whole = 0, 0, grid.width_px, grid.height_px
    for kept in static_set.wholes(grid, version=version):
        missing = [path for path in kept.paths if not (part / path).exists()]
        if missing:
            data = render(folder, pyramid, region=whole, size=kept.size)
            report.computed += 1
            for path in missing:
                _put(part / path, data, report)


def _said(place: Path) -> str:
    try:
        return (place / _MADE_OF).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ""


def _put(path: Path, data: bytes, report: Report | None = None) -> None:
    """The file is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half")
    half.write_bytes(data)
    half.replace(path)
    if report is not None:
        report.files += 1
        report.bytes += len(data)


def _put_if_other(path: Path, data: bytes, report: Report) -> bool:
    if path.exists() and path.read_bytes() == data:
        return False
    _put(path, data, report)
    return True


def _put_in_place(part: Path, place: Path) -> None:
    for half in part.rglob(".*.half"):  # of a run that was killed
        half.unlink()
    if place.exists():
        old = place.with_name(f".{place.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        place.rename(old)
        part.rename(place)
        shutil.rmtree(old)
    else:
        part.rename(place)


def _take_away(folder: Path, *, keep: set[str], report: Report) -> None:
    """Remove the sets, none but ours, of pictures that aren't among `keep`, and what killed runs left of any."""
    for found in folder.iterdir():
        name = found.name
        is_left = name.startswith(".") and name.endswith((".part", ".old"))
        if is_left or (name not in keep and (found / _MADE_OF).is_file()):
            shutil.rmtree(found)
            report.removed += not is_left


def _export_manifests(
    session: Session,
    settings: Settings,
    pictures: Sequence[_Picture],
    wanted: Wanted,
    base_url: str,
    report: Report,
) -> None:
    """The stored manifests of the records with pictures, their images pointing at the static sets.

    Of images on request a plain server can tell nobody the way to sign in: such manifests are built without them.
    """
    types = record_types.load(settings.record_types)
    kept = set()
    for record_id in sorted({picture.record.id for picture in pictures}):
        try:
            body, built_behind = store.manifest(session, record_id)
        except NotFound:
            continue
        record = store.get(session, record_id)
        if settings.images_on_request and told_on_request(record):
            alone = manifest_of(session, record, settings=replace(settings, images_on_request=False), types=types)
            if alone is None:
                continue
            body = alone
        elif not is_behind(built_behind, record, types, tells=False):
            continue  # visitors may see less than when it was built; publishing makes it anew
        address = f"{base_url}/{_MANIFESTS}/{record_id}.json"
        data = static_manifest(body, address=address, base_url=base_url, version=wanted.version)
        name = f"{record_id}.json"
        _put_if_other(wanted.folder / _MANIFESTS / name, fill(data, settings.public_url), report)
        kept.add(name)
        report.manifests += 1
    if not wanted.record_ids:
        for found in (wanted.folder / _MANIFESTS).glob("*.json"):
            if found.name not in kept:
                found.unlink()


def static_manifest(body: bytes, *, address: str, base_url: str, version: int) -> bytes:
    """A stored manifest whose image services are static sets of Image API `version` below `base_url`."""
    document = json.loads(_SERVICE.sub(lambda match: f"{base_url}/{match[1]}", body.decode()))
    document["id"] = address
    _lower(document, version)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _lower(thing: object, version: int) -> None:
    """Of every list of services those of the version stay, at level 0."""
    if isinstance(thing, list):
        for one in thing:
            _lower(one, version)
    elif isinstance(thing, dict):
        kind = f"ImageService{version}"
        services = thing.get("service")
        if isinstance(services, list) and any(str(_kind(s)).startswith("ImageService") for s in services):
            both = [s for s in services if not str(_kind(s)).startswith("ImageService")]
            ours = [s for s in services if _kind(s) == kind] or [_service(services[0], version)]
            for service in ours:
                service["profile"] = static_set.PROFILES[version]
            thing["service"] = [*ours, *both]
        for value in thing.values():
            _lower(value, version)


def _kind(service: dict[str, object]) -> object:
    return service.get("type") or service.get("@type")


def _service(other: dict[str, object], version: int) -> dict[str, object]:
    """The service of the other version, in the words of this one."""
    where = other.get("id") or other.get("@id")
    if version == 3:
        return {"id": where, "type": "ImageService3"}
    return {"@id": where, "@type": "ImageService2"}
