"""The doctor's look at the software: libraries, extras, libvips' blocks, Vietnamese, and no other host needed."""

import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine, make_url

from museum.config import Settings
from museum.imaging import pixels
from museum.ingest.check import Finding

_LEAST_PYTHON = (3, 11)
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?\s*(?P<versions>[^;]*)(;\s*(?P<marker>.*))?")
_BOUND = re.compile(r"(?P<how>>=|==)\s*(?P<version>[0-9][^,\s]*)")
_EXTRA = re.compile(r"extra\s*==\s*[\"'](?P<name>[^\"']+)[\"']")
_OURS = "dev"
_PROBE = "Đỉnh Minh Mạng – Ngự Bình.txt"
_FOREIGN = re.compile(rb"(?:@import\s+|url\(\s*|import\s*\(?\s*|src\s*=\s*)[\"']?(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}")


def libraries(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """Python and every required library in a version that this software was made for."""
    del settings, engine
    if sys.version_info < _LEAST_PYTHON:
        values = {"have": _text(sys.version_info[:3]), "need": _text(_LEAST_PYTHON)}
        yield Finding(code="doctor.python_old", severity="error", values=values)
    count, bad = 0, 0
    for name, bound, extra in requirements():
        if extra:
            continue
        count += 1
        problem = _problem(name, bound)
        if problem is not None:
            bad += 1
            yield problem
    if not bad:
        python = _text(sys.version_info[:3])
        yield Finding(
            code="doctor.libraries_ok",
            severity="ok",
            values={"python": python, "count": count, "museum": metadata.version("museum")},
        )


def extras(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """Which optional parts are here, and what the missing ones would give."""
    del settings, engine
    wanted: dict[str, list[Finding | None]] = {}
    for name, bound, extra in requirements():
        if extra and extra != _OURS:
            wanted.setdefault(extra, []).append(_problem(name, bound))
    here = sorted(extra for extra, problems in wanted.items() if not any(problems))
    for extra in sorted(wanted.keys() - set(here)):
        yield Finding(code=f"doctor.without_{extra}", severity="ok", values={"extra": extra})
    if here:
        yield Finding(code="doctor.extras_ok", severity="ok", values={"names": ", ".join(here)})


def loaders(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """libvips refuses formats that were never made for untrusted files."""
    del settings, engine
    if pixels.blocks_untrusted():
        yield Finding(code="doctor.loaders_ok", severity="ok")
    else:
        yield Finding(code="doctor.loaders_open", severity="error")


def language(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """Vietnamese in file names, in Python's text and in the pages' fonts."""
    del engine
    bad = 0
    if sys.getfilesystemencoding().lower().replace("-", "") != "utf8":
        bad += 1
        values = {"encoding": sys.getfilesystemencoding()}
        yield Finding(code="doctor.not_utf8", severity="error", values=values)
    with tempfile.TemporaryDirectory(dir=settings.media) as folder:
        (Path(folder) / _PROBE).touch()
        seen = [path.name for path in Path(folder).iterdir()]
    if seen != [unicodedata.normalize("NFC", _PROBE)]:
        bad += 1
        yield Finding(code="doctor.names_changed", severity="error", values={"name": ", ".join(seen)})
    fonts = [name for name in _built() if name.endswith(".woff2")]
    if not any("vietnamese" in name for name in fonts):
        bad += 1
        yield Finding(code="doctor.no_fonts", severity="error")
    if not bad:
        yield Finding(code="doctor.language_ok", severity="ok", values={"fonts": len(fonts)})


def offline(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """The pages fetch nothing from elsewhere; and whom the settings make this museum talk to."""
    del engine
    foreign = [name for name, data in _built().items() if name.endswith((".js", ".css")) and _FOREIGN.search(data)]
    if foreign:
        yield Finding(code="doctor.fetches", severity="error", values={"names": ", ".join(foreign)})
    hosts = sorted(filter(None, _hosts(settings)))
    if hosts:
        yield Finding(code="doctor.talks_to", severity="ok", values={"hosts": ", ".join(hosts)})
    elif not foreign:
        yield Finding(code="doctor.offline_ok", severity="ok")


def requirements() -> Iterator[tuple[str, str, str]]:
    """(library, version bounds, extra or "") of this package, as its metadata says."""
    for line in metadata.requires("museum") or ():
        found = _REQUIREMENT.fullmatch(line.strip())
        if found is None or found["name"].lower() == "museum":
            continue
        extra = _EXTRA.search(found["marker"] or "")
        yield found["name"], found["versions"].strip(" ()"), extra["name"] if extra else ""


def _problem(name: str, bounds: str) -> Finding | None:
    try:
        have = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Finding(code="doctor.library_missing", severity="error", values={"name": name, "need": bounds or "–"})
    for bound in _BOUND.finditer(bounds):
        need = bound["version"]
        is_right = have == need if bound["how"] == "==" else _numbers(have) >= _numbers(need)
        if not is_right:
            values = {"name": name, "have": have, "need": bounds}
            return Finding(code="doctor.library_old", severity="error", values=values)
    return None


def _numbers(version: str) -> tuple[int, ...]:
    parts = tuple(int(part) for part in re.findall(r"\d+", version.split("+")[0])[:4])
    return (*parts, *(0 for _ in range(4 - len(parts))))


def _built() -> dict[str, bytes]:
    """The front end's built files by name, those in folders too."""
    folder = resources.files("museum") / "web" / "static" / "dist"
    return dict(_files(folder)) if folder.is_dir() else {}


def _files(folder: Traversable) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from ((f"{entry.name}/{name}", data) for name, data in _files(entry))
        else:
            yield entry.name, entry.read_bytes()


def _hosts(settings: Settings) -> Iterator[str]:
    """Servers that the settings name: the database's, the sign-in's, the mail's."""
    url = make_url(settings.database)
    if url.host and url.host not in ("localhost", "127.0.0.1", "::1"):
        yield url.host
    yield urlsplit(str(getattr(settings, "oidc_issuer", ""))).hostname or ""
    yield str(getattr(settings, "smtp_host", ""))


def _text(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
