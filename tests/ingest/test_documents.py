"""PDF documents: pages, words, a picture; locked and broken ones refused."""

import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from museum.errors import SourceError
from museum.ingest import documents


def make_pdf(path: Path, *, words: str = "Museum", pages: int = 2, extra: str = "") -> Path:
    """A small PDF by hand: `pages` pages of 200 × 300 points with one line of text each."""
    stream = f"BT /F1 18 Tf 20 200 Td ({words}) Tj ET".encode("latin-1")
    kids = " ".join(f"{4 + n} 0 R" for n in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    content = 4 + pages
    objects += [
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 300] /Contents {content} 0 R "
        f"/Resources << /Font << /F1 3 0 R >> >> >>".encode()
    ] * pages
    packed = zlib.compress(stream)
    objects.append(f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream")
    objects.append(b"<< /Title (Ho so hien vat) /Author (Bao tang) >>")
    body, offsets = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n".encode() + item + b"\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    start = len(body)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    body += f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R {extra} >>\n".encode()
    path.write_bytes(body + f"startxref\n{start}\n%%EOF\n".encode())
    return path


def test_a_document_says_what_it_is(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "ho-so.pdf")
    facts = documents.inspect(path)
    assert (facts.pages, facts.width_pt, facts.height_pt) == (2, 200, 300)
    assert (facts.title, facts.author, facts.has_text) == ("Ho so hien vat", "Bao tang", True)
    assert documents.text_of(path) == "Museum\fMuseum"


def test_the_first_page_becomes_a_picture(tmp_path: Path) -> None:
    out = tmp_path / "trang.png"
    documents.make_page_picture(make_pdf(tmp_path / "ho-so.pdf"), out, long_side_px=600)
    with Image.open(out, formats=["PNG"]) as picture:
        assert picture.size == (400, 600)
        assert picture.convert("L").getextrema()[0] < 100


def test_a_locked_document_is_refused(tmp_path: Path) -> None:
    locked = (
        "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + "00" * 32 + "> /U <" + "11" * 32 + "> >> /ID [<00> <00>]"
    )
    with pytest.raises(SourceError) as caught:
        documents.inspect(make_pdf(tmp_path / "khoa.pdf", extra=locked))
    assert caught.value.code == "document.encrypted"


@pytest.mark.parametrize("body", [b"%PDF-1.4\nrac", b"%PDF-", b"not a pdf at all"])
def test_a_broken_document_is_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "hong.pdf"
    path.write_bytes(body)
    with pytest.raises(SourceError) as caught:
        documents.inspect(path)
    assert caught.value.code == "document.unreadable"
    assert "hong.pdf" in caught.value.message("vi")


def test_the_copy_for_visitors_has_the_pages_and_nothing_of_its_maker(tmp_path: Path) -> None:
    original = tmp_path / "ho-so.pdf"
    with pikepdf.open(make_pdf(tmp_path / "bare.pdf")) as pdf:
        pdf.docinfo["/Author"] = "Nguyen Thi Hoa"
        pdf.attachments["gia.txt"] = b"9 ty dong"
        pdf.save(original)
    first, second = tmp_path / "one.pdf", tmp_path / "two.pdf"
    documents.make_copy(original, first)
    documents.make_copy(original, second)
    assert first.read_bytes() == second.read_bytes()
    assert documents.text_of(first) == documents.text_of(original)
    assert documents.inspect(original).author == "Nguyen Thi Hoa"
    assert documents.inspect(first).author == ""
    with pikepdf.open(first) as copy:
        assert not copy.attachments
        assert "/Metadata" not in copy.Root
