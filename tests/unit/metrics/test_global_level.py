"""The global level: one matching over the clusters and actions of all activities, by an example worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.annotation.segmentation import Segmentation
from core.metrics.report import Clustering, evaluate

# Two activities, "tea" (actions 0, 1) and "egg" (actions 2, 3), in two groups of two clusters (0, 1) and (2, 3).
# The last egg video was put into the group of tea.
TRUTHS = {"tea": [0] * 6 + [1] * 4, "egg": [2] * 5 + [3] * 5, "lost egg": [2] * 4 + [3] * 2}
FOUND = {"tea": [0] * 5 + [1] * 5, "egg": [2] * 5 + [3] * 5, "lost egg": [0] * 1 + [1] * 5}
ACTIONS = {0: "boil", 1: "pour", 2: "crack", 3: "fry"}
COUNTS = {"tea": 2, "egg": 2, "lost egg": 2}


def tracks(lists: dict[str, list[int]]) -> dict[str, Segmentation]:
    return {name: Segmentation.from_frames(np.array(values)) for name, values in lists.items()}


def scored(**options: object):
    return evaluate(
        tracks(TRUTHS),
        tracks(FOUND),
        actions=ACTIONS,
        n_clusters=4,
        level="global",
        clusters_by_video=COUNTS,
        **options,
    )


def test_one_matching_joins_the_clusters_of_all_groups_to_the_actions_of_all() -> None:
    """Cluster 0 shares 5 frames with boil; 1 shares 4 with pour and 3 with crack; 2 and 3 lie on crack and fry."""
    found = scored()
    assert found.label_map == {"0": "boil", "1": "pour", "2": "crack", "3": "fry"}
    assert found.mof == pytest.approx((5 + 4 + 5 + 5) / 26)
    # hits: 5/6, 4/4, 5/5, 5/5, 0, 0; K of its own group for each video: 2 + 2 + 2; 6 segments
    assert found.f1 == pytest.approx(2 * (5 / 6 + 3) / (6 + 6))
    # boil 5/(6+1), pour 4/(4+6), crack 5/9, fry 5/7
    assert found.miou == pytest.approx(np.mean([5 / 7, 4 / 10, 5 / 9, 5 / 7]))


def test_it_is_activity_level_where_all_belong_to_one() -> None:
    one = evaluate(tracks(TRUTHS), tracks(FOUND), actions=ACTIONS, n_clusters=4, level="activity")
    other = evaluate(tracks(TRUTHS), tracks(FOUND), actions=ACTIONS, n_clusters=4, level="global")
    assert (one.mof, one.f1, one.miou, one.baselines) == (other.mof, other.f1, other.miou, other.baselines)


def test_a_cluster_without_an_action_is_background_where_the_data_have_one() -> None:
    truths = tracks({"a": [0] * 4 + [-1] * 4})
    found = tracks({"a": [0] * 4 + [1] * 4})
    assert evaluate(truths, found, actions={0: "x"}, n_clusters=2, level="global").mof_bg == 1.0
    assert evaluate(truths, found, actions={0: "x"}, n_clusters=2, level="activity").mof_bg == 0.5


def test_a_baseline_can_stand_in_the_place_of_another() -> None:
    split = Clustering(tracks({name: [0] * len(truth) for name, truth in TRUTHS.items()}), 1, COUNTS)
    found = scored(beside={"equal_split": split})
    assert found.baselines["equal_split"].mof == pytest.approx(9 / 26)  # crack is the longest
    assert found.baselines["equal_split"].f1 == pytest.approx(2 * 2 / (6 + 6))
