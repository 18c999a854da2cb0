"""Another person's labels in our actions: joined by name, whatever was retired since and however it is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.segmentation import Segmentation
from core.annotation.track_commands import start_unlabelled
from core.data.dataset import UNLABELLED, Action, ActionId, Dataset, Video, VideoId
from core.data.timebase import Timebase
from core.metrics.kappa import agreement_of_two
from core.project import Project
from core.second_reviewer import FOREIGN, _both, read_second_reviewer

V = VideoId("cut")


def a_dataset(folder: Path, *actions: Action) -> Dataset:
    return Dataset(folder, "salad", (Video(V, "cut", Timebase(20)),), actions)


def action(number: int, name: str, *, archived: bool = False) -> Action:
    return Action(ActionId(number), name, "#102030", archived)


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A project in which frames 0 to 9 are ``rühren``, with its letters written apart, and the rest ``wipe``."""
    path = tmp_path / "theirs.tot"
    with Project.create(
        path, a_dataset(tmp_path, action(0, "wipe"), action(1, "ru\u0308hren")), ground_truth={}
    ) as project:
        project.edit(start_unlabelled(project.document, V))
        project.edit(commands.relabel(project.document, V, 0, 10, 1))
        project.edit(commands.relabel(project.document, V, 10, 20, 0))
    return path


def test_an_action_in_use_is_meant_not_a_retired_one_of_its_name(tmp_path: Path, theirs: Path) -> None:
    """Where both were listed the last one won: every frame of the action was a disagreement."""
    for order in ((4, 7), (7, 4)):
        ours = tuple(action(n, "R\u00fchren", archived=n == 7) for n in order)
        found = read_second_reviewer(Document(a_dataset(tmp_path, *ours)), theirs)
        assert found.tracks[V] == Segmentation.from_frames([4] * 10 + [FOREIGN] * 10)


@given(st.lists(st.tuples(st.integers(UNLABELLED, 2), st.integers(UNLABELLED, 2)), min_size=1, max_size=40))
def test_agreement_counted_on_segments_is_that_of_the_frames(labels: list[tuple[int, int]]) -> None:
    first, second = (np.array(side) for side in zip(*labels, strict=True))
    known = (first != UNLABELLED) & (second != UNLABELLED)
    cuts = _both(Segmentation.from_frames(first), Segmentation.from_frames(second))
    wanted = agreement_of_two([(first[known], second[known])], tolerance_frames=2)
    assert agreement_of_two([cuts], tolerance_frames=2) == wanted
    assert wanted.frames == known.sum()
    if known.any():
        assert wanted.agreement == np.mean(first[known] == second[known])
        mine, theirs = (np.flatnonzero(np.diff(side[known])) + 1 for side in (first, second))
        assert wanted.boundaries == (len(mine), len(theirs))
