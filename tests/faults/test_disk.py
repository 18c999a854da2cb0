"""A disk that fails, fills up, goes away or belongs to another: edits are kept and said to be kept (F6 to F11)."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from faults import owners, places, random_faults, syscalls
from faults.kills import a_full_project
from faults.outcome import Outcome, private_data
from projects import V

from core.annotation import commands
from core.errors import StoreError
from core.project import Project
from core.store import backup


def passed(found: Outcome) -> Outcome:
    if found.skipped:
        pytest.skip(found.skipped)
    assert found.failures == ()
    return found


def test_one_failing_system_call_is_survived(tmp_path: Path) -> None:
    found = passed(syscalls.some_calls(24, 3, tmp_path))
    assert found.figures.get("said NOT SAVED, then saved", 0) > 0


def test_a_full_disk_keeps_the_edits_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    assert passed(places.disk_full(1, 1, tmp_path)).figures["edits held in the emergency file"] > 0


def test_awkward_places_are_told(tmp_path: Path) -> None:
    passed(places.awkward_places(1, 1, tmp_path))


@pytest.mark.parametrize(
    ("row", "count"), [(random_faults.disk, 6), (random_faults.stops, 4), (random_faults.clocks, 6)]
)
def test_what_fails_at_random_loses_nothing(row, count: int, tmp_path: Path) -> None:
    passed(row(count, 1, tmp_path))


def test_a_project_has_one_owner(tmp_path: Path) -> None:
    passed(owners.owners(1, 1, tmp_path))


def test_the_watch_sees_an_opening_that_would_drop_the_lock(tmp_path: Path) -> None:
    path = a_full_project(tmp_path / "a.tot")
    with Project.open(path), owners.opened_by_others() as opened:
        path.read_bytes()
    assert len(opened) == 1
    with owners.opened_by_others() as opened:
        path.read_bytes()  # nobody holds it
    assert opened == []


def test_a_file_in_our_place_gets_no_backup_of_ours(tmp_path: Path) -> None:
    with private_data(tmp_path):
        path, other = a_full_project(tmp_path / "a.tot"), a_full_project(tmp_path / "b.tot")
        project, told = Project.open(path), []
        other.replace(path)
        with pytest.raises(StoreError, match="taken the place"):
            project.checkpoint("mine")
        said = threading.Event()
        project.keep_backups(lambda text: (told.append(text), said.set()))
        assert said.wait(120)
        project.close(0.2)
        assert backup.listing(path) == [] and "taken the place" in told[0]


def test_closing_does_not_wait_for_a_backup_that_cannot_come(tmp_path: Path) -> None:
    """A backup that is asked for while edits cannot be written stands behind them for ever."""
    with private_data(tmp_path):
        (tmp_path / "in").mkdir()
        path = a_full_project(tmp_path / "in" / "a.tot")
        project = Project.open(path)
        project.keep_backups(lambda text: None)
        path.rename(tmp_path / "away.tot")
        project.edit(commands.relabel(project.document, V, 0, 9, 3))
        project.back_up("before a test")
        with pytest.raises(StoreError, match="not saved"):
            project.close(0.3)


def test_closing_comes_back_where_the_drive_of_the_lock_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drive that was cut off says so when a file on it is closed; the error fell out of closing the project."""
    path = a_full_project(tmp_path / "a.tot")
    project = Project.open(path)
    descriptor, real = project._file._lock._file, os.close

    def gone(handle: int) -> None:
        real(handle)
        if handle == descriptor:
            raise OSError(107, "Transport endpoint is not connected")

    monkeypatch.setattr(os, "close", gone)
    project.close()
    monkeypatch.undo()
    Project.open(path).close()
