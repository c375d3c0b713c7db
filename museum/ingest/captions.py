"""Captions and transcripts: WebVTT and SubRip read, checked, written as clean WebVTT (W3C WebVTT §4)."""

import re
from dataclasses import dataclass
from pathlib import Path

from museum.errors import SourceError
from museum.ingest.sheet_csv import find_encoding
from museum.text import nfc

MAX_BYTES = 8 << 20
_TIMING = re.compile(
    r"^\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})\s+-->\s+(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})(.*)$"
)
_TAGS = re.compile(r"<(?!/?(?:[biucv]|ruby|rt|lang)\b)[^>]*>|\{\\[^}]*\}")


@dataclass(frozen=True, kw_only=True)
class Cue:
    """One caption: from and to in seconds, its settings ("line:0 align:start"), its text (may hold <b> <i> <v>)."""

    start_s: float
    end_s: float
    text: str
    settings: str = ""


def read(path: Path, *, name: str = "") -> tuple[Cue, ...]:
    """The cues of a .vtt or .srt file.

    Raises SourceError av.captions_broken (line and cause), av.captions_empty, sheet.encoding.
    """
    shown = name or path.name
    text = read_text(path, name=shown)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if path.suffix.lower() == ".vtt" and not re.match(r"WEBVTT(?:[ \t].*)?$", lines[0]):
        raise SourceError("av.captions_broken", path=shown, line=1, reason="WEBVTT")
    cues: list[Cue] = []
    at = 0
    while at < len(lines):
        match = _TIMING.match(lines[at])
        if match is None:
            if "-->" in lines[at]:
                raise SourceError("av.captions_broken", path=shown, line=at + 1, reason=lines[at].strip()[:80])
            at += 1
            continue
        start, end = _seconds(match.groups()[0:4]), _seconds(match.groups()[4:8])
        if end <= start:
            raise SourceError("av.captions_broken", path=shown, line=at + 1, reason=f"{start:.3f} ≥ {end:.3f}")
        body: list[str] = []
        at += 1
        while at < len(lines) and lines[at].strip():
            body.append(_TAGS.sub("", lines[at]).strip())
            at += 1
        if any(body):
            cues.append(Cue(start_s=start, end_s=end, text="\n".join(body), settings=_settings(match[9] or "")))
    if not cues:
        raise SourceError("av.captions_empty", path=shown)
    return tuple(cues)


def to_vtt(cues: tuple[Cue, ...]) -> str:
    """The cues as WebVTT, in order of time."""
    blocks = ["WEBVTT"]
    for cue in sorted(cues, key=lambda c: c.start_s):
        settings = f" {cue.settings}" if cue.settings else ""
        blocks.append(f"{_stamp(cue.start_s)} --> {_stamp(cue.end_s)}{settings}\n{cue.text.replace('-->', '→')}")
    return "\n\n".join(blocks) + "\n"


def read_text(path: Path, *, name: str = "") -> str:
    """A text file as NFC, its encoding found as for tables. Raises sheet.encoding, av.captions_too_large."""
    shown = name or path.name
    if path.stat().st_size > MAX_BYTES:
        raise SourceError("av.captions_too_large", path=shown, mib=MAX_BYTES >> 20)
    return nfc(path.read_text(encoding=find_encoding(path, file=shown))).removeprefix("\ufeff")


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = parts
    return (
        int(hours or 0) * 3600
        + int(minutes or 0) * 60
        + int(seconds or 0)
        + int((thousandths or "0").ljust(3, "0")) / 1000
    )


def _stamp(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    hours, rest = divmod(thousandths, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def _settings(text: str) -> str:
    known = re.findall(r"\b(?:vertical|line|position|size|align|region):[\w%.,-]+", text)
    return " ".join(known)
