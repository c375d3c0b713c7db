"""A small collection for search: real names of relics, one word that folds like another, dates of every kind."""

from museum.catalog.record import Designation, Identifier, Media, Record, Value


def statements(**fields: str | tuple[str, ...]) -> dict[str, tuple[Value, ...]]:
    """Values in Vietnamese; a field named with _en at its end is English."""
    values: dict[str, tuple[Value, ...]] = {}
    for name, given in fields.items():
        language = "en" if name.endswith("_en") else "vi"
        field = name.removesuffix("_en")
        texts = (given,) if isinstance(given, str) else given
        own = tuple(Value(value=text, language="" if field == "date" else language) for text in texts)
        values[field] = (*values.get(field, ()), *own)
    return values


def relic(record_id: str, *, number: str = "", kind: str = "object", **fields: str | tuple[str, ...]) -> Record:
    """A published record; `photo`, `scan` among the fields add a medium of that kind, `treasure` a designation."""
    media = tuple(
        Media(
            id=f"{record_id}{k}",
            kind=k,  # type: ignore[arg-type]
            sha256="0" * 64,
            size_bytes=1,
            path=f"{k}/{record_id}",
            file_name=f"{record_id}.bin",
            media_type="image/jpeg",
            licence="CC0",
        )
        for k in ("photo", "scan", "sound", "film")
        if fields.pop(k, "")
    )
    treasure = (Designation(scheme="national_treasure"),) if fields.pop("treasure", "") else ()
    return Record(
        id=record_id,
        kind=kind,  # type: ignore[arg-type]
        institution="chăm" if fields.pop("cham", "") else "huế",
        state="published",
        values=statements(**fields),
        identifiers=(Identifier(scheme="inventory_number", value=number),) if number else (),
        designations=treasure,
        media=media,
    )


def relics() -> list[Record]:
    """Twenty-one records, in a fixed order."""
    return [
        relic(
            "vac",
            number="BTH-0012",
            title="Vạc đồng thời chúa Nguyễn",
            title_en="Bronze cauldron of the Nguyễn lords",
            material="đồng",
            material_en="bronze",
            object_type="vạc",
            object_type_en="cauldron",
            date="1659/1684",
            place="Huế",
            photo="1",
            scan="1",
            treasure="1",
        ),
        relic("cao", title="Cao đỉnh", material="đồng", object_type="đỉnh", date="1835/1837", photo="1", place="Huế"),
        relic("cuu", title="Đỉnh đồng (Cửu đỉnh)", description="Đúc năm Minh Mạng thứ 16, đặt ở Thế Miếu"),
        relic("baoquan", title="Định kỳ bảo quản", kind="document", description="Lịch bảo quản dinh thự"),
        relic("thaihoa", title="Ngai vua điện Thái Hòa", material=("gỗ", "sơn son"), object_type="ngai", photo="1"),
        relic("co", title="Bản vẽ có ghi chú có đóng dấu có chữ có ký", kind="document", photo="1"),
        relic("covat", title="Sưu tập đồ xưa", description="Một món cổ, chưa rõ niên đại"),
        relic("qui", title="Đồ quí của vua"),
        relic("quy", title="Vật quý trong cung", photo="1"),
        relic("quyf", title="Quỹ bảo tồn", kind="document", photo="1"),
        relic("an", title="Ấn «Hoàng đế chi bảo»", inscription="皇帝之寶", object_type="ấn", date="1823", sound="1"),
        relic("quocgia", title="國家寶物", description="Chữ Nôm 𠮟喃 khắc ở mặt sau", date="18XX"),
        relic("han", title="Bia Hán", description="明命十六年立", object_type="bia"),
        relic("treasure", title="Bảo vật quốc gia (QĐ 1426/QĐ-TTg)", kind="document", date="2012-10-01"),
        relic("myson", title="Đài thờ Mỹ Sơn E1", place="tỉnh Quảng Nam", material="sa thạch", cham="1", date="06XX"),
        relic(
            "tara", title="Tượng Bồ tát Tara", maker="Khuyết danh", material="đồng", cham="1", date="08XX", photo="1"
        ),
        relic("trongdong", title="Trống đồng", material="đồng", date="-0299/-0199", photo="1"),
        relic("hue", title="Bản đồ Thành phố Huế", kind="document", maker="Lê Đức Tuấn", date="1925"),
        relic("tranh", title="Tranh sơn thủy", maker="Nguyễn Gia Trí", material="sơn mài", date="1939"),
        relic("khoe", title="Mạnh khỏe", maker="Nguyễn Gia Trí", object_type="tranh", material="sơn mài", date="1940"),
        relic("obrien", title="O'Brien’s photograph of Hue", title_en="O'Brien’s photograph of Hue", film="1"),
    ]
