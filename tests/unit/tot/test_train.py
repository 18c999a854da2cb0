"""Training on small made-up videos: same seed, frozen prototypes, refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from msgspec import structs

from core.decode.registry import decode, decode_all
from core.errors import ConfigError, InputError, JobError
from core.events import StopKind
from core.metrics.baselines import equal_split
from core.metrics.report import quick_scores
from core.tot import infer, weights
from core.tot.config import METHODS, TrainConfig, check, with_values
from core.tot.devices import use_few_threads
from core.tot.fields import FIELDS
from core.tot.presets import PRESETS, official, preset
from core.tot.scaling import fit_scaling
from core.tot.train import train, train_many
from core.tot.trained import StepInfo
from core.work.videos import decoder_settings

VIDEOS = [np.random.default_rng(n).normal(size=(40 + n, 6)).astype(np.float32) for n in range(3)]
CONFIG = TrainConfig(method="tot+tcl", n_clusters=4, batch=32, embedding=8, iterations=10, freeze_fraction=0.5)


def ordered_videos() -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Six videos of four steps in one order, step lengths varying; each step has a centre of its own, with noise."""
    draw = np.random.default_rng(7)
    centres = draw.normal(size=(4, 12)) * 2
    truths = [np.repeat(np.arange(4), draw.integers(30, 60, size=4)) for _ in range(6)]
    return [(centres[t] + draw.normal(size=(len(t), 12)) * 0.5).astype(np.float32) for t in truths], truths


def test_same_seed_gives_the_same_weights() -> None:
    one, two = (train(VIDEOS, CONFIG, device="cpu").model.state() for _ in range(2))
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_prototypes_stand_still_until_the_last_frozen_step() -> None:
    seen: list[torch.Tensor] = []
    train(VIDEOS, CONFIG, on_step=lambda s: seen.append(s.trained.model.prototypes.detach().clone()), step_every=1)
    assert all(torch.equal(seen[0], p) for p in seen[:5])
    assert not torch.equal(seen[4], seen[5])


def test_features_that_do_not_vary_are_refused() -> None:
    with pytest.raises(ConfigError, match="do not vary"):
        train([np.ones((40, 6), np.float32)], CONFIG)


def test_a_loss_that_is_not_finite_ends_the_job() -> None:
    with pytest.raises(JobError, match="not finite"):
        train([np.where(v > 0, np.nan, v) for v in VIDEOS], CONFIG)


def test_a_loss_that_stops_being_finite_keeps_the_last_whole_weights() -> None:
    config = structs.replace(CONFIG, learning_rate=1e-3, iterations=12, freeze_fraction=0.0)
    seen: dict[int, dict[str, torch.Tensor]] = {}

    def spoil(info: StepInfo) -> None:
        seen[info.iteration] = info.trained.model.state()
        if info.iteration == 8:
            info.trained.model.encoder[0] = torch.nan

    trained = train(VIDEOS, config, on_step=spoil, step_every=2)
    assert "not finite at iteration 10" in trained.warning and "iteration 8" in trained.warning
    assert trained.iterations == 8 and trained.stopped_early
    assert all(torch.equal(seen[8][name], value) for name, value in trained.model.state().items())


def test_a_stopped_training_goes_on_with_the_very_next_draw(tmp_path: Path) -> None:
    config = structs.replace(CONFIG, iterations=150)
    whole = train(VIDEOS, config)
    asked = iter(range(1000))
    part = train(VIDEOS, config, should_stop=lambda: StopKind.KEEP if next(asked) == 69 else None)
    assert part.stopped_early and part.iterations == 70
    weights.save(part, tmp_path / "w.safetensors")
    again = train(VIDEOS, config, resume=weights.load(tmp_path / "w.safetensors").training_state)
    assert again.iterations == 150
    assert all(torch.equal(again.model.state()[name], value) for name, value in whole.model.state().items())


def test_one_of_several_runs_goes_on_alone_as_if_it_had_been_alone(tmp_path: Path) -> None:
    configs = [structs.replace(CONFIG, iterations=60, seed=seed) for seed in range(3)]
    asked = iter(range(1000))
    part = train_many(VIDEOS, configs, should_stop=lambda: StopKind.KEEP if next(asked) == 24 else None)[2]
    weights.save(part, tmp_path / "w.safetensors")
    again = train(VIDEOS, configs[2], resume=weights.load(tmp_path / "w.safetensors").training_state)
    alone = train(VIDEOS, configs[2])
    assert (part.iterations, again.iterations) == (25, 60)
    for name, value in alone.model.state().items():  # batched and single products round differently
        assert torch.allclose(again.model.state()[name], value, atol=1e-3), name


def test_streamed_features_train_the_same_network() -> None:
    for kind in ("activity", "video"):
        config = structs.replace(CONFIG, standardise=kind)
        one, two = (train(VIDEOS, config, resident=r).model.state() for r in (True, False))
        assert all(torch.equal(one[name], two[name]) for name in one)


@pytest.mark.parametrize("method", ["tot", "tot+tcl", "ot", "asot"])
def test_runs_side_by_side_equal_runs_alone(method: str) -> None:
    base = preset("generic", method=method, n_clusters=4)
    base = structs.replace(base, batch=32, iterations=20, embedding=8, freeze_fraction=0.2)
    many = [structs.replace(base, seed=s, rho=0.07 + 0.01 * s) for s in range(3)]
    if method != "asot":
        many[1] = structs.replace(many[1], n_clusters=3)
    for config, together in zip(many, train_many(VIDEOS, many), strict=True):
        alone = train(VIDEOS, config)
        if config.n_clusters == base.n_clusters:  # a narrower run draws fewer first weights when it is alone
            for name, value in alone.model.state().items():
                assert torch.allclose(together.model.state()[name], value, atol=1e-5)
        assert infer.posterior(together, VIDEOS[0]).shape == (40, config.n_clusters)
        assert np.isfinite(infer.log_posterior(together, VIDEOS[0])).all()


def test_settings_that_cannot_share_a_training_are_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="not in tau"):
        train_many(VIDEOS, [CONFIG, structs.replace(CONFIG, tau=0.2)])


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_steps_in_one_order(method: str, tmp_path: Path) -> None:
    videos, truths = ordered_videos()
    trained = train(videos, structs.replace(preset("generic", method=method, n_clusters=4), iterations=400, seed=1))
    weights.save(trained, tmp_path / "w.safetensors")
    trained = weights.load(tmp_path / "w.safetensors")
    right = [decode("fixed-order", infer.log_posterior(trained, v)) == t for v, t in zip(videos, truths, strict=True)]
    assert np.concatenate(right).mean() > 0.9
    for values in (infer.posterior(trained, videos[0]), infer.plan(trained, videos[0])):
        assert values.sum(axis=1) == pytest.approx(np.ones(len(videos[0])), abs=1e-5)
    assert infer.prior(trained, 50).shape == (50, 4) and infer.prior(trained, 50).max() == pytest.approx(1, abs=0.05)


def test_the_released_codes_way_trains() -> None:
    videos, truths = ordered_videos()
    config = preset("breakfast", method="tot+tcl", n_clusters=4)
    config = with_values(config, official(config) | {"iterations": "300", "freeze_fraction": "0.1"})
    trained = train(videos, config)
    right = [decode("fixed-order", infer.log_posterior(trained, v)) == t for v, t in zip(videos, truths, strict=True)]
    assert np.isfinite(trained.losses["temporal_coherence"]) and np.concatenate(right).mean() > 0.5


@pytest.mark.parametrize("values", [{"order": "video"}, {"marginal_penalty": "0.1"}, {"prototypes_per_cluster": "2"}])
def test_each_way_beyond_the_paper_trains(values: dict[str, str]) -> None:
    videos, truths = ordered_videos()
    config = with_values(preset("generic", n_clusters=4), values)
    trained = train(videos, config)
    right = [decode("fixed-order", infer.log_posterior(trained, v)) == t for v, t in zip(videos, truths, strict=True)]
    assert np.concatenate(right).mean() > 0.8


def test_clusters_out_of_range_are_refused_with_the_range() -> None:
    with pytest.raises(ConfigError, match="2 to 10"):
        check(CONFIG.__class__(n_clusters=11), longest_video_rows=10, n_videos=1)


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("method", METHODS)
def test_presets_are_inside_their_ranges(name: str, method: str) -> None:
    check(preset(name, method=method, n_clusters=5), longest_video_rows=100, n_videos=2)


def test_every_field_explains_itself() -> None:
    assert all(f.label and f.tooltip for f in FIELDS)


def test_fewer_columns_keep_what_varies_and_go_with_the_run(tmp_path: Path) -> None:
    """Two of 30 columns carry everything: two principal directions lose nothing, in memory and from the file."""
    draw = np.random.default_rng(3)
    mix = np.linalg.qr(draw.normal(size=(30, 2)))[0].T
    videos = [(draw.normal(size=(40 + n, 2)) @ mix).astype(np.float32) for n in range(3)]
    scaling = fit_scaling(videos, "none", 2)
    for video in videos:
        small = scaling.apply(video)
        assert small.shape == (len(video), 2)
        assert np.allclose(small @ small.T, video @ video.T, atol=1e-4)
    trained = train(videos, structs.replace(CONFIG, reduce=2, standardise="video-unit"))
    weights.save(trained, tmp_path / "w.safetensors")
    again = weights.load(tmp_path / "w.safetensors")
    assert again.model.shape.n_dimensions == 2 and again.n_dimensions == 30
    assert np.allclose(infer.posterior(again, videos[0]), infer.posterior(trained, videos[0]), atol=1e-6)
    with pytest.raises(InputError, match="trained on 30"):
        infer.scores(again, videos[0][:, :20])


@pytest.mark.parametrize("other", ["columns", "clusters"])
def test_a_training_state_of_another_network_is_refused(other: str) -> None:
    state = train(VIDEOS, CONFIG, should_stop=lambda: StopKind.KEEP).training_state
    videos = [video[:, :5] for video in VIDEOS] if other == "columns" else VIDEOS
    config = CONFIG if other == "columns" else structs.replace(CONFIG, n_clusters=5)
    with pytest.raises(InputError, match="other widths"):
        train(videos, config, resume=state)


def test_our_preset_beats_an_equal_split_where_steps_have_one_order() -> None:
    """With the prior two clusters wide it did not: each run followed its first draw of weights."""
    use_few_threads()
    draw = np.random.default_rng(5)
    centres = draw.normal(size=(6, 24)) * 0.35
    lengths = np.array([20, 70, 35, 90, 25, 60])
    counts = [(lengths * draw.lognormal(0, 0.2, size=6)).astype(int) for _ in range(10)]
    truths = [np.repeat(np.arange(6), each) for each in counts]
    videos = [(centres[t] + draw.normal(size=(len(t), 24)) * 0.7).astype(np.float32) for t in truths]

    def right(labels: list[np.ndarray]) -> float:
        names = [str(number) for number in range(len(truths))]
        return quick_scores(dict(zip(names, truths, strict=True)), dict(zip(names, labels, strict=True)), n_clusters=6)[
            0
        ]

    found = []
    config = preset("generic", method="tot", n_clusters=6)
    for run in train_many(videos, [structs.replace(config, seed=n) for n in range(3)]):
        posteriors = [infer.log_posterior(run, video) for video in videos]
        found.append(right(decode_all("fixed-order", posteriors, decoder_settings(run.config))))
    assert min(found) > right([equal_split(len(truth), 6) for truth in truths]) + 0.1, found
