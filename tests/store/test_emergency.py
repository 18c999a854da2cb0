"""Edits that cannot reach the disk are on another disk, survive a kill, and come back in their place."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from projects import V

from core.annotation import commands
from core.errors import StoreError
from core.project import Project
from core.store import log
from core.store.check import read_all
from core.store.emergency import EmergencyFile

ROOT = Path(__file__).resolve().parents[2]
_KILLED = """
import os, sqlite3, sys, time
from pathlib import Path
from core.annotation import commands
from core.project import Project
from core.store import log
project = Project.open(Path(sys.argv[1]))
video = next(iter(project.document.videos))
def full(*_):
    raise sqlite3.OperationalError("database or disk is full")
log.append = full
project.edit(commands.move_boundary(project.document, video, 0, 31))
project.undo(); project.redo()
project.edit(commands.add_action(project.document, "späť")[0])
while project.saved_state().held < 4:
    time.sleep(0.01)
print(project.saved_state().reason, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data" / "emergency"


def killed_with_a_full_disk(path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(path)], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == -9 and "full" in ended.stdout, ended.stderr


def test_what_was_held_comes_back_after_a_kill(path: Path, data: Path) -> None:
    killed_with_a_full_disk(path)
    assert read_all(path) == 7
    with Project.open(path, read_only=True) as project:
        assert "4 edits wait" in project.notes[0] and not project.recovered
    with Project.open(path) as project:
        assert project.recovered == ["move boundary to 31 in P03"] * 3 + ["new action späť"]
        assert project.document.corrected[V].starts[1] == 31 and len(project.history.done) == 9
        project.undo()
        project.redo()
        assert project.flush()
    assert not list(data.glob("*.jsonl")) and read_all(path) == 13
    with Project.open(path) as project:
        assert not project.recovered and project.document.corrected[V].starts[1] == 31


def test_a_torn_last_line_costs_only_itself(path: Path, data: Path) -> None:
    killed_with_a_full_disk(path)
    (file,) = data.glob("*.jsonl")
    file.write_bytes(file.read_bytes()[:-20])
    with Project.open(path) as project:
        assert len(project.recovered) == 3


@pytest.mark.parametrize(
    "harm", [b"", b"{}\n", b"{}\n[" + b"[" * 100_000, b"{}\n[1, 2]\n", b"{}\n[" + b"9" * 5000 + b"]\n"]
)
def test_a_broken_emergency_file_stops_nothing(path: Path, data: Path, harm: bytes) -> None:
    killed_with_a_full_disk(path)
    (file,) = data.glob("*.jsonl")
    file.write_bytes(harm)
    with Project.open(path) as project:
        assert not project.recovered and project.document.corrected[V].starts[1] != 31


def test_edits_that_do_not_follow_are_kept_aside_and_told(path: Path, data: Path) -> None:
    killed_with_a_full_disk(path)
    (file,) = data.glob("*.jsonl")
    hidden = file.read_bytes()
    file.unlink()
    with Project.open(path) as project:  # somebody went on without them
        project.undo()
    file.write_bytes(hidden)
    with Project.open(path) as project:
        assert len(project.history.done) == 6 and not project.recovered
        assert "do not fit" in project.notes[0]
    (aside,) = data.glob("*left*.jsonl")
    assert aside.read_bytes() == hidden


def test_edits_that_reached_the_disk_after_all_are_not_taken_twice(path: Path, data: Path) -> None:
    with Project.open(path) as project:
        project.edit(commands.move_boundary(project.document, V, 0, 31))
        project.flush()
        uid, edited = project.uid, list(project.history.done)
    connection = sqlite3.connect(path)
    row = connection.execute(
        "SELECT seq, ts, launch, kind, text, group_id, swaps, undo_of FROM edit WHERE seq=8"
    ).fetchone()
    connection.close()
    EmergencyFile(uid, path).hold([row])
    with Project.open(path) as project:
        assert not project.recovered and len(project.history.done) == len(edited)
        project.edit(commands.move_boundary(project.document, V, 0, 32))
    assert not list(data.glob("*.jsonl"))


def test_closing_with_a_full_disk_says_where_the_edits_are(
    path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project.open(path)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(log, "append", full)
        project.edit(commands.move_boundary(project.document, V, 0, 31))
        with pytest.raises(StoreError, match="1 of them comes back when it is opened again"):
            project.close(0.3)
    (file,) = data.glob("*.jsonl")
    assert json.loads(file.read_text().splitlines()[0])["project"] == str(path)
    with Project.open(path) as project:
        assert project.recovered == ["move boundary to 31 in P03"]


def test_a_write_that_hangs_is_held_as_well(path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    release, whole = threading.Event(), log.append

    def hangs(*rest: object) -> None:
        release.wait(240)
        whole(*rest)  # type: ignore[arg-type]

    monkeypatch.setattr(log, "append", hangs)
    project = Project.open(path)
    held = threading.Event()
    project.on_saved = lambda state: held.set() if state.held else None
    project.edit(commands.move_boundary(project.document, V, 0, 31))
    assert held.wait(120) and project.saved_state().kind == "not-saved"
    assert len(list(data.glob("*.jsonl"))) == 1
    release.set()
    project.close()
    with Project.open(path) as project:
        assert not project.recovered and project.document.corrected[V].starts[1] == 31
    assert not list(data.glob("*.jsonl"))
