"""A project of very many made-up videos without files, as benchmarks of the window open it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Prediction, Run
from core.data.dataset import Action, ActionId, Dataset, RunId, Video, VideoId
from core.data.timebase import Timebase
from core.project import Project

ACTIONS = 9


def many_videos(
    folder: Path, n_videos: int, n_frames: int, cut: Callable[[], Segmentation], *, n_runs: int = 1, truth: bool = True
) -> Path:
    """The project file: each video cut anew by `cut` for its ground truth and for every run, every fifth corrected."""
    clock = Timebase(n_frames, Fraction(30), n_rows=n_frames)
    videos = tuple(Video(VideoId(f"v{i:04}"), f"recording {i:04}", clock) for i in range(n_videos))
    actions = tuple(Action(ActionId(i), f"step {i}", f"#{(i * 977351 + 4000) % 0xFFFFFF:06x}") for i in range(ACTIONS))
    known = {video.id: cut() for video in videos} if truth else {}
    project = Project.create(folder / "many.tot", Dataset(folder, "bench", videos, actions), ground_truth=known)
    for number in range(1, n_runs + 1):
        run = RunId(f"r{number}")
        arrived = Run(run, number, {"n_clusters": ACTIONS}, "cpu", 1.0, 10, False, "2026-01-01T00:00:00", {})
        project.add_run(arrived, LabelMap(run, ACTIONS, {i: i for i in range(ACTIONS)}), b"weights")
        project.add_predictions([Prediction(run, video.id, cut()) for video in videos])
    for video in videos[::5]:
        project.edit(commands.take_prediction(project.document, run, video.id))
    project.close()
    return folder / "many.tot"
