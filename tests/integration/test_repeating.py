"""`tot train --from RUN` gives the same labels, or says why it may not; features that were spoiled train nothing."""

from __future__ import annotations

from pathlib import Path

import datasets
import numpy as np
import pytest
from command_line import tot

from core.cache import cache_dir
from core.project import Project


@pytest.fixture
def project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    data = tmp_path / "data"
    for seed in range(4):
        datasets.save(data / "features" / f"clip_{seed}.npy", datasets.matrix(40 + seed, seed=seed))
        datasets.write(data / "groundTruth" / f"clip_{seed}.txt", "\n".join(datasets.frame_labels(40 + seed)) + "\n")
    assert tot(capsys, "new", tmp_path / "p.tot", data)[0] == 0
    return tmp_path / "p.tot"


def labels(path: Path, run: str) -> dict[str, list[int]]:
    with Project.open(path, read_only=True) as project:
        found = {str(v): p.segmentation for (r, v), p in project.document.predictions.items() if r == run}
    return {video: each.to_frames().tolist() for video, each in found.items()}


@pytest.mark.parametrize(
    "words",
    [
        ("--method", "tot+tcl", "--preset", "generic"),
        ("--method", "cte", "--preset", "generic"),
        ("--method", "ot", "--preset", "generic", "--seeds", 3),
        ("--preset", "robust", "--seeds", 2),
        ("--preset", "generic", "--clusters", "auto", "--method", "asot"),
    ],
    ids=lambda words: " ".join(map(str, words)),
)
def test_a_run_is_repeated_label_by_label(project, capsys, words) -> None:
    common = ("--iterations", 20, "--device", "cpu", "--set", "batch=32")
    code, first, error = tot(capsys, "train", project, *words, *common)
    assert code == 0, error
    code, second, error = tot(capsys, "train", project, "--from", "r1", "--device", "cpu")
    assert code == 0 and second["differs"] == [], error
    assert first["made"] == second["made"] and len(first["made"]["data"]) == 32
    assert {"totgui", "torch", "numpy"} <= set(first["made"]["versions"])
    for run in ("r1", "r2"):
        assert tot(capsys, "segment", project, "--run", run)[0] == 0
    assert labels(project, "r1") == labels(project, "r2") and len(labels(project, "r1")) == 4


def test_other_features_are_named_where_a_run_is_repeated(project, capsys) -> None:
    common = ("--method", "tot", "--preset", "generic", "--iterations", 5, "--device", "cpu", "--set", "batch=32")
    assert tot(capsys, "train", project, *common)[0] == 0
    features = project.parent / "data" / "features" / "clip_2.npy"
    rows = np.load(features)
    rows[7, 3] += 1e-3
    np.save(features, rows)
    code, answer, _ = tot(capsys, "train", project, "--from", "r1", "--device", "cpu")
    assert code == 0 and answer["differs"] == ["other features"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda rows: np.where(np.arange(len(rows))[:, None] == 21, np.nan, rows), ("row 21", "clip_2", "NaN")),
        (lambda rows: np.where(np.arange(len(rows))[:, None] == 9, -np.inf, rows), ("row 9", "clip_2", "Inf")),
        (lambda rows: rows[:, :5], ("42 rows of 5 columns; the project knows 42 of 8",)),
        (lambda rows: rows[:20], ("20 rows of 8 columns; the project knows 42 of 8",)),
    ],
    ids=["NaN", "Inf", "columns", "rows"],
)
@pytest.mark.parametrize("verb", ["train", "sweep"])
def test_features_that_were_spoiled_after_all_train_nothing(project, capsys, spoil, said, verb) -> None:
    features = project.parent / "data" / "features" / "clip_2.npy"
    np.save(features, spoil(np.load(features)).astype(np.float32))
    more = ("--grid", "rho=0.05,0.07") if verb == "sweep" else ()
    code, _, error = tot(capsys, verb, project, "--method", "tot", "--device", "cpu", "--set", "batch=32", *more)
    assert code == 2 and all(word in error for word in said), error
    with Project.open(project, read_only=True) as opened:
        assert not opened.document.runs
    assert not list(cache_dir().rglob("train-*")), "nothing is written"
