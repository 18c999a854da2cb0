"""What several runs agree on: clusters joined whatever their numbers, averaged, and the same from the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from msgspec import structs

from core.decode.registry import decode_all
from core.errors import InputError
from core.tot import infer, weights
from core.tot.config import TrainConfig
from core.tot.consensus import consensus, partners
from core.tot.train import train, train_many
from core.tot.trained import Trained

DRAW = np.random.default_rng(4)
CENTRES = DRAW.normal(size=(3, 10)) * 2
TRUTHS = [np.repeat(np.arange(3), DRAW.integers(20, 40, size=3)) for _ in range(4)]
VIDEOS = [(CENTRES[t] + DRAW.normal(size=(len(t), 10)) * 0.5).astype(np.float32) for t in TRUTHS]
TOT = TrainConfig(method="tot+tcl", n_clusters=3, batch=64, embedding=8, normalise="l2", iterations=60)
ASOT = structs.replace(
    TOT, method="asot", activation="relu", initial_prototypes="k-means", standardise="activity-unit", reduce=4
)


def runs() -> list[Trained]:
    return [*train_many(VIDEOS, [structs.replace(TOT, seed=n) for n in range(2)]), train(VIDEOS, ASOT)]


def labels_of(run: Trained) -> list[np.ndarray]:
    return decode_all("any-order", [infer.log_posterior(run, video) for video in VIDEOS])


@pytest.fixture(scope="module")
def whole() -> Trained:
    found = runs()
    return consensus(found, [labels_of(run) for run in found], ASOT, reference=0)


def test_partners_undo_any_renumbering() -> None:
    order = np.array([2, 0, 1])
    renumbered = [order[truth] for truth in TRUTHS]
    assert partners(renumbered, TRUTHS, 3).tolist() == order.tolist()


def test_runs_whose_clusters_are_renumbered_agree_on_the_same() -> None:
    """One run, and a copy of it with its clusters in another order: their consensus is the run."""
    run = train(VIDEOS, structs.replace(TOT, method="ot", iterations=150))
    other = Trained(run.model.single(), run.scaling, run.config, run.n_dimensions)
    other.model.prototypes.copy_(run.model.prototypes[:, torch.tensor([1, 2, 0])])
    labels = [[infer.posterior(each, video).argmax(axis=1) for video in VIDEOS] for each in (run, other)]
    assert len(np.unique(np.concatenate(labels[0]))) == 3
    both = consensus([run, other], labels, run.config, reference=0)
    for video in VIDEOS:
        assert np.allclose(infer.posterior(both, video), infer.posterior(run, video), atol=1e-6)


def test_a_consensus_is_a_distribution_and_finds_the_steps(whole: Trained) -> None:
    for values in (infer.posterior(whole, VIDEOS[0]), infer.plan(whole, VIDEOS[0])):
        assert values.shape == (len(VIDEOS[0]), 3)
        assert values.sum(axis=1) == pytest.approx(np.ones(len(VIDEOS[0])), abs=1e-5)
    table = partners(labels_of(whole), TRUTHS, 3)
    right = [table[t] == found for t, found in zip(TRUTHS, labels_of(whole), strict=True)]
    assert np.concatenate(right).mean() > 0.9


def test_a_consensus_comes_back_from_its_file(whole: Trained, tmp_path: Path) -> None:
    weights.save(whole, tmp_path / "w.safetensors")
    again = weights.load(tmp_path / "w.safetensors")
    assert again.config == ASOT and [m.clusters for m in again.members] == [m.clusters for m in whole.members]
    assert again.members[0].trained.scaling is again.members[1].trained.scaling  # kept once
    for video in VIDEOS:
        assert np.array_equal(infer.log_posterior(again, video), infer.log_posterior(whole, video))


def test_members_that_do_not_fit_are_refused(whole: Trained, tmp_path: Path) -> None:
    wrong = structs.replace(ASOT, n_clusters=5)
    weights.save(Trained(**(vars(whole) | {"config": wrong})), tmp_path / "w.safetensors")
    with pytest.raises(InputError, match="not the weights of a run"):
        weights.load(tmp_path / "w.safetensors")
