"""`tot comments` prints what was written and takes another project's; the report lists open ones; files carry them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from projects import V, a_project, comment, with_edits, with_run

from core import api
from core.annotation import commands
from core.annotation.values import CommentId, CommentKey
from core.cli import main

SECRET = "<script>alert('x')</script> NOT-FOR-TRAINEES \u202egpj"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with a_project(tmp_path / "p.tot") as project:
        with_run(project)
        with_edits(project)
        comment(project, 10, 11, SECRET)
        comment(project, 30, 60, "two\nlines", author="")
        comment(project, 70, 71, "settled")
        project.edit(commands.resolve_comments(project.document, [CommentKey(V, CommentId(3))]))
    return tmp_path / "p.tot"


def run(capsys, *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    found = capsys.readouterr()
    return code, found.out, found.err


def test_open_comments_are_printed_with_place_author_and_every_line(path, capsys):
    before = path.read_bytes()
    code, text, _ = run(capsys, "comments", path)
    assert code == 0 and text.splitlines() == [
        "2 open comments.",
        "P03  0:00.40  (Ada, 2023-11-14)",
        f"    {SECRET}",
        "P03  0:01.20  (2023-11-14)",
        "    two",
        "    lines",
    ]
    _, text, _ = run(capsys, "comments", path, "--resolved", "--json")
    rows = json.loads(text)["comments"]
    assert [row["resolved"] for row in rows] == [False, False, True]
    assert rows[0] == {
        "video": "P03", "start": 10, "stop": 11, "start_s": 0.4, "stop_s": 0.44, "at": "0:00.40", "text": SECRET,
        "author": "Ada", "written": "2023-11-14T22:13:20+00:00", "resolved": False,
    }  # fmt: skip
    assert path.read_bytes() == before


def test_a_video_is_chosen_by_name_and_an_unknown_one_is_refused(path, capsys):
    assert json.loads(run(capsys, "comments", path, "--video", "P03", "--json")[1])["comments"]
    code, _, err = run(capsys, "comments", path, "--video", "P99")
    assert code == 2 and 'no video "P99"' in err


def test_the_comments_of_another_project_are_taken_once_as_one_edit(path, tmp_path, capsys):
    with a_project(tmp_path / "other.tot") as other:
        comment(other, 10, 11, SECRET)  # we have it
        comment(other, 20, 21, "from Bea", author="Bea")
        comment(other, 22, 23, "done", author="Bea")
        other.edit(commands.resolve_comments(other.document, [CommentKey(V, CommentId(3))]))
    code, text, _ = run(capsys, "comments", path, "--take", tmp_path / "other.tot", "--json")
    assert code == 0 and json.loads(text)["taken"] == 2
    with api.open_project(path) as project:
        assert len(project.document.comments_on(V)) == 5
        assert {c.text for c in project.document.comments_on(V).values() if c.resolved} == {"settled", "done"}
        assert project.undo_text == "import 2 comments in 1 video"
        project.undo()
        assert len(project.document.comments_on(V)) == 3
        project.redo()
    code, _, err = run(capsys, "comments", path, "--take", tmp_path / "other.tot")
    assert code == 2 and "not here already" in err


def test_a_video_of_another_length_is_another_video(path, tmp_path, capsys):
    with a_project(tmp_path / "other.tot") as other:
        comment(other, 20, 21, "from Bea")
        video = other.document.videos[V]
        assert video.timebase.n_frames == 100
    found = api.second_reviewer(api.open_project(path, read_only=True), tmp_path / "other.tot")
    assert [c.text for c in found.comments[V]] == ["from Bea"]


@pytest.mark.parametrize("name", ["eaf", "json"])
def test_comments_travel_by_elan_and_json_files(name, path, tmp_path, capsys):
    out = tmp_path / "out"
    assert run(capsys, "export", path, "--format", name, "--out", out, "--unlabelled-as-background")[0] == 0
    a_project(tmp_path / "fresh.tot").close()
    code, text, err = run(capsys, "import", tmp_path / "fresh.tot", out, "--plan", "--format", name)
    assert code == 0 and "3 comments come along." in text, err
    code, text, _ = run(capsys, "import", tmp_path / "fresh.tot", out, "--json", "--format", name)
    assert code == 0 and json.loads(text)["comments"] == 3
    rows = json.loads(run(capsys, "comments", tmp_path / "fresh.tot", "--resolved", "--json")[1])["comments"]
    assert [(r["start"], r["stop"], r["text"], r["author"], r["resolved"]) for r in rows] == [
        (10, 11, SECRET, "Ada", False), (30, 60, "two\nlines", "", False), (70, 71, "settled", "Ada", True),
    ]  # fmt: skip


def test_a_csv_says_that_comments_are_not_in_it(path, tmp_path, capsys):
    _, text, _ = run(capsys, "export", path, "--format", "csv", "--out", tmp_path / "a.csv")
    assert "comments" in text and "NOT-FOR" not in (tmp_path / "a.csv").read_text()


def test_the_report_lists_open_comments_as_text(path, tmp_path, capsys):
    assert run(capsys, "report", path, "--out", tmp_path / "r.html")[0] == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Open comments" in page and "&lt;script&gt;alert" in page and "<script" not in page
    assert "two\nlines" in page and "settled" not in page and "[U+202E]gpj" in page
    with api.open_project(path) as project:
        keys = [CommentKey(V, CommentId(n)) for n in (1, 2)]
        project.edit(commands.delete_comments(project.document, keys))
    assert run(capsys, "report", path, "--out", tmp_path / "s.html")[0] == 0
    assert "Open comments" not in (tmp_path / "s.html").read_text(encoding="utf-8")


def test_a_check_and_a_repair_keep_them(path, tmp_path, capsys):
    assert run(capsys, "check", path)[0] == 0
    assert run(capsys, "check", path, "--repair", tmp_path / "new.tot")[0] in (0, 1)
    first = run(capsys, "comments", path, "--resolved")[1]
    assert run(capsys, "comments", tmp_path / "new.tot", "--resolved")[1] == first
