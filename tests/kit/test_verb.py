"""`tot kit`: what it answers, and what it says to wrong input."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from command_line import tot

from core.annotation import commands
from core.annotation.values import CommentKey, ReviewStatus
from core.formats.registry import FORMATS
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


def everything(folder: Path) -> bytes:
    """Every byte of a folder, and of what is packed in it."""
    found = b""
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        found += file.name.encode() + file.read_bytes()
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as packed:
                found += b"".join(packed.read(name) for name in packed.namelist())
    return found


def test_comments_are_between_reviewers_and_never_in_a_kit(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = project.document
    for number, video in enumerate(document.videos):
        project.edit(commands.add_comment(document, video, 20, 50, "INTERNAL-TEXT", author="INTERNAL-NAME", written=9))
        project.edit(commands.add_comment(document, video, number, number + 1, "INTERNAL-TEXT again", written=9))
        key = CommentKey(video, min(document.comments_on(video)))
        project.edit(commands.resolve_comments(document, [key]))
    project.close()
    formats = [name for name, form in FORMATS.items() if form.in_seconds or form.name in ("csv", "json")]
    out = tmp_path / "out" / "kit"
    out.parent.mkdir()
    code, _, err = tot(capsys, "kit", project.path, "--out", out, "--zip", "--formats", *formats)
    assert code == 0, err
    written = everything(out.parent)
    assert b"INTERNAL" not in written and b"Hold it upright" in written
    assert tot(capsys, "export", project.path, "--format", "eaf", "--out", tmp_path / "eaf")[0] == 0
    assert b"INTERNAL-TEXT" in everything(tmp_path / "eaf")  # the same project, to a colleague


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
