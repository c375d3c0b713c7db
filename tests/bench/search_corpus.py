"""The records of the search benches: 95 of 100 real (Tate, Carnegie Museum of Art), five Vietnamese ones by formula.

More than the real ones there are come as variations of them: another number, a title with a word of another title.
"""

import itertools
import json
import lzma
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from museum.catalog.record import Identifier, Media, Record, Value
from museum.text import Text

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "catalogue"
_FILES = ("tate", "cmoa", "teenie")
_REAL_OF_A_HUNDRED = 95
_MATERIALS = re.compile(r",\s*|\s+and\s+|;\s*")
_THINGS = (
    ("Vạc đồng", "bronze cauldron", "đồng"),
    ("Trống đồng", "bronze drum", "đồng"),
    ("Lư hương đồng", "bronze incense burner", "đồng"),
    ("Ấn vàng", "gold seal", "vàng"),
    ("Bình gốm men lam", "blue-glazed ceramic vase", "gốm"),
    ("Đĩa gốm hoa lam", "blue-and-white dish", "gốm"),
    ("Tượng Phật gỗ", "wooden statue of the Buddha", "gỗ"),
    ("Hoành phi sơn son", "lacquered board", "gỗ"),
    ("Chuông chùa", "temple bell", "đồng"),
    ("Bia đá", "stone stele", "đá"),
    ("Áo long bào", "dragon robe", "lụa"),
    ("Tranh thủy mặc", "ink painting", "giấy"),
)
_PLACES = ("Huế", "chùa Thiên Mụ", "điện Thái Hòa", "Mỹ Sơn", "Hội An", "Thăng Long", "Hoa Lư", "Lam Sơn", "Quảng Nam")
_ERAS = (
    ("Minh Mạng", 1820, 21, "明命"),
    ("Thiệu Trị", 1841, 7, "紹治"),
    ("Tự Đức", 1848, 36, "嗣德"),
    ("Gia Long", 1802, 18, "嘉隆"),
)
_ORNAMENTS = ("chạm rồng mây", "khắc thủy ba", "vẽ hoa sen", "chạm tứ linh", "khảm xà cừ", "đúc nổi chữ thọ")
_INSCRIPTIONS = ("皇帝之寶", "國家寶物", "𠮟喃", "大南通寶", "天姥寺鐘")
_INSTITUTION = "bao-tang"


def records(count: int) -> Iterator[Record]:
    """`count` records, always the same ones; every twentieth is Vietnamese."""
    real = _real()
    for number in range(count):
        if number % 100 < _REAL_OF_A_HUNDRED:
            yield next(real)
        else:
            yield _vietnamese(number)


def _real() -> Iterator[Record]:
    """The real records, and after the last of them variations without end."""
    words: list[str] = []
    for cycle in itertools.count():
        for place, row in enumerate(_rows()):
            title = str(row.get("title", ""))
            if not cycle:
                words.append(title.split(" ")[-1])
            else:
                other = words[(place * 31 + cycle * 7) % len(words)]
                row = {**row, "title": f"{title} {other}", "accession": f"{row.get('accession', '')}.{cycle}"}
            yield _record(row, f"{row['id']}-{cycle}" if cycle else str(row["id"]))


def _rows() -> Iterator[dict[str, Any]]:
    for name in _FILES:
        with lzma.open(DATA / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


def _record(row: dict[str, Any], record_id: str) -> Record:
    fields: dict[str, list[str]] = {
        "title": [row.get("title", "")],
        "maker": row.get("creators", []),
        "culture": row.get("nationality", []),
        "material": _MATERIALS.split(row.get("medium", "")),
        "object_type": [row.get("classification", "")],
        "description": row.get("terms", []),
        "inscription": [row.get("inscription", "")],
        "credit_line": [row.get("credit", "")],
        "collection": [row.get("department", "")],
    }
    values = {n: tuple(Value(value=t, language="en") for t in texts if t) for n, texts in fields.items()}
    values = {name: given for name, given in values.items() if given}
    if row.get("year_from") and row.get("year_to"):
        years = f"{int(row['year_from']):04d}/{int(row['year_to']):04d}"
        values["date"] = (Value(value=years, as_written=row.get("date_text", "")),)
    location = row.get("location", "")
    return Record(
        id=record_id,
        kind="document" if row["source"].endswith("Archive") else "object",
        institution=row["source"].lower().replace(" ", "-"),
        state="published",
        values=values,
        identifiers=(Identifier(scheme="accession_number", value=str(row.get("accession", ""))),),
        media=(_photo(record_id),) if row.get("n_images") else (),
        display="in_store" if location == "Not on View" else "on_display" if location else "unknown",
    )


def _photo(record_id: str) -> Media:
    return Media(
        id=f"m-{record_id}", kind="photo", sha256="0" * 64, size_bytes=1, path="1.jpg", file_name="1.jpg",
        media_type="image/jpeg", licence="CC0-1.0", alt=Text(),
    )  # fmt: skip


def _vietnamese(number: int) -> Record:
    turn = number // 100 * 5 + number % 100 - _REAL_OF_A_HUNDRED
    thing, english, material = _THINGS[turn % len(_THINGS)]
    place = _PLACES[turn // 3 % len(_PLACES)]
    era, begin, length, han = _ERAS[turn // 7 % len(_ERAS)]
    year = begin + turn // 11 % length
    ornament = _ORNAMENTS[turn // 5 % len(_ORNAMENTS)]
    titles = {"vi": f"{thing} {place} số {turn}", "en": f"{english.capitalize()} {turn}"}
    written = f"{era} năm thứ {year - begin + 1}"
    text = f"{thing} {ornament}, niên hiệu {written}, tìm thấy tại {place}. Hiện vật thời Nguyễn."
    values = {
        "title": tuple(Value(value=words, language=code) for code, words in titles.items()),
        "object_type": (Value(value=thing.split(" ")[0].lower(), language="vi"),),
        "material": (Value(value=material, language="vi"),),
        "place": (Value(value=place, language="vi"),),
        "date": (Value(value=f"{year:04d}", as_written=written),),
        "description": (Value(value=text, language="vi"),),
        "inscription": (Value(value=f"{han}年造 {_INSCRIPTIONS[turn % len(_INSCRIPTIONS)]}", language="lzh"),),
    }
    return Record(
        id=f"vi-{turn}",
        kind="object",
        institution=_INSTITUTION,
        state="published",
        values=values,
        identifiers=(Identifier(scheme="accession_number", value=f"BT-{turn:06d}"),),
        display="on_display" if turn % 3 else "in_store",
    )
