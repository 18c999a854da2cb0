"""`tot import`: a plan that changes nothing, one edit that undo takes back, and refusals that list every problem."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from projects import V, a_project, with_edits, with_run

from core import api
from core.annotation.segmentation import Segmentation
from core.cli import main
from core.formats.registry import FORMATS

READABLE = [name for name, form in FORMATS.items() if form.decode is not None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    project = a_project(tmp_path / "p.tot")
    with_run(project)
    with_edits(project)
    project.close()
    return tmp_path / "p.tot"


def run(capsys, *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    found = capsys.readouterr()
    return code, found.out, found.err


@pytest.mark.parametrize("name", READABLE)
def test_an_export_of_a_project_comes_back_into_it(name, path, tmp_path, capsys):
    """With the names of real media files: the track is found again and nothing about it differs."""
    form = FORMATS[name]
    out = tmp_path / f"out{form.suffix}"
    assert run(capsys, "export", path, "--format", name, "--out", out, "--unlabelled-as-background")[0] == 0
    with api.open_project(path) as project:
        wanted = project.document.corrected[V]
        project.edit(api_relabel(project))
    code, text, err = run(capsys, "import", path, out, "--json", *(["--format", name] if "-" in name else []))
    assert code == 0, err
    found = json.loads(text)
    assert found["rows"][0]["video"] == "P03" and found["new_actions"] == [] and found["imported"] == 1
    with api.open_project(path, read_only=True) as project:
        back = project.document.corrected[V]
        background = [-1 if label == -2 else label for label in wanted.to_frames().tolist()]
        assert back.to_frames().tolist() == background


def api_relabel(project):
    from core.annotation import commands

    return commands.relabel(project.document, V, 3, 60, 3)


def test_a_plan_changes_nothing_and_undo_takes_an_import_back(path, tmp_path, capsys):
    (tmp_path / "a.csv").write_text("video,start_frame,end_frame_exclusive,label\nP03,0,30,wipe\nP03,30,100,step 2\n")
    before = path.read_bytes()
    code, text, _ = run(capsys, "import", path, tmp_path / "a.csv", "--plan")
    assert code == 0 and text == "csv: 1 tracks read; 1 videos would change.\nNew actions: wipe.\n"
    assert path.read_bytes() == before
    assert run(capsys, "import", path, tmp_path / "a.csv", "--name", "wipe=step 3")[0] == 0
    with api.open_project(path) as project:
        assert project.document.corrected[V] == Segmentation.from_frames([3] * 30 + [2] * 70)
        assert project.undo_text == "import labels in P03"
        project.undo()
        assert project.document.corrected[V] != Segmentation.from_frames([3] * 30 + [2] * 70)


def test_problems_are_listed_and_nothing_is_imported_until_it_is_asked_for(path, tmp_path, capsys):
    text = "video,start_frame,end_frame_exclusive,label\nP03,0,100,step 1\nX1,0,9,step 1\nX2,0,9,step 1\n"
    (tmp_path / "a.csv").write_text(text)
    code, out, err = run(capsys, "import", path, tmp_path / "a.csv")
    assert code == 2 and out == "" and "2 problems; nothing was imported" in err and '"X1"' in err and '"X2"' in err
    assert "Traceback" not in err and "--skip-errors" in err
    code, out, _ = run(capsys, "import", path, tmp_path / "a.csv", "--skip-errors", "--json")
    assert code == 0 and json.loads(out)["imported"] == 1 and len(json.loads(out)["problems"]) == 2
    (tmp_path / "a.csv").write_text(text.replace("P03,0,100,step 1\n", ""))
    code, out, err = run(capsys, "import", path, tmp_path / "a.csv", "--skip-errors")
    assert code == 2 and "holds no labels that fit" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none.eaf"], "is not there"),
        (["a.csv", "--format", "nope"], "There is no format"),
        (["a.csv", "--format", "csv-spreadsheet"], "can be written, but not read"),
        (["a.csv", "--name", "x=y"], "--name"),
        (["a.csv", "--name", "wipe=nope"], "There is no action"),
        (["empty.txt"], "no format can read it"),
    ],
)
def test_wrong_input_is_said_in_a_sentence(words, said, path, tmp_path, capsys):
    (tmp_path / "a.csv").write_text("video,start_frame,end_frame_exclusive,label\nP03,0,30,wipe\n")
    (tmp_path / "empty.txt").write_text("")
    code, out, err = run(capsys, "import", path, tmp_path / words[0], *words[1:])
    assert (code, out) == (2, "") and said in err and "Traceback" not in err


def test_ground_truth_fills_what_is_missing_and_never_changes(tmp_path, capsys):
    from projects import a_dataset

    from core.project import Project

    Project.create(tmp_path / "q.tot", a_dataset(tmp_path), ground_truth={}).close()
    (tmp_path / "a.csv").write_text("video,start_frame,end_frame_exclusive,label\nP03,0,30,wipe\nP03,30,100,step 2\n")
    assert run(capsys, "import", tmp_path / "q.tot", tmp_path / "a.csv", "--as", "ground-truth")[0] == 0
    with api.open_project(tmp_path / "q.tot", read_only=True) as project:
        assert project.document.ground_truth[V] == Segmentation.from_frames([4] * 30 + [2] * 70)
        assert not project.document.corrected
    assert api.check(tmp_path / "q.tot") == []
    code, _, err = run(capsys, "import", tmp_path / "q.tot", tmp_path / "a.csv", "--as", "ground-truth")
    assert code == 2 and "never changes" in err
