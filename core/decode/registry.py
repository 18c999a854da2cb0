"""The decoders by name, over one video or a whole dataset."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..errors import ConfigError, JobError
from .any_order import any_order, penalty_for_segments, switch_penalty
from .asot import asot
from .background import BACKGROUND, foreground
from .cumulative import FloatArray, IntArray
from .fixed_order import fixed_order
from .settings import DecoderSettings
from .skip import skip
from .video_order import video_order

Scores = Sequence[FloatArray]
Decoder = Callable[[Scores, DecoderSettings], list[IntArray]]


def _fixed_order(videos: Scores, _: DecoderSettings) -> list[IntArray]:
    """A video with fewer frames than clusters cannot hold them all: there `skip` at no price takes over."""
    return [fixed_order(scores) if len(scores) >= scores.shape[1] else skip(scores) for scores in videos]


def _skip(videos: Scores, settings: DecoderSettings) -> list[IntArray]:
    return [skip(scores, penalty=settings.penalty or 0.0) for scores in videos]


def _video_order(videos: Scores, _: DecoderSettings) -> list[IntArray]:
    return [video_order(scores) for scores in videos]


def _any_order(videos: Scores, settings: DecoderSettings) -> list[IntArray]:
    if settings.penalty is not None:
        penalty = settings.penalty
    elif settings.segments:
        penalty = penalty_for_segments(videos, settings.segments)
    else:
        mean_frames = float(np.mean([len(scores) for scores in videos]))
        penalty = switch_penalty(mean_frames, videos[0].shape[1], l2=settings.l2)
    return any_order(videos, penalty=penalty)


def _asot(videos: Scores, settings: DecoderSettings) -> list[IntArray]:
    return [
        asot(
            scores,
            tau=settings.tau,
            structure=settings.structure,
            radius=settings.radius,
            epsilon=settings.epsilon,
            balance=settings.balance,
        )
        for scores in videos
    ]


DECODERS: dict[str, Decoder] = {
    "fixed-order": _fixed_order,
    "video-order": _video_order,
    "skip": _skip,
    "any-order": _any_order,
    "asot": _asot,
}


def check_name(name: str) -> None:
    """Raises ConfigError, with the known names, for an unknown decoder."""
    if name not in DECODERS:
        raise ConfigError(f'There is no decoder "{name}"; there are {", ".join(DECODERS)}.')


def decode_all(name: str, log_posteriors: Scores, settings: DecoderSettings | None = None) -> list[IntArray]:
    """(T,) int64 cluster of each row of every video; -1 where the background rule is on and no cluster claims it.

    All videos of an activity belong together: `any-order` takes its penalty, and the background its thresholds, from
    all of them. Background frames are cut out and the rest of a video is decoded as one sequence.

    Args:
        name: a key of DECODERS.
        log_posteriors: one (T, K) array a video, T at least 1, K equal; the logarithm of the posterior, by row.
    Raises:
        ConfigError: an unknown name.   JobError: a score is not a number.
    """
    check_name(name)
    settings = settings or DecoderSettings()
    for scores in log_posteriors:
        bad = np.isnan(scores).any(axis=1)
        if bad.any():
            raise JobError(f"The scores of row {int(np.argmax(bad))} are not numbers. Train the run again.")
    if not log_posteriors:
        return []
    if not settings.background:
        return DECODERS[name](log_posteriors, settings)
    masks = foreground(log_posteriors, settings.background)
    found = [np.full(len(mask), BACKGROUND, np.int64) for mask in masks]
    kept = [number for number, mask in enumerate(masks) if mask.any()]
    if kept:
        parts = DECODERS[name]([log_posteriors[number][masks[number]] for number in kept], settings)
        for number, labels in zip(kept, parts, strict=True):
            found[number][masks[number]] = labels
    return found


def decode(name: str, log_posterior: FloatArray, settings: DecoderSettings | None = None) -> IntArray:
    """(T,) int64 cluster of each row of one (T, K) log posterior; see `decode_all`."""
    return decode_all(name, [log_posterior], settings)[0]
