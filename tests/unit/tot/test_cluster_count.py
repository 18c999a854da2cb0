"""The number of clusters: a step cut in two is joined again, real steps stay, what is hardly there is dropped."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec import structs

from core.errors import ConfigError
from core.events import ignore, never_stop
from core.tot.cluster_count import count_clusters
from core.tot.devices import use_few_threads
from core.tot.presets import preset
from core.work.counting import found_clusters

DRAW = np.random.default_rng(11)
CENTRES = DRAW.normal(size=(4, 12)) * 2
TRUTHS = [np.repeat(np.arange(4), DRAW.integers(30, 50, size=4)) for _ in range(8)]
VIDEOS = [(CENTRES[t] + DRAW.normal(size=(len(t), 12)) * 0.7).astype(np.float32) for t in TRUTHS]


def halved(truth: np.ndarray, step: int, name: int) -> np.ndarray:
    """The labels with every other frame of a step under another name."""
    labels = truth.copy()
    labels[np.flatnonzero(truth == step)[::2]] = name
    return labels


def test_true_steps_are_all_kept() -> None:
    count = count_clusters(VIDEOS, TRUTHS, 4)
    assert (count.clusters, count.recognised, count.merges) == (4, 1.0, [])


def test_a_step_cut_in_two_is_joined_and_the_table_says_why() -> None:
    count = count_clusters(VIDEOS, [halved(halved(t, 1, 4), 3, 5) for t in TRUTHS], 6)
    assert count.clusters == 4
    assert {(merge.into, merge.cluster) for merge in count.merges} == {(1, 4), (3, 5)}
    assert all(merge.confused > 0.6 for merge in count.merges)
    assert [merge.clusters for merge in count.merges] == [6, 5]


def test_a_cluster_with_hardly_a_frame_is_dropped() -> None:
    labels = [truth.copy() for truth in TRUTHS]
    labels[0][5] = 4
    count = count_clusters(VIDEOS, labels, 5)
    assert count.clusters == 4 and [(m.cluster, m.into) for m in count.merges] == [(4, None)]


def test_the_search_finds_four_steps_and_leaves_the_other_settings() -> None:
    use_few_threads()
    asked = structs.replace(preset("generic", n_clusters=8), clusters="auto", iterations=123)
    config, evidence = found_clusters(VIDEOS, asked, device="cpu", report=ignore, should_stop=never_stop)
    assert abs(config.n_clusters - 4) <= 1 and config.n_clusters == evidence["found"]
    assert config == structs.replace(asked, n_clusters=config.n_clusters, clusters="given")
    assert evidence["start"] == 8 and len(evidence["seeds"]) == 3
    assert evidence["start"] - len(evidence["merges"]) == evidence["found"]


def test_two_videos_are_too_few_to_leave_one_out() -> None:
    with pytest.raises(ConfigError, match="wanted 3 or more"):
        found_clusters(VIDEOS[:2], preset("generic", n_clusters=8), device="cpu", report=ignore, should_stop=never_stop)
