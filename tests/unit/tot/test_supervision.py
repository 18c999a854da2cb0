"""Corrected rows as a term of the loss: its gradient, its draws, and what it does to a training."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from finite_differences import assert_gradient, in_doubles
from msgspec import structs

from core.errors import ConfigError
from core.events import StopKind
from core.tot import infer
from core.tot.bank import FeatureBank
from core.tot.config import TrainConfig
from core.tot.losses import cross_entropy
from core.tot.network import Network, Shape
from core.tot.presets import preset
from core.tot.sampling import Sampler
from core.tot.scaling import fit_scaling
from core.tot.step import Stepper
from core.tot.supervision import Lessons, Teacher
from core.tot.train import train, train_many

N_CLUSTERS = 4
BASE = TrainConfig(method="tot+tcl", n_clusters=N_CLUSTERS, batch=16, embedding=4, iterations=12, correction_weight=0.7)


def _videos(n_videos: int = 4, noise: float = 0.3) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Features of four steps in one order, and the cluster of each row."""
    draw = np.random.default_rng(1)
    centres = draw.normal(size=(N_CLUSTERS, 6))
    truths = [np.repeat(np.arange(N_CLUSTERS), draw.integers(6, 20, N_CLUSTERS)) for _ in range(n_videos)]
    return [(centres[t] + draw.normal(size=(len(t), 6)) * noise).astype(np.float32) for t in truths], truths


def _taught(truths: list[np.ndarray], *videos: int) -> Lessons:
    return Lessons(tuple(t if n in videos else np.full(len(t), -1) for n, t in enumerate(truths)))


@pytest.fixture
def _double() -> Iterator[None]:
    with in_doubles():
        yield


@pytest.mark.usefixtures("_double")
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"normalise": "l2"},
        {"normalise": "l2", "activation": "relu"},
        {"prototypes_per_cluster": 2, "normalise": "l2"},
    ],
)
@pytest.mark.parametrize("n_runs", [1, 3])
def test_gradient_of_the_corrections_agrees_with_finite_differences(values: dict[str, object], n_runs: int) -> None:
    videos, truths = _videos()
    configs = [structs.replace(BASE, seed=run, **values) for run in range(n_runs)]
    bank = FeatureBank(videos, fit_scaling(videos, "activity"), "cpu")
    network = Network(Shape.of(configs[0], 6), n_runs)
    network.draw([torch.Generator().manual_seed(n) for n in range(n_runs)])
    network.encoder.mul_(40)
    network.prototypes.mul_(40)
    teacher = Teacher(_taught(truths, 0, 2), configs, bank)
    assert 0.2 < teacher.weight < 0.7
    teacher.add_gradients(network, 5)
    picks = teacher._draw(5)

    def loss() -> torch.Tensor:
        scores = network.scores(network.embed(bank.rows(teacher._rows[picks])))
        wanted = torch.nn.functional.one_hot(teacher._labels[picks], N_CLUSTERS).to(scores.dtype)
        return teacher.weight * cross_entropy(scores, wanted, tau=BASE.tau).sum()

    for parameter in (network.encoder, network.prototypes):
        assert_gradient(parameter, loss)


def test_the_term_is_added_to_the_gradients_of_the_others() -> None:
    videos, truths = _videos()
    bank = FeatureBank(videos, fit_scaling(videos, "activity"), "cpu")
    gradients = []
    for lessons in (None, _taught(truths, 1)):
        network = Network(Shape.of(BASE, 6))
        network.draw([torch.Generator().manual_seed(0)])
        draw = Sampler(bank.lengths, BASE, [0]).next()
        Stepper(network, [BASE], bank, lessons).gradients(draw, step=1)
        assert network.encoder.grad is not None and network.prototypes.grad is not None
        gradients.append(torch.cat([network.encoder.grad, network.prototypes.grad.flatten()]))
    alone = Network(Shape.of(BASE, 6))
    alone.draw([torch.Generator().manual_seed(0)])
    Teacher(_taught(truths, 1), [BASE], bank).add_gradients(alone, 1)
    assert alone.encoder.grad is not None and alone.prototypes.grad is not None
    term = torch.cat([alone.encoder.grad, alone.prototypes.grad.flatten()])
    torch.testing.assert_close(gradients[1], gradients[0] + term, rtol=1e-4, atol=1e-7)
    assert float(term.abs().max()) > 1e-4


def _labels(trained: object, videos: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([infer.log_posterior(trained, v).argmax(axis=1) for v in videos])  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["tot", "tot+tcl", "tot+entropy", "ot", "asot"])
def test_videos_that_were_not_corrected_get_the_names_of_those_that_were(method: str) -> None:
    videos, truths = _videos()
    # The clusters in reverse: no training finds that order by itself.
    backwards = [N_CLUSTERS - 1 - t for t in truths] if method == "ot" else truths
    config = structs.replace(preset("generic", method=method, n_clusters=N_CLUSTERS), batch=64)
    trained = train(videos, config, lessons=_taught(backwards, 0))
    right = _labels(trained, videos[1:]) == np.concatenate(backwards[1:])
    assert right.mean() > 0.9


@pytest.mark.parametrize("method", ["tot+tcl", "asot"])
def test_seeds_side_by_side_learn_what_they_learn_alone(method: str) -> None:
    videos, truths = _videos()
    base = structs.replace(preset("generic", method=method, n_clusters=N_CLUSTERS), batch=64, iterations=25)
    configs = [structs.replace(base, seed=seed) for seed in (3, 4, 9)]
    lessons = _taught(truths, 1)
    together = train_many(videos, configs, lessons=lessons)
    for config, one in zip(configs, together, strict=True):
        alone = train(videos, config, lessons=lessons)
        for video in videos:
            np.testing.assert_allclose(infer.posterior(one, video), infer.posterior(alone, video), atol=2e-4)


def test_the_same_seed_learns_the_same_from_the_same_corrections() -> None:
    videos, truths = _videos()
    once, again = (train(videos, BASE, lessons=_taught(truths, 0)) for _ in range(2))
    other = train(videos, BASE, lessons=_taught(truths, 2))
    plain = train(videos, BASE)
    assert torch.equal(once.model.encoder, again.model.encoder)  # type: ignore[union-attr]
    assert not torch.equal(once.model.encoder, other.model.encoder)  # type: ignore[union-attr]
    assert not torch.equal(once.model.encoder, plain.model.encoder)  # type: ignore[union-attr]
    assert "corrections" in once.losses and "corrections" not in plain.losses


def test_a_training_that_goes_on_draws_the_corrections_it_would_have_drawn() -> None:
    videos, truths = _videos()
    whole = train(videos, BASE, lessons=_taught(truths, 0, 3))
    asked = iter([None] * 4 + [StopKind.KEEP] * 10)
    part = train(videos, BASE, lessons=_taught(truths, 0, 3), should_stop=lambda: next(asked))
    assert part.iterations == 5 and part.training_state is not None
    rest = train(videos, BASE, lessons=_taught(truths, 0, 3), resume=part.training_state)
    assert torch.equal(whole.model.encoder, rest.model.encoder)  # type: ignore[union-attr]


@pytest.mark.parametrize("n_known", [1, 2])
def test_a_single_corrected_frame_is_enough(n_known: int) -> None:
    videos, truths = _videos()
    labels = [np.full(len(t), -1) for t in truths]
    labels[2][5 : 5 + n_known] = 0
    trained = train(videos, BASE, lessons=Lessons(tuple(labels)))
    assert np.isfinite(infer.log_posterior(trained, videos[0])).all()
    assert trained.losses["corrections"] > 0


def test_all_frames_of_all_videos_may_be_corrected() -> None:
    videos, truths = _videos()
    config = structs.replace(preset("generic", method="asot", n_clusters=N_CLUSTERS), batch=64)
    trained = train(videos, config, lessons=_taught(truths, 0, 1, 2, 3))
    assert (_labels(trained, videos) == np.concatenate(truths)).mean() > 0.97


def test_what_cannot_be_learned_from_is_refused_with_its_reason() -> None:
    videos, truths = _videos()
    with pytest.raises(ConfigError, match="other videos"):
        train(videos, BASE, lessons=Lessons(tuple(truths[:-1])))
    with pytest.raises(ConfigError, match="clusters up to 9; wanted 0 to 3"):
        train(videos, BASE, lessons=Lessons(tuple(t + 6 for t in truths)))
    with pytest.raises(ConfigError, match="at least one"):
        train(videos, BASE, lessons=_taught(truths))
    with pytest.raises(ConfigError, match="cannot learn from corrections"):
        train(videos, structs.replace(BASE, method="cte"), lessons=_taught(truths, 0))
