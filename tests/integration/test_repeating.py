"""`tot train --from RUN` gives the same labels, or says why it may not; features that were spoiled train nothing."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import datasets
import numpy as np
import pytest
from command_line import tot

from core.cache import cache_dir
from core.project import Project
from core.tot.trained import StepInfo
from core.work.live import Live


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
        (lambda rows: rows[:20], ("clip_2.npy: has 20 rows now; the project counts on 42",)),
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


def test_ctrl_c_keeps_what_was_learned_where_that_is_asked_for(project, capsys, monkeypatch) -> None:
    common = ("--method", "tot", "--preset", "generic", "--device", "cpu", "--set", "batch=32", "--iterations", 200)
    assert tot(capsys, "train", project, *common)[0] == 0
    plain = Live.__call__

    def press(self: Live, info: StepInfo) -> None:
        plain(self, info)
        if info.iteration == 30:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Live, "__call__", press)
    code, answer, error = tot(capsys, "train", project, *common, "--keep")
    assert code == 130 and answer["run"] == "r2" and 30 <= answer["iterations"] < 200
    assert "--resume r2" in error
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    code, _, error = tot(capsys, "train", project, *common)
    assert code == 130 and "Nothing half-done was left" in error
    monkeypatch.undo()
    code, answer, _ = tot(capsys, "train", project, "--resume", "r2", "--device", "cpu")
    assert code == 0 and answer["run"] == "r3" and answer["iterations"] == 200
    for run in ("r1", "r3"):
        assert tot(capsys, "segment", project, "--run", run)[0] == 0
    assert labels(project, "r1") == labels(project, "r3")


def test_what_makes_features_unusable_is_said_where_none_is_left(project, capsys, tmp_path) -> None:
    data = tmp_path / "spoiled"
    rows = datasets.matrix(30)
    rows[4] = np.nan
    datasets.save(data / "features" / "clip_9.npy", rows)
    datasets.save(data / "features" / "clip_10.npy", np.ones((30, 8), np.float32))
    assert tot(capsys, "new", tmp_path / "s.tot", data)[0] == 0
    code, _, error = tot(capsys, "train", tmp_path / "s.tot")
    assert code == 2 and "clip_9" in error and "NaN" in error and "row 4" in error
