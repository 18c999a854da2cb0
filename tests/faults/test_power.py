"""Power loss: what was synced stays, the rest arrives in random pieces; and the model can fail (F5)."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("apsw")

from faults import power, power_disk
from faults.kills import a_full_project
from faults.outcome import private_data


def test_no_acknowledged_edit_is_lost_when_the_power_goes(tmp_path: Path) -> None:
    found = power.power_loss(60, 1, tmp_path)
    assert found.failures == () and found.figures["crashes after at least one acknowledged edit"] > 20


def test_without_syncs_the_same_crashes_do_harm(tmp_path: Path) -> None:
    with private_data(tmp_path):
        path = a_full_project(tmp_path / "a.tot")
        harmed = [power.one_crash(path, turn, "OFF")[0] for turn in range(15)]
    assert sum(map(bool, harmed)) >= 5


def test_a_file_system_that_stops_unsynced_keeps_what_was_said_to_be_there(tmp_path: Path) -> None:
    found = power_disk.power_cuts(8, 1, tmp_path, ("ext4",))
    if found.skipped:
        pytest.skip(found.skipped)
    assert found.failures == () and found.figures["said to be there: edits"] > 0
