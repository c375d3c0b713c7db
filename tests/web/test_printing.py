"""Object cards and labels: what stands on them, as pages and as PDF/A-3b; QR codes that a phone reads from paper."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import util as import_util
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from museum.errors import BackendError, message_of
from museum.web import pdf
from museum.web.answers import Busy, NotOffered
from tests.web.conftest import Counter, House
from tests.web.markup import read
from tests.web.shown_elsewhere import HAN, make_shown_house

BASE = "https://baotang.example"
PRINT_DPI = 300
MM_AN_INCH = 25.4


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from make_shown_house(tmp_path_factory.mktemp("printing"))


@pytest.fixture(scope="module")
def card(house: House) -> bytes:
    """The card of the generated urn as PDF."""
    return fetched(house, "/o/{urn}/card.pdf")


@pytest.fixture(scope="module")
def labels(house: House) -> bytes:
    """The labels of the generated urn as PDF."""
    return fetched(house, "/o/{urn}/label.pdf")


def fetched(house: House, path: str) -> bytes:
    answer = house.client.get(path.format(**house.ids))
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    return answer.data


def text_of(document: bytes) -> str:
    """The text of all pages as another program extracts it, lines joined."""
    with pypdfium2.PdfDocument(document) as opened:
        texts = []
        for page in opened:
            words = page.get_textpage()
            texts.append(words.get_text_range())
            words.close()
            page.close()
    return " ".join(" ".join(texts).replace("\u00a0", " ").split())


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", ["/o/{whole}/card", "/o/{whole}/label", "/o/{bare}/card", "/o/{film}/card"])
def test_prints_are_pages_first(house: House, path: str, language: str) -> None:
    answer = house.client.get(path.format(**house.ids) + f"?lang={language}")
    assert answer.status_code == 200
    assert read(answer.text).problems == []
    assert "<script" not in answer.text
    assert f"{path.format(**house.ids)}.pdf" in answer.text
    assert "/qr.svg" in answer.text


def test_a_card_follows_the_legal_form(house: House) -> None:
    page = house.client.get(f"/o/{house.ids['whole']}/card").text
    numbers = [int(n) for n in re.findall(r'<span class="column">(\d+)</span>', page)]
    assert numbers == sorted(numbers)
    assert set(numbers) == {2, 3, 4, 5, 6, 7, 8, 9, 10}
    assert page.index("Nguồn gốc") < page.index("Niên đại") < page.index("Chất liệu") < page.index("Tình trạng")
    assert "81.AP.42" in page
    assert "1426/QĐ-TTg" in page
    assert page.count("chưa ghi") >= 4, "an empty column stands there empty"
    assert "Phiếu di tích" in house.client.get(f"/o/{house.ids['bare']}/card").text


def test_contradicting_values_stand_side_by_side_with_their_sources(house: House) -> None:
    page = house.client.get(f"/o/{house.ids['urn']}/card").text
    first, second = page.index("4.307\u00a0cân"), page.index("2.601,4\u00a0kg")
    assert first < second
    assert "còn tranh luận" in page[second : second + 200]
    for source in ("Minh văn trên đỉnh", "Bảng lưu hành"):
        assert f"<li>{source}</li>" in page
    assert 'class="mark">[1]' in page[first:second]
    assert 'class="mark">[2]' in page[second:]


def test_nothing_of_a_record_is_markup_on_paper(house: House) -> None:
    assert "<script>alert" not in house.client.get(f"/o/{house.ids['whole']}/card").text


@pytest.mark.parametrize("path", ["/o/{urn}/card", "/o/{urn}/label"])
def test_generated_things_say_so_on_paper(house: House, path: str) -> None:
    page = house.client.get(path.format(**house.ids)).text
    made = page.count('class="made"')
    assert made == (1 if path.endswith("card") else 5), "on the card and on every label"
    assert "Minh họa tạo bằng máy" in page
    assert "Computer-generated illustration" in page
    assert ("không phải ảnh chụp hiện vật" in page) == path.endswith("card")
    assert 'class="made"' not in house.client.get(path.replace("{urn}", "{whole}").format(**house.ids)).text


def test_the_card_is_declared_pdf_a_3b_with_what_that_asks(card: bytes, tmp_path: Path) -> None:
    path = tmp_path / "card.pdf"
    path.write_bytes(card)
    with pikepdf.open(path) as opened:
        with opened.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
            assert "Cao đỉnh" in metadata["dc:title"]
        root: Any = opened.Root
        assert str(root.Lang) == "vi"
        assert [str(i.S) for i in root.OutputIntents] == ["/GTS_PDFA1"]
        assert "Encrypt" not in opened.trailer
        fonts = [f for page in opened.pages for f in page.Resources.Font.values()]
        assert fonts
        for font in fonts:
            descriptor = font.DescendantFonts[0].FontDescriptor
            assert any(name in descriptor for name in ("/FontFile2", "/FontFile3")), "every font is embedded"
            assert "/ToUnicode" in font
        assert not [o for o in opened.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/JavaScript"]


def test_the_card_carries_its_record_as_data(card: bytes, house: House, tmp_path: Path) -> None:
    path = tmp_path / "card.pdf"
    path.write_bytes(card)
    with pikepdf.open(path) as opened:
        name = f"{house.ids['urn']}.json"
        data = json.loads(opened.attachments[name].get_file().read_bytes())
        assert [str(f.AFRelationship) for f in opened.Root.AF] == ["/Data"]
    assert data["title"] == {"vi": "Cao đỉnh", "en": "Cao urn"}
    assert [v["value"] for v in data["values"]["weight"]] == [4307, 2601.4]
    assert HAN in json.dumps(data, ensure_ascii=False)
    assert data == house.client.get(f"/o/{house.ids['urn']}.json").get_json()


def test_vietnamese_comes_out_of_the_pdf_as_it_went_in(card: bytes) -> None:
    words = text_of(card)
    for said in ("Phiếu hiện vật", "Cao đỉnh", "Trọng lượng", "4.307 cân", "Minh văn trên đỉnh", "Người giữ hiện vật"):
        assert said in words, said
    assert "Hình minh họa do phần mềm tạo ra, không phải ảnh chụp hiện vật" in words
    assert re.search(r"In ngày \d+ tháng \d+ năm \d{4} theo lần sửa thứ 1 của hồ sơ", words)
    assert f"{BASE}/o/" in words


def test_no_character_is_printed_as_an_empty_box(card: bytes) -> None:
    """A machine with a font for Hán characters prints them; one without says how many there are, and where to look."""
    words = text_of(card)
    assert HAN in words or "Trên thân đỉnh khắc [2 chữ không in được ở đây: xem dữ liệu đính kèm], đọc là" in words
    assert "\ufffd" not in words


@pytest.mark.parametrize("sheet", ["card", "labels"])
def test_qr_codes_are_read_from_paper(sheet: str, house: House, request: pytest.FixtureRequest) -> None:
    """Every code on the sheet, printed at 300 dpi with 15 mm (20 mm on the largest label)."""
    with pypdfium2.PdfDocument(request.getfixturevalue(sheet)) as opened:
        page = opened[0]
        picture = page.render(scale=PRINT_DPI / 72).to_pil().convert("L")
        page.close()
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    assert [f.text for f in found] == [f"{BASE}/o/{house.ids['urn']}"] * (1 if sheet == "card" else 5)
    for code in found:
        symbol_mm = (code.position.top_right.x - code.position.top_left.x) / PRINT_DPI * MM_AN_INCH
        assert 10 < symbol_mm < 17, "15 or 20 mm less the quiet zone"


def test_a_second_call_gives_the_same_bytes(house: House, card: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> bytes:
        raise AssertionError("it was made again")

    monkeypatch.setattr(pdf, "_run", never)
    answer = house.client.get(f"/o/{house.ids['urn']}/card.pdf")
    assert answer.data == card
    again = house.client.get(f"/o/{house.ids['urn']}/card.pdf", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(("path", "status"), [("/o/zzzzzzzzz", 404), ("/o/{draft}", 404), ("/o/{deleted}", 410)])
def test_prints_of_nothing_are_refused(house: House, path: str, status: int) -> None:
    for name in ("card", "card.pdf", "label", "label.pdf"):
        assert house.client.get(f"{path.format(**house.ids)}/{name}").status_code == status


def test_a_museum_without_the_library_says_so_in_both_languages(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    found = import_util.find_spec
    monkeypatch.setattr(import_util, "find_spec", lambda name: None if name == "weasyprint" else found(name))
    answer = house.client.get(f"/o/{house.ids['film']}/card.pdf")
    assert answer.status_code == 501
    assert message_of("print.not_installed", "vi", {})[:40] in answer.text
    assert message_of("print.not_installed", "en", {})[:40] in answer.text
    assert house.client.get(f"/o/{house.ids['film']}/card").status_code == 200, "the page prints without it"


def test_a_busy_museum_asks_for_patience(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_WAIT_S", 0.01)
    with pdf._one_at_a_time:
        answer = house.client.get(f"/o/{house.ids['film']}/card.pdf")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def sheet(html: str, **more: Any) -> pdf.Sheet:
    given: dict[str, Any] = {
        "html": html,
        "base_url": BASE,
        "faces": (),
        "files": {},
        "inline": {},
        "attachment": b"{}",
        "attachment_name": "x.json",
        "attachment_words": "x",
        "unprintable": "[{number}]",
    }
    return pdf.Sheet(**(given | more))


def test_the_maker_reads_only_what_it_is_given(tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">lộ</text></svg>', "utf-8"
    )
    tried = [secret.as_uri(), str(secret), "http://127.0.0.1:9/x.svg", "/../secret.svg", f"{BASE}/secret.svg"]
    html = "<html><body><p>Chuông</p>" + "".join(f'<img src="{address}">' for address in tried) + "</body></html>"
    words = text_of(pdf.make(sheet(html), cache=tmp_path / "prints"))
    assert "Chuông" in words
    assert "lộ" not in words
    given = pdf.make(sheet(html, files={"/secret.svg": secret}), cache=tmp_path / "prints")
    assert "lộ" in text_of(given), "what is given is read"


def test_a_maker_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_TIME_S", 0.05)
    with pytest.raises(Busy):
        pdf.make(sheet("<html><body>x</body></html>"), cache=tmp_path)


@pytest.mark.parametrize(("status", "expected"), [(0, BackendError), (1, BackendError), (3, NotOffered)])
def test_a_maker_that_fails_is_reported_without_its_reason(
    status: int, expected: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ending(subprocess.Popen[bytes]):
        def __init__(self, _command: list[str], **options: Any) -> None:
            script = f"import sys; sys.stdin.read(); sys.stderr.write('/secret'); sys.exit({status})"
            super().__init__([sys.executable, "-c", script], **options)

    monkeypatch.setattr(subprocess, "Popen", Ending)
    with pytest.raises(expected) as caught:
        pdf.make(sheet("<html></html>"), cache=tmp_path)
    assert "/secret" not in str(caught.value)


def test_a_card_asks_the_database_a_fixed_number_of_times(house: House, statements: Counter) -> None:
    house.client.get(f"/o/{house.ids['whole']}/card")
    assert statements.number == 5
