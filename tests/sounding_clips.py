"""Clips whose sound is silence with a click each half second, at times that are known to the sample."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numbered_clips import burnt

PICTURES, PICTURE_RATE = 150, 25
SECONDS = PICTURES // PICTURE_RATE
CLICKS = [Fraction(n, 2) + Fraction(7 * n, 1000) for n in range(1, 2 * SECONDS - 1)]
"""Times of the clicks since the first picture; no two distances are the same."""


@dataclass(frozen=True)
class Sound:
    """How the sound of a clip is coded. `start_s` delays pictures and sound, `late_s` the sound alone."""

    codec: str
    suffix: str
    rate: int = 48_000
    channels: int = 2
    start_s: int = 0
    late_s: int = 0


SOUNDS = {
    "aac": Sound("aac", ".mp4", 44_100),
    "aac_mono_late_start": Sound("aac", ".mp4", 22_050, channels=1, start_s=3),
    "aac_transport": Sound("aac", ".ts", start_s=5),
    "mp2_transport": Sound("mp2", ".ts", 44_100),
    "opus": Sound("libopus", ".mkv"),
    "opus_webm_late": Sound("libopus", ".webm", start_s=4),
    "flac": Sound("flac", ".mkv", 96_000),
    "pcm": Sound("pcm_s16le", ".avi", 8_000, channels=1),
    "mp3": Sound("libmp3lame", ".mp4", 44_100),
    "six_channels": Sound("aac", ".mkv", channels=6),
    "begins_later": Sound("pcm_s16le", ".mkv", late_s=2),
}
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


def samples(sound: Sound) -> np.ndarray:
    """(channels, n) float32: the sound from the first picture on."""
    made = np.zeros((sound.channels, SECONDS * sound.rate), np.float32)
    width = max(1, round(sound.rate / 4000))  # a quarter of a millisecond
    for at in CLICKS:
        middle = round(at * sound.rate)
        made[:, middle - width // 2 : middle - width // 2 + width] = 0.8
    return made


def make_sounding(path: Path, name: str) -> Path:
    """A clip with numbered pictures and this sound; `path` without a suffix gets the one of the kind."""
    sound = SOUNDS[name]
    path = path.with_suffix(sound.suffix)
    with av.open(str(path), "w") as out:
        codec = {".webm": "libvpx", ".avi": "mpeg4"}.get(sound.suffix, "libx264")
        video = out.add_stream(codec, rate=PICTURE_RATE, options={"g": "250", "bf": "0"} if codec == "libx264" else {})
        video.width, video.height, video.pix_fmt = 128, 64, "yuv420p"
        audio = out.add_stream(sound.codec, rate=sound.rate, layout=LAYOUTS[sound.channels])
        packed = samples(sound)[:, sound.late_s * sound.rate :]
        if sound.codec.startswith("pcm"):
            packed = np.ascontiguousarray((packed.T * 32767).astype(np.int16).reshape(1, -1))
        size, step = packed.shape[1], 1024 * (sound.channels if sound.codec.startswith("pcm") else 1)
        for number in range(PICTURES):
            frame = av.VideoFrame.from_ndarray(burnt(number), format="rgb24")
            frame.pts, frame.time_base = number + sound.start_s * PICTURE_RATE, Fraction(1, PICTURE_RATE)
            out.mux(video.encode(frame))
        fifo = av.AudioFifo()
        for start in range(0, size, step):
            form = "s16" if sound.codec.startswith("pcm") else "fltp"
            piece = av.AudioFrame.from_ndarray(packed[:, start : start + step], form, LAYOUTS[sound.channels])
            piece.sample_rate = sound.rate
            fifo.write(piece)
        resampler = av.AudioResampler(format=audio.format, layout=audio.layout, rate=sound.rate)
        at, wanted = (sound.start_s + sound.late_s) * sound.rate, audio.codec_context.frame_size or 1024
        while (piece := fifo.read(wanted, partial=True)) is not None:
            for whole in resampler.resample(piece):
                whole.pts, whole.time_base = at, Fraction(1, sound.rate)
                at += whole.samples
                out.mux(audio.encode(whole))
        out.mux(audio.encode(None))
        out.mux(video.encode(None))
    return path
