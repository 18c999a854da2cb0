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
from ..tot.cluster_count import LEAST_VIDEOS, RECOGNISED, Count, count_clusters
from ..tot.config import TrainConfig
from ..tot.presets import preset
from ..tot.scaling import fit_scaling
from ..tot.train import train_many
from ..tot.trained import StepInfo
from .videos import decoder_settings

FloatArray = NDArray[np.floating[Any]]

SEEDS = 3
DIRECTIONS = 16
ROWS, FEWEST = 8, 4
"""Rows that a cluster should have in a video, or chance makes it look like a step; with few, begin with so many."""


def found_clusters(
    matrices: list[FloatArray],
    config: TrainConfig,
    *,
    device: str,
    report: Report,
    should_stop: ShouldStop,
) -> tuple[TrainConfig, dict[str, Any]]:
    """The settings with the number of clusters that was found, and the evidence as plain values.

    ASOT, whose steps may be unequal, is trained with all clusters of `config` from three seeds; each segmentation is
    counted (`core.tot.cluster_count`), and the middle one is taken. The given settings train only afterwards.

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
    counts: list[Count] = []
    for run in runs:
        if should_stop() is StopKind.DISCARD:
            break
        posteriors = [infer.log_posterior(run, matrix) for matrix in matrices]
        labels = decode_all("any-order", posteriors, decoder_settings(search))
        counts.append(count_clusters(small, labels, start))
    counts.sort(key=lambda count: (count.clusters, count.recognised))
    middle = counts[len(counts) // 2] if counts else Count(start, 0.0, [])
    evidence = {
        "start": start,
        "found": middle.clusters,
        "criterion": f"{RECOGNISED:.0%} of the clusters are recognised in videos left out; no labels used",
        "seeds": [count.clusters for count in counts],
        "recognised": middle.recognised,
        "merges": [msgspec.to_builtins(merge) for merge in middle.merges],
    }
    spread = ", ".join(str(count.clusters) for count in counts)
    text = (
        f"{middle.clusters} clusters are left of {start} ({spread} by seed); {middle.recognised:.0%} of them are "
        "recognised in videos left out"
    )
    report(LogLine(text=text))
    return msgspec.structs.replace(config, n_clusters=middle.clusters, clusters="given"), evidence
