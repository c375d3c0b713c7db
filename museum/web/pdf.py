"""PDF/A-3b from a page of ours (ISO 19005-3), made by WeasyPrint in a child process bounded in time and memory.

The child fetches nothing: it reads the files it is given and no others. Conformance is declared in the file; whether
it holds in every detail is for a validator to say.
"""

import base64
import contextlib
import hashlib
import importlib.util
import json
import logging
import os
import re
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from museum.errors import BackendError
from museum.web.answers import Busy, NotOffered
from museum.web.print_fonts import whole_face

_TIME_S = 60  # a card takes 1 to 3 s, on two overworked cores up to 17
_WAIT_S = 20
_MEMORY_BYTES = 2 << 30
_MOST_KEPT = 2000  # files in the cache: about 200 MB
_RECIPE = "print-1"  # part of every cache key: raise it when the making changes
_NO_LIBRARY = 3
_UNSUPPORTED = re.compile(r"\(U\+([0-9A-F]{4,6})\)")
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Face:
    """One weight of a font family and the files that hold its alphabets."""

    family: str
    weight: int
    parts: tuple[Path, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A page to make a PDF of.

    `files` and `inline` map absolute paths of addresses ("/static/…") to local files and to bytes; links go to
    `base_url`. `attachment` is the data behind the page, which PDF/A-3 lets it carry. `unprintable` stands for
    characters that no font has; its {number} is how many.
    """

    html: str
    base_url: str
    faces: tuple[Face, ...]
    files: Mapping[str, Path]
    inline: Mapping[str, bytes]
    attachment: bytes
    attachment_name: str
    attachment_words: str
    unprintable: str

    @property
    def key(self) -> str:
        """SHA-256 of all that decides how the PDF looks; addresses of pictures and fonts hold their digests."""
        digest = hashlib.sha256(f"{_RECIPE}\n{self.base_url}\n{self.unprintable}\n".encode())
        digest.update(self.html.encode())
        digest.update(self.attachment)
        for face in self.faces:
            digest.update(f"{face.family} {face.weight} {[part.name for part in face.parts]}".encode())
        for name, body in sorted(self.inline.items()):
            digest.update(name.encode() + b"\n" + body)
        digest.update("\n".join(sorted(self.files)).encode())
        return digest.hexdigest()


def make(sheet: Sheet, *, cache: Path) -> bytes:
    """The PDF, from `cache` (a folder) where it was made before.

    Raises NotOffered without the library, Busy when others' sheets take too long, BackendError when the making fails.
    """
    path = cache / sheet.key[:2] / f"{sheet.key}.pdf"
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    if importlib.util.find_spec("weasyprint") is None:
        raise NotOffered("print.not_installed")
    if not _one_at_a_time.acquire(timeout=_WAIT_S):
        raise Busy("print.busy")
    try:
        with contextlib.suppress(FileNotFoundError):
            return path.read_bytes()  # whoever had the lock before us made it
        made = _run(sheet, cache)
    finally:
        _one_at_a_time.release()
    _keep(path, made, cache)
    return made


def _run(sheet: Sheet, cache: Path) -> bytes:
    request = {
        "html": sheet.html,
        "base_url": sheet.base_url,
        "faces": [[face.family, face.weight, [str(part) for part in face.parts]] for face in sheet.faces],
        "kept_in": str(cache / "fonts"),
        "files": {name: str(path) for name, path in sheet.files.items()},
        "inline": {name: base64.b64encode(body).decode() for name, body in sheet.inline.items()},
        "attachment": base64.b64encode(sheet.attachment).decode(),
        "attachment_name": sheet.attachment_name,
        "attachment_words": sheet.attachment_words,
        "unprintable": sheet.unprintable,
    }
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "museum.web.pdf"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        made, complaint = process.communicate(json.dumps(request).encode(), timeout=_TIME_S)
    except subprocess.TimeoutExpired as error:
        raise Busy("print.busy") from error
    finally:
        _end(process)
    if process.returncode == _NO_LIBRARY:
        raise NotOffered("print.not_installed")
    if process.returncode != 0 or not made.startswith(b"%PDF"):
        reason = complaint.decode("utf-8", "replace")[-2000:].strip()
        logging.getLogger(__name__).error("no PDF was made, status %s: %s", process.returncode, reason)
        raise BackendError("print.failed")
    return made


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


def _keep(path: Path, made: bytes, cache: Path) -> None:
    """Put the PDF into the cache; the oldest go when it is full. A full disk costs only the cache."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}.new")
        fresh.write_bytes(made)
        fresh.replace(path)
        kept = sorted(cache.glob("*/*.pdf"), key=lambda p: p.stat().st_mtime)
        for old in kept[: max(0, len(kept) - _MOST_KEPT)]:
            old.unlink(missing_ok=True)


def _child() -> int:
    """The child's whole work: bound itself, make the PDF, write it to the standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_TIME_S, _TIME_S + 5))
    request = json.load(sys.stdin)
    try:
        import weasyprint  # noqa: F401  # loads pango and fontconfig, which a server may lack
    except (ImportError, OSError):
        return _NO_LIBRARY
    unsupported: set[str] = set()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(_Listener(unsupported))
    logger.propagate = False
    made = _written(request, request["html"])
    if unsupported:
        made = _written(request, _in_words(request["html"], unsupported, request["unprintable"]))
    sys.stdout.buffer.write(made)
    return 0


class _Listener(logging.Handler):
    """Collects the characters for which WeasyPrint found no font."""

    def __init__(self, found: set[str]) -> None:
        super().__init__()
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message.startswith(".notdef"):
            self._found.update(c for c in map(_character, _UNSUPPORTED.findall(message)) if not c.isspace())
        elif record.levelno >= logging.ERROR:
            sys.stderr.write(f"{message}\n")


def _character(code: str) -> str:
    return chr(int(code, 16))


def _in_words(html: str, characters: set[str], words: str) -> str:
    """The page with every run of these characters said in words, so that no empty boxes are printed."""
    head, body, rest = html.partition("<body")
    run = re.compile("[" + "".join(re.escape(c) for c in sorted(characters)) + "]+")
    return head + body + run.sub(lambda found: words.format(number=len(found[0])), rest)


def _written(request: Mapping[str, Any], html: str) -> bytes:
    from weasyprint import CSS, HTML, Attachment
    from weasyprint.text.fonts import FontConfiguration

    fonts, rules = FontConfiguration(), []
    files = dict(request["files"])
    for family, weight, parts in request["faces"]:
        whole = whole_face([Path(part) for part in parts], weight=weight, kept_in=Path(request["kept_in"]))
        files[f"/fonts/{whole.name}"] = str(whole)
        rules.append(
            f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url("/fonts/{whole.name}") }}'
        )
    fetcher = _fetcher(request["base_url"], files, request["inline"])
    base = request["base_url"] + "/"
    style = CSS(string="\n".join(rules), base_url=base, url_fetcher=fetcher, font_config=fonts)
    data = Attachment(
        string=base64.b64decode(request["attachment"]),
        base_url=base,
        url_fetcher=fetcher,
        name=request["attachment_name"],
        description=request["attachment_words"],
        relationship="Data",
    )
    page = HTML(string=html, base_url=base, url_fetcher=fetcher, media_type="print")
    made: bytes = page.write_pdf(
        pdf_variant="pdf/a-3b",
        pdf_tags=True,
        attachments=[data],
        stylesheets=[style],
        font_config=fonts,
        finisher=_name_attachment_once,
    )
    return made


def _name_attachment_once(_document: Any, made: Any) -> None:
    """WeasyPrint 70 lists an attachment of the whole document twice among the associated files."""
    made.catalog["AF"][:] = dict.fromkeys(made.catalog["AF"])


def _fetcher(base_url: str, files: Mapping[str, str], inline: Mapping[str, str]) -> Any:
    """What WeasyPrint asks for files: those of the request, by the path of their address, and nothing else."""
    from urllib.parse import unquote, urlsplit

    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Given(URLFetcher):  # type: ignore[misc]  # the library has no types
        def fetch(self, url: str, headers: Any = None) -> Any:
            path = unquote(urlsplit(url).path) if url.startswith(f"{base_url}/") else ""
            if path in inline:
                body = base64.b64decode(inline[path])
            elif path in files:
                body = Path(files[path]).read_bytes()
            else:
                raise ValueError(f"not given: {url}")
            kind = {".css": "text/css", ".svg": "image/svg+xml", ".ttf": "font/ttf"}.get(Path(path).suffix)
            return URLFetcherResponse(url, body, {"Content-Type": kind} if kind else {})

    return Given()


if __name__ == "__main__":
    sys.exit(_child())
