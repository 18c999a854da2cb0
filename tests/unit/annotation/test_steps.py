"""Clusters that nothing names become steps; names that a person gives stay with them from run to run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.map_notes import map_notes
from core.annotation.segmentation import Segmentation
from core.annotation.step_commands import first_names, has_unnamed_steps
from core.annotation.values import UNMAPPED, LabelMap, Prediction, Run
from core.data.dataset import Action, ActionId, Dataset, RunId, Video, VideoId
from core.data.timebase import Timebase
from core.errors import EditError

V, W, FIRST, SECOND = VideoId("v"), VideoId("w"), RunId("r1"), RunId("r2")


def a_document(*, actions: tuple[Action, ...] = ()) -> Document:
    videos = tuple(Video(v, v, Timebase(30)) for v in (V, W))
    return Document(Dataset(Path("."), "a", videos, actions))


def arrive(document: Document, run: RunId, number: int, n_clusters: int, labels: list[int], **others) -> None:
    """A run whose clusters follow each other as `labels` do, ten frames each, in both videos."""
    document.add_run(
        Run(run, number, {"n_clusters": n_clusters}, "cpu", 1, 1, False, "", {}), LabelMap(run, n_clusters, **others)
    )
    starts = np.arange(len(labels)) * (30 // len(labels))
    document.add_predictions([Prediction(run, v, Segmentation(starts, np.array(labels), 30)) for v in (V, W)])


def names(document: Document, run: RunId) -> list[str | None]:
    table = document.label_maps[run].table().values()
    return [document.actions[ActionId(t)].name if t >= 0 else None for t in table]


def test_the_first_run_of_a_project_without_labels_makes_steps_in_the_order_of_time():
    document = a_document()
    arrive(document, FIRST, 1, 4, [2, 0, 1])
    edit = first_names(document, FIRST)
    document.apply(edit)
    assert names(document, FIRST) == ["Step 2", "Step 3", "Step 1", None]  # cluster 3 occurs nowhere
    assert has_unnamed_steps(document, FIRST)
    assert not document.label_maps[FIRST].is_edited_by_hand
    assert any("not from a match" in note for note in map_notes(document, document.label_maps[FIRST]))
    colours = {a.colour for a in document.actions.values()}
    assert len(colours) == 3
    document.apply(edit.inverse())
    assert not document.actions and document.label_maps[FIRST].table() == dict.fromkeys(range(4), UNMAPPED)


def test_where_ground_truth_or_a_match_speaks_nothing_is_named():
    document = a_document(actions=(Action(ActionId(0), "pour", "#000000"),))
    document.ground_truth[V] = Segmentation(np.array([0]), np.array([0]), 30)
    arrive(document, FIRST, 1, 2, [0, 1])
    assert first_names(document, FIRST) is None
    document = a_document(actions=(Action(ActionId(0), "pour", "#000000"),))
    arrive(document, FIRST, 1, 2, [0, 1], proposed={0: 0})
    assert first_names(document, FIRST) is None


def test_actions_without_any_named_track_leave_the_clusters_to_the_person():
    document = a_document(actions=(Action(ActionId(0), "pour", "#000000"),))
    arrive(document, FIRST, 1, 2, [0, 1])
    assert first_names(document, FIRST) is None
    document.apply(commands.name_steps(document, FIRST))
    assert names(document, FIRST) == ["Step 1", "Step 2"]
    with pytest.raises(EditError, match="already"):
        commands.name_steps(document, FIRST)


def test_a_step_takes_the_name_that_its_cluster_is_given():
    document = a_document()
    arrive(document, FIRST, 1, 3, [0, 1, 2])
    document.apply(first_names(document, FIRST))
    document.apply(commands.name_cluster(document, FIRST, 0, "reach"))
    assert names(document, FIRST) == ["reach", "Step 2", "Step 3"] and len(document.actions) == 3
    document.apply(commands.name_cluster(document, FIRST, 0, "reach out"))  # mended: no second action is made
    assert names(document, FIRST) == ["reach out", "Step 2", "Step 3"] and len(document.actions) == 3
    document.apply(commands.take_prediction(document, FIRST, V))
    document.apply(commands.name_cluster(document, FIRST, 0, "grasp"))  # a person's labels keep the name they have
    assert names(document, FIRST) == ["grasp", "Step 2", "Step 3"] and len(document.actions) == 4
    assert document.actions[ActionId(document.corrected[V].labels[0])].name == "reach out"


def test_naming_a_cluster_renames_no_action_of_the_dataset_and_none_that_another_run_has():
    document = a_document(actions=(Action(ActionId(0), "pour", "#000000"),))
    arrive(document, FIRST, 1, 2, [0, 1])
    document.apply(commands.name_cluster(document, FIRST, 0, "pour"))
    document.apply(commands.name_cluster(document, FIRST, 0, "stir"))
    assert [a.name for a in document.actions.values()] == ["pour", "stir"] and names(document, FIRST)[0] == "stir"
    arrive(document, SECOND, 2, 2, [0, 1])
    document.apply(commands.name_cluster(document, SECOND, 1, "stir"))
    document.apply(commands.name_cluster(document, SECOND, 1, "whisk"))
    assert names(document, FIRST)[0] == "stir" and names(document, SECOND)[1] == "whisk"


def test_a_step_that_gets_a_known_name_becomes_one_with_it_and_corrections_follow():
    document = a_document()
    arrive(document, FIRST, 1, 3, [0, 1, 2])
    document.apply(first_names(document, FIRST))
    document.apply(commands.take_prediction(document, FIRST, V))
    document.apply(commands.name_cluster(document, FIRST, 0, "reach"))
    edit = commands.name_cluster(document, FIRST, 2, "reach")
    document.apply(edit)
    assert names(document, FIRST) == ["reach", "Step 2", "reach"] and document.label_maps[FIRST].many_to_one
    assert document.corrected[V].labels.tolist() == [0, 1, 0]
    assert document.actions[ActionId(2)].archived
    document.apply(edit.inverse())
    assert names(document, FIRST) == ["reach", "Step 2", "Step 3"]


def test_an_action_of_the_ground_truth_is_never_renamed_by_naming_a_cluster():
    document = a_document(actions=(Action(ActionId(0), "Step 1", "#000000"),))
    document.ground_truth[V] = Segmentation(np.array([0]), np.array([0]), 30)
    arrive(document, FIRST, 1, 2, [0, 1], proposed={0: 0})
    document.apply(commands.name_cluster(document, FIRST, 0, "reach"))
    assert document.actions[ActionId(0)].name == "Step 1" and names(document, FIRST)[0] == "reach"


def test_a_later_run_takes_the_names_over_by_shared_frames():
    document = a_document()
    arrive(document, FIRST, 1, 3, [0, 1, 2])
    document.apply(first_names(document, FIRST))
    document.apply(commands.name_cluster(document, FIRST, 0, "reach"))
    arrive(document, SECOND, 2, 4, [3, 1, 0])
    document.apply(first_names(document, SECOND))
    assert names(document, SECOND) == ["Step 3", "Step 2", None, "reach"]
    assert first_names(document, SECOND) is None


def test_corrected_tracks_speak_before_predictions():
    document = a_document()
    arrive(document, FIRST, 1, 2, [0, 1])
    document.apply(first_names(document, FIRST))
    for video in (V, W):
        document.apply(commands.take_prediction(document, FIRST, video))
        document.apply(commands.relabel(document, video, 0, 15, 1))
        document.apply(commands.relabel(document, video, 15, 30, 0))
    arrive(document, SECOND, 2, 2, [0, 1])
    document.apply(first_names(document, SECOND))
    assert names(document, SECOND) == ["Step 2", "Step 1"]


def test_a_cluster_that_learned_its_name_keeps_it():
    document = a_document()
    arrive(document, FIRST, 1, 2, [0, 1])
    document.apply(first_names(document, FIRST))
    arrive(document, SECOND, 2, 2, [0, 1], proposed={0: 1}, locked=frozenset([0]))
    edit = first_names(document, SECOND)
    if edit is not None:
        document.apply(edit)
    assert names(document, SECOND)[0] == "Step 2"
