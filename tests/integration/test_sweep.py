"""`tot sweep`: every combination, a pick without labels, and the same answer from a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import datasets
import pytest
from command_line import tot


@pytest.fixture
def project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "p.tot"
    assert tot(capsys, "new", path, datasets.layout(tmp_path / "data", "D"))[0] == 0
    return path


@pytest.fixture
def scheduler() -> Iterator[str]:
    """The address of a cluster of one worker thread in this process."""
    distributed = pytest.importorskip("distributed", reason="Dask is an extra: pip install totgui[cluster]")
    with distributed.LocalCluster(1, processes=False, threads_per_worker=1, dashboard_address=":0") as cluster:
        yield cluster.scheduler_address


SWEEP = ("--method", "tot", "--iterations", 15, "--seeds", 2, "--device", "cpu", "--set", "batch=32")


def test_every_combination_is_trained_and_the_pick_agrees_most(project, capsys) -> None:
    words = ("sweep", project, "--grid", "rho=0.05,0.1", "tau=0.1,0.2", "--clusters", "3,4", *SWEEP)
    code, found, _ = tot(capsys, *words)
    assert code == 0 and len(found["settings"]) == 8
    assert found["pieces"] == 2  # rho and K share a training, tau does not
    for clusters, number in found["picks"].items():
        same = [row for row in found["settings"] if str(row["values"]["n_clusters"]) == clusters]
        assert found["settings"][number]["agreement"] == max(row["agreement"] for row in same)
    for row in found["settings"]:
        assert 0 <= row["spread"]["mof"]["mean"] <= 1 and row["spread"]["mof"]["deviation"] >= 0
    assert tot(capsys, "train", project, "--from", "r1")[0] == 2  # a sweep adds no run


def test_a_cluster_gives_the_same_answer(project, scheduler, capsys) -> None:
    words = ("sweep", project, "--grid", "tau=0.1,0.2", *SWEEP)
    _, here, _ = tot(capsys, *words)
    code, there, _ = tot(capsys, *words, "--cluster", scheduler)
    assert code == 0 and there.pop("cluster") == scheduler and here.pop("cluster") == ""
    assert there == here


def test_a_cluster_that_does_not_answer_is_named(project, capsys) -> None:
    pytest.importorskip("distributed", reason="Dask is an extra: pip install totgui[cluster]")
    code, _, error = tot(capsys, "sweep", project, "--grid", "tau=0.1,0.2", *SWEEP, "--cluster", "no-address")
    assert code == 2 and "no-address" in error


@pytest.mark.parametrize(
    ("words", "said"),
    [((), "needs values"), (("--grid", "tau=0.1,-1"), "wanted"), (("--grid", "colour=1"), "no setting")],
)
def test_a_sweep_that_makes_no_sense_is_refused(project, capsys, words, said) -> None:
    code, _, error = tot(capsys, "sweep", project, *words, *SWEEP)
    assert code == 2 and said in error
