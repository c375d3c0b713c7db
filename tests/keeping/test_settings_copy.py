"""The settings in a backup hold no secret, however they are written; a copy names no place of the old museum."""

import tomllib
from pathlib import Path

import pytest

from museum import config
from museum.keeping.settings_copy import for_new_home, without_secrets

PLAIN = """
# our museum
name_vi = "Bảo tàng"
s3_access_key = "khóa 1"
s3_secret_key = "khóa 2"
s3_endpoint = "http://storage.example:7480"
"""
TABLE = """
name_vi = "Bảo tàng"
[s3]
access_key = "khóa 1"
secret_key = "khóa 2"
endpoint = "http://storage.example:7480"
"""


@pytest.mark.parametrize("text", [PLAIN, TABLE])
def test_no_secret_is_kept_and_the_rest_is(text: str, tmp_path: Path) -> None:
    told = without_secrets(text)
    assert "khóa" not in told.text
    assert set(told.left_out) == {"s3_access_key", "s3_secret_key"}
    (tmp_path / config.FILE_NAME).write_text(told.text, encoding="utf-8")
    settings = config.load(tmp_path, {})
    assert (settings.name_vi, settings.s3_endpoint) == ("Bảo tàng", "http://storage.example:7480")


def test_file_without_secrets_stays_as_it_is() -> None:
    text = '# ours\nname_vi = "Bảo tàng"\n\n[s3]\nendpoint = "http://a"  # ours, too\n'
    assert without_secrets(text).text == text


def test_copy_does_not_write_into_the_old_museum_s_store() -> None:
    told = for_new_home('derived_url = "s3://bucket/derived"\ns3_endpoint = "http://a"\n')
    assert tomllib.loads(told.text) == {"s3_endpoint": "http://a"}
    assert told.left_out == ("derived_url",)
