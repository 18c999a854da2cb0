"""What corrected rows say by themselves: known answers, what is said of unnamed clusters, and its way to disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import InputError
from core.tot import infer, weights
from core.tot.config import TrainConfig
from core.tot.examples import SHARE, Examples, learn_examples
from core.tot.supervision import Lessons
from core.tot.train import train

N_CLUSTERS = 4


def _videos(n_videos: int = 5, offset: float = 1.0) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Features of four steps in one order, each video with an offset of its own, and the cluster of each row."""
    draw = np.random.default_rng(3)
    centres = draw.normal(size=(N_CLUSTERS, 12))
    truths = [np.repeat(np.arange(N_CLUSTERS), draw.integers(6, 20, N_CLUSTERS)) for _ in range(n_videos)]
    features = [
        (centres[t] + offset * draw.normal(size=12) + draw.normal(size=(len(t), 12)) * 0.3).astype(np.float32)
        for t in truths
    ]
    return features, truths


def _lessons(truths: list[np.ndarray], *videos: int) -> Lessons:
    return Lessons(tuple(t if n in videos else np.full(len(t), -1) for n, t in enumerate(truths)))


def _right(examples: Examples, features: list[np.ndarray], truths: list[np.ndarray]) -> float:
    found = np.concatenate([examples.log_posterior(rows).argmax(axis=1) for rows in features])
    return float((found == np.concatenate(truths)).mean())


def test_two_corrected_videos_tell_the_steps_of_all_the_others() -> None:
    features, truths = _videos()
    found = learn_examples(features.__getitem__, _lessons(truths, 0, 3), N_CLUSTERS)
    assert _right(found, features[1:3], truths[1:3]) > 0.9


def test_rows_that_look_alike_are_told_apart_by_when_they_come() -> None:
    draw = np.random.default_rng(0)
    truths = [np.repeat([0, 1, 2], 20) for _ in range(3)]
    centres = np.array([[1.0, 0, 0], [0, 1.0, 0], [1.0, 0, 0]])  # the first step and the last look the same
    features = [(centres[t] + draw.normal(size=(60, 3)) * 0.1).astype(np.float32) for t in truths]
    found = learn_examples(features.__getitem__, _lessons(truths, 0), 3)
    assert _right(found, features[1:], truths[1:]) > 0.9


@pytest.mark.parametrize("columns", [12, 200])  # fewer columns than rows, and more
def test_the_scale_of_a_column_does_not_matter(columns: int) -> None:
    features, truths = _videos()
    draw = np.random.default_rng(5)
    wide = [np.concatenate([f, draw.normal(size=(len(f), columns - 12)).astype("f4")], axis=1) for f in features]
    scale = 10.0 ** draw.uniform(-2, 2, columns)
    one = learn_examples(wide.__getitem__, _lessons(truths, 0, 1), N_CLUSTERS)
    other = learn_examples(lambda n: wide[n] * scale, _lessons(truths, 0, 1), N_CLUSTERS)
    np.testing.assert_allclose(one.log_posterior(wide[2]), other.log_posterior(wide[2] * scale), atol=2e-2)


def test_of_clusters_that_nobody_has_shown_the_network_alone_speaks() -> None:
    features, truths = _videos()
    labels = [np.where(t == 2, -1, t) for t in truths]
    found = learn_examples(features.__getitem__, _lessons(labels, 0, 1), N_CLUSTERS)
    network = np.log(np.random.default_rng(1).dirichlet(np.ones(N_CLUSTERS), len(features[2])))
    both = found.join(network, features[2])
    np.testing.assert_allclose(both[:, 2], network[:, 2])
    np.testing.assert_allclose(np.exp(both).sum(axis=1), 1.0)
    assert np.abs(both - network)[:, [0, 1, 3]].max() > 0.1


@pytest.mark.parametrize("n_rows", [1, 2])
def test_a_single_corrected_row_is_enough(n_rows: int) -> None:
    features, truths = _videos()
    labels = [np.full(len(t), -1) for t in truths]
    labels[1][:n_rows] = 1
    found = learn_examples(features.__getitem__, Lessons(tuple(labels)), N_CLUSTERS)
    for rows in features:
        both = found.join(np.full((len(rows), N_CLUSTERS), -np.log(N_CLUSTERS)), rows)
        assert np.isfinite(both).all()


def test_a_column_that_never_changes_and_rows_of_zeros_do_no_harm() -> None:
    features, truths = _videos()
    for rows in features:
        rows[:, 0] = 5.0
        rows[3] = 0.0
    found = learn_examples(features.__getitem__, _lessons(truths, 0), N_CLUSTERS)
    assert all(np.isfinite(found.log_posterior(rows)).all() for rows in features)
    assert _right(found, features[1:], truths[1:]) > 0.7


def test_a_run_keeps_them_on_disk(tmp_path: Path) -> None:
    features, truths = _videos()
    config = TrainConfig(method="tot+tcl", n_clusters=N_CLUSTERS, batch=16, embedding=4, iterations=3)
    trained = train(features, config, lessons=_lessons(truths, 0))
    plain = infer.log_posterior(trained, features[1])
    trained.examples = learn_examples(
        lambda n: trained.scaling.apply(features[n], n), _lessons(truths, 0), config.n_clusters
    )
    said = infer.log_posterior(trained, features[1])
    assert np.abs(said - plain).max() > 0.1
    weights.save(trained, tmp_path / "w.safetensors")
    again = weights.load(tmp_path / "w.safetensors")
    np.testing.assert_allclose(infer.log_posterior(again, features[1]), said, atol=1e-6)
    rows = torch.from_numpy(trained.scaling.apply(features[1]))  # as the training holds them
    np.testing.assert_allclose(infer.log_posterior(again, rows), said, atol=1e-6)


def test_arrays_of_another_number_of_clusters_are_no_weights(tmp_path: Path) -> None:
    features, truths = _videos()
    config = TrainConfig(method="tot+tcl", n_clusters=N_CLUSTERS, batch=16, embedding=4, iterations=3)
    trained = train(features, config)
    trained.examples = learn_examples(features.__getitem__, _lessons(truths, 0), N_CLUSTERS + 1)
    weights.save(trained, tmp_path / "w.safetensors")
    with pytest.raises(InputError, match="examples of corrected rows"):
        weights.load(tmp_path / "w.safetensors")


def test_a_part_of_a_video_has_less_weight_than_two_videos_and_more_than_two_have_no_more() -> None:
    features, truths = _videos()
    part = [np.where(np.arange(len(t)) < 5, t, -1) for t in truths]
    shares = [
        learn_examples(features.__getitem__, lessons, N_CLUSTERS).share
        for lessons in (_lessons(part, 0), _lessons(truths, 0), _lessons(truths, *range(4)))
    ]
    assert 0 < shares[0] < shares[1] < shares[2] == SHARE
    network = np.log(np.random.default_rng(1).dirichlet(np.ones(N_CLUSTERS), len(features[2])))
    found = learn_examples(features.__getitem__, _lessons(truths, 0), N_CLUSTERS)
    np.testing.assert_allclose(replace(found, share=0.0).join(network, features[2]), network)
    alone = replace(found, share=1.0).join(network, features[2])
    np.testing.assert_allclose(np.exp(alone), np.exp(found.log_posterior(features[2])), atol=1e-9)


def test_what_an_earlier_version_kept_has_the_weight_that_it_had() -> None:
    features, truths = _videos()
    found = learn_examples(features.__getitem__, _lessons(truths, 0), N_CLUSTERS)
    state = found.state()
    assert Examples.of(N_CLUSTERS, **state).share == pytest.approx(found.share) and found.share < 0.5
    del state["share"]
    assert Examples.of(N_CLUSTERS, **state).share == 0.5
    with pytest.raises(ValueError, match="share"):
        Examples.of(N_CLUSTERS, **state, share=np.array([1.5]))
