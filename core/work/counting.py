"""The search for the number of clusters, before a training that was asked to find it."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ..decode.registry import decode_all
from ..errors import ConfigError
from ..events import LogLine, Progress, Report, ShouldStop, StopKind
from ..tot import infer
from ..tot.cluster_count import LEAST_VIDEOS, MARGIN, Path, chosen, merge_path
from ..tot.config import TrainConfig
from ..tot.presets import preset
from ..tot.scaling import fit_scaling
from ..tot.train import train_many
from ..tot.trained import StepInfo
from .videos import decoder_settings

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

SEEDS = 3
DIRECTIONS = 16
ROWS, FEWEST = 8, 4
"""Rows that a cluster should have in a video, or chance makes it look like a step; with few, begin with so many."""
COUNTED_ROWS = 1000
"""Rows of a video that are looked at; where there are more, neighbours are averaged."""
CRITERION = "the smallest number of clusters that explains videos left out of them as well as the best; no labels used"


def found_clusters(
    matrices: list[FloatArray],
    config: TrainConfig,
    *,
    device: str,
    report: Report,
    should_stop: ShouldStop,
) -> tuple[TrainConfig, dict[str, Any]]:
    """The settings with the number of clusters that was found, and the evidence as plain values.

    ASOT, whose steps may be unequal, is trained with all clusters of `config` from three seeds; the clusters of each
    are joined pair by pair (`core.tot.cluster_count`), and the seeds speak together. The given settings train only
    afterwards.

    Raises ConfigError: too few videos for any to be left out, or too few rows for so many clusters.
    """
    if len(matrices) < LEAST_VIDEOS:
        raise ConfigError(
            f"{len(matrices)} videos: the number of clusters is found by leaving videos out; wanted {LEAST_VIDEOS} or "
            "more. State it (--clusters K)."
        )
    rows = float(np.mean([len(matrix) for matrix in matrices]))
    start = min(config.n_clusters, max(FEWEST, int(rows / ROWS)))
    search = preset("robust", method="asot", n_clusters=start)
    search = msgspec.structs.replace(search, seeds=1, rival="none", ensemble="typical", decoder="any-order")

    def on_step(info: StepInfo) -> None:
        report(Progress(done=info.iteration, total=info.iterations, text="Finding the number of clusters"))

    seeds = [msgspec.structs.replace(search, seed=config.seed + n) for n in range(SEEDS)]
    runs = train_many(matrices, seeds, device=device, should_stop=should_stop, on_step=on_step)
    scaling = fit_scaling(matrices, "video", DIRECTIONS)
    small = [scaling.apply(matrix, number) for number, matrix in enumerate(matrices)]
    every = max(1, round(rows / COUNTED_ROWS))
    paths: list[Path] = []
    for run in runs:
        if should_stop() is StopKind.DISCARD:
            break
        posteriors = [infer.log_posterior(run, matrix) for matrix in matrices]
        labels = decode_all("any-order", posteriors, decoder_settings(search))
        thin = [_thinned(matrix, video, every) for matrix, video in zip(small, labels, strict=True)]
        paths.append(merge_path([matrix for matrix, _ in thin], [video for _, video in thin], start))
    if not paths:
        return msgspec.structs.replace(config, n_clusters=start, clusters="given"), {}
    count = chosen(paths)
    evidence = {
        "start": start,
        "found": count.clusters,
        "plausible": list(count.plausible),
        "criterion": CRITERION,
        "margin": MARGIN,
        "seeds": count.seeds,
        "explained": {str(number): nats for number, nats in count.explained.items()},
        "merges": [msgspec.to_builtins(merge) for merge in count.merges],
    }
    few, many = count.plausible
    between = f"; {few} to {many} are plausible" if few < many else ""
    text = f"{count.clusters} clusters of {start} explain videos left out as well as the best{between}"
    report(LogLine(text=text))
    return msgspec.structs.replace(config, n_clusters=count.clusters, clusters="given"), evidence


def _thinned(matrix: FloatArray, labels: IntArray, every: int) -> tuple[FloatArray, IntArray]:
    """Means of `every` neighbouring rows, and the label in the middle of each; a short rest is left away."""
    n = max(1, len(matrix) // every)
    step = min(every, len(matrix))
    means = matrix[: n * step].reshape(n, step, -1).mean(axis=1)
    return means, labels[step // 2 :: step][:n]
