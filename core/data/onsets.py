"""Where something begins to be heard: the pictures at which a calm ends, for boundaries that are placed by ear."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .timebase import MediaInfo, Timebase
from .waveform import FULL, Waveform

CALM_S = 0.25
"""What comes before must have been quieter for so long: the syllables of one sentence are nearer to one another."""
RISE_DB = 10.0
"""So much louder than the calm is a beginning."""
STEP_DB, LEAP_DB = 5.0, 15.0
"""Where the picture before is so much louder than the calm it begins there; not where what follows is a leap above it:
that much codecs smear ahead of a blow."""
LATEST = 7 / 8
"""What is first heard later in a picture's time begins with the next one: codecs smear some of it ahead as well."""
BELOW_TOP_DB, LEAST_DB = 40.0, -55.0
"""Nothing counts that is so far below the loudest of the video, or below this."""


def onsets(waveform: Waveform, info: MediaInfo) -> NDArray[np.int64]:
    """(n,) rising: the pictures in whose time something begins to be heard after a calm."""
    n = waveform.n_pictures
    peaks = waveform.between(np.arange(n + 1.0)).peak
    level = _level(peaks)
    seconds = float((info.end - int(info.pts[0])) * info.unit)
    calm = int(np.clip(round(CALM_S * n / seconds), 1, 250)) if seconds > 0 else 1
    ahead = np.concatenate([np.full(calm + 1, level[0]), level[:-1]])  # before the first nothing is known
    windows = np.lib.stride_tricks.sliding_window_view(ahead, calm)
    before = windows[:n].max(axis=1)  # of picture i the calm ends with i - 2: what begins may take two to do so
    floor = max(float(_level(np.array(waveform.top))) - BELOW_TOP_DB, LEAST_DB)
    rises = np.flatnonzero((level - before >= RISE_DB) & (level >= floor))
    found: list[int] = []
    last = -calm - 2
    for picture in rises.tolist():
        if picture - last > calm:
            step = level[picture - 1] - before[picture] if picture else 0.0
            is_smeared = level[picture] - level[picture - 1] >= LEAP_DB
            if step >= STEP_DB and not is_smeared:
                found.append(picture - 1)
            else:
                found.append(picture + _is_late(waveform, picture, before[picture] + RISE_DB))
        last = picture
    return np.array(found, np.int64)


def _is_late(waveform: Waveform, picture: int, level: float) -> bool:
    """Whether a level is first reached so late in a picture's time that it belongs to the next."""
    parts = waveform.per_picture
    within = _level(waveform.between(picture + np.arange(parts + 1) / parts).peak)
    return bool(np.argmax(within >= level) >= LATEST * parts)


def _level(peaks: NDArray[np.integer[Any]]) -> NDArray[np.floating[Any]]:
    """Decibels below full scale; of silence what the faintest sample has."""
    return np.asarray(20 * np.log10(np.maximum(peaks, 1) / FULL))


def onset_frames(pictures: NDArray[np.integer[Any]], timebase: Timebase) -> NDArray[np.int64]:
    """(n,) rising: the frames of the grid in whose time these pictures are shown first."""
    ratio, scaled = timebase.picture_ratio, pictures.astype(np.int64) * timebase.picture_ratio.denominator
    frames = np.unique(scaled // ratio.numerator if ratio > 1 else -(-scaled // ratio.numerator))
    return np.asarray(frames[(frames > 0) & (frames < timebase.n_frames)])
