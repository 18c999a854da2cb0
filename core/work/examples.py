"""Whether what the corrected rows say by themselves joins what the runs say, and with which weight.

Rows of a few videos may say nothing of the rest: another camera, another room. That shows without other labels: they
do not foretell one another, and hardly agree with the runs on the videos that nobody corrected. Or they may say more
than twelve runs that one video misled: then what they say explains the videos better (docs/learning.md).
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
from ..tot.examples import FLOOR, SHARE, Corrected, Examples, RowsOf
from ..tot.left_out_best import LEAST_VIDEOS, clearly_best, explained
from ..tot.supervision import Lessons
from ..tot.trained import Trained
from .videos import decoder_settings

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]
LEAST_KAPPA = 0.2
"""Mean kappa below which the runs stay alone. On the data that it was chosen on, joining cost up to 31 points of MoF
below it and won up to 25 above. On made-up sets held out it was below in 26 of 448 trainings, and joining would have
won 5 there in the mean: it guards against real clips of several cameras, as coffee5 are (docs/learning.md)."""
FOLDS = 5
"""Groups of corrected videos that are left out in turn, at most."""
LARGER = (SHARE, 0.75)
"""Weights that one corrected video may have beside several runs instead of its own, on evidence."""


def with_examples(trained: Trained, lessons: Lessons, matrices: Sequence[FloatArray]) -> tuple[Trained, float]:
    """The same model with the word of the corrected rows where it is worth hearing, and the kappa that decided it.

    That is the mean of Cohen's kappa with the runs on the rows that nobody corrected and, from two corrected videos
    on, with the person on corrected videos that were left out. Where every row is corrected there is nothing to spoil:
    kappa is 1. The weight of one video beside several runs is what `weighed` finds.
    """

    def rows_of(number: int) -> FloatArray:
        return trained.scaling.apply(matrices[number], number)

    corrected = Corrected.of(rows_of, lessons, trained.config.n_clusters)
    examples = corrected.examples()
    others = [known < 0 for known in lessons.labels]
    if not any(each.any() for each in others):
        return replace(trained, examples=examples), 1.0
    of_runs = [infer.log_posterior(trained, matrix) for matrix in matrices]
    one = decode_all(trained.config.decoder, of_runs, decoder_settings(trained.config))
    other = [_decoded(examples, rows_of(number)) for number in range(len(matrices))]
    kappas = [_kappa(one, other, others), left_out(corrected, rows_of)]
    known = [kappa for kappa in kappas if kappa is not None]
    agreed = float(np.mean(known)) if known else 1.0
    if agreed < LEAST_KAPPA:
        return trained, agreed
    if trained.members and len(corrected.rows) == 1:
        examples = weighed(examples, trained, of_runs, matrices)
    return replace(trained, examples=examples), agreed


def weighed(
    examples: Examples, trained: Trained, of_runs: Sequence[FloatArray], matrices: Sequence[FloatArray]
) -> Examples:
    """The examples with a larger weight where that explains videos left out clearly better (`core.tot.left_out_best`).

    The segmentations that each weight leads to are judged as those of the methods are where nobody corrected anything.

    Args:
        of_runs: (T, K) log posterior of each video, by what the runs agree on.
    """
    if len(matrices) < LEAST_VIDEOS:
        return examples
    asked = [examples, *(replace(examples, share=share) for share in LARGER)]
    said: list[list[FloatArray]] = [[] for _ in asked]
    for number, (matrix, video) in enumerate(zip(matrices, of_runs, strict=True)):
        rows = trained.scaling.apply(matrix, number)
        for each, one in zip(asked, said, strict=True):
            one.append(each.join(video, rows))
    settings = decoder_settings(trained.config)
    found = [decode_all(trained.config.decoder, one, settings) for one in said]
    return asked[clearly_best(explained(matrices, found, trained.config.n_clusters))]


def left_out(corrected: Corrected, rows_of: RowsOf) -> float | None:
    """Cohen's kappa of the person and what the other corrected videos say of each, over the actions that those show.

    None for fewer than two videos, and where chance leaves nothing open.
    """
    videos = list(corrected.rows)
    said, meant, asked = [], [], []
    for fold in range(min(FOLDS, len(videos))) if len(videos) > 1 else ():
        examples = corrected.examples(without := videos[fold::FOLDS])
        for number in without:
            said.append(_decoded(examples, rows_of(number)))
            meant.append(corrected.labels[number])
            asked.append(np.isin(meant[-1], np.flatnonzero(np.isfinite(examples.bias))))
    return _kappa(said, meant, asked) if said else None


def _decoded(examples: Examples, rows: FloatArray) -> IntArray:
    return decode_all("video-order", [np.maximum(examples.log_posterior(rows), FLOOR)])[0]


def _kappa(one: Sequence[IntArray], other: Sequence[IntArray], where: Sequence[NDArray[np.bool_]]) -> float | None:
    """Cohen's kappa of two labellings of some rows of each video; None without rows, or where chance decides all."""
    asked = np.concatenate(where)
    return cohen_kappa(np.concatenate(one)[asked], np.concatenate(other)[asked]) if asked.any() else None


def heard(share: float) -> str:
    """The line of the log where the corrected rows are heard by themselves."""
    return f"What the corrected rows say by themselves counts {share:.0%} beside the runs."


def too_far_apart(kappa: float) -> str:
    """The line of the log where the corrected rows are not heard by themselves."""
    return (
        f"What the corrected rows say by themselves does not hold in other videos (kappa {kappa:.2f}): only what the "
        "runs learned from them counts. More corrected videos, of other people or cameras, help."
    )
