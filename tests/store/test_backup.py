"""Backups are whole projects of a moment, are made by themselves, and the last good one is never thinned out."""

from __future__ import annotations

import os
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import V

from core.annotation import commands
from core.errors import StoreError
from core.project import Project
from core.store import backup
from core.store.backup import Backup
from core.store.check import read_all

NOW = datetime(2026, 3, 15, 12)


def names(path: Path) -> list[str]:
    return [b.path.stem.split(" ", 3)[-1] for b in backup.listing(path)]


def test_backups_come_at_opening_and_before_what_is_risky(path: Path) -> None:
    told: list[str] = []
    with Project.open(path) as project:
        project.keep_backups(told.append)
        project.edit(commands.move_boundary(project.document, V, 0, 33))
        project.back_up("before training")
        project.edit(commands.move_boundary(project.document, V, 0, 34))
        project.back_up("before training")  # equal reasons, another state
        project.back_up("before training")  # the same state: skipped
    made = backup.listing(path)
    assert told == [] and 2 <= len(made) <= 3  # the one at opening may have met the first edit
    for number, kept in enumerate(made[-2:]):
        with Project.open(kept.path) as copy:
            assert copy.document.corrected[V].starts[1] == 33 + number and copy.restored_edits == 0
    count = len(made)
    with Project.open(path) as project:
        project.keep_backups(told.append)
    assert len(backup.listing(path)) == count  # nothing has changed since


def test_a_copy_in_pieces_lets_edits_pass_and_is_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.store.file._AT_ONCE_BYTES", 0)
    monkeypatch.setattr("core.store.backup._STEP_PAGES", 1)
    with Project.open(path) as project:
        done = threading.Event()
        project.keep_backups(lambda text: done.set())
        for frame in range(20, 60):
            if frame != 41:
                project.edit(commands.move_boundary(project.document, V, 0, frame))
                project.back_up("while editing")
        assert project.flush()
    assert not done.is_set()
    for kept in backup.listing(path):
        assert read_all(kept.path) >= 7


def test_a_backup_that_fails_its_check_gets_no_name(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = backup.copy

    def harmful(connection: object, target: Path, **rest: object) -> None:
        whole(connection, target, **rest)  # type: ignore[arg-type]
        data = bytearray(target.read_bytes())
        at = data.index(b"good")
        data[at : at + 4] = b"goad"
        target.write_bytes(data)

    monkeypatch.setattr(backup, "copy", harmful)
    told: list[str] = []
    with Project.open(path) as project:
        project.keep_backups(told.append)
        project.back_up("again")
        with pytest.raises(StoreError):
            project.checkpoint("mine")
    assert len(told) == 1 and "No backup could be made" in told[0]
    assert [p for p in backup.folder_of(path).iterdir()] == []


def test_a_name_cannot_pass_for_an_automatic_one(path: Path) -> None:
    with Project.open(path) as project:
        made = project.checkpoint("auto 2026-01-01 10.00.00 x")
    assert backup.listing(path)[0].named and made.stem.startswith("checkpoint")


def test_the_last_whole_backup_stays(path: Path) -> None:
    folder = backup.folder_of(path)
    folder.mkdir()
    for day in range(1, 29):
        (folder / f"auto 2025-01-{day:02} 10.00.00.tot").write_bytes(path.read_bytes() if day == 3 else b"broken")
    assert backup.thin(path) == []  # all that would stay is broken
    assert backup.newest_whole(path).path.stem == "auto 2025-01-03 10.00.00"  # type: ignore[union-attr]
    (folder / "auto 2025-01-28 10.00.00.tot").write_bytes(path.read_bytes())
    gone = backup.thin(path)
    assert folder / "auto 2025-01-03 10.00.00.tot" in gone and len(backup.listing(path)) == 28 - len(gone)


def test_drafts_of_a_killed_program_go_after_a_day(path: Path) -> None:
    folder = backup.folder_of(path)
    folder.mkdir()
    for name, hours in (("old", 30), ("new", 1)):
        (folder / f".partial-{name}").write_bytes(b"")
        at = (datetime.now() - timedelta(hours=hours)).timestamp()
        os.utime(folder / f".partial-{name}", (at, at))
    backup.thin(path)
    assert [p.name for p in folder.iterdir()] == [".partial-new"]


@given(
    st.lists(st.tuples(st.integers(0, 60 * 24 * 400), st.integers(1, 100), st.booleans()), max_size=80),
    st.integers(0, 3000),
)
def test_thinning_keeps_what_it_promises(ages: list[tuple[int, int, bool]], budget: int) -> None:
    backups = [
        Backup(Path(str(n)), NOW - timedelta(minutes=age), size, named) for n, (age, size, named) in enumerate(ages)
    ]
    gone = backup.superfluous(backups, NOW, budget=budget)
    kept = [b for b in backups if b not in gone]
    automatic = [b for b in kept if not b.named]
    assert not any(b.named for b in gone)
    if any(not b.named for b in backups):
        newest = max((b for b in backups if not b.named), key=lambda b: b.at).at
        assert any(b.at == newest for b in automatic)
    assert sum(b.size for b in automatic) <= budget or len(automatic) <= 1
    roomy = backup.superfluous(backups, NOW, budget=1 << 40)
    assert all(NOW - b.at > timedelta(hours=24) for b in roomy)
    assert len({b.at.date() for b in backups if not b.named and b not in roomy}) >= min(
        12, len({b.at.date() for b in backups if not b.named})
    )
