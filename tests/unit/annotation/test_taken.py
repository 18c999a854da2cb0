"""Segments that were taken follow a remapped cluster only when a person asks, and never where a person was at work."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from maps import VIDEOS, R, a_document

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.annotation.taken_commands import stale_taken, taken_of
from core.annotation.values import LabelMap, Prediction, Run
from core.data.dataset import UNLABELLED, RunId
from core.errors import EditError

U, V, W = VIDEOS


@pytest.fixture
def document():
    """Clusters 0 to 3 for 25 frames each in every video; taken with 0 and 1 mapped."""
    document = a_document(n_clusters=4)
    cut = Segmentation(np.array([0, 25, 50, 75]), np.arange(4), 100)
    document.add_predictions([Prediction(R, v, cut) for v in VIDEOS])
    document.label_maps[R] = LabelMap(R, 4, {0: 0, 1: 1})
    for video in VIDEOS:
        document.apply(commands.take_prediction(document, R, video))
    return document


def stale(document):
    return stale_taken("Run 1", taken_of(document, R), document.label_maps[R].table())


def labels(document, video):
    return document.corrected[video].to_frames()[[0, 30, 60, 90]].tolist()


def test_nothing_is_offered_while_the_map_stays(document):
    assert stale(document) is None
    with pytest.raises(EditError):
        commands.update_taken(document, R)


def test_segments_of_a_remapped_cluster_are_counted_and_updated_in_one_edit(document):
    document.apply(commands.set_target(document, R, 0, 3))
    found = stale(document)
    assert str(found) == "3 segments were taken from cluster 0"
    document.apply(found.edit)
    assert all(labels(document, v) == [3, 1, UNLABELLED, UNLABELLED] for v in VIDEOS)
    assert stale(document) is None
    document.apply(found.edit.inverse())
    assert labels(document, U) == [0, 1, UNLABELLED, UNLABELLED]


def test_a_cluster_that_gets_a_name_later_fills_what_arrived_unlabelled(document):
    document.apply(commands.set_target(document, R, 3, 2))
    document.apply(commands.update_taken(document, R))
    assert labels(document, W) == [0, 1, UNLABELLED, 2]


def test_what_a_person_touched_or_accepted_is_left_alone(document):
    document.apply(commands.relabel(document, U, 0, 25, 2))
    document.apply(commands.move_boundary(document, V, 0, 20))
    document.apply(commands.accept_rest_as_background(document, W))
    document.apply(commands.set_target(document, R, 0, 3))
    assert stale(document) is None


def test_what_another_run_says_came_from_there(document):
    other = RunId("r2")
    document.add_run(replace(Run(other, 2, {"n_clusters": 4}, "cpu", 1, 1, False, "", {})), LabelMap(other, 4, {0: 0}))
    document.add_predictions([Prediction(other, U, document.predictions[R, U].segmentation)])
    document.apply(commands.set_target(document, R, 0, 3))
    assert stale(document).segments == 2 and U not in stale(document).edit.videos
