"""The words for why a run has as many clusters as it has: those of today, and those of runs counted before."""

from __future__ import annotations

import msgspec

from core.annotation.counted import counted_lines
from core.tot.cluster_count import Merge

MERGES = [Merge(5, 4, None, 0.01, 0.004), Merge(4, 3, 1, 1.26, 0.12)]
COUNTED = {
    "start": 5,
    "found": 3,
    "seeds": [3, 3, 4],
    "explained": {"2": -7.4, "3": -0.25, "4": 0.0},
    "margin": 0.25,
    "merges": [msgspec.to_builtins(merge) for merge in MERGES],
}


def test_the_numbers_that_are_plausible_come_first_and_the_evidence_for_every_number_last() -> None:
    now = COUNTED | {"plausible": [2, 4]}
    lines = counted_lines(now)
    assert lines[0] == "3 clusters were found, beginning with 5; 2 to 4 are plausible."
    assert lines[3:] == [
        "  3 is the smallest number that explains videos left out as well as the best, to 0.25 nats a video",
        "  of what clusters beyond 2 explain, each number misses: 2: 100%, 3: 3%, 4: 0%",
        "  3 seeds alone speak for 3, 3, 4",
    ]
    sure = counted_lines(now | {"plausible": [3, 3], "explained": {"2": 0.0, "3": 0.0}})
    assert sure[0] == "3 clusters were found, beginning with 5." and "2: 0%, 3: 0%" in sure[-2]


def test_each_merge_says_what_it_changed_and_the_end_what_the_other_numbers_would_cost() -> None:
    assert counted_lines(COUNTED) == [
        "3 clusters were found, beginning with 5 (by seed: 3, 3, 4).",
        "  cluster  4 dropped (0.4% of the frames): 4 explain videos left out as well as before",
        "  cluster  3 merged into  1 (12.0% of the frames): 3 explain videos left out better by 1.3",
        "  3 is the smallest number that explains videos left out as well as the best, to 0.25",
        "  (log-likelihood a video against the best, mean of 3 seeds: 2: -7.4, 3: -0.2, 4: 0.0)",
    ]


def test_runs_that_were_counted_by_recognition_keep_their_words() -> None:
    merge = {"clusters": 4, "recognised": 0.7, "cluster": 3, "into": 1, "confused": 0.9, "share": 0.2}
    counted = {"start": 4, "found": 3, "seeds": [3], "recognised": 1.0, "merges": [merge]}
    assert counted_lines(counted)[1:] == [
        "  cluster  3 merged into  1: taken for each other in 90% of the videos; 4 clusters, 70% recognised",
        "  3 clusters, 100% recognised in videos left out",
    ]
