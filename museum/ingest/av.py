"""Sound and film (the only importer of imageio_ffmpeg): what a recording is, and its copies for the web.

imageio-ffmpeg brings ffmpeg without ffprobe, so facts are read from what ffmpeg prints about its input.
"""

import importlib
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from museum.errors import BackendError, SourceError

MAX_SECONDS = 6 * 3600  # of a recording
MAX_SIDE_PX = 1280  # of the film's copy for the web
# Each ending is read as that format only: no playlist or concatenation may lead ffmpeg to other files or hosts.
_DEMUXERS = {
    ".mp4": "mov", ".m4v": "mov", ".mov": "mov", ".m4a": "mov", ".webm": "matroska", ".mkv": "matroska",
    ".avi": "avi", ".mpg": "mpeg", ".mpeg": "mpeg", ".mp3": "mp3", ".aac": "aac", ".wav": "wav", ".flac": "flac",
    ".ogg": "ogg", ".oga": "ogg", ".opus": "ogg", ".aif": "aiff", ".aiff": "aiff",
}  # fmt: skip
_CLEAN = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact",
          "-flags:a", "+bitexact")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class AvFacts:
    """What a recording is. `kind` is "film" when it has moving pictures, else "sound"; sizes upright, in pixels."""

    kind: Literal["film", "sound"]
    duration_s: float
    container: str
    video_codec: str = ""
    width_px: int = 0
    height_px: int = 0
    frames_per_second: float = 0.0
    audio_codec: str = ""
    channels: int = 0
    sample_rate_hz: int = 0


def inspect(path: Path, *, name: str = "", time_limit_s: float = 600) -> AvFacts:
    """The facts of a recording; its packets are read through once, so that a truncated file is found.

    Raises SourceError av.unreadable, av.truncated, av.too_long, av.no_stream, av.timeout;
    BackendError av.not_installed when the `av` extra is missing.
    """
    shown = name or path.name
    said = _run([*_input(path), "-map", "0", "-c", "copy", "-f", "null", "-"], shown=shown, time_limit_s=time_limit_s)
    facts = _facts(said, shown)
    times = re.findall(r"time=(\d+):(\d\d):(\d\d\.\d+)", said)
    reached = _seconds(times[-1]) if times else 0.0
    if reached + max(0.5, facts.duration_s * 0.02) < facts.duration_s or "partial file" in said:
        raise SourceError("av.truncated", path=shown, seconds=round(reached, 1), stated=round(facts.duration_s, 1))
    return facts


def make_sound(source: Path, out: Path, *, time_limit_s: float = 3600) -> None:
    """The sound of a recording as AAC (`out` ends in .m4a) or MP3 (.mp3), at most stereo and 48 kHz, no metadata."""
    codec = {
        ".m4a": ("-c:a", "aac", "-b:a", "160k", "-movflags", "+faststart", "-f", "ipod"),
        ".mp3": ("-c:a", "libmp3lame", "-q:a", "3", "-write_xing", "1", "-id3v2_version", "0", "-f", "mp3"),
    }[out.suffix]
    layout = ("-af", "aformat=channel_layouts=mono|stereo:sample_rates=48000|44100|32000|24000|22050|16000")
    _derive(source, out, ("-map", "0:a:0", "-vn", *layout, *codec), time_limit_s=time_limit_s)


def make_film(source: Path, out: Path, *, max_side_px: int = MAX_SIDE_PX, time_limit_s: float = 3600) -> None:
    """The film as H.264/AAC MP4 that begins to play before it is loaded: upright, yuv420p, no metadata."""
    size = (
        f"scale=w='iw*sar':h=ih,setsar=1,scale=w='min({max_side_px},iw)':h='min({max_side_px},ih)'"
        ":force_original_aspect_ratio=decrease:force_divisible_by=2,setsar=1"
    )
    options = (
        "-map", "0:v:0", "-map", "0:a:0?", "-vf", size, "-c:v", "libx264", "-preset", "medium", "-crf", "22",
        "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-movflags", "+faststart", "-f", "mp4",
    )  # fmt: skip
    _derive(source, out, options, time_limit_s=time_limit_s)


def make_poster_frame(source: Path, out: Path, *, at_s: float, time_limit_s: float = 120) -> None:
    """One telling frame near `at_s` as PNG, full size, for imaging to make posters of."""
    options = (
        "-map",
        "0:v:0",
        "-vf",
        "scale=w='iw*sar':h=ih,setsar=1,thumbnail=n=24",
        "-frames:v",
        "1",
        "-f",
        "image2",
    )
    _derive(source, out, options, before=("-ss", f"{max(0.0, at_s):.3f}"), time_limit_s=time_limit_s)


def make_waveform(
    source: Path, out: Path, *, width_px: int = 1200, height_px: int = 240, time_limit_s: float = 600
) -> None:
    """The loudness over time as a PNG with a transparent ground."""
    chain = f"aformat=channel_layouts=mono,showwavespic=s={width_px}x{height_px}:colors=#6b4f2a:scale=sqrt"
    options = ("-filter_complex", f"[0:a:0]{chain}", "-frames:v", "1", "-f", "image2", "-c:v", "png")
    _derive(source, out, options, time_limit_s=time_limit_s)


def _input(path: Path) -> list[str]:
    demuxer = _DEMUXERS.get(path.suffix.lower())
    forced = ["-f", demuxer] if demuxer else []
    return ["-protocol_whitelist", "file", *forced, "-i", f"file:{path}"]


def _derive(
    source: Path, out: Path, options: Sequence[str], *, before: Sequence[str] = (), time_limit_s: float
) -> None:
    said = _run(
        [*before, *_input(source), *_CLEAN, *options, "-y", f"file:{out}"], shown=source.name, time_limit_s=time_limit_s
    )
    if not out.is_file() or out.stat().st_size == 0:
        raise SourceError("av.unreadable", path=source.name, reason=_last_line(said))


def _run(arguments: Sequence[str], *, shown: str, time_limit_s: float) -> str:
    command = [_ffmpeg(), "-nostdin", "-hide_banner", *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=time_limit_s, check=False, env={"PATH": os.environ.get("PATH", "")}
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError("av.timeout", path=shown, seconds=int(time_limit_s)) from error
    except OSError as error:
        raise BackendError("av.not_installed", reason=error.strerror or str(error)) from error
    said = done.stderr.decode("utf-8", "replace")
    if "No space left on device" in said:
        raise BackendError("av.disk_full", path=shown)
    if done.returncode != 0:
        raise SourceError("av.unreadable", path=shown, reason=_last_line(said))
    return said


def _ffmpeg() -> str:
    try:
        found: str = importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        raise BackendError("av.not_installed", reason=str(error)) from error
    return found


def _facts(said: str, shown: str) -> AvFacts:
    head = said.split("Stream mapping:")[0]
    container = re.search(r"Input #0, (.+?), from", head)
    duration = re.search(r"Duration: (\d+):(\d\d):(\d\d\.\d+)", head)
    video = next(
        (
            v
            for v in re.findall(r"Stream #0:.*?: Video: (.*)", head)
            if "attached pic" not in v and "mjpeg" not in v[:6]
        ),
        "",
    )
    audio = next(iter(re.findall(r"Stream #0:.*?: Audio: (.*)", head)), "")
    if not video and not audio:
        raise SourceError("av.no_stream", path=shown)
    times = re.findall(r"time=(\d+):(\d\d):(\d\d\.\d+)", said)
    seconds = _seconds(duration.groups()) if duration else _seconds(times[-1]) if times else 0.0
    if seconds > MAX_SECONDS:
        raise SourceError("av.too_long", path=shown, hours=round(seconds / 3600, 1), limit=MAX_SECONDS // 3600)
    width, height = _size(video, head)
    rate = re.search(r"([\d.]+) fps", video)
    hertz = re.search(r"(\d+) Hz", audio)
    return AvFacts(
        kind="film" if video else "sound",
        duration_s=round(seconds, 3),
        container=container[1].split(",")[0] if container else "",
        video_codec=video.split()[0].strip(",") if video else "",
        width_px=width,
        height_px=height,
        frames_per_second=float(rate[1]) if rate else 0.0,
        audio_codec=audio.split()[0].strip(",") if audio else "",
        channels=_channels(audio),
        sample_rate_hz=int(hertz[1]) if hertz else 0,
    )


def _size(video: str, head: str) -> tuple[int, int]:
    size = re.search(r"\b(\d{1,5})x(\d{1,5})\b(?:,| \[SAR (\d+):(\d+))?", video)
    if not size:
        return 0, 0
    width, height = int(size[1]), int(size[2])
    if size[3] and size[4] and int(size[4]):
        width = round(width * int(size[3]) / int(size[4]))
    turned = re.search(r"rotation of (-?[\d.]+) degrees", head)
    return (height, width) if turned and round(abs(float(turned[1]))) % 180 == 90 else (width, height)


def _channels(audio: str) -> int:
    for words, count in (("mono", 1), ("stereo", 2), ("5.1", 6), ("7.1", 8), ("quad", 4)):
        if f", {words}" in audio:
            return count
    found = re.search(r"(\d+) channels", audio)
    return int(found[1]) if found else 0


def _seconds(parts: Sequence[str]) -> float:
    hours, minutes, seconds = parts
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _last_line(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return re.sub(r"\[[^\]]*\] ?|file:\S+/", "", lines[-1])[:200] if lines else "?"
