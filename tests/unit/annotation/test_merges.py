"""Ground truth after actions were merged: never altered, read under the name of today, and told beside every score."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from maps import VIDEOS, R, a_document
from projects import V, a_project

from core import api
from core.annotation import commands
from core.annotation.changes import What
from core.annotation.document import Document
from core.annotation.map_notes import map_notes, merge_notes
from core.annotation.merges import merge_table
from core.annotation.overlap import Counter, inputs_of, solve
from core.data.dataset import Action, ActionId
from core.evaluation import evaluate_track
from core.export_work import export_tracks
from core.project import Project
from core.store.check import differences

A, B, C = ActionId(0), ActionId(1), ActionId(2)


@pytest.fixture
def document() -> Document:
    return a_document(n_clusters=4)


def merge(document: Document, source: ActionId, into: ActionId) -> None:
    document.apply(commands.merge_actions(document, source, into))


def test_what_was_imported_never_changes_and_is_read_under_the_name_of_today(document):
    before = {v: t.to_frames() for v, t in document.ground_truth.items()}
    changes = document.apply(commands.merge_actions(document, A, B))
    for video, frames in before.items():
        assert (document.imported[video].to_frames() == frames).all()
        assert (document.ground_truth[video].to_frames() == np.where(frames == A, B, frames)).all()
    assert What.SEGMENTATION in changes.what and changes.videos >= {v for v, f in before.items() if (f == A).any()}


def test_merges_of_merges_are_followed_to_their_end(document):
    before = {v: t.to_frames() for v, t in document.imported.items()}
    merge(document, A, B)
    merge(document, B, C)
    for video, frames in before.items():
        assert (document.ground_truth[video].to_frames() == np.where((frames == A) | (frames == B), C, frames)).all()


def test_every_video_that_is_read_otherwise_is_told(document):
    """One whose labels came to the action by an earlier merge was not: only those imported with it were."""
    merge(document, A, B)
    track = document.imported[VIDEOS[0]]
    document.imported[VIDEOS[0]] = track.mapped({0: 0, 1: 2, 2: 2}, default=2)  # nothing of it was imported as B
    document._read_anew()
    before = dict(document.ground_truth)
    changes = document.apply(commands.merge_actions(document, B, C))
    assert changes.videos == {v for v, t in before.items() if t != document.ground_truth[v]}
    assert VIDEOS[0] in changes.videos


def test_undo_and_bringing_back_read_the_ground_truth_as_it_came(document):
    edit = commands.merge_actions(document, A, B)
    document.apply(edit)
    document.apply(edit.inverse())
    assert document.ground_truth == document.imported and merge_notes(document) == []
    document.apply(edit)
    document.apply(commands.archive_action(document, A, False))
    assert document.ground_truth == document.imported and document.actions[A].merged_into is None


def test_a_circle_of_merges_which_only_a_strange_file_has_is_left_out():
    a, b = (Action(n, "", "#000000", True, merged_into=m) for n, m in ((A, B), (B, A)))
    assert merge_table([a, b]) == {}
    assert merge_table([a, Action(B, "", "#000000")]) == {0: 1}


def test_perfect_labels_stay_perfect_when_two_actions_are_merged(document):
    """They lost every merged frame: the corrected track had the new name and the ground truth the old one."""
    for video in VIDEOS:
        document.apply(commands.start_from_ground_truth(document, video))
    merge(document, A, B)
    assert document.corrected == {v: t for v, t in document.ground_truth.items()}


def right(document: Document) -> np.ndarray:
    """Which frames of all videos the prediction has right, through its label map."""
    table = document.label_maps[R].table()
    found = [document.predictions[R, v].segmentation.mapped(table, default=-9).to_frames() for v in VIDEOS]
    return np.concatenate(found) == np.concatenate([document.ground_truth[v].to_frames() for v in VIDEOS])


def test_no_frame_of_a_prediction_that_was_right_is_wrong_after_a_merge(document):
    match = solve(Counter().count(inputs_of(document, R)), document.label_maps[R])
    document.apply(commands.rematch(document, R, match.proposed))
    before = right(document)
    merge(document, A, B)
    after = right(document)
    assert before.any() and (after | ~before).all() and after.sum() > before.sum()


def test_every_score_says_what_is_read_as_what(document):
    frames = sum(int((t.to_frames() == A).sum()) for t in document.imported.values())
    merge(document, A, B)
    [note] = merge_notes(document)
    assert f"step 0 as step 1 ({frames} frames)" in note and "published" in note
    assert note in map_notes(document, document.label_maps[R])


def test_an_action_that_no_ground_truth_names_leaves_no_note(document):
    edit, made = commands.add_action(document, "spare")
    document.apply(edit)
    merge(document, made, A)
    assert document.merges == {int(made): 0} and merge_notes(document) == []


@pytest.fixture
def project(tmp_path: Path):
    with a_project(tmp_path / "a.tot") as made:
        made.edit(commands.start_from_ground_truth(made.document, V))
        made.edit(commands.merge_actions(made.document, A, B))
        yield made


def test_corrected_labels_are_scored_against_the_ground_truth_that_is_read(project: Project):
    scores = evaluate_track(project, None, track="corrected", level="activity")
    assert scores.mof == 1 and [n for n in scores.notes if "step 0 as step 1 (50 frames)" in n]


def test_an_export_of_the_ground_truth_says_that_its_names_are_those_of_today(project: Project, tmp_path: Path):
    asked = {"videos": "all", "run": None, "unlabelled_as_background": False}
    told = export_tracks(project, "csv", tmp_path / "out", track="ground-truth", **asked)
    assert any("step 0 as step 1" in note for note in told.notes)
    assert "step 0" not in "".join(path.read_text() for path in told.files)
    assert export_tracks(project, "csv", tmp_path / "two", track="corrected", **asked).notes == ()


def test_a_merge_survives_the_file_a_copy_and_its_check(project: Project, tmp_path: Path):
    shown, kept = project.document.ground_truth[V], project.document.imported[V]
    project.save_copy(tmp_path / "copy.tot")
    project.close()
    for name in ("a.tot", "copy.tot"):
        with Project.open(tmp_path / name) as again:
            assert again.document.ground_truth[V] == shown and again.document.imported[V] == kept
            assert differences(again.document, project.document) == []
            again.undo()
            assert again.document.ground_truth[V] == kept
    api.check(tmp_path / "a.tot")
