"""`tot kit`: what it answers, and what it says to wrong input."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import tot

from core.annotation import commands
from core.annotation.values import ReviewStatus
from core.project import Project


def test_the_verb_writes_a_kit(project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project.close()
    out = tmp_path / "kit"
    code, answer, _ = tot(capsys, "kit", project.path, "--out", out, "--zip", "--formats", "csv")
    assert code == 0
    assert (answer["steps"], answer["videos"], answer["out"], answer["zip"]) == (4, 3, str(out), f"{out}.zip")
    assert answer["files"] == sum(p.is_file() for p in out.rglob("*"))
    code, answer, _ = tot(capsys, "kit", project.path, "--out", out, "--videos", "all", "--track", "ground-truth")
    assert code == 0 and "ground truth of the dataset" in (out / "index.html").read_text(encoding="utf-8")


def test_wrong_input_is_one_message(project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for video in project.document.videos:
        project.edit(commands.set_review(project.document, video, ReviewStatus.NONE))
    project.close()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    for words, said in (
        (("--out", tmp_path / "kit"), "Accept videos first"),
        (("--out", tmp_path / "full", "--videos", "all"), "something else"),
        (("--out", tmp_path / "kit", "--videos", "nobody"), "nobody"),
        (("--out", tmp_path / "kit", "--videos", "all", "--track", "prediction"), "no run"),
        (("--out", tmp_path / "kit", "--videos", "all", "--formats", "doc"), "no format"),
        (("--out", tmp_path / "kit", "--videos", "all", "--handle", "-1"), "0 or more"),
    ):
        code, answer, err = tot(capsys, "kit", project.path, *words)
        assert code == 2 and not answer and said in err and "Traceback" not in err, err
    assert not (tmp_path / "kit").exists()


def test_a_video_that_is_gone_is_named(
    project: Project, dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project.close()
    hidden = dataset / "videos" / "b.mp4"
    hidden.rename(tmp_path / "b.mp4")
    try:
        code, _, err = tot(capsys, "kit", project.path, "--out", tmp_path / "kit")
    finally:
        (tmp_path / "b.mp4").rename(hidden)
    assert code == 2 and "b.mp4" in err and "moved" in err
    assert not (tmp_path / "kit").exists()
