"""The number of clusters: a step cut in two is joined again, real steps stay, what is hardly there is dropped."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec import structs
from scipy.stats import multivariate_normal

from core.errors import ConfigError
from core.events import ignore, never_stop
from core.tot import left_out
from core.tot.cluster_count import MARGIN, Count, Merge, Path, chosen, merge_path
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


def counted(labels: list[np.ndarray], n_clusters: int, videos: list[np.ndarray] = VIDEOS) -> Count:
    """The count of one segmentation."""
    return chosen([merge_path(videos, labels, n_clusters)])


def test_true_steps_are_all_kept() -> None:
    count = counted(TRUTHS, 4)
    assert (count.clusters, count.seeds, count.merges) == (4, [4], [])
    assert count.explained[4] == 0 and count.explained[3] < -10 and count.explained[2] < count.explained[3]


def test_a_step_cut_in_two_is_joined_and_the_table_says_why() -> None:
    count = counted([halved(halved(t, 1, 4), 3, 5) for t in TRUTHS], 6)
    assert count.clusters == 4 and [merge.clusters for merge in count.merges] == [6, 5]
    assert {(merge.into, merge.cluster) for merge in count.merges} <= {(1, 4), (3, 5), (None, 4), (None, 5)}
    assert all(0.05 < merge.share < 0.2 for merge in count.merges)


def test_a_cluster_with_hardly_a_frame_goes_first() -> None:
    labels = [truth.copy() for truth in TRUTHS]
    labels[0][5] = 4
    count = counted(labels, 5)
    assert count.clusters == 4 and [merge.cluster for merge in count.merges] == [4]
    assert count.merges[0].share < 0.01


def test_frames_that_resemble_their_neighbours_are_not_taken_for_steps() -> None:
    """Noise that drifts slowly makes runs of like frames; counted as if independent they would look like steps."""
    draw = np.random.default_rng(3)
    videos = []
    for truth in TRUTHS:
        noise = draw.normal(size=(len(truth), 12))
        for t in range(1, len(noise)):
            noise[t] = 0.9 * noise[t - 1] + np.sqrt(1 - 0.81) * noise[t]
        videos.append(CENTRES[truth] + noise)
    thirds = [halved(halved(halved(t, 0, 4), 1, 5), 2, 6) for t in TRUTHS]
    found = left_out.sums(videos, TRUTHS, 4)
    alike = left_out.rows_alike(videos, TRUTHS, left_out.fitted(found))
    assert 5 < alike < 25 and counted(thirds, 7, videos).clusters == 4


def test_what_a_video_scores_does_not_know_the_video() -> None:
    found = left_out.sums(VIDEOS, TRUTHS, 4)
    scores = left_out.explained(VIDEOS, found, 1.0, 5.0)
    others = left_out.fitted(left_out.sums(VIDEOS[1:], TRUTHS[1:], 4))
    densities = left_out.log_densities(VIDEOS[0], others)
    path = left_out.best_labels([densities], 5.0)[0]
    by_hand = densities[np.arange(len(path)), path].sum() - 5.0 * np.count_nonzero(np.diff(path))
    assert scores[0] == pytest.approx(by_hand)


def test_what_a_video_adds_to_all_its_steps_is_taken_off_whatever_steps_it_mixes() -> None:
    """Scaling by video does not do that: the mean of a video depends on how long its steps are."""
    means, offsets = np.array([[0.0], [4.0], [9.0]]), np.array([-1.0, 0.25, 0.75])
    truths = [np.repeat(np.arange(3), counts) for counts in ((5, 20, 5), (30, 2, 8), (4, 9, 40))]
    videos = [means[truth] + offset for truth, offset in zip(truths, offsets, strict=True)]
    for video, truth in zip(left_out.levelled(videos, truths, 3), truths, strict=True):
        np.testing.assert_allclose(video - video[0], means[truth] - means[0])
        np.testing.assert_allclose(video[0], 0, atol=0.05)


def test_the_density_is_that_of_a_normal_distribution() -> None:
    clusters = left_out.fitted(left_out.sums(VIDEOS, TRUTHS, 4))
    covariance = np.linalg.inv(clusters.whitening.T @ clusters.whitening)
    wanted = multivariate_normal(clusters.means[2], covariance).logpdf(VIDEOS[0][:3])
    np.testing.assert_allclose(left_out.log_densities(VIDEOS[0][:3], clusters)[:, 2], wanted, rtol=1e-9)


def test_seeds_speak_together_and_the_merges_lead_to_what_they_say() -> None:
    merges = [Merge(4, 3, 0, 1.0, 0.1), Merge(3, 2, 1, -0.5, 0.2)]
    one = Path({4: 1.0, 3: 5.0, 2: 2.5}, merges)
    other = Path({4: 2.0, 2: 2.5}, [Merge(4, 3, 1, 0.0, 0.1), Merge(3, 2, 1, 0.5, 0.2)])  # skips 3
    count = chosen([one, other])
    assert count.clusters == 3 and count.seeds == [3, 2] and count.merges == merges[:1]
    assert count.explained == {4: -2.25, 3: 0.0, 2: -1.25}


def test_more_clusters_must_explain_more_than_a_little() -> None:
    hardly = Path({4: 3.0, 3: 3.0 - 0.9 * MARGIN, 2: 0.0}, [Merge(4, 3, 0, -0.4, 0.1), Merge(3, 2, 0, -2.0, 0.1)])
    clearly = Path({4: 3.0, 3: 3.0 - 1.1 * MARGIN, 2: 0.0}, hardly.merges)
    assert (chosen([hardly]).clusters, chosen([clearly]).clusters) == (3, 4)


def test_plausible_is_what_misses_little_and_what_single_seeds_speak_for() -> None:
    tail = {2: -100.0, 3: -50.0, 4: -4.0, 5: -3.0, 6: -2.0, 7: -1.0, 8: 0.0}
    assert chosen([Path(tail, [])]).plausible == (4, 8)
    sharp = {number: -50.0 * abs(number - 5) for number in range(2, 9)}
    other = {number: -50.0 * abs(number - 6) for number in range(2, 9)}
    assert chosen([Path(sharp, [])]).plausible == (5, 5)
    assert chosen([Path(sharp, []), Path(sharp, []), Path(other, [])]).plausible == (5, 6)


def test_the_search_finds_four_steps_and_leaves_the_other_settings() -> None:
    use_few_threads()
    asked = structs.replace(preset("generic", n_clusters=8), clusters="auto", iterations=123)
    config, evidence = found_clusters(VIDEOS, asked, device="cpu", report=ignore, should_stop=never_stop)
    assert abs(config.n_clusters - 4) <= 1 and config.n_clusters == evidence["found"]
    assert config == structs.replace(asked, n_clusters=config.n_clusters, clusters="given")
    assert evidence["start"] == 8 and len(evidence["seeds"]) == 3
    assert evidence["plausible"][0] <= 4 <= evidence["plausible"][1]
    assert evidence["start"] - len(evidence["merges"]) == evidence["found"]
    assert max(evidence["explained"].values()) == 0 >= evidence["explained"][str(evidence["found"])] >= -MARGIN


def test_two_videos_are_too_few_to_leave_one_out() -> None:
    with pytest.raises(ConfigError, match="wanted 3 or more"):
        found_clusters(VIDEOS[:2], preset("generic", n_clusters=8), device="cpu", report=ignore, should_stop=never_stop)
