"""A project in which a newer version made an edit of a kind that this one does not know opens; nothing is lost."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import pytest
from projects import R, V, a_project, with_edits, with_run

from core.annotation import commands
from core.annotation.edit import Edit
from core.errors import EditError
from core.project import Project
from core.store import backup, pack
from core.store.check import read_all
from core.store.emergency import EmergencyFile
from core.store.opening import examine
from core.store.salvage import salvage

MARK = ["bookmark", 3, "swap", None, {"frame": 20}]
SAID = "bookmark frame 20 (an edit of a newer version)"


def change(path: Path, do: Callable[[sqlite3.Connection], None]) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    do(connection)
    connection.close()


def newer_row(seq: int, launch: int, swaps: list[list[object]], group: int | None = None) -> tuple[object, ...]:
    return (seq, 0.0, launch, "edit", "bookmark frame 20", group, msgspec.msgpack.encode(swaps), None)


def insert(row: tuple[object, ...], connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO edit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, pack.crc(*row)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A project whose newest edit is one of a newer version, which also says something new of a run."""
    path = tmp_path / "p.tot"
    with a_project(path) as project:
        with_run(project)
        with_edits(project)
        seq, launch = project._seq + 1, project.launch

    def write(connection: sqlite3.Connection) -> None:
        insert(newer_row(seq, launch, [MARK]), connection)
        value = json.loads(connection.execute("SELECT value FROM run WHERE id=?", (R,)).fetchone()[0])
        text = pack.to_json({**value, "starred": True})
        connection.execute("UPDATE run SET value=?, crc=? WHERE id=?", (text, pack.crc(R, text), R))

    change(path, write)
    return path


def test_it_opens_and_the_edit_is_said_to_be_of_a_newer_version(path: Path) -> None:
    with Project.open(path) as project:
        assert not project.read_only and project.undo_text == SAID


def test_undoing_it_is_refused_in_a_sentence_and_changes_nothing(path: Path) -> None:
    """It was called damage: "the record cannot be read"."""
    with Project.open(path) as project:
        before, steps = project.document.snapshot(), len(project.history.done)
        with pytest.raises(EditError, match=r"newer version\)\": only the program that made it can undo it"):
            project.undo()
        assert len(project.history.done) == steps and project.document.corrected == before.corrected


def test_edits_after_it_are_made_and_undone_as_ever(path: Path) -> None:
    with Project.open(path) as project:
        project.edit(commands.move_boundary(project.document, V, 0, 33))
    with Project.open(path) as project:
        assert project.document.corrected[V].starts[1] == 33
        project.undo()
        assert project.document.corrected[V].starts[1] != 33 and project.undo_text == SAID


def test_of_a_group_with_it_nothing_is_undone(tmp_path: Path) -> None:
    path = tmp_path / "g.tot"
    with a_project(path) as project:
        with_run(project)
        with_edits(project)
        seq, launch = project._seq + 1, project.launch
    row = newer_row(seq, launch, [MARK], group=7)
    own = (seq + 1, 0.0, launch, "edit", "no more", 7, msgspec.msgpack.encode([]), None)
    for each in (row, own):
        change(path, partial(insert, each))
    with Project.open(path) as project:
        steps = len(project.history.done)
        with pytest.raises(EditError):
            project.undo()
        assert len(project.history.done) == steps


def test_the_log_is_followed_past_it_so_that_checks_copies_and_backups_go_on(path: Path, tmp_path: Path) -> None:
    """A copy could not be saved, and after a kill the project counted as damaged."""
    assert examine(path) == [] and read_all(path)
    with Project.open(path) as project:
        assert project.save_copy(tmp_path / "copy.tot") == []
        read_all(project.checkpoint("good"))
    found = backup.newest_whole(path)
    assert found is not None
    with Project.open(tmp_path / "copy.tot") as copy:
        assert copy.undo_text == SAID


def test_what_it_knows_of_such_an_edit_is_followed_as_well(tmp_path: Path) -> None:
    """An edit of a newer version may swap a track and something new at once."""
    path = tmp_path / "m.tot"
    with a_project(path) as project:
        with_run(project)
        with_edits(project)
        project.edit(commands.move_boundary(project.document, V, 0, 33))

    def mix(connection: sqlite3.Connection) -> None:
        row = list(connection.execute("SELECT * FROM edit ORDER BY seq DESC").fetchone()[:-1])
        row[6] = msgspec.msgpack.encode([*msgspec.msgpack.decode(row[6]), MARK])
        connection.execute("UPDATE edit SET swaps=?, crc=? WHERE seq=?", (row[6], pack.crc(*row), row[0]))

    change(path, mix)
    assert read_all(path)
    with Project.open(path) as project, pytest.raises(EditError):
        project.undo()


def test_what_a_newer_version_says_of_a_run_outlives_what_this_one_does_to_it(path: Path) -> None:
    """Hiding a run wrote its row anew without what this version does not know: a name was lost like that."""
    with Project.open(path) as project:
        project.hide_run(R)
        project.edit(commands.rename_run(project.document, R, "mine"))
    found: list[dict[str, object]] = []
    change(path, lambda c: found.append(json.loads(c.execute("SELECT value FROM run").fetchone()[0])))
    assert found[0]["starred"] is True and found[0]["hidden"] is True and found[0]["given_name"] == "mine"


def test_such_an_edit_in_the_emergency_file_waits_for_the_newer_version(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was put aside under another name, where the newer version never looked."""
    with Project.open(path) as project:
        seq, launch, steps = project._seq, project.launch, len(project.history.done)
        held = EmergencyFile(project.uid, path)
    held.hold([newer_row(seq + 1, launch, [MARK]), newer_row(seq + 2, launch, [])])
    before = held.path.read_bytes()
    with Project.open(path) as project:
        (note,) = [note for note in project.notes if "newer version" in note]
        assert f"2 edits wait in {held.path}" in note and project.read_only and not project.recovered
        assert len(project.history.done) == steps
        with pytest.raises(EditError, match="reading only"):
            project.edit(commands.move_boundary(project.document, V, 0, 33))
    assert held.path.read_bytes() == before and list(held.path.parent.iterdir()) == [held.path]
    monkeypatch.setattr(pack, "KINDS", pack.KINDS | {"bookmark"})  # the newer version, which knows the kind
    monkeypatch.setattr(pack, "unpack_edit", lambda data, text, *_: Edit(text, ()))
    with Project.open(path) as project:
        assert len(project.recovered) == 2 and not project.read_only
    assert not held.path.exists()


def test_one_that_does_not_follow_the_log_is_put_aside_and_the_project_can_be_edited(path: Path) -> None:
    with Project.open(path) as project:
        row = newer_row(project._seq + 2, project.launch, [MARK])
        uid = project.uid
    EmergencyFile(uid, path).hold([row])
    with Project.open(path) as project:
        assert any("do not fit" in note for note in project.notes) and not project.read_only


def test_salvaging_goes_past_it(path: Path, tmp_path: Path) -> None:
    change(path, lambda c: c.execute("UPDATE review SET crc=0"))
    saved = salvage(path, tmp_path / "saved.tot")
    with Project.open(saved.out) as project:
        assert V in project.document.corrected
