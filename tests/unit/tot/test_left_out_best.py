"""A segmentation is kept that explains videos left out clearly better, and no other; runs need no labels for it."""

from __future__ import annotations

import numpy as np
import pytest

from core.tot.blocks import BLOCKS, DIRECTIONS, blocks
from core.tot.left_out_best import SURE, clearly_best, explained

DRAW = np.random.default_rng(5)
CENTRES = DRAW.normal(size=(4, 24)) * 1.5
TRUTHS = [np.repeat(DRAW.permutation(4), DRAW.integers(20, 60, size=4)) for _ in range(8)]
VIDEOS = [(CENTRES[t] + DRAW.normal(size=(len(t), 24))).astype(np.float32) for t in TRUTHS]
EQUAL = [np.arange(len(truth)) * 4 // len(truth) for truth in TRUTHS]


def test_the_true_steps_explain_videos_left_out_better_than_equal_parts_whatever_their_numbers() -> None:
    renumbered = [np.array([2, 0, 3, 1])[truth] for truth in TRUTHS]
    nats = explained(VIDEOS, [EQUAL, TRUTHS, renumbered], 4)
    assert nats.shape == (3, 8) and clearly_best(nats[:2]) == 1
    np.testing.assert_allclose(nats[1], nats[2])


def test_the_same_segmentation_twice_is_not_better_than_itself() -> None:
    nats = explained(VIDEOS, [TRUTHS, TRUTHS], 4)
    assert clearly_best(nats) == 0 and (nats[0] == nats[1]).all()


def test_more_must_be_explained_in_most_videos_not_in_one() -> None:
    steady, lucky = np.full(9, 2.0) + np.linspace(-1, 1, 9), np.array([90.0, *[-1.0] * 8])
    assert lucky.mean() > steady.mean()
    assert clearly_best(np.stack([np.zeros(9), lucky, steady])) == 2
    assert clearly_best(np.stack([np.zeros(9), lucky, -steady])) == 0


@pytest.mark.parametrize(("errors", "kept"), [(0.9 * SURE, 0), (1.1 * SURE, 1)])
def test_how_sure_it_must_be(errors: float, kept: int) -> None:
    gain = np.array([-1.0, 0.0, 1.0, 0.0])
    gain += errors * gain.std(ddof=1) / 2
    assert clearly_best(np.stack([np.zeros(4), gain])) == kept


def test_blocks_are_means_of_neighbours_and_short_videos_stay_whole() -> None:
    long = [DRAW.normal(size=(n, 6)) for n in (BLOCKS * 5, BLOCKS * 5 + 3)]
    small = blocks(long)
    assert small.rows == 5 and [len(m) for m in small.matrices] == [BLOCKS, BLOCKS]
    assert small.labels([np.arange(len(m)) for m in long])[0][:3].tolist() == [2, 7, 12]
    means = long[0].reshape(BLOCKS, 5, 6).mean(axis=1)
    scaled = (means - means.mean(axis=0)) / means.std(axis=0)
    np.testing.assert_allclose(small.matrices[0], scaled, atol=1e-5)  # fewer columns than directions: all are kept
    assert DIRECTIONS > 6
    short = blocks([*long, long[0][:3]])
    assert len(short.matrices[2]) == 1 and short.labels([np.zeros(len(m), int) for m in [*long, long[0][:3]]])[2] == [0]
