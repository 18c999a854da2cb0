"""A project keeps what was accepted: over closing, over undo, over kills, and refuses what it cannot trust."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from projects import R, V, a_dataset, a_project, with_run

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Prediction, ReviewStatus, Run
from core.data.dataset import ActionId, ClusterId, RunId
from core.errors import (
    DamagedProjectError,
    EditError,
    NewerProjectError,
    ProjectLockedError,
    StoreError,
)
from core.project import Project
from core.store.check import read_all


@pytest.fixture
def path(tmp_path: Path) -> Path:
    a_project(tmp_path / "a.tot").close()
    return tmp_path / "a.tot"


def test_everything_is_there_after_reopening(path: Path) -> None:
    with Project.open(path) as project:
        with_run(project)
        project.edit(commands.take_prediction(project.document, R, V))
        project.edit(commands.move_boundary(project.document, V, 0, 45))
        project.edit(commands.set_target(project.document, R, 1, 1))
        project.edit(commands.name_cluster(project.document, R, 2, "fröbel"))
        project.edit(commands.accept_rest_as_background(project.document, V, "good", reviewer="Ada"))
        old = project.document
    with Project.open(path) as project:
        new = project.document
        for name in ("corrected", "ground_truth", "predictions", "runs", "label_maps", "reviews", "actions"):
            assert getattr(new, name) == getattr(old, name), name
        clock, was = new.videos[V].timebase, old.videos[V].timebase
        assert clock.media is not None and was.media is not None
        assert np.array_equal(clock.media.pts, was.media.pts) and clock.seconds(7) == was.seconds(7)
        assert (clock.n_rows, clock.stride, clock.rows_average) == (20, 5, True)
        assert new.videos[V].media == path.parent / "a.mp4" and new.dataset.background_names == {"SIL"}
        assert project.weights(R) == b"weights" and project.restored_edits == 0
    assert read_all(path) == 5


def test_undo_and_redo_survive_a_restart(path: Path) -> None:
    with Project.open(path) as project:
        project.edit(commands.start_from_ground_truth(project.document, V))
        for frame in (51, 52, 53):
            project.edit(commands.move_boundary(project.document, V, 0, frame, group=1))
        assert project.undo() is not None
        assert project.redo_text == "move boundary to 53 in P03"
    with Project.open(path) as project:
        assert project.document.corrected[V].starts.tolist() == [0, 50]
        project.redo()
        assert project.document.corrected[V].starts.tolist() == [0, 53]
    with Project.open(path) as project:
        project.undo()
        project.undo()
        assert V not in project.document.corrected and project.undo() is None
    assert read_all(path) == 4 + 3 + 3 + 4


def a_new_action(project: Project) -> ActionId:
    edit, action = commands.add_action(project.document, "whisk")
    project.edit(edit)
    return action


def a_learned_run(project: Project, action: int) -> RunId:
    """A run arrives whose second cluster was taught an action: it stands beside the history."""
    run = RunId("r2")
    project.add_run(
        Run(run, 2, {"n_clusters": 2}, "cpu", 1.5, 10, False, "now", {}),
        LabelMap(run, 2, {ClusterId(1): action}, locked=frozenset([ClusterId(1)])),
        b"weights",
    )
    project.add_predictions([Prediction(run, V, Segmentation(np.array([0, 40]), np.array([0, 1]), 100))])
    return run


def test_undo_does_not_take_an_action_that_a_run_learned_from_under_it(path: Path) -> None:
    with Project.open(path) as project:
        action = a_new_action(project)
        run = a_learned_run(project, int(action))
        project.undo()
        assert project.document.actions[action].name == "whisk"
        project.edit(commands.take_prediction(project.document, run, V))
        assert set(project.document.corrected[V].labels.tolist()) - {-2} <= {int(a) for a in project.document.actions}
    with Project.open(path) as project:
        assert project.document.actions[action].name == "whisk"
    read_all(path)


def test_an_action_that_stayed_is_no_obstacle_to_redo(path: Path) -> None:
    with Project.open(path) as project:
        action = a_new_action(project)
        project.edit(commands.rename_action(project.document, action, "beat"))
        a_learned_run(project, int(action))
        project.undo()
        project.undo()
    with Project.open(path) as project:
        for _ in range(2):
            assert project.redo() is not None
        assert project.document.actions[action].name == "beat" and project.redo() is None
        for _ in range(2):
            project.undo()
        for _ in range(2):
            assert project.redo() is not None
        assert project.document.actions[action].name == "beat"
    read_all(path)


def test_undo_takes_an_action_that_nothing_else_holds(path: Path) -> None:
    with Project.open(path) as project:
        action = a_new_action(project)
        project.undo()
        assert action not in project.document.actions
        project.redo()
        assert project.document.actions[action].name == "whisk"


def test_create_never_replaces(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(StoreError, match="exists already"):
        Project.create(path, a_dataset(path.parent), ground_truth={})
    assert path.read_bytes() == before


def test_a_second_opening_is_refused_and_names_the_holder(path: Path) -> None:
    with Project.open(path), pytest.raises(ProjectLockedError, match=f"process {os.getpid()}"):
        Project.open(path)


def test_a_newer_project_is_left_alone(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NewerProjectError):
        Project.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE track SET segs=zeroblob(24)",
        "UPDATE edit SET text='x'",
        "UPDATE label_map SET value='{}'",
        "UPDATE review SET value='{}'",
        "UPDATE video SET value='{}'",
        "UPDATE action SET value='{}'",
    ],
)
def test_a_changed_row_is_found_and_the_file_left_alone(path: Path, statement: str) -> None:
    with Project.open(path) as project:
        with_run(project)
        project.edit(commands.set_review(project.document, V, ReviewStatus.ACCEPTED))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(statement)
    connection.close()
    before = path.read_bytes()
    with pytest.raises(DamagedProjectError):
        Project.open(path)
    assert path.read_bytes() == before


def test_a_checkpoint_is_a_whole_project_of_its_own(path: Path) -> None:
    with Project.open(path) as project:
        project.edit(commands.start_from_ground_truth(project.document, V))
        first, second = project.checkpoint("a/../b"), project.checkpoint("a/../b")
    assert first != second and first.parent == path.with_name("a.backups") and read_all(first) == 1
    with Project.open(first) as copy:
        assert V in copy.document.corrected and copy.restored_edits == 0


def test_read_only_refuses_edits(path: Path) -> None:
    with Project.open(path, read_only=True) as project:
        assert project.saved_state().kind == "read-only"
        with pytest.raises(EditError):
            project.edit(commands.start_from_ground_truth(project.document, V))


def test_the_dataset_can_move(path: Path, tmp_path: Path) -> None:
    with Project.open(path) as project:
        project.set_dataset_root(tmp_path / "there")
    with Project.open(path) as project:
        assert project.document.videos[V].features == tmp_path / "there" / "f.npy"


_CHILD = """
import sys
from pathlib import Path
from core.annotation import commands
from core.project import Project
project = Project.open(Path(sys.argv[1]))
video = next(iter(project.document.videos))
if video not in project.document.corrected:
    project.edit(commands.start_from_ground_truth(project.document, video))
n = project._seq
while True:
    project.edit(commands.move_boundary(project.document, video, 0, 1 + n % 2 + 10 * (n % 7)))
    n += 1
    if project.flush():
        print(project._seq, flush=True)
"""


def test_ten_kills_lose_no_edit_that_was_called_saved(path: Path) -> None:
    for kill in range(10):
        root = Path(__file__).resolve().parents[2]
        with subprocess.Popen([sys.executable, "-c", _CHILD, str(path)], stdout=subprocess.PIPE, cwd=root) as child:
            assert child.stdout is not None
            for _ in range(3 + kill):
                said = child.stdout.readline()
            child.send_signal(signal.SIGKILL)
            said = ([said, *child.stdout.readlines()])[-1]
        with Project.open(path) as project:
            assert project._seq >= int(said) and project.restored_edits > 0
        assert read_all(path) >= int(said)
