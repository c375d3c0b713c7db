"""PDF documents (the only importer of pypdfium2): pages, title, words for search, pictures of pages."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from museum.errors import SourceError
from museum.ingest import document_copies, photos
from museum.ingest.made import Made
from museum.text import nfc, tidy

MAX_PAGES = 20_000
MAX_TEXT_CHARACTERS = 2_000_000
_PASSWORD = 4  # FPDF_ERR_PASSWORD


@dataclass(frozen=True, kw_only=True)
class DocumentFacts:
    """What a document is: pages, size of the first page in points (1/72 inch), its own title and author."""

    pages: int
    width_pt: float
    height_pt: float
    title: str = ""
    author: str = ""
    has_text: bool = False


def inspect(path: Path, *, name: str = "") -> DocumentFacts:
    """The facts of a PDF. Raises SourceError document.encrypted, document.unreadable, document.no_pages,
    document.too_many_pages."""
    shown = name or path.name
    with _opened(path, shown) as document:
        pages = len(document)
        if pages == 0:
            raise SourceError("document.no_pages", path=shown)
        if pages > MAX_PAGES:
            raise SourceError("document.too_many_pages", path=shown, pages=pages, limit=MAX_PAGES)
        try:
            width, height = document[0].get_size()
            metadata = document.get_metadata_dict(skip_empty=True)
            has_text = any(_page_text(document, number).strip() for number in range(min(pages, 5)))
        except (pdfium.PdfiumError, ValueError) as error:
            raise SourceError("document.unreadable", path=shown, reason=str(error)) from error
    return DocumentFacts(
        pages=pages,
        width_pt=round(width, 2),
        height_pt=round(height, 2),
        title=tidy(metadata.get("Title", "")),
        author=tidy(metadata.get("Author", "")),
        has_text=has_text,
    )


def text_of(path: Path, *, name: str = "") -> str:
    """The document's words for search, NFC, pages parted by a form feed, at most 2,000,000 characters."""
    shown = name or path.name
    found: list[str] = []
    length = 0
    with _opened(path, shown) as document:
        for number in range(len(document)):
            try:
                words = nfc(_page_text(document, number)).replace("\r\n", "\n").replace("\0", "")
            except pdfium.PdfiumError as error:
                raise SourceError("document.unreadable", path=shown, reason=str(error)) from error
            found.append(words.strip())
            length += len(words)
            if length > MAX_TEXT_CHARACTERS:
                break
    return "\f".join(found)[:MAX_TEXT_CHARACTERS]


def make_page_picture(path: Path, out: Path, *, page: int = 0, long_side_px: int = 1600, name: str = "") -> None:
    """A page (from 0) as PNG on white, its long side `long_side_px`."""
    shown = name or path.name
    with _opened(path, shown) as document:
        try:
            leaf = document[page]
            width, height = leaf.get_size()
            scale = long_side_px / max(width, height, 1.0)
            picture = leaf.render(scale=scale, fill_color=(255, 255, 255, 255), may_draw_forms=False).to_pil()
        except (pdfium.PdfiumError, IndexError, ValueError) as error:
            raise SourceError("document.unreadable", path=shown, reason=str(error)) from error
        picture.convert("RGB").save(out, format="PNG")


def make_copy(path: Path, out: Path, *, name: str = "") -> None:
    """The pages alone, for everybody (`document_copies`). The same original gives the same bytes."""
    shown = name or path.name
    document_copies.write(path, out, name=shown, repaired=lambda: _pages_anew(path, shown))


def _pages_anew(path: Path, shown: str) -> bytes:
    with _opened(path, shown) as document:
        copy, buffer = pdfium.PdfDocument.new(), io.BytesIO()
        try:
            copy.import_pages(document)
            copy.save(buffer)
        except pdfium.PdfiumError as error:
            raise SourceError("document.unreadable", path=shown, reason=str(error)) from error
        finally:
            copy.close()
    return buffer.getvalue()


def _page_text(document: Any, number: int) -> str:
    page = document[number]
    text_page = page.get_textpage()
    try:
        text: str = text_page.get_text_bounded()
    finally:
        text_page.close()
        page.close()
    return text


@contextmanager
def _opened(path: Path, shown: str) -> Iterator[Any]:
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD or "password" in str(error).lower():
            raise SourceError("document.encrypted", path=shown) from error
        raise SourceError("document.unreadable", path=shown, reason=str(error)) from error
    try:
        yield document
    finally:
        document.close()


def derive(path: Path, work: Path, *, name: str) -> list[Made]:
    """Posters of the first page, the words, and the PDF to fetch. Raises SourceError document.*."""
    page, words, copy = work / "page.png", work / "text.txt", work / "document.pdf"
    make_page_picture(path, page, name=name)
    words.write_text(text_of(path, name=name), encoding="utf-8")
    make_copy(path, copy, name=name)
    return [
        *photos.posters(page, work, long_side_px=1600, name=name),
        Made(name=words.name, media_type="text/plain", files=(words,)),
        Made(name=copy.name, media_type="application/pdf", files=(copy,)),
    ]
