"""Sound, film and their texts: playable copies, poster, waveform, captions, transcript."""

from dataclasses import asdict
from pathlib import Path

from museum.ingest import av, captions, photos
from museum.ingest.made import Made

WAVEFORM_PX = (1200, 240)


def derive_film(path: Path, work: Path, *, duration_s: float) -> list[Made]:
    """An MP4 that every browser plays, and posters of a telling frame. Raises SourceError av.*."""
    frame, film = work / "frame.png", work / "video.mp4"
    av.make_poster_frame(path, frame, at_s=duration_s * 0.15)
    av.make_film(path, film)
    facts = av.inspect(film)
    shown = photos.posters(frame, work, long_side_px=max(facts.width_px, facts.height_px), name=path.name)
    return [*shown, Made(name=film.name, media_type="video/mp4", files=(film,), facts=_facts(facts))]


def derive_sound(path: Path, work: Path) -> list[Made]:
    """AAC and MP3, and the loudness over time as a picture. Raises SourceError av.*."""
    wave = work / f"poster-{WAVEFORM_PX[0]}.png"
    av.make_waveform(path, wave, width_px=WAVEFORM_PX[0], height_px=WAVEFORM_PX[1])
    size = {"width_px": WAVEFORM_PX[0], "height_px": WAVEFORM_PX[1]}
    found = [Made(name=wave.name, media_type="image/png", files=(wave,), facts=size)]
    for suffix, media_type in ((".mp3", "audio/mpeg"), (".m4a", "audio/mp4")):
        out = work / f"audio{suffix}"
        av.make_sound(path, out)
        found.append(Made(name=out.name, media_type=media_type, files=(out,), facts=_facts(av.inspect(out))))
    return found


def derive_captions(path: Path, work: Path, *, language: str, name: str) -> list[Made]:
    """Clean WebVTT. Raises SourceError av.captions_broken."""
    out = work / f"captions.{language}.vtt"
    out.write_text(captions.to_vtt(captions.read(path, name=name)), encoding="utf-8")
    return [Made(name=out.name, media_type="text/vtt", files=(out,), facts={"language": language})]


def derive_text(path: Path, work: Path, *, out_name: str, name: str) -> list[Made]:
    """A text as UTF-8."""
    out = work / out_name
    out.write_text(captions.read_text(path, name=name), encoding="utf-8")
    return [Made(name=out.name, media_type="text/plain", files=(out,))]


def _facts(facts: av.AvFacts) -> dict[str, object]:
    return {name: value for name, value in asdict(facts).items() if value not in ("", 0, 0.0)}
