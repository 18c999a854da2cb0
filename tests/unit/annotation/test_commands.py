"""Each command makes the edit it names, refuses what would break the partition or the map, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.segmentation import TAKEN, Segmentation
from core.annotation.values import UNMAPPED, LabelMap, Prediction, ReviewStatus, Run
from core.data.dataset import UNLABELLED, Action, ActionId, Dataset, RunId, Video, VideoId
from core.data.timebase import Timebase
from core.errors import EditError

V, W, R = VideoId("v"), VideoId("w"), RunId("r1")


@pytest.fixture
def document() -> Document:
    videos = tuple(Video(v, v, Timebase(30)) for v in (V, W))
    actions = tuple(Action(ActionId(i), f"step {i}", "#000000") for i in range(4))
    document = Document(Dataset(Path("."), "a", videos, actions))
    document.add_run(Run(R, 1, {"n_clusters": 3}, "cpu", 1, 1, False, "", {}), LabelMap(R, 3, {0: 0, 1: 1}))
    cut = Segmentation(np.array([0, 10, 20]), np.array([0, 1, 2]), 30)
    document.add_predictions([Prediction(R, v, cut) for v in (V, W)])
    return document


def test_taking_maps_clusters_and_leaves_unmapped_ones_unlabelled(document: Document) -> None:
    edit = commands.take_prediction(document, R, V)
    document.apply(edit)
    assert document.corrected[V].labels.tolist() == [0, 1, UNLABELLED] and document.corrected[V].flag(0) == TAKEN
    document.apply(edit.inverse())
    assert V not in document.corrected


def test_taking_a_span_keeps_the_rest(document: Document) -> None:
    document.apply(commands.start_unlabelled(document, V))
    document.apply(commands.take_prediction(document, R, V, start=5, stop=12))
    assert document.corrected[V].segments == ((0, 5, -2), (5, 10, 0), (10, 12, 1), (12, 30, -2))


def test_the_first_edit_takes_in_the_same_step(document: Document) -> None:
    with pytest.raises(EditError, match="no corrected labels"):
        commands.relabel(document, V, 0, 5, 3)
    edit = commands.relabel(document, V, 0, 5, 3, run=R)
    document.apply(edit)
    assert document.corrected[V].starts.tolist() == [0, 5, 10, 20] and edit.swaps[0].before is None


def test_take_all_leaves_accepted_videos_alone(document: Document) -> None:
    document.apply(commands.set_review(document, W, ReviewStatus.ACCEPTED, ""))
    document.apply(commands.take_all(document, R))
    assert set(document.corrected) == {V}


def test_split_and_merge(document: Document) -> None:
    document.apply(commands.take_prediction(document, R, V))
    for frame, action in ((10, 3), (5, 0), (40, 3), (5, 99)):
        with pytest.raises(EditError):
            commands.split(document, V, frame, action)
    document.apply(commands.split(document, V, 5, 3))
    assert document.corrected[V].labels.tolist() == [0, 3, 1, -2]
    document.apply(commands.merge(document, V, 0))
    assert document.corrected[V].starts.tolist() == [0, 10, 20]
    with pytest.raises(EditError):
        commands.merge(document, V, 0, -1)


def test_a_taken_target_is_swapped_unless_it_is_locked(document: Document) -> None:
    document.apply(commands.set_target(document, R, 2, 1))
    assert document.label_maps[R].table() == {0: 0, 1: UNMAPPED, 2: 1}
    document.apply(commands.set_lock(document, R, 2, True))
    with pytest.raises(EditError, match="locked"):
        commands.set_target(document, R, 0, 1)
    document.apply(commands.rematch(document, R, {0: 1, 1: 2, 2: 0}))
    assert document.label_maps[R].table() == {0: UNMAPPED, 1: 2, 2: 1}
    document.apply(commands.set_many_to_one(document, R, True))
    document.apply(commands.set_target(document, R, 0, 1))
    with pytest.raises(EditError, match="share"):
        commands.set_many_to_one(document, R, False)


def test_naming_a_cluster_makes_and_maps_the_action_in_one_edit(document: Document) -> None:
    edit = commands.name_cluster(document, R, 2, " whisk ")
    document.apply(edit)
    assert document.actions[ActionId(4)].name == "whisk" and document.label_maps[R].target(2) == 4
    document.apply(edit.inverse())
    assert ActionId(4) not in document.actions


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\tb", "step 1", "\udce9", "x" * 201])
def test_bad_names_are_refused(document: Document, name: str) -> None:
    with pytest.raises(EditError):
        commands.add_action(document, name)


def test_merging_actions_moves_segments_and_clusters(document: Document) -> None:
    document.apply(commands.take_prediction(document, R, V))
    edit = commands.merge_actions(document, ActionId(1), ActionId(0))
    document.apply(edit)
    assert document.corrected[V].labels.tolist() == [0, -2] and document.actions[ActionId(1)].archived
    assert document.label_maps[R].target(1) == 0 and document.label_maps[R].many_to_one
    document.apply(edit.inverse())
    assert document.corrected[V].labels.tolist() == [0, 1, -2]
