"""Every error a scan can cause has words in both languages."""

import re
from pathlib import Path

import museum
from museum.errors import known_codes


def test_every_code_in_use_has_its_words_and_none_is_left_over() -> None:
    folder = Path(museum.__file__).parent
    used = {
        code for module in folder.rglob("*.py") for code in re.findall(r'"(scan\.[a-z_]+)"', module.read_text("utf-8"))
    }
    assert used == {code for code in known_codes() if code.startswith("scan.")}
