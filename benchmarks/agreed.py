"""What `robust` keeps of its runs, for benchmarks without a project (`core.work.choosing` is the same inside one)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.decode.registry import decode_all
from core.metrics.agreement import agreement
from core.tot import infer
from core.tot.config import TrainConfig
from core.tot.consensus import consensus
from core.tot.left_out_best import clearly_best, explained
from core.tot.trained import Trained
from core.work.videos import decoder_settings

Labels = Sequence[np.ndarray]


def choices(features: list[np.ndarray], config: TrainConfig, runs: list[Trained]) -> tuple[list[Trained], int]:
    """The consensus of all runs and of those of each method, and which of them is kept."""
    labels = [decoded(run, features) for run in runs]
    methods = list(dict.fromkeys(run.config.method for run in runs))
    parts = [list(range(len(runs))), *([n for n, r in enumerate(runs) if r.config.method == m] for m in methods)]
    found = []
    for part in parts if len(methods) > 1 else parts[:1]:
        mine = [labels[n] for n in part]
        typical = int(np.argmax(agreement(mine, config.n_clusters)))
        found.append(consensus([runs[n] for n in part], mine, config, reference=typical))
    if len(found) == 1:
        return found, 0
    return found, clearly_best(explained(features, [decoded(each, features) for each in found], config.n_clusters))


def decoded(run: Trained, features: list[np.ndarray]) -> Labels:
    """The labels of the rows of every video by a run's own decoder."""
    posteriors = [infer.log_posterior(run, matrix) for matrix in features]
    return decode_all(run.config.decoder, posteriors, decoder_settings(run.config))
