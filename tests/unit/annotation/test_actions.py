"""Renaming, merging, retiring and ordering actions: no segment is lost, and no name is given twice."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from maps import VIDEOS, R, a_document

from core.annotation import commands
from core.annotation.action_commands import name_problem, uses_of
from core.annotation.segmentation import EDITED
from core.annotation.values import StepText
from core.data.dataset import ActionId
from core.errors import EditError

A, B, C, D = map(ActionId, range(4))


def names(document):
    return [a.name for a in document.actions.values() if not a.archived]


def test_the_order_is_that_of_the_keys_and_new_actions_come_last():
    document = a_document()
    edit = commands.order_actions(document, [D, A, C, B])
    document.apply(edit)
    assert list(document.actions) == [D, A, C, B]
    document.apply(commands.add_action(document, "new")[0])
    assert names(document) == ["step 3", "step 0", "step 2", "step 1", "new"]
    document.apply(commands.order_actions(document, [A, B, C, D, ActionId(4)]))
    assert list(document.actions) == [A, B, C, D, ActionId(4)]


def test_an_order_that_leaves_an_action_out_is_refused():
    document = a_document()
    with pytest.raises(EditError, match="every action"):
        commands.order_actions(document, [D, A, C])
    with pytest.raises(EditError, match="Nothing would change"):
        commands.order_actions(document, [A, B, C, D])


def test_retired_actions_stand_last_and_come_back_in_their_place():
    document = a_document()
    document.apply(commands.archive_action(document, B))
    document.apply(commands.order_actions(document, [D, C, A]))
    assert list(document.actions) == [D, C, A, B]
    document.apply(commands.archive_action(document, B, False))
    assert names(document) == ["step 3", "step 2", "step 0", "step 1"]


@pytest.mark.parametrize("name", ["step 1", " step 1 ", "a\tb", "a\nb", "a\u2028b", "", " ", "x" * 201, "Background"])
def test_a_name_that_cannot_be_told_apart_or_shown_is_refused(name):
    document = a_document()
    assert name_problem(document, name)
    with pytest.raises(EditError):
        commands.add_action(document, name)
    with pytest.raises(EditError):
        commands.rename_action(document, A, name)


def test_two_ways_to_write_a_letter_are_one_name():
    document = a_document()
    document.apply(commands.rename_action(document, A, unicodedata.normalize("NFC", "fröbeln")))
    assert name_problem(document, unicodedata.normalize("NFD", "fröbeln"))
    assert not name_problem(document, unicodedata.normalize("NFD", "fröbeln"), A)


@pytest.mark.parametrize("name", ["<b>add</b> & stir", "🥚 crack", "قطع", "x" * 200])
def test_names_with_markup_emoji_and_other_directions_are_kept_as_they_are(name):
    document = a_document()
    document.apply(commands.rename_action(document, A, name))
    assert document.actions[A].name == name


def test_a_retired_action_whose_name_was_given_away_does_not_come_back():
    document = a_document()
    document.apply(commands.archive_action(document, A))
    document.apply(commands.rename_action(document, B, "step 0"))
    with pytest.raises(EditError, match="already"):
        commands.archive_action(document, A, False)


def test_merging_moves_segments_clusters_and_texts_in_one_edit():
    document = a_document()
    for video in VIDEOS:
        document.apply(commands.start_from_ground_truth(document, video))
    document.apply(commands.set_target(document, R, 0, A))
    document.apply(commands.set_target(document, R, 1, B))
    document.apply(commands.set_step_text(document, A, StepText(title="first")))
    before = {v: t.to_frames() for v, t in document.corrected.items()}
    segments, videos, true = uses_of(document, A)
    assert segments == sum((t.labels == A).sum() for t in document.corrected.values()) and true and videos
    edit = commands.merge_actions(document, A, B)
    document.apply(edit)
    for video, frames in before.items():
        assert (document.corrected[video].to_frames() == np.where(frames == A, B, frames)).all()
    assert document.label_maps[R].table()[0] == B and document.label_maps[R].many_to_one
    assert document.step_texts[B].title == "first" and document.actions[A].archived
    assert uses_of(document, A) == (0, [], 0) and uses_of(document, B)[2] >= true
    document.apply(edit.inverse())
    assert {v: t.to_frames().tolist() for v, t in document.corrected.items()} == {
        v: f.tolist() for v, f in before.items()
    }


def test_merging_keeps_the_marks_of_segments():
    document = a_document()
    document.apply(commands.start_unlabelled(document, VIDEOS[0]))
    document.apply(commands.relabel(document, VIDEOS[0], 0, 10, A))
    document.apply(commands.merge_actions(document, A, B))
    assert document.corrected[VIDEOS[0]].flag(0) == EDITED


def test_merging_with_itself_or_into_a_retired_action_is_refused():
    document = a_document()
    with pytest.raises(EditError, match="itself"):
        commands.merge_actions(document, A, A)
    document.apply(commands.archive_action(document, B))
    with pytest.raises(EditError, match="retired"):
        commands.merge_actions(document, A, B)


@pytest.mark.parametrize("name", ["\u200b", "\u2060\ufeff", "\u202e \u00ad"])
def test_a_name_that_nobody_can_see_is_refused(name):
    document = a_document()
    with pytest.raises(EditError, match="nothing that can be seen"):
        commands.add_action(document, name)
    with pytest.raises(EditError, match="nothing that can be seen"):
        commands.rename_action(document, next(iter(document.actions)), name)
    commands.add_action(document, f"{name}🧰")
