"""What is said of a label map that a person had a hand in."""

from __future__ import annotations

from core.annotation.map_notes import by_hand_note
from core.annotation.values import LabelMap
from core.data.dataset import ClusterId, RunId


def label_map(proposed, overrides):
    return LabelMap(
        RunId("r1"),
        6,
        {ClusterId(c): t for c, t in proposed.items()},
        {ClusterId(c): t for c, t in overrides.items()},
    )


def test_names_given_without_a_match_are_named_by_hand_and_differ_from_nothing():
    said = by_hand_note(label_map({}, {c: c + 1 for c in range(6)}))
    assert said.startswith("Named by hand: 6 of 6 clusters.") and "differ" not in said
    assert "Do not compare" in said


def test_rows_moved_away_from_a_match_differ_from_it():
    assert "2 of 6 rows differ from the match" in by_hand_note(label_map({0: 1, 1: 2}, {0: 3, 1: 1}))


def test_nothing_is_said_of_a_map_that_nobody_touched():
    assert by_hand_note(label_map({}, {})) == by_hand_note(label_map({0: 1}, {0: 1})) == ""
