"""From a damaged project everything with a right check sum is saved into a new one, and the rest is named."""

from __future__ import annotations

import gzip
import random
import sqlite3
from pathlib import Path

import pytest
from projects import R, V, a_project, change, values, with_edits, with_run

from core.annotation import commands
from core.annotation.values import StepText
from core.cli import main
from core.data.dataset import ActionId
from core.errors import InputError, NewerProjectError, StoreError
from core.project import Project
from core.store import backup, migrate, schema
from core.store.check import differences, read_all
from core.store.create import write_values
from core.store.pages import records
from core.store.salvage import salvage

OLD = Path(__file__).parent / "data" / "format-1.tot.gz"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with a_project(tmp_path / "a.tot") as project:
        with_run(project)
        with_edits(project, moves=300)
        project.edit(commands.set_step_text(project.document, ActionId(1), TEXT))
    return tmp_path / "a.tot"


TEXT = StepText("Fill it", ("Hold it",))


def test_the_pages_hold_what_sqlite_reads(path: Path) -> None:
    connection = sqlite3.connect(path)
    wanted = sum(
        connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type='table'").fetchall()
    )
    n_schema = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    edits = connection.execute("SELECT * FROM edit ORDER BY seq").fetchall()
    connection.close()
    found = list(records(path.read_bytes()))
    assert len(found) == wanted + n_schema
    assert [tuple(c[1:]) for _, c in found if len(c) == 9 and c[3] in ("edit", "undo", "redo")] == [
        e[1:] for e in edits
    ]


def test_a_whole_project_is_saved_whole(path: Path, tmp_path: Path) -> None:
    found = salvage(path, tmp_path / "new.tot")
    assert found.lost == () and differences(values(path), values(tmp_path / "new.tot")) == []
    with Project.open(tmp_path / "new.tot") as project:
        assert project.weights(R) == b"weights"


@pytest.mark.parametrize("zeroed", [0, 1])
def test_without_its_first_page_everything_else_is_saved(path: Path, tmp_path: Path, zeroed: int) -> None:
    before, data = values(path), bytearray(path.read_bytes())
    data[:4096] = bytes(4096) if zeroed else random.Random(1).randbytes(4096)
    path.write_bytes(data)
    with pytest.raises(StoreError):
        Project.open(path)
    assert salvage(path, tmp_path / "new.tot").lost == ()
    assert differences(before, values(tmp_path / "new.tot")) == []
    assert path.read_bytes() == data


def test_a_lost_track_is_rebuilt_from_the_log(path: Path, tmp_path: Path) -> None:
    before = values(path)
    change(path, "UPDATE track SET crc=1 WHERE kind='corrected'")
    (lost,) = salvage(path, tmp_path / "new.tot").lost
    assert lost.startswith("1 rows that fail their check")
    assert differences(before, values(tmp_path / "new.tot")) == []


def test_a_hole_in_the_log_costs_the_undo_history_and_is_named(path: Path, tmp_path: Path) -> None:
    before = values(path)
    change(path, "DELETE FROM edit WHERE seq=100")
    with pytest.raises(StoreError, match="Edit 100"):
        Project.open(path)
    found = salvage(path, tmp_path / "new.tot")
    assert found.lost == ("1 of 305 rows of the log (100).",)
    assert differences(before, values(tmp_path / "new.tot")) == []


def test_track_and_log_gone_gives_the_state_before_the_hole(path: Path, tmp_path: Path) -> None:
    change(path, "UPDATE edit SET crc=1 WHERE seq=100")
    change(path, "UPDATE track SET crc=1 WHERE kind='corrected'")
    found = salvage(path, tmp_path / "new.tot")
    assert any("P03 from edit 101 on" in text for text in found.lost)
    assert values(tmp_path / "new.tot").corrected[V].starts[1] in (41, 42)


@pytest.mark.parametrize("table", ["meta", "video", "action", "run", "label_map", "review", "weights", "launch"])
def test_each_table_can_be_missing(path: Path, tmp_path: Path, table: str) -> None:
    values_before = values(path)
    change(path, f"UPDATE {table} SET {'sha256' if table == 'weights' else 'crc'}=1")
    found = salvage(path, tmp_path / "new.tot")
    assert found.lost or table == "launch"
    before, new = values_before, values(tmp_path / "new.tot")
    assert list(new.corrected.values()) == list(before.corrected.values())
    assert list(new.reviews.values()) == list(before.reviews.values()) and len(new.actions) >= 2
    assert read_all(tmp_path / "new.tot") == 1


def test_random_damage_never_stops_it(path: Path, tmp_path: Path) -> None:
    whole, dice = path.read_bytes(), random.Random(7)
    for turn in range(40):
        data = bytearray(whole)
        for _ in range(dice.choice((1, 5, 50))):
            at = dice.randrange(len(data))
            data[at : at + dice.choice((1, 16, 4096))] = dice.randbytes(dice.choice((1, 16, 4096)))
        path.write_bytes(data[: dice.choice((len(data), len(data) // 2))])
        try:
            salvage(path, tmp_path / f"{turn}.tot")
        except InputError:
            continue
        assert read_all(tmp_path / f"{turn}.tot") >= 0


def test_nothing_to_save_is_said_and_names_a_whole_backup(path: Path, tmp_path: Path) -> None:
    with Project.open(path) as project:
        made = project.checkpoint("good one")
    path.write_bytes(b"\0" * 5000)
    with pytest.raises(InputError, match="good one"):
        salvage(path, tmp_path / "new.tot")
    assert not (tmp_path / "new.tot").exists() and made.exists()
    with pytest.raises(StoreError, match="exists already"):
        salvage(path, made)


def test_the_command_checks_and_repairs(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(path)]) == 0
    change(path, "UPDATE review SET value='x'")
    assert main(["check", str(path)]) == 1
    assert "--repair" in capsys.readouterr().out
    assert main(["check", str(path), "--repair", str(tmp_path / "new.tot")]) == 1
    assert "Lost: 1 rows" in capsys.readouterr().out
    assert main(["check", str(tmp_path / "new.tot")]) == 0
    assert main(["check", str(path), "--repair", str(tmp_path / "new.tot")]) == 2


# --- copies and formats ----------------------------------------------------------------------------


def test_values_alone_make_a_whole_project(path: Path, tmp_path: Path) -> None:
    before = values(path)
    write_values(tmp_path / "new.tot", before)
    assert differences(before, values(tmp_path / "new.tot")) == []


def test_a_saved_copy_is_a_project_of_its_own(path: Path, tmp_path: Path) -> None:
    with Project.open(path) as project:
        project.undo()
        assert project.save_copy(tmp_path / "b.tot") == []
        with pytest.raises(StoreError, match="another name"):
            project.save_copy(path)
        with Project.open(tmp_path / "b.tot") as copy:
            assert copy.uid != project.uid and copy.restored_edits == 0
            assert differences(copy.document, project.document) == []
            assert copy.redo() is not None


@pytest.fixture
def old(tmp_path: Path) -> Path:
    (tmp_path / "old.tot").write_bytes(gzip.decompress(OLD.read_bytes()))
    return tmp_path / "old.tot"


def test_a_project_of_the_first_format_opens_and_is_backed_up_first(old: Path) -> None:
    before = old.read_bytes()
    with Project.open(old, read_only=True) as project:
        assert len(project.history.done) == 6 and V in project.document.corrected
    assert old.read_bytes() == before
    with Project.open(old) as project:
        assert len(project.history.done) == 6 and len(project.history.undone) == 1
        assert "newer format" in project.notes[0] and project.weights(R) == b"weights"
        project.redo()
    assert read_all(old) == 9
    (saved,) = backup.listing(old)
    assert f"before format {schema.VERSION}" in saved.path.name and read_all(saved.path) == 8


def test_a_migration_that_would_change_something_changes_nothing(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(connection: schema.Connection) -> None:
        migrate._launches_get_check_sums(connection)
        connection.execute("DELETE FROM track WHERE kind='prediction'")

    before = old.read_bytes()
    monkeypatch.setitem(migrate._STEPS, 1, careless)
    with pytest.raises(StoreError, match="predictions would change"):
        Project.open(old)
    assert old.read_bytes() == before


def test_a_newer_one_is_left_alone_by_every_verb(path: Path, tmp_path: Path) -> None:
    change(path, f"PRAGMA user_version={schema.VERSION + 1}")
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(NewerProjectError):
            Project.open(path, read_only=read_only)
    assert main(["check", str(path)]) == 2
    assert path.read_bytes() == before
