"""A run that is hidden loses nothing: its weights, label map, predictions and what was taken from it stay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from projects import R, V, a_project, with_edits, with_run

from core.annotation import commands
from core.annotation.changes import What
from core.data.dataset import RunId
from core.errors import ConfigError, EditError
from core.project import Project
from core.report_work import collect
from core.run_work import add_run, can_go_on, choose_run, shown_run
from core.store.opening import examine


def test_hiding_survives_a_restart_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "p.tot"
    with a_project(path) as project:
        with_run(project)
        with_edits(project)
        label_map, corrected = project.document.label_maps[R], project.document.corrected[V]
        assert project.hide_run(R).what == What.RUNS
    assert examine(path) == []
    with Project.open(path) as project:
        assert project.document.runs[R].hidden
        assert project.document.label_maps[R] == label_map and project.document.corrected[V] == corrected
        assert (R, V) in project.document.predictions and project.weights(R) == b"weights"
        project.undo()  # an edit of the hidden run's label map or of the review can still be taken back
        project.hide_run(R, False)
    with Project.open(path) as project:
        assert not project.document.runs[R].hidden


def test_an_unknown_run_and_a_read_only_project_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.tot"
    with a_project(path) as project:
        with_run(project)
        with pytest.raises(EditError, match="no run"):
            project.hide_run(RunId("r9"))
    with Project.open(path, read_only=True) as project, pytest.raises(EditError, match="reading only"):
        project.hide_run(R)


def test_a_run_that_goes_on_has_the_curve_of_its_parent_before_its_own(tmp_path: Path) -> None:
    with a_project(tmp_path / "p.tot") as project:
        with_run(project)  # its curve has one row, at iteration 1
        folder = tmp_path / "train-1"
        folder.mkdir()
        (folder / "weights.safetensors").write_bytes(b"more")
        result = {
            "weights": str(folder / "weights.safetensors"),
            "config": {"n_clusters": 3},
            "device": "cpu",
            "seconds": 1.0,
            "iterations": 20,
            "stopped_early": False,
            "losses": {},
            "curve": [[10, 1.0], [20, 0.5]],
        }
        run = add_run(project, result, parent=R)
        made = project.document.runs[run]
        assert made.parent == R
        assert [row[0] for row in made.curve] == [1, 10, 20]
        assert project.flush()


def test_only_weights_with_a_state_can_go_on(tmp_path: Path) -> None:
    with a_project(tmp_path / "p.tot") as project:
        with_run(project)
        assert not can_go_on(project, R)


def test_a_hidden_run_is_never_chosen_as_the_newest(tmp_path: Path) -> None:
    with a_project(tmp_path / "p.tot") as project:
        with_run(project)
        document = project.document
        later = replace(document.runs[R], id=RunId("r2"), number=2)
        project.add_run(later, replace(document.label_maps[R], run=later.id), b"weights")
        assert choose_run(document, None).id == later.id
        project.hide_run(later.id)
        assert choose_run(document, None).id == R and shown_run(document) == document.runs[R]
        assert choose_run(document, later.id).hidden  # by its name it still is
        project.hide_run(R)
        assert shown_run(document) is None
        with pytest.raises(ConfigError, match="is hidden"):
            choose_run(document, None)
        assert "Prediction" not in collect(project, None).scores


def test_a_log_with_texts_of_an_earlier_version_is_read_undone_and_done_again(tmp_path: Path) -> None:
    path = tmp_path / "p.tot"
    with a_project(path) as project:
        with_run(project)
        taken = commands.take_prediction(project.document, R, V)
        project.edit(replace(taken, text="adopt Run 1"))
        project.edit(
            replace(commands.move_boundary(project.document, V, 0, 45), text="adopt Run 1, then move boundary")
        )
    with Project.open(path) as project:
        assert project.undo_text == "adopt Run 1, then move boundary"
        project.undo()
        project.undo()
        assert not project.document.corrected and project.redo_text == "adopt Run 1"
        project.redo()
        assert project.document.corrected[V].starts.tolist() == [0, 40]
