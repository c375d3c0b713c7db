"""Vietnamese compounds bound by no-break spaces, so that a large title never breaks inside a word."""

import re

NO_BREAK = "\u00a0"
# Two- and three-syllable words that stand in titles of heritage objects and of this interface.
_COMPOUNDS = """
bảo tàng|bảo vật quốc gia|bảo vật|bản quét|bản ghi âm|bán thân|bát giác|bát bửu|bộ sưu tập|sưu tập|cổ vật|cung đình
chân dung|chiến thắng|chạm khắc|chất liệu|cửu đỉnh|cửu vị thần công|thần công|di sản|di tích|di vật|danh lam|thắng cảnh
đại hồng chung|hồng chung|điểu sư|đăng ký|gốm sứ|hiện vật|hiện đại|hoa văn|hoàng đế|hoàng thành|hoàng hậu|hoành phi
kích thước|kim loại|kim tự tháp|khắc gỗ|kho báu|lăng tẩm|lừa hoang|mỹ thuật|minh văn|muông thú|mỹ sơn|nghệ thuật
nhà nguyễn|nhận định|niên đại|niên hiệu|ngai vàng|ngai vua|người đàn ông|người phụ nữ|đàn ông|phụ nữ|nữ thần|pháp lam
phù điêu|phục chế|phục hồi|quốc gia|quốc tế|quan âm|bồ tát|sư tử|sơn mài|sơn son|thếp vàng|săn gấu|số kiểm kê|sử thi
tài liệu|tư liệu|tác phẩm|thần linh|thế kỷ|thái hòa|thành phố|thiên mụ|thờ cúng|tranh khảm|sàn khảm|ô khảm|tiền xu
trang phục|trắc lượng|trống đồng|trường thành|tượng đài|tượng phật|tượng thần|vạc đồng|văn hóa|văn bia|vạn lý|vật mẫu
vệ nữ|việt nam|vũ khí|xác ướp|y phục|ấn chương|kim ấn|kỹ thuật|đồ gốm|đồ đồng|đất nung|độc bản|thủ công|minh họa
minh mạng|gia long|thiệu trị|tự đức|khải định|bảo đại|duy tân|thành thái|đồng khánh|hàm nghi|quang trung|ngọ môn
đất nước|trưng bày|làm sạch|ánh sáng|mặt trời|mặt trăng|thế miếu|cao đỉnh|nhân đỉnh|chương đỉnh|anh đỉnh|nghị đỉnh
thuần đỉnh|tuyên đỉnh|dụ đỉnh|huyền đỉnh|sau lưng|hàng xóm|tử ngoại|tấm màn|mi-li-mét|vỏ đen|sau nhà|người sau
cao cả|nhân từ|rạng rỡ|anh kiệt|cương nghị|thuần khiết|tỏ khắp|dồi dào|sâu thẳm|bỏ trống|kiến phúc
ba chân|hai quai|một miệng|chín chữ|chín chiếc
""".replace("\n", "|").strip("|")
_ORDERED = sorted({c.strip() for c in _COMPOUNDS.split("|") if c.strip()}, key=len, reverse=True)
_PATTERN = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(c) for c in _ORDERED) + r")(?!\w)", re.IGNORECASE)
_NUMBER_AND_UNIT = re.compile(r"(\d) (cm|mm|m|kg|g|px|MB|kB)\b")


def bind(title: str) -> str:
    """`title` with no-break spaces inside known compounds, and before a last short word."""
    bound = _PATTERN.sub(lambda found: found[0].replace(" ", NO_BREAK), title)
    return _NUMBER_AND_UNIT.sub(rf"\1{NO_BREAK}\2", bound)
