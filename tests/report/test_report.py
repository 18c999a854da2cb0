"""The report: drawings agree with known labels, the page stands alone, its commands repeat the run."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import html5lib
import msgspec
import numpy as np
import pytest

from core import api
from core.annotation import commands
from core.annotation.learned import Learned, Taught
from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Prediction, ReviewStatus, Run
from core.cli import main, parser
from core.data.dataset import BACKGROUND, UNLABELLED, Action, ActionId, ClusterId, Dataset, RunId, Video, VideoId
from core.data.timebase import Timebase
from core.project import Project
from core.report_page.durations import durations
from core.report_page.page import report_page
from core.report_page.transitions import diagram
from core.report_work import collect, train_words
from core.tot.presets import preset

NAMES = ("</title><script>alert(1)</script>", "stir & <b>shake</b>", "pour\u202e")
A, B, C = 0, 1, 2
TRACKS = (
    [(BACKGROUND, 10), (A, 30), (B, 40), (C, 20)],
    [(B, 40), (A, 20), (C, 40)],
    [(A, 50), (B, 30), (UNLABELLED, 20)],
)
RUN = RunId("r1")


def cut(pieces: list[tuple[int, int]]) -> Segmentation:
    return Segmentation.from_frames(np.repeat([k for k, _ in pieces], [n for _, n in pieces]))


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Three videos at 10 frames a second with ground truth; a run that is right in one and off by 5 in the next."""
    videos = tuple(Video(VideoId(f"v{i}"), f"v{i} <i>", Timebase(100, Fraction(10), n_rows=100)) for i in range(3))
    actions = tuple(Action(ActionId(i), f"old{i}", "#0072b2") for i in range(3))
    dataset = Dataset(tmp_path, "drinks", videos, actions)
    truth = {video.id: cut(track) for video, track in zip(videos, TRACKS, strict=True)}
    made = Project.create(tmp_path / "p.tot", dataset, ground_truth=truth)
    for number, name in enumerate(NAMES):
        made.edit(commands.rename_action(made.document, ActionId(number), name))
    config = msgspec.to_builtins(preset("generic", n_clusters=3))
    run = Run(RUN, 1, config, "cpu", 2.0, 40, False, "2030-01-02T03:04:05+00:00", {}, ((0, 2.0), (20, 1.0), (40, 0.5)))
    made.add_run(run, LabelMap(RUN, 3, {ClusterId(i): i for i in range(3)}), b"")
    predictions = [cut([(A, 40), (B, 40), (C, 20)]), cut([(B, 45), (A, 15), (C, 40)])]
    made.add_predictions([Prediction(RUN, VideoId(f"v{i}"), p) for i, p in enumerate(predictions)])
    made.edit(commands.set_review(made.document, VideoId("v0"), ReviewStatus.ACCEPTED))
    yield made
    made.close()


def test_drawings_agree_with_the_labels(project: Project) -> None:
    content = collect(project, None)
    drawn = diagram(content)
    assert drawn is not None
    assert sorted((arc["title"].rsplit(" ", 1)[1], arc["width"]) for arc in drawn["arcs"]) == [
        ("1", "6.0"), ("1", "6.0"), ("1", "6.0"), ("2", "12.0"),
    ]  # fmt: skip
    rows = durations(content)
    assert rows["unit"] == "s"
    assert rows["rows"][0]["values"] == [2.0, 2.5, 3.0, 4.0, 5.0]
    assert [row["n"] for row in rows["rows"]] == [3, 3, 2]


def test_the_page_stands_alone_and_shows_names_as_text(project: Project) -> None:
    raw = report_page(collect(project, None))
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(raw)
    assert not [e for e in root.iter() if e.tag in ("script", "link", "img", "iframe", "b", "i")]
    for element in root.iter():
        assert not {"src", "href", "style"} & set(element.attrib)
        assert not [key for key in element.attrib if str(key).startswith("on")]
    (policy,) = (m.get("content") for m in root.iter("meta") if m.get("http-equiv"))
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "http" not in policy
    text = " ".join(" ".join(root.itertext()).split())
    assert all(name in text for name in (*NAMES[:2], "pour[U+202E]", "v1 <i>"))
    assert "\u202e" not in raw
    assert "Prediction 97.4" in text  # 185 of 190 foreground frames
    assert "equal split baseline" in text and "1 accepted" in text and "finished 2030-01-02" in text


def test_every_kind_of_label_alone_makes_a_report(project: Project) -> None:
    content = collect(project, None)
    for kept in ("truth", "prediction", "corrected"):
        rows = {
            v: replace(r, **{k: None for k in ("truth", "prediction", "corrected")} | {kept: r.truth})
            for v, r in content.rows.items()
        }
        assert "<svg" in report_page(replace(content, rows=rows, scores={}, run=None, commands=()))


def test_a_run_of_an_early_version_that_names_no_method_has_its_commands() -> None:
    words = train_words({"n_clusters": 3})
    assert words[:5] == ["tot", "train", "PROJECT.tot", "--method", "tot"]


def test_the_commands_repeat_the_run(project: Project) -> None:
    document = project.document
    wanted = api.settings_of(project, RUN)
    recorded = {"counted": {"found": 3}, "made": {"data": "00", "versions": {}}}  # beside the settings of a training
    words = shlex.split(shlex.join(train_words({**document.runs[RUN].config, **recorded})))
    asked = parser().parse_args(words[1:])
    made = api.configure(
        document.dataset,
        method=asked.method,
        preset=asked.preset,
        n_clusters=asked.clusters,
        values=dict(value.split("=", 1) for value in asked.set),
    )
    assert msgspec.structs.replace(made, preset=wanted.preset) == wanted


def test_the_verb(project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = Project.create(
        tmp_path / "empty.tot", Dataset(tmp_path, "x", (Video(VideoId("a"), "a", Timebase(10)),), ()), ground_truth={}
    )
    empty.close()
    project.close()
    out = tmp_path / "report.html"
    assert main(["report", str(project.path), "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"out": str(out)}
    assert re.match(r"<!DOCTYPE html>\s*<html lang=\"en\">", out.read_text(encoding="utf-8").lstrip())
    assert out.stat().st_mode & 0o044  # a colleague may read it
    for words in ([str(empty.path)], [str(project.path), "--run", "r9"]):
        assert main(["report", *words, "--out", str(tmp_path / "no.html")]) == 2
        said = capsys.readouterr().err
        assert ("no labels yet" in said or "r9" in said) and "Traceback" not in said
    assert not (tmp_path / "no.html").exists()


def test_a_run_that_learned_from_corrections_says_so_and_its_score_of_the_others_stands_apart(project: Project) -> None:
    run = project.document.runs[RUN]
    learned = Learned("accepted", {VideoId("v0"): Taught((0, 50), (0, 1), 100)})
    project.document.runs[RUN] = replace(run, learned=learned)
    content = collect(project, None)
    assert content.scores["Prediction"].untouched is not None
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(report_page(content))
    text = " ".join(" ".join(root.itertext()).split())
    assert "Learned from 1 corrected video, 100 frames: v0 <i>." in text
    assert "Prediction, on the 1 video it did not learn from" in text
    assert content.commands[1].endswith("--learn-from accepted")
