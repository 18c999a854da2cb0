"""Training on small made-up videos: same seed, frozen prototypes, refusals."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.errors import ConfigError, JobError
from core.tot.config import FIELDS, METHODS, PRESETS, TrainConfig, check, preset
from core.tot.train import train

VIDEOS = [np.random.default_rng(n).normal(size=(40 + n, 6)).astype(np.float32) for n in range(3)]
CONFIG = TrainConfig(method="tot+tcl", n_clusters=4, batch=32, embedding=8, iterations=10, freeze_fraction=0.5)


def test_same_seed_gives_the_same_weights() -> None:
    one, two = (train(VIDEOS, CONFIG, device="cpu").model.state_dict() for _ in range(2))
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
        train([np.where(v > 2, np.nan, v) for v in VIDEOS], CONFIG)


def test_clusters_out_of_range_are_refused_with_the_range() -> None:
    with pytest.raises(ConfigError, match="2 to 10"):
        check(CONFIG.__class__(n_clusters=11), longest_video_rows=10, n_videos=1)


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("method", METHODS)
def test_presets_are_inside_their_ranges(name: str, method: str) -> None:
    check(preset(name, method=method, n_clusters=5), longest_video_rows=100, n_videos=2)


def test_every_field_explains_itself() -> None:
    assert all(f.symbol and f.label and f.tooltip for f in FIELDS)
