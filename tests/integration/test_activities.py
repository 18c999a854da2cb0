"""`tot train` of several activities: one by one here, or each on a worker, with the same runs; each kept at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import datasets
import numpy as np
import pytest
from command_line import tot
from safetensors.numpy import load as load_weights

from core import api
from core.errors import ConfigError
from core.project import Project

OPTIONS = ("--iterations", 12, "--device", "cpu", "--set", "batch=32", "embedding=6")


@pytest.fixture
def projects(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[Path]:
    """A project of each of the two activities of one dataset."""
    data = tmp_path / "data"
    for seed, (activity, name) in enumerate((a, n) for a in ("coffee", "tea") for n in ("P03", "P04", "P05")):
        datasets.save(data / "features" / activity / f"{name}_{activity}.npy", datasets.matrix(40 + seed, seed=seed))
        labels = "\n".join(datasets.frame_labels(40 + seed)) + "\n"
        datasets.write(data / "groundTruth" / f"{name}_{activity}.txt", labels)
    code, answer, _ = tot(capsys, "new", tmp_path / "projects", data, "--each-activity")
    assert code == 0 and [row["activity"] for row in answer["projects"]] == ["coffee", "tea"]
    return [Path(row["project"]) for row in answer["projects"]]


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a cluster of one worker process."""
    distributed = pytest.importorskip("distributed", reason="Dask is an extra: pip install totgui[cluster]")
    with distributed.LocalCluster(1, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster:
        yield cluster.scheduler_address


def weights(path: Path) -> dict[str, np.ndarray]:
    with Project.open(path, read_only=True) as project:
        run = max(project.document.runs.values(), key=lambda each: each.number)
        return load_weights(project.weights(run.id))


@pytest.mark.parametrize("method", ["tot+tcl", "cte", "asot"])
def test_workers_train_the_runs_of_this_process_bit_for_bit(projects, scheduler, capsys, method) -> None:
    words = ("train", *projects, "--method", method, "--preset", "generic", *OPTIONS)
    code, here, _ = tot(capsys, *words)
    assert code == 0 and [row["activity"] for row in here["activities"]] == ["coffee", "tea"]
    alone = [weights(path) for path in projects]
    code, there, _ = tot(capsys, *words, "--cluster", scheduler)
    assert code == 0 and there["cluster"] == scheduler and not there["unfinished"]
    for path, before, first, second in zip(projects, alone, here["activities"], there["activities"], strict=True):
        assert (first["run"], second["run"]) == ("r1", "r2")
        assert first["loss"] == second["loss"] and first["metrics"] == second["metrics"]
        after = weights(path)
        assert before.keys() == after.keys()
        assert all(np.array_equal(before[name], after[name]) for name in before), "not one bit differs"
        assert tot(capsys, "segment", path)[0] == 0, "its weights came home"


def test_one_project_can_train_on_a_cluster_too(projects, scheduler, capsys) -> None:
    code, answer, _ = tot(capsys, "train", projects[0], *OPTIONS, "--method", "tot", "--cluster", scheduler)
    assert code == 0 and answer["run"] == "r1" and answer["iterations"] == 12


@pytest.mark.parametrize("cluster", ["", "scheduler"])
def test_an_activity_that_fails_leaves_the_others_their_runs(projects, scheduler, capsys, cluster) -> None:
    with Project.open(projects[0], read_only=True) as project:
        features = next(iter(project.document.videos.values())).features
    assert features is not None
    features.write_bytes(features.read_bytes()[:200])  # cut off after the project was made
    more = ("--cluster", scheduler) if cluster else ()
    code, answer, error = tot(capsys, "train", *projects, "--method", "tot", *OPTIONS, *more)
    assert code == 3 and features.name in error and "coffee.tot" in error
    coffee, tea = answer["activities"]
    assert "run" not in coffee and features.name in coffee["error"] and tea["run"] == "r1"
    assert tot(capsys, "segment", projects[1])[0] == 0
    with Project.open(projects[0], read_only=True) as project:
        assert not project.document.runs


def test_settings_that_cannot_work_somewhere_train_nothing_anywhere(projects, capsys) -> None:
    with Project.open(projects[0]) as short, Project.open(projects[1]) as long:
        config = [
            api.configure(project.document.dataset, method="tot", n_clusters=k)
            for project, k in ((short, 3), (long, 400))
        ]
        with pytest.raises(ConfigError, match="wanted 2 to 45"):
            api.train_activities([api.Activity(short, config[0]), api.Activity(long, config[1])], device="cpu")
        assert not short.document.runs and not long.document.runs


@pytest.mark.parametrize(
    ("words", "said"),
    [(("--from", "r1"), "one project's alone"), (("--resume", "r1"), "one project's alone")],
)
def test_what_is_one_projects_alone_is_refused_for_several(projects, capsys, words, said) -> None:
    code, _, error = tot(capsys, "train", *projects, *words)
    assert code == 2 and said in error


def test_a_project_that_is_named_twice_is_refused(projects, capsys) -> None:
    code, _, error = tot(capsys, "train", projects[0], projects[0])
    assert code == 2 and "twice" in error


@pytest.mark.parametrize(("words", "said"), [((), "is there already"), (("--activity", "tea"), "leave --activity out")])
def test_projects_of_each_activity_go_into_a_new_folder_only(projects, tmp_path, capsys, words, said) -> None:
    code, _, error = tot(capsys, "new", projects[0].parent, tmp_path / "data", "--each-activity", *words)
    assert code == 2 and said in error
    assert sorted(path.name for path in projects[0].parent.glob("*.tot")) == ["coffee.tot", "tea.tot"]


def test_several_activities_are_scored_each_alone_and_together(projects, capsys) -> None:
    assert tot(capsys, "train", *projects, "--method", "tot", *OPTIONS)[0] == 0
    for path in projects:
        assert tot(capsys, "segment", path)[0] == 0
    code, found, _ = tot(capsys, "evaluate", *projects)
    assert code == 0 and [row["activity"] for row in found["activities"]] == ["coffee", "tea"]
    alone = [tot(capsys, "evaluate", path)[1] for path in projects]
    for row, single in zip(found["activities"], alone, strict=True):
        assert {key: row[key] for key in single} == single
    right = [sum(row["frames"] * row["recall"] for row in each["per_class"]) for each in alone]
    assert found["mof"] == pytest.approx(sum(right) / sum(each["frames"] for each in alone))
    assert found["f1"] == pytest.approx(sum(each["f1"] for each in alone) / 2)
    ious = [row["iou"] for each in alone for row in each["per_class"]]
    assert found["miou"] == pytest.approx(sum(ious) / len(ious))
    assert set(found["baselines"]) == {"equal_split", "one_class"}


@pytest.mark.parametrize("words", [("--run", "r1"), ("--level", "video")])
def test_what_cannot_be_scored_together_is_refused(projects, capsys, words) -> None:
    code, _, error = tot(capsys, "evaluate", *projects, *words)
    assert code == 2 and "newest runs, at activity or global level" in error


@pytest.mark.parametrize("verb", [("train",), ("evaluate",), ("evaluate", "--level", "global")])
def test_a_project_that_is_named_twice_is_refused_by_every_verb_of_several(projects, capsys, verb) -> None:
    code, _, said = tot(capsys, verb[0], projects[0], projects[0].parent / "." / projects[0].name, *verb[1:])
    assert code == 2 and "named twice" in said
