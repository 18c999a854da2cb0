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
from core.metrics.kappa import agreement_of_two, cohen_kappa
from core.project import Project
from core.second_reviewer import FOREIGN, _both, agreement, read_second_reviewer

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
        assert [(int(a.id), a.name, a.colour) for a in found.actions] == [(FOREIGN, "wipe", "#102030")]


def test_an_action_made_later_is_not_one_of_theirs(tmp_path: Path) -> None:
    """What only they call so had the number that our next new action gets, and counted as that from then on."""
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "cut.txt").write_text("wipe\n" * 8 + "polish\n" * 12)
    document = Document(a_dataset(tmp_path, action(0, "wipe")))
    found = read_second_reviewer(document, tmp_path / "labels")
    [polish] = found.actions
    assert polish.name == "polish" and int(polish.id) == int(found.tracks[V].labels[1])
    made, number = commands.add_action(document, "rinse")
    document.apply(made)
    assert found.tracks[V].labels.tolist()[0] == 0 and int(number) not in found.tracks[V].labels.tolist()


def test_actions_that_are_merged_later_count_as_one(tmp_path: Path, theirs: Path) -> None:
    document = Document(a_dataset(tmp_path, action(0, "wipe"), action(1, "r\u00fchren")))
    found = read_second_reviewer(document, theirs)
    document.apply(commands.import_track(document, V, found.tracks[V]))
    assert agreement(document, found.tracks)[0].kappa == 1.0
    document.apply(commands.merge_actions(document, ActionId(1), ActionId(0)))
    whole, each = agreement(document, found.tracks)
    assert whole.agreement == each[V].agreement == 1.0 and whole.boundaries == (0, 0)


def test_people_who_labelled_nothing_in_common_have_no_agreement(tmp_path: Path) -> None:
    document = Document(a_dataset(tmp_path, action(0, "wipe")))
    document.apply(commands.start_unlabelled(document, V))
    for tracks in ({}, {V: Segmentation.from_frames([0] * 20)}):
        whole, _ = agreement(document, tracks)
        assert (whole.frames, whole.agreement, whole.kappa, whole.boundary_f1) == (0, None, None, None)


def test_a_gap_is_no_boundary() -> None:
    """The other person's turn lies where we have no labels: nobody agrees about it, and it is not counted."""
    mine = Segmentation.from_frames([0] * 10 + [UNLABELLED] * 10 + [1] * 10)
    theirs = Segmentation.from_frames([0] * 14 + [1] * 16)
    found = agreement_of_two(_both(mine, theirs), tolerance_frames=2)
    assert found.agreement == 1.0 and found.boundaries == (0, 0) and found.boundary_f1 is None


@given(st.lists(st.tuples(st.integers(UNLABELLED, 2), st.integers(UNLABELLED, 2)), min_size=1, max_size=40))
def test_agreement_counted_on_segments_is_that_of_the_frames(labels: list[tuple[int, int]]) -> None:
    first, second = (np.array(side) for side in zip(*labels, strict=True))
    known = (first != UNLABELLED) & (second != UNLABELLED)
    pairs = _both(Segmentation.from_frames(first), Segmentation.from_frames(second))
    found = agreement_of_two(pairs, tolerance_frames=2)
    assert found.frames == known.sum()
    assert found.kappa == (cohen_kappa(first[known], second[known]) if known.any() else None)
    assert found.agreement == (np.mean(first[known] == second[known]) if known.any() else None)
    both = known[1:] & known[:-1]  # a boundary stands between two frames that both have labelled
    assert found.boundaries == tuple(int((both & (side[1:] != side[:-1])).sum()) for side in (first, second))
