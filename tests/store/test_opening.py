"""What lies beside or inside a file that was not closed by us: recovered when it is ours, refused when it is not."""

from __future__ import annotations

import hashlib
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from projects import V

from core.annotation import commands
from core.errors import DamagedProjectError, ProjectLockedError, StoreError
from core.project import Project
from core.store import opening
from core.store.check import read_all

ROOT = Path(__file__).resolve().parents[2]
_TORN = """
import os, signal, sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("PRAGMA cache_size=1")
c.execute("BEGIN IMMEDIATE")
for name in ("track", "edit", "video", "meta"): c.execute(f"DELETE FROM {name}")
c.execute("CREATE TABLE filler(x)")
for i in range(200): c.execute("INSERT INTO filler VALUES (zeroblob(4000))")
print("spilled", flush=True); sys.stdin.read()
"""


def tear(path: Path) -> None:
    """Kill a process in the middle of a large transaction: pages written, journal hot."""
    command = [sys.executable, "-c", _TORN, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None and child.stdout.readline().strip() == b"spilled"
        child.send_signal(signal.SIGKILL)
    assert opening.is_hot(path)


def digests(folder: Path) -> dict[str, str]:
    files = (p for p in folder.iterdir() if p.is_file() and p.suffix != ".lock")
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_a_torn_commit_is_rolled_back(path: Path) -> None:
    tear(path)
    with Project.open(path) as project:
        assert V in project.document.corrected and len(project.history.done) == 7
    assert read_all(path) == 7


def test_a_torn_commit_is_read_through_a_copy_when_opened_for_reading(path: Path) -> None:
    tear(path)
    before = digests(path.parent)
    with Project.open(path, read_only=True) as project:
        assert V in project.document.corrected and project.saved_state().kind == "read-only"
    assert opening.examine(path) == []
    assert digests(path.parent) == before


@pytest.mark.parametrize("suffix", ["-journal", "-wal"])
def test_side_files_of_a_stranger_change_nothing(path: Path, suffix: str) -> None:
    tear(path)
    journal = opening.journal_of(path)
    stranger = journal.read_bytes()
    opening.recover(path)
    if suffix == "-journal":  # a journal that would roll back to something else
        broken = bytearray(stranger)
        broken[8:12] = (3).to_bytes(4, "big")
        journal.write_bytes(broken + opening._JOURNAL_MAGIC)
    else:
        path.with_name(path.name + suffix).write_bytes(b"\x37\x7f\x06\x82" + bytes(60))
    before = digests(path.parent)
    with pytest.raises(DamagedProjectError, match="Move it away"):
        Project.open(path)
    assert digests(path.parent) == before


def test_a_journal_that_leads_to_no_whole_project_is_not_applied(path: Path) -> None:
    tear(path)
    page = bytearray(path.read_bytes())
    journal = opening.journal_of(path).read_bytes()
    opening.recover(path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE edit SET text='other' WHERE seq=2")
    connection.commit()
    connection.close()
    path.write_bytes(bytes(page))
    opening.journal_of(path).write_bytes(journal[:600])
    before = digests(path.parent)
    with pytest.raises(DamagedProjectError):
        Project.open(path)
    assert digests(path.parent) == before


def test_a_project_in_use_can_be_read_as_a_copy(path: Path) -> None:
    holder = (
        "import sys; from pathlib import Path; from core.project import Project\n"
        "p = Project.open(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read(); p.close()"
    )
    command = [sys.executable, "-c", holder, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None and child.stdin is not None and child.stdout.readline().strip() == b"open"
        for read_only in (False, True):
            with pytest.raises(ProjectLockedError, match=f"process {child.pid}"):
                Project.open(path, read_only=read_only)
        with Project.open_copy(path) as copy:
            assert copy.read_only and V in copy.document.corrected and copy.path == path
        child.stdin.close()
    with Project.open(path) as project:
        project.undo()
        with pytest.raises(ProjectLockedError):
            Project.open_copy(path)


def test_two_names_of_one_file_share_the_lock(path: Path, tmp_path: Path) -> None:
    (tmp_path / "b.tot").symlink_to(path)
    with Project.open(path), pytest.raises(ProjectLockedError):
        Project.open(tmp_path / "b.tot")


def test_two_can_read_at_once(path: Path) -> None:
    with Project.open(path, read_only=True), Project.open(path, read_only=True) as second:
        assert V in second.document.corrected
        with pytest.raises(ProjectLockedError):
            Project.open(path)


STRANGERS = [
    "DROP TABLE track; CREATE VIEW track AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r) "
    "SELECT n AS video, '' kind, '' run, 0 head_seq, x'' segs, '' extra, 0 crc FROM r",
    "CREATE TRIGGER t AFTER INSERT ON launch BEGIN DELETE FROM track; END",
    "CREATE INDEX i ON edit(kind)",
    "CREATE TABLE more(x CHECK (load_extension('a')))",
    "CREATE VIRTUAL TABLE more USING fts5(x)",
    "PRAGMA writable_schema=1; INSERT INTO sqlite_schema VALUES('table','sqlite_x','sqlite_x',2,'CREATE TABLE x(a)')",
    "ALTER TABLE edit ADD COLUMN more TEXT",
    "PRAGMA user_version=0",
    "PRAGMA user_version=1",
    "PRAGMA journal_mode=WAL",
]


@pytest.mark.parametrize("statements", STRANGERS)
def test_more_or_less_than_our_tables_is_refused_unread(path: Path, statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements.split(";" if "TRIGGER" not in statements else "\0"):
        connection.execute(statement)
    connection.close()
    before = digests(path.parent)
    for read_only in (False, True):
        with pytest.raises(StoreError):
            Project.open(path, read_only=read_only)
    assert {k: v for k, v in digests(path.parent).items() if "backup" not in k} == before


def test_a_full_disk_at_opening_means_reading_only(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(connection: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("core.store.log.start_launch", full)
    with Project.open(path) as project:
        assert project.read_only and "full" in project.notes[0]


def test_the_file_that_was_moved_away_takes_no_more_edits_and_says_so(path: Path, tmp_path: Path) -> None:
    project = Project.open(path)
    path.rename(tmp_path / "away.tot")
    project.edit(commands.move_boundary(project.document, V, 0, 33))
    assert not project.flush(0.5)
    assert "moved or deleted" in project.saved_state().reason
    assert project.save_copy(tmp_path / "copy.tot") == []
    (tmp_path / "away.tot").rename(path)  # it is back: the edit goes where it belongs
    assert project.flush(5)
    project.close()
    for saved in (path, tmp_path / "copy.tot"):
        with Project.open(saved) as again:
            assert again.document.corrected[V].starts[1] == 33


def test_another_file_under_the_name_is_left_alone(path: Path, tmp_path: Path) -> None:
    older = path.read_bytes()
    project = Project.open(path)
    project.edit(commands.move_boundary(project.document, V, 0, 33))
    assert project.flush()
    (tmp_path / "older.tot").write_bytes(older)
    (tmp_path / "older.tot").replace(path)  # what a synchronising program does
    project.edit(commands.move_boundary(project.document, V, 0, 34))
    assert not project.flush(0.5)
    assert project.saved_state().kind == "not-saved"
    with pytest.raises(StoreError, match="not saved"):
        project.close(0.1)
    assert path.read_bytes() == older


@pytest.mark.parametrize(("place", "value"), [(31, 99), (27, 99), (95, 99), (None, b"more")])
def test_a_header_that_sqlite_would_mend_is_refused_unchanged(path: Path, place: int | None, value: object) -> None:
    """Found by mutants: opened for writing, SQLite put the number of pages right before anything was checked."""
    data = bytearray(path.read_bytes())
    if place is None:
        data += value  # type: ignore[operator]
    else:
        data[place] = value  # type: ignore[assignment]
    path.write_bytes(data)
    for read_only in (True, False):
        with pytest.raises(DamagedProjectError, match="than its header says"):
            Project.open(path, read_only=read_only)
        assert path.read_bytes() == data


def test_a_table_whose_words_are_no_text_is_refused(path: Path) -> None:
    """Found by mutants: the error fell out of the loader."""
    data = path.read_bytes()
    assert data.count(b"extra TEXT") == 1
    path.write_bytes(data.replace(b"extra TEXT", b"e\xfftra TEXT"))
    with pytest.raises(StoreError):
        Project.open(path)


def test_the_holder_of_a_project_is_called_by_its_program_also_where_python_was_given_a_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from core.store.lock import _program

    for started, name in (("/usr/bin/totgui", "totgui"), ("/a/totgui/__main__.py", "totgui"), ("-c", "Python")):
        monkeypatch.setattr(sys, "argv", [started])
        assert _program() == name
