"""Small projects with known content, for tests of the store: one video, one run, a few edits."""

from __future__ import annotations

import sqlite3
from fractions import Fraction
from pathlib import Path

import numpy as np

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Prediction, Run, ScoresRef
from core.data.dataset import Action, ActionId, Dataset, RunId, Video, VideoId
from core.data.timebase import MediaInfo, Timebase
from core.project import Project

V, R = VideoId("P\udce903"), RunId("r1")  # a file name that is not UTF-8


def a_dataset(root: Path, video: VideoId = V) -> Dataset:
    """One video of 100 frames with pictures and feature rows, four actions."""
    media = MediaInfo(np.arange(100) * 512 + 7, Fraction(1, 12800), 51207, Fraction(25), False, 64, 48, 90)
    clock = Timebase(100, Fraction(25), media, n_rows=20, stride=Fraction(5), rows_average=True)
    actions = tuple(Action(ActionId(i), f"step {i}", "#102030") for i in range(4))
    return Dataset(
        root,
        "tea",
        (Video(video, "P03", clock, root / "a.mp4", root / "f.npy", 8),),
        actions,
        layout="breakfast",
        findings=("found",),
        background_names=frozenset(["SIL"]),
    )


def a_project(path: Path, video: VideoId = V) -> Project:
    """A new project on `a_dataset` with ground truth, open."""
    truth = {video: Segmentation.from_frames([0] * 50 + [-1] * 50)}
    return Project.create(path, a_dataset(path.parent, video), ground_truth=truth)


def with_run(project: Project) -> None:
    """A run of three clusters, with weights and a prediction, arrives."""
    project.add_run(
        Run(R, 1, {"n_clusters": 3}, "cpu", 1.5, 10, False, "now", {"ce": 1.0}, ((1, None, 2.0),)),
        LabelMap(R, 3, {0: 1}),
        b"weights",
    )
    cut = Segmentation(np.array([0, 40, 60]), np.array([0, 1, 2]), 100)
    project.add_predictions([Prediction(R, V, cut, ScoresRef(Path("a"), Path("b"), Path("c")))])


def with_edits(project: Project, moves: int = 3) -> None:
    """Take, move a boundary `moves` times, map, name, review."""
    project.edit(commands.take_prediction(project.document, R, V))
    for step in range(moves):
        project.edit(commands.move_boundary(project.document, V, 0, 41 + step % 2))
    project.edit(commands.set_target(project.document, R, 1, 1))
    project.edit(commands.name_cluster(project.document, R, 2, "fröbel"))
    project.edit(commands.accept_rest_as_background(project.document, V, "good", reviewer="Ada"))


def comment(project: Project, start: int, stop: int, text: str, author: str = "Ada") -> None:
    """Write a comment, always at the same time."""
    project.edit(commands.add_comment(project.document, V, start, stop, text, author=author, written=1_700_000_000))


def values(path: Path) -> Document:
    """What a closed project holds."""
    with Project.open(path) as project:
        return project.document


def change(path: Path, statement: str) -> None:
    """Change the file of a project behind its back."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(statement)
    connection.close()
