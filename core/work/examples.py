"""Whether what the corrected rows say by themselves joins what the runs say: only where both agree on the others.

Rows of a few videos may say nothing of the rest: another camera, another room. That shows without labels: there both
agree hardly more than by chance, and the runs, which have seen all videos, are left alone (docs/learning.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..decode.registry import decode_all
from ..metrics.kappa import cohen_kappa
from ..tot import infer
from ..tot.examples import FLOOR, learn_examples
from ..tot.supervision import Lessons
from ..tot.trained import Trained
from .videos import decoder_settings

FloatArray = NDArray[np.floating[Any]]
LEAST_KAPPA = 0.35
"""Agreement on the rows that nobody corrected below which the runs stay alone. In simulations joining cost up to 28
points of MoF where both agreed to 0.31 and less, and no more than 2 where they agreed to 0.38 and more."""


def with_examples(trained: Trained, lessons: Lessons, matrices: Sequence[FloatArray]) -> tuple[Trained, float]:
    """The same model with the word of the corrected rows where it is worth hearing, and the kappa that decided it.

    Where every row is corrected there is nothing to go by, and none to spoil: kappa is 1.
    """

    def rows_of(number: int) -> FloatArray:
        return trained.scaling.apply(matrices[number], number)

    examples = learn_examples(rows_of, lessons, trained.config.n_clusters)
    others = np.concatenate([known < 0 for known in lessons.labels])
    if not others.any():
        return replace(trained, examples=examples), 1.0
    of_runs = [infer.log_posterior(trained, matrix) for matrix in matrices]
    own = [np.maximum(examples.log_posterior(rows_of(n)), FLOOR) for n in range(len(matrices))]
    one = np.concatenate(decode_all(trained.config.decoder, of_runs, decoder_settings(trained.config)))
    other = np.concatenate(decode_all("video-order", own))
    kappa = cohen_kappa(one[others], other[others])
    agreed = 1.0 if kappa is None else kappa
    return (replace(trained, examples=examples) if agreed >= LEAST_KAPPA else trained), agreed


def too_far_apart(kappa: float) -> str:
    """The line of the log where the corrected rows are not heard by themselves."""
    return (
        f"By themselves the corrected rows tell the other videos otherwise than the runs do (kappa {kappa:.2f}): "
        "only what the runs learned from them counts. More corrected videos, of other people or cameras, help."
    )
