"""What stands with each record: read back it is what was packed, though the summary's words are written once."""

from museum.search.document import SearchDoc, document
from museum.search.nodes import FIELDS
from museum.search.stored import Stored, pack
from museum.search.words import counted_of
from tests.search.relics import relic, relics


def packed(doc: SearchDoc) -> bytes:
    counted = counted_of(doc)
    return pack(doc, digest=counted.digest, phrases=counted.phrases)


def test_what_is_packed_is_read_back() -> None:
    records = [
        *relics(),
        relic(
            "names", title="Bình; lọ", maker=("Nguyễn Văn A", "Trần B"), material=("gốm; men", "đồng"), number="A-1 b"
        ),
        relic("bare"),
    ]
    for record in records:
        doc = document(record)
        found = Stored(packed(doc))
        assert (found.id, found.rest.digest) == (doc.id, doc.digest)
        assert found.streams == {name: doc.streams[name] for name in FIELDS if doc.streams.get(name)}
        assert found.rest.phrases == counted_of(doc).phrases
        assert found.rest.facets == {name: [item.value for item in values] for name, values in doc.facets.items()}
        assert list(found.titles) == list(doc.summary.get("title", {}).values())


def test_words_of_the_summary_are_not_written_twice() -> None:
    words = "Hồ sơ trùng tu điện Thái Hòa"
    assert b"ho so trung tu" not in packed(document(relic("a", title=words)))
    assert b"ho so trung tu" in packed(document(relic("a", description=words)))  # the control: no summary tells it
