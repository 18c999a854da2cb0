"""Odd data that no other test holds: numbers of clusters, features that do not vary, names that look alike (F14)."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from datasets import layout, probe

from core import api
from core.data.layouts import scan
from core.errors import ConfigError, TotError
from core.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = api.create_project(tmp_path / "p.tot", api.open_dataset(layout(tmp_path / "set", "A")))
    yield made
    made.close()


@pytest.mark.parametrize("k", [1, 0, -3, 1000, 10**6])
def test_numbers_of_clusters_that_cannot_be(project: Project, k: int) -> None:
    """Refused before a training begins, with the range; nothing arrives."""
    with pytest.raises(ConfigError, match=r"\d+ to \d+|clusters"):
        config = api.configure(project.document.dataset, n_clusters=k, iterations=3)
        api.train_project(project, config, device="cpu")
    assert not project.document.runs


def test_features_that_do_not_vary(tmp_path: Path) -> None:
    """They train to finite losses, or are refused in words; they never hang and never give NaN."""
    root = layout(tmp_path / "set", "D")
    for path in (root / "features").glob("*.npy"):
        np.save(path, np.ones((24, 8), np.float32))
        label = root / "groundTruth" / f"{path.stem}.txt"
        label.write_text("".join(label.read_text().splitlines(True)[:24]))
    shutil.rmtree(root / "videos")
    with api.create_project(tmp_path / "p.tot", api.open_dataset(root)) as project:
        try:
            config = api.configure(project.document.dataset, n_clusters=3, iterations=4)
            run, result = api.train_project(project, config, device="cpu")
        except TotError as error:
            assert "vary" in str(error) or "usable" in str(error) or "equal" in str(error)
            return
        assert all(np.isfinite(value) for value in result["losses"].values()) and run in project.document.runs


def test_names_that_differ_by_case_or_form_stay_apart(tmp_path: Path) -> None:
    names = ["clip", "Clip", "caf\u00e9", "cafe\u0301"]
    (tmp_path / "features").mkdir()
    for seed, name in enumerate(names):
        np.save(tmp_path / "features" / f"{name}.npy", np.random.default_rng(seed).normal(size=(9, 4)).astype("f4"))
    if len(list((tmp_path / "features").iterdir())) < 4:
        pytest.skip("this file system holds such names for one")
    videos = scan(tmp_path, probe=probe).videos
    assert sorted(video.name for video in videos) == sorted(names) and len({video.id for video in videos}) == 4
