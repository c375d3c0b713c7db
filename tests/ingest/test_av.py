"""Recordings: what they are, copies without metadata, broken ones refused with words."""

import sys
from pathlib import Path

import pytest

from museum.errors import BackendError, SourceError
from museum.ingest import av, captions


@pytest.mark.shared
def test_a_film_and_a_sound_say_what_they_are(shared_data: Path) -> None:
    film = av.inspect(shared_data / "av" / "terracotta-turntable.mp4")
    assert (film.kind, film.width_px, film.height_px, film.video_codec) == ("film", 610, 720, "h264")
    assert film.duration_s == pytest.approx(7.5)
    assert film.frames_per_second == 12
    bell = av.inspect(shared_data / "av" / "bell_perc_bell.flac")
    assert (bell.kind, bell.channels, bell.sample_rate_hz, bell.audio_codec) == ("sound", 2, 44100, "flac")
    assert bell.duration_s == pytest.approx(6.72, abs=0.02)
    assert av.inspect(shared_data / "av" / "narration-vi_synthetic.ogg").channels == 1


@pytest.mark.shared
@pytest.mark.parametrize("name", ["terracotta-turntable.mp4", "bell_perc_bell.flac"])
def test_a_truncated_recording_is_refused(shared_data: Path, tmp_path: Path, name: str) -> None:
    whole = (shared_data / "av" / name).read_bytes()
    cut = tmp_path / name
    cut.write_bytes(whole[: len(whole) * 3 // 5])
    with pytest.raises(SourceError) as caught:
        av.inspect(cut)
    assert caught.value.code in ("av.truncated", "av.unreadable")


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hỏng.mp4"
    path.write_bytes(b"\0\0\0\x18ftypisom" + b"\0" * 2000)
    with pytest.raises(SourceError) as caught:
        av.inspect(path)
    assert caught.value.code == "av.unreadable"
    assert str(tmp_path) not in caught.value.message("en")


def test_a_playlist_in_disguise_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "bi-mat.txt").write_text("secret")
    path = tmp_path / "phim.mp4"
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{tmp_path}/bi-mat.txt\n#EXT-X-ENDLIST\n")
    with pytest.raises(SourceError):
        av.inspect(path)


@pytest.mark.shared
def test_copies_of_sound_carry_no_metadata_and_last_as_long(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "av" / "bell_perc_bell.flac"
    for suffix in (".m4a", ".mp3"):
        out = tmp_path / f"sound{suffix}"
        av.make_sound(source, out)
        assert b"SoX" not in out.read_bytes()
        facts = av.inspect(out)
        assert facts.duration_s == pytest.approx(6.72, abs=0.15)
    av.make_waveform(source, tmp_path / "wave.png")
    assert (tmp_path / "wave.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.shared
def test_the_copy_of_a_film_is_h264_and_starts_fast(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "av" / "terracotta-turntable.mp4"
    out = tmp_path / "film.mp4"
    av.make_film(source, out, max_side_px=360)
    body = out.read_bytes()
    assert body.index(b"moov") < body.index(b"mdat")
    assert b"Head of a Woman" not in body
    facts = av.inspect(out)
    assert (facts.width_px, facts.height_px, facts.video_codec) == (306, 360, "h264")
    av.make_poster_frame(source, tmp_path / "frame.png", at_s=1)
    assert (tmp_path / "frame.png").read_bytes()[:4] == b"\x89PNG"


def test_without_the_extra_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(BackendError) as caught:
        av.inspect(tmp_path / "a.mp3")
    assert "museum[av]" in caught.value.message("vi")


@pytest.mark.shared
def test_vietnamese_captions_are_read(shared_data: Path) -> None:
    cues = captions.read(shared_data / "av" / "terracotta-turntable.vi.vtt")
    assert [c.start_s for c in cues] == [0.0, 3.5]
    assert cues[0].text == "Đầu tượng phụ nữ bằng đất nung"


def test_srt_becomes_webvtt(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_text(
        "1\n00:00:01,500 --> 00:00:03,000\n<font color=red>Xin</font> <i>chào</i>\n\n", encoding="utf-8-sig"
    )
    cues = captions.read(path)
    assert captions.to_vtt(cues) == "WEBVTT\n\n00:00:01.500 --> 00:00:03.000\nXin <i>chào</i>\n"


@pytest.mark.parametrize(
    ("body", "code"),
    [("WEBVTT\n\n00:03.000 --> 00:01.000\nsai\n", "av.captions_broken"),
     ("WEBVTT\n\n00:xx --> 00:01.000\nsai\n", "av.captions_broken"),
     ("00:00.000 --> 00:01.000\nsai\n", "av.captions_broken"),
     ("WEBVTT\n", "av.captions_empty")],
)  # fmt: skip
def test_broken_captions_are_refused_with_their_line(tmp_path: Path, body: str, code: str) -> None:
    path = tmp_path / "a.vtt"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        captions.read(path)
    assert caught.value.code == code
