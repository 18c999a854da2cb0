"""Comments survive all that a project file goes through: closing, lost rows, copies, repair, older formats."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path

import msgspec
import pytest
from projects import R, V, a_project, change, comment, values, with_edits, with_run

from core.annotation import commands
from core.annotation.values import Comment, CommentId, CommentKey, ReviewStatus, StepText
from core.data.dataset import ActionId
from core.errors import DamagedProjectError, NewerProjectError, StoreError
from core.project import Project
from core.store import backup, log, pack, schema
from core.store.check import differences, read_all
from core.store.create import write_values
from core.store.salvage import salvage

FORMAT_2 = Path(__file__).parent / "data" / "format-2.tot.gz"
HOSTILE = "<img src=x>\n\u202eevil\u202c \U0001f600 \u05d0\u05d1 '; DROP TABLE comment; --"
FIRST, SECOND = CommentKey(V, CommentId(1)), CommentKey(V, CommentId(2))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed project with edits and two comments, one of them settled."""
    with a_project(tmp_path / "a.tot") as project:
        with_run(project)
        with_edits(project)
        comment(project, 10, 11, HOSTILE)
        comment(project, 30, 60, "x" * 5000)
        project.edit(commands.resolve_comments(project.document, [SECOND]))
    return tmp_path / "a.tot"


def wanted() -> dict[CommentId, Comment]:
    return {
        FIRST.id: Comment(10, 11, HOSTILE, "Ada", 1_700_000_000),
        SECOND.id: Comment(30, 60, "x" * 5000, "Ada", 1_700_000_000, True),
    }


def test_comments_survive_closing_and_are_undone_one_by_one_after(path: Path) -> None:
    read_all(path)
    with Project.open(path) as project:
        assert project.document.comments == {V: wanted()}
        texts = []
        for _ in range(3):
            texts.append(project.undo_text)
            project.undo()
        assert texts == [
            "resolve the comment in P03 at 0:01.20",
            "comment in P03 at 0:01.20",
            "comment in P03 at 0:00.40",
        ]
        assert project.document.comments == {}
        project.redo()
    read_all(path)
    with Project.open(path) as project:
        assert project.document.comments == {V: {FIRST.id: wanted()[FIRST.id]}}
        assert project.history.undone[-1].videos == frozenset([V])


def test_comments_stay_where_they_are_when_labels_change_and_an_acceptance_stands(path: Path) -> None:
    with Project.open(path) as project:
        before = dict(project.document.comments)
        project.edit(commands.relabel(project.document, V, 0, 90, 2))
        project.edit(commands.delete_comments(project.document, [FIRST]))
        project.undo()
        project.edit(commands.set_review(project.document, V, ReviewStatus.ACCEPTED))
        comment(project, 0, 1, "more")
        assert project.document.review(V).status is ReviewStatus.ACCEPTED
        project.undo()
        assert project.document.comments == before


def test_copies_and_checkpoints_have_the_comments(path: Path, tmp_path: Path) -> None:
    with Project.open(path) as project:
        assert project.save_copy(tmp_path / "copy.tot") == []
        draft = project.checkpoint("with comments")
    assert values(tmp_path / "copy.tot").comments == {V: wanted()}
    assert draft is not None
    (saved,) = (each for each in backup.listing(path) if "with comments" in each.path.name)
    assert values(saved.path).comments == {V: wanted()}


def test_an_open_project_read_by_another_is_a_copy_with_the_comments_in(path: Path) -> None:
    with Project.open(path, read_only=True) as project:
        assert project.read_only and project.document.comments == {V: wanted()}


@pytest.mark.parametrize("lost", ["nothing", "row", "check sum", "log"])
def test_a_repair_keeps_the_comments_from_their_rows_or_from_the_log(path: Path, tmp_path: Path, lost: str) -> None:
    if lost == "row":
        change(path, "DELETE FROM comment WHERE id=1")
    elif lost == "check sum":
        change(path, "UPDATE comment SET crc=crc+1 WHERE id=2")
    elif lost == "log":
        change(path, "DELETE FROM edit WHERE text LIKE 'comment%'")
    salvage(path, tmp_path / "new.tot")
    assert values(tmp_path / "new.tot").comments == {V: wanted()}


def test_a_deleted_comment_does_not_come_back_by_a_repair(path: Path, tmp_path: Path) -> None:
    with Project.open(path) as project:
        project.edit(commands.delete_comments(project.document, [FIRST]))
    salvage(path, tmp_path / "new.tot")
    assert set(values(tmp_path / "new.tot").comments[V]) == {SECOND.id}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE comment SET value=replace(value, 'Ada', 'Eve')",
        "UPDATE comment SET id=7 WHERE id=1",
        "DELETE FROM comment WHERE id=1",
        "DROP TABLE comment",
        "CREATE TRIGGER t AFTER INSERT ON comment BEGIN DELETE FROM track; END",
    ],
)
def test_comments_that_somebody_else_changed_are_refused(path: Path, statement: str) -> None:
    change(path, statement)
    with pytest.raises(DamagedProjectError):
        read_all(path)


@pytest.mark.parametrize(
    "text",
    [
        '{"start":90,"stop":101,"text":"outside"}',
        '{"start":-1,"stop":1,"text":"before"}',
        '{"start":5,"stop":5,"text":"empty"}',
        '{"start":"a","stop":1,"text":"no number"}',
        "[]",
        '{"start":1,"stop":2,"text":""}',
        '{"start":1,"stop":2,"text":"\\u001b[2J an escape"}',
        '{"start":1,"stop":2,"text":"a","author":"two\\nlines"}',
        '{"start":1,"stop":2,"text":"a","written":99999999999999}',
        f'{{"start":1,"stop":2,"text":"{"x" * 5001}"}}',
    ],
)
def test_a_row_with_a_right_check_sum_that_nobody_can_have_written_is_refused(path: Path, text: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("UPDATE comment SET value=?, crc=? WHERE id=1", (text, pack.crc(0, 1, text)))
    connection.close()
    with pytest.raises(DamagedProjectError):
        Project.open(path)


def test_a_project_of_the_second_format_opens_with_everything_and_is_backed_up_first(tmp_path: Path) -> None:
    old = tmp_path / "old.tot"
    old.write_bytes(gzip.decompress(FORMAT_2.read_bytes()))
    before = old.read_bytes()
    with Project.open(old, read_only=True) as project:
        first = project.document
        assert first.comments == {} and first.review(V).reviewer == "Ada" and len(project.history.done) == 9
    assert old.read_bytes() == before
    with Project.open(old) as project:
        assert "newer format" in project.notes[0] and project.weights(R) == b"weights"
        assert differences(first, project.document) == []
        assert project.document.step_texts == {ActionId(1): StepText("Fill it", ("Hold it",))}
        project.redo()
        assert project.document.runs[R].given_name == "first try"
        comment(project, 0, 1, "now it can hold one")
    read_all(old)
    (saved,) = backup.listing(old)
    assert f"before format {schema.VERSION}" in saved.path.name and read_all(saved.path) > 0


def test_a_program_of_the_second_format_refuses_a_project_with_comments(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an older build does: it knows formats up to 2, and says so without touching the file."""
    before = path.read_bytes()
    monkeypatch.setattr(schema, "VERSION", 2)
    with pytest.raises(NewerProjectError, match="newer version of the program"):
        schema.read_header(path)
    assert path.read_bytes() == before


def test_comments_that_could_not_be_written_come_back_from_the_emergency_file(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "data"))
    project = Project.open(path)
    with monkeypatch.context() as patch:

        def full(*_: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        patch.setattr(log, "append", full)
        comment(project, 5, 6, HOSTILE * 2)
        project.edit(commands.delete_comments(project.document, [SECOND]))
        last = dict(project.document.comments)
        with pytest.raises(StoreError, match="not saved"):
            project.close(0.1)
    with Project.open(path) as project:
        assert project.recovered == ["comment in P03 at 0:00.20", "delete the comment in P03 at 0:01.20"]
        assert project.document.comments == last
    assert values(path).comments == last


def test_a_project_made_from_values_has_the_comments_as_one_edit(path: Path, tmp_path: Path) -> None:
    write_values(tmp_path / "new.tot", values(path))
    assert values(tmp_path / "new.tot").comments == {V: wanted()}
    assert read_all(tmp_path / "new.tot") == 1


def log_row(path: Path, swaps: list[list[object]]) -> None:
    """One more edit at the end of the log, with a right check sum: what a stranger can write."""
    connection = sqlite3.connect(path, isolation_level=None)
    seq, launch = connection.execute("SELECT seq + 1, launch FROM edit ORDER BY seq DESC").fetchone()
    row = (seq, 0.0, launch, "edit", "strange", None, msgspec.msgpack.encode(swaps), None)
    connection.execute("INSERT INTO edit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, pack.crc(*row)))
    connection.close()


@pytest.mark.parametrize(
    "swap",
    [
        ["comment", 5, "swap", None, {"start": 1, "stop": 2, "text": "a"}],
        ["comment", "0", "swap", None, {"start": 1, "stop": 2, "text": "a"}],
        ["comment", "-1.7", "swap", None, {"start": 1, "stop": 2, "text": "a"}],
        ["track", 99, "swap", None, b""],
        ["track", "0", "swap", None, b""],
        ["review", [], "swap", None, {}],
        ["comment"],
    ],
    ids=repr,
)
def test_a_key_of_the_log_with_a_wrong_type_is_damage_and_the_rest_can_be_saved(
    path: Path, tmp_path: Path, swap: list[object]
) -> None:
    """AttributeError and IndexError came out of opening and of the repair."""
    log_row(path, [swap])
    with pytest.raises(DamagedProjectError):
        Project.open(path)
    with pytest.raises(DamagedProjectError):
        read_all(path)
    salvage(path, tmp_path / "new.tot")
    assert values(tmp_path / "new.tot").comments == {V: wanted()}


@pytest.mark.parametrize(
    "swap",
    [
        ["action", 400, "swap", None, ["no", "dictionary"]],
        ["action", 400, "swap", None, {"id": float("inf"), "name": "a", "colour": "#123456", "archived": False}],
        ["comment", "0.9", "swap", None, {"start": 1, "stop": 2, "text": "a", "written": 10**15}],
    ],
    ids=repr,
)
def test_a_repair_says_which_values_of_the_log_it_could_not_read(
    path: Path, tmp_path: Path, swap: list[object]
) -> None:
    log_row(path, [swap])
    (lost,) = salvage(path, tmp_path / "new.tot").lost
    assert f"The {swap[0]} {swap[1]} of the log" in lost
    assert values(tmp_path / "new.tot").comments == {V: wanted()}


@pytest.mark.parametrize(
    "strange", [{"written": 10**15}, {"author": "two\nlines"}, {"text": "\x1b[2J an escape"}], ids=repr
)
def test_undo_brings_no_comment_in_that_the_next_opening_refuses(path: Path, strange: dict[str, object]) -> None:
    log_row(path, [["comment", "0.9", "swap", {"start": 1, "stop": 2, "text": "a", **strange}, None]])
    with Project.open(path) as project:
        with pytest.raises(DamagedProjectError, match="cannot be read"):
            project.undo()
        assert project.document.comments == {V: wanted()}
    assert values(path).comments == {V: wanted()}


def test_a_row_of_the_wrong_kind_is_counted_by_a_repair(path: Path, tmp_path: Path) -> None:
    """A list where an action belongs came out of the repair as AttributeError."""
    connection = sqlite3.connect(path, isolation_level=None)
    text = '["colour"]'
    connection.execute("INSERT INTO action VALUES (400, ?, ?)", (text, pack.crc(400, text)))
    connection.close()
    assert "1 rows that fail" in salvage(path, tmp_path / "new.tot").lost[-1]
