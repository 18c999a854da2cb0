"""`tot runs`: what runs a project has, and what they are called from now on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from projects import R, a_project, with_run

from core import api, cli
from core.project import Project


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with a_project(tmp_path / "p.tot") as project:
        with_run(project)
    return tmp_path / "p.tot"


def test_runs_are_listed_and_renamed_as_one_undoable_edit(path, capsys):
    assert cli.main(["runs", str(path), "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)["runs"]
    assert (row["run"], row["name"], row["clusters"], row["hidden"]) == ("r1", "Run 1", 3, False)
    assert cli.main(["runs", str(path), "--rename", "r1=I3D=flow & <b>"]) == 0
    assert capsys.readouterr().out.startswith("r1  I3D=flow & <b>: ?, K 3, 10 iterations")
    with Project.open(path) as project:
        assert project.document.runs[R].name == "I3D=flow & <b>"
        assert project.undo_text == "rename run 1 to I3D=flow & <b>"
    assert cli.main(["runs", str(path), "--rename", "r1="]) == 0
    assert capsys.readouterr().out.startswith("r1  Run 1: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [("r1", "wanted RUN=NAME"), ("=a", "wanted RUN=NAME"), ("r9=a", 'no run "r9"'), ("r1=Run 2", "another run")],
)
def test_what_cannot_be_is_refused_and_nothing_changes(path, capsys, words, said):
    assert cli.main(["runs", str(path), "--rename", words]) == 2
    assert said in capsys.readouterr().err
    with api.open_project(path, read_only=True) as project:
        assert project.document.runs[R].name == "Run 1"


def test_a_project_without_runs_says_which_verb_makes_one(tmp_path, capsys):
    a_project(tmp_path / "q.tot").close()
    assert cli.main(["runs", str(tmp_path / "q.tot")]) == 0
    assert "tot train" in capsys.readouterr().out


def test_the_report_escapes_the_name_and_says_the_number(path, tmp_path):
    with Project.open(path) as project:
        api.rename_run(project, "r1", "<b>I3D</b>")
        api.write_report(project, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;I3D&lt;/b&gt; (run 1)" in page and "<b>I3D" not in page
