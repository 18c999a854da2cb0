"""Random use of the project against a plain list; long use; backups of every moment (F16, F18, F21)."""

from __future__ import annotations

from pathlib import Path

from faults import endurance
from faults.machine import Machine
from hypothesis import HealthCheck, settings

TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_every_backup_equals_its_moment(tmp_path: Path) -> None:
    assert endurance.backups(8, 1, tmp_path).failures == ()


def test_long_use_leaves_no_handle_and_no_thread(tmp_path: Path) -> None:
    found = endurance.soak(1200, 1, tmp_path)
    assert found.failures == () and found.cases >= 1200


def test_many_videos_and_a_long_one_open_scroll_and_save(tmp_path: Path) -> None:
    found = endurance.large(30, 1, tmp_path)
    assert found.failures == () and found.figures["ack p50, ms"] > 0
