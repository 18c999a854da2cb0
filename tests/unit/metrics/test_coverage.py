"""Which videos are proposed for correction: middles of groups first, doubtful groups before sure ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.coverage import BINS, Description, describe, propose


def _posterior(steps: list[int], n_clusters: int = 3, sure: float = 0.9, rows: int = 60) -> np.ndarray:
    """Equal parts of the given clusters, each row `sure` of its own."""
    labels = np.repeat(steps, rows // len(steps))
    found = np.full((len(labels), n_clusters), (1 - sure) / (n_clusters - 1))
    found[np.arange(len(labels)), labels] = sure
    return found


def test_a_description_says_what_comes_when_and_how_sure_the_run_is() -> None:
    found = describe(_posterior([0, 1, 2], sure=0.9))
    parts = (found.points**2).reshape(BINS, 3)
    assert np.allclose(parts.sum(axis=1), 1)
    assert parts.argmax(axis=1).tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert found.doubt == pytest.approx(1 - (0.9 - 0.05))
    assert describe(np.ones((4, 1))).doubt == 0
    assert describe(_posterior([0], rows=2)).points.shape == (BINS * 3,)  # fewer rows than parts


def test_the_middle_of_the_largest_group_comes_first_then_the_next_group() -> None:
    lengths = {"a0": 20, "a1": 22, "a2": 24, "a3": 26, "a4": 28, "b0": 20, "b1": 21}
    videos = {}
    for name, cut in lengths.items():
        first, second = (0, 1) if name[0] == "a" else (2, 0)
        labels = np.repeat([first, second], [cut, 48 - cut])
        videos[name] = describe(np.eye(3)[labels] * 0.94 + 0.02)
    order = propose(videos)
    assert order[0] in ("a1", "a2", "a3") and order[1].startswith("b")
    assert sorted(order) == sorted(videos)
    assert propose(videos, count=2) == order[:2]


def test_what_is_done_is_not_proposed_and_stands_for_its_like() -> None:
    videos = {n: describe(_posterior(s)) for n, s in {"a": [0, 1], "b": [0, 1], "c": [2, 1]}.items()}
    assert propose(videos, done=["a"])[0] == "c"
    assert propose(videos, done=["a", "b", "c"]) == []
    assert propose(videos, done=["gone"])  # a video without scores counts for nothing
    assert propose({}) == []


def test_of_two_equal_groups_the_one_in_doubt_comes_first() -> None:
    videos = {
        "sure": describe(_posterior([0, 1], sure=0.99)),
        "sure too": describe(_posterior([0, 1], sure=0.99)),
        "unsure": describe(_posterior([1, 2], sure=0.5)),
        "unsure too": describe(_posterior([1, 2], sure=0.5)),
    }
    assert propose(videos)[0].startswith("unsure")


@given(st.integers(1, 9), st.integers(0, 9), st.integers(0, 2**32 - 1))
def test_every_video_that_is_left_is_proposed_once_whatever_the_points(n: int, n_done: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    videos = {f"v{k}": Description(draw.integers(0, 2, 6).astype(float), float(draw.random())) for k in range(n)}
    done = [f"v{k}" for k in range(min(n, n_done))]
    assert sorted(propose(videos, done)) == sorted(set(videos) - set(done))
