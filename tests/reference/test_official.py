"""`--official-compatible`, item by item, against plain forms of what the released code of TOT is known to do.

Written from the description in docs/algorithm.md (last section), not from that code.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from msgspec import structs

from core import api
from core.data.dataset import Dataset, Video, VideoId
from core.data.timebase import Timebase
from core.errors import ConfigError
from core.tot.bank import FeatureBank
from core.tot.config import TrainConfig, with_values
from core.tot.network import Network, Shape
from core.tot.presets import official, preset
from core.tot.sampling import Draw, official_rows
from core.tot.scaling import fit_scaling
from core.tot.step import Stepper
from core.tot.targets import Targets

LENGTHS = (331, 64, 40, 20)


def config(name: str = "50salads-eval", method: str = "tot+tcl", **values: str) -> TrainConfig:
    chosen = with_values(preset(name, method=method, n_clusters=5), values)
    return with_values(chosen, official(chosen))


def test_a_batch_is_half_anchors_half_jittered_copies_of_32_bins_sorted_together() -> None:
    generator = torch.Generator().manual_seed(0)
    lengths = torch.tensor(LENGTHS)[:, None].expand(len(LENGTHS), 1)
    seen: list[set[int]] = [set() for _ in LENGTHS]
    for _ in range(200):
        drawn = official_rows(lengths, 128, generator)
        assert drawn.shape == (len(LENGTHS), 128)
        assert torch.equal(drawn, drawn.sort(dim=-1).values)
        for video, length in enumerate(LENGTHS):
            assert int(drawn[video].min()) >= 0 and int(drawn[video].max()) < length
            seen[video] |= set(drawn[video].tolist())
    assert seen[0] == set(range(331)), "copies lie up to 30 rows off, also beyond the last bin of 320"
    # What lies more than 30 rows from a bin can come from an anchor of that bin alone: two of each in every draw.
    rows = official_rows(torch.tensor([[32 * 400]]), 128, generator)[0]
    for place in range(32):
        middle = (rows >= place * 400 + 30) & (rows < (place + 1) * 400 - 30)
        near = (rows >= place * 400 - 30) & (rows < (place + 1) * 400 + 30)
        assert int(middle.sum()) <= 4 <= int(near.sum()), "two anchors and two copies a bin, with 64 of each"


def test_the_prior_counts_from_zero_and_the_plan_is_three_rounds_of_the_exponential_form() -> None:
    chosen = config("50salads-eval", "tot")
    n_frames, n_clusters = chosen.frames_per_video, chosen.n_clusters
    scores = torch.rand(1, 2, n_frames, n_clusters, generator=torch.Generator().manual_seed(1))
    found = Targets([chosen], n_clusters, "cpu").plan(scores)[0].reshape(-1, n_clusters).numpy()

    time, place = np.arange(n_frames) / n_frames, np.arange(n_clusters) / n_clusters
    distance = np.abs(time[:, None] - place) / np.sqrt(1 / n_frames**2 + 1 / n_clusters**2)
    prior = np.exp(-(distance**2) / (2 * chosen.sigma**2)) / (chosen.sigma * 2 * 3.142)
    plan = np.exp(scores[0].reshape(-1, n_clusters).double().numpy() / chosen.rho) * np.tile(prior, (2, 1))
    plan /= plan.sum()
    for _ in range(3):
        plan *= (1 / n_clusters) / plan.sum(axis=0)
        plan *= (1 / len(plan)) / plan.sum(axis=1, keepdims=True)
    assert np.abs(found - plan * len(plan)).max() < 1e-5


def test_pairs_are_neighbours_in_groups_of_a_bin_against_all_others_of_the_batch() -> None:
    """One softmax over the pairs of both videos at once, inner products divided by 0.01, no weight."""
    chosen = config()
    matrices = [np.random.default_rng(n).normal(size=(200, 6)).astype(np.float32) for n in range(2)]
    scaling = fit_scaling(matrices, chosen.standardise, chosen.reduce)
    bank = FeatureBank(matrices, scaling, "cpu")
    network = Network(Shape.of(chosen, 6))
    network.draw([torch.Generator().manual_seed(3)])
    network.encoder.mul_(40)  # so that embeddings differ
    rows = official_rows(torch.tensor([[[200], [200]]]), chosen.frames_per_video, torch.Generator().manual_seed(4))
    outcome = Stepper(network, [chosen], bank).gradients(Draw(rows + torch.tensor([[[0], [200]]]), None), step=7)
    assert outcome.coherence is not None

    size = chosen.frames_per_video // 32
    embedded = network.embed(bank.rows((rows + torch.tensor([[[0], [200]]])).flatten(1)))[0].double().numpy()
    drawn = torch.randint(
        0, size - 1, (64,), generator=torch.Generator().manual_seed(chosen.seed * 1_000_003 + 7)
    ).numpy()
    first = np.arange(0, len(embedded), size) + drawn
    assert len(first) == 64 and size == 4
    logits = embedded[first] @ embedded[first + 1].T / 0.01
    logits -= logits.max(axis=1, keepdims=True)
    wanted = -np.mean(np.diag(logits) - np.log(np.exp(logits).sum(axis=1)))
    assert float(outcome.coherence.loss()[0]) == pytest.approx(wanted, rel=1e-4)
    assert chosen.alpha == 1.0 and chosen.kappa == 0.01


def test_numbers_of_the_released_code() -> None:
    chosen = config(iterations="62500")
    assert (chosen.batch, chosen.videos_per_batch, chosen.normalise, chosen.sampling) == (256, 2, "none", "official")
    assert round(chosen.freeze_fraction * chosen.iterations) == 4000 and config(iterations="300").freeze_fraction == 1
    assert chosen.learning_rate == 1e-3 and config("desktop-assembly").learning_rate == 1e-2
    assert chosen.standardise == "none" and config("breakfast").standardise == "video"
    assert config("generic").standardise == "none", "whatever our own presets do to features"


def dataset() -> Dataset:
    video = Video(VideoId("a"), "a", Timebase(400, n_rows=400), features=Path("a.npy"), n_dimensions=9)
    return Dataset(Path("d"), "x", (video,), ())


def test_the_default_preset_is_compared_as_tot_with_tcl_and_other_methods_are_refused() -> None:
    found = api.configure(dataset(), n_clusters=4, official_compatible=True)
    assert (found.method, found.preset, found.rival, found.seeds) == ("tot+tcl", "robust", "none", 1)
    assert found.sampling == "official" and found.standardise == "none"
    for method in ("asot", "cte"):
        with pytest.raises(ConfigError, match="released code of TOT has no"):
            api.configure(dataset(), method=method, n_clusters=4, official_compatible=True)
    own = api.configure(dataset(), n_clusters=4, values={"batch": "512"}, official_compatible=True)
    assert own.batch == 512 and own.frames_per_video == 256, "what is stated stays"


def test_runs_side_by_side_draw_the_pairs_that_each_draws_alone() -> None:
    from core.tot.train import train, train_many

    matrices = [np.random.default_rng(n).normal(size=(90, 6)).astype(np.float32) for n in range(3)]
    configs = [structs.replace(config(iterations="12"), seed=seed, embedding=6) for seed in (0, 5)]
    together = train_many(matrices, configs)
    for one, chosen in zip(together, configs, strict=True):
        alone = train(matrices, chosen)
        assert one.losses["temporal_coherence"] == pytest.approx(alone.losses["temporal_coherence"], rel=1e-4)
