"""The fast left-to-right and Potts decoders against the plain recurrences, at sizes of real videos."""

from __future__ import annotations

import numpy as np
import plain_decoders as plain
import pytest

from core.decode.any_order import any_order
from core.decode.fixed_order import fixed_order


def log_posterior(n_frames: int, n_clusters: int, seed: int) -> np.ndarray:
    """Scores that drift, as those of videos do."""
    logits = np.random.default_rng(seed).normal(size=(n_frames, n_clusters)).cumsum(axis=0) / 5
    logits -= logits.max(axis=1, keepdims=True)
    return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))


@pytest.mark.parametrize(("n_frames", "n_clusters"), [(2000, 12), (500, 19), (19, 19), (1, 1)])
def test_fixed_order_takes_the_path_of_the_plain_recurrence(n_frames: int, n_clusters: int) -> None:
    scores = np.maximum(log_posterior(n_frames, n_clusters, 0), np.log(1e-30))
    assert fixed_order(scores).tolist() == plain.viterbi(scores) == plain.viterbi_by_rows(scores).tolist()
    ties = np.round(scores)
    assert fixed_order(ties).tolist() == plain.viterbi(ties)


@pytest.mark.parametrize("penalty", [0.5, 10.0, 200.0])
def test_any_order_reaches_the_score_of_the_plain_recurrence(penalty: float) -> None:
    scores = np.maximum(log_posterior(1500, 9, 1), np.log(1e-30))
    (path,) = any_order([scores], penalty=penalty)
    reached = scores[np.arange(1500), path].sum() - penalty * np.count_nonzero(np.diff(path))
    assert reached == pytest.approx(plain.potts(scores, penalty))
