"""Requests to train on four small videos whose steps are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from datasets import train_video

from core.requests import TrainRequest
from core.tot.config import with_values
from core.tot.presets import preset


@pytest.fixture
def request_of(tmp_path: Path):
    generator, videos = np.random.default_rng(0), []
    for number in range(4):
        cuts = np.sort(generator.integers(8, 72, 2))
        labels = np.repeat([0, 1, 2], np.diff([0, *cuts, 80]))
        rows = np.eye(8)[labels] * 3 + generator.normal(size=(80, 8))
        videos.append(train_video(tmp_path / f"v{number}.npy", rows, starts=[0, *cuts.tolist()], labels=[0, 1, 2]))

    def make(name: str = "robust", method: str | None = None, **values: str) -> TrainRequest:
        config = with_values(preset(name, method=method, n_clusters=3), {"iterations": "40", **values})
        return TrainRequest(videos=tuple(videos), config=config, out=str(tmp_path / "out"), device="cpu")

    return make
