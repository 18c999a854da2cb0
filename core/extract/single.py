"""Features of one video, held in memory: what the demo asks for."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ..events import JobCancelled, ShouldStop, never_stop
from ..media.index import probe
from .backbone import Extractor, FloatArray
from .sampling import sample
from .stream import Batch, Broken, Ended, PictureStream, Source


def extract_features(
    media: Path, extractor: Extractor, rate: Fraction, *, should_stop: ShouldStop = never_stop
) -> tuple[FloatArray, dict[str, Any]]:
    """Features (T, D) float32 of a video, and how they were made, as `features.json` says it.

    Raises MediaError; JobCancelled when asked to stop.
    """
    info = probe(media)
    source = Source(media.stem, media, info, sample(info, rate))
    parts: list[FloatArray] = []
    with PictureStream([source], extractor.prepare, batch=extractor.batch, threads=1) as stream:
        item = None
        while not isinstance(item, Ended):
            if should_stop() is not None:
                raise JobCancelled
            item = stream.next()
            if isinstance(item, Batch):
                parts.append(extractor.describe(item.pictures))
            elif isinstance(item, Broken):
                raise item.error
    rows = source.rows
    return np.concatenate(parts), {
        "extractor": extractor.name,
        "rate": str(rows.rate or rate),
        "stride": str(rows.stride),
        "dimensions": extractor.dimensions,
        "row": "start",
    }
