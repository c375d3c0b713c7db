"""The sample bell's sound: partials of a struck bell, decaying, as a WAV file."""

import wave
from pathlib import Path

import numpy as np

_RATE = 44_100
# (frequency over the strike note, loudness, seconds to fall to 1/e), after the partials of cast bells
_PARTIALS = (
    (0.5, 0.5, 3.6),
    (1.0, 0.8, 2.4),
    (1.2, 0.55, 1.9),
    (1.5, 0.35, 1.4),
    (2.0, 0.6, 1.1),
    (2.67, 0.25, 0.7),
    (3.0, 0.2, 0.55),
    (4.1, 0.12, 0.35),
)


def write_bell(out: Path, *, strike_hz: float = 262.0, seconds: float = 7.0) -> None:
    """Write one stroke, stereo, 16 bit, 44.1 kHz."""
    t = np.arange(int(_RATE * seconds)) / _RATE
    left = np.zeros_like(t)
    right = np.zeros_like(t)
    for number, (ratio, loudness, fall) in enumerate(_PARTIALS):
        beat = 1 + 0.0011 * (number % 3 + 1)  # two nearly equal modes make a bell's slow beating
        left += loudness * np.exp(-t / fall) * np.sin(2 * np.pi * strike_hz * ratio * t)
        right += loudness * np.exp(-t / fall) * np.sin(2 * np.pi * strike_hz * ratio * beat * t)
    sides = np.stack([left, right], axis=1) * np.minimum(1, t / 0.004)[:, None]
    samples = (sides / np.abs(sides).max() * 0.85 * 32_767).astype("<i2")
    with wave.open(str(out), "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(_RATE)
        sound.writeframes(samples.tobytes())
