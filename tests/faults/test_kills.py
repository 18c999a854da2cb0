"""Killed with -9 at any moment: nothing that was called saved is lost, and nothing is half there (F1, F2, F3)."""

from __future__ import annotations

from pathlib import Path

import pytest
from faults import kills, window_kills


@pytest.mark.parametrize(
    ("row", "count"),
    [
        (kills.edits, 25),
        (kills.undo_storm, 8),
        (kills.backups, 8),
        (kills.migration, 8),
        (kills.exports, 12),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_kill_loses_nothing(row, count: int, tmp_path: Path) -> None:
    found = row(count, 1, tmp_path)
    assert found.failures == () and found.cases == count


def test_a_kill_in_a_training_leaves_labels_and_runs(tmp_path: Path) -> None:
    assert kills.trainings(3, 1, tmp_path).failures == ()


def test_the_window_that_was_killed_counts_what_came_back(tmp_path: Path) -> None:
    assert window_kills.window(2, 1, tmp_path).failures == ()
