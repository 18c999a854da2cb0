"""`tot map` edits what the window edits, and every score that rests on such a map says so in `tot evaluate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from maps import R, a_document

from core.annotation import commands
from core.annotation.values import Leftovers, TrackKind
from core.cli import main
from core.data.dataset import VideoId
from core.project import Project
from core.report_work import collect


@pytest.fixture
def path(tmp_path):
    """A project whose run is matched."""
    made, path = a_document(), tmp_path / "p.tot"
    with Project.create(path, made.dataset, ground_truth=made.ground_truth) as project:
        project.add_run(made.runs[R], made.label_maps[R], b"weights")
        project.add_predictions(list(made.predictions.values()))
    assert main(["map", str(path), "--rematch"]) == 0
    return path


def tot(capsys, *words):
    capsys.readouterr()
    assert main([*map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_plain_match_carries_no_mark(path, capsys):
    scores = tot(capsys, "evaluate", path)
    assert scores["label_map_by_hand"] == [] and not scores["label_map_many_to_one"] and scores["notes"] == []


def test_rows_set_by_hand_are_marked_in_scores_and_report(path, capsys):
    shown = tot(capsys, "map", path)["label_map"]
    cluster = next(int(c) for c, name in shown.items() if name)
    found = tot(capsys, "map", path, "--set", f"{cluster}=background")
    assert [row["cluster"] for row in found["clusters"] if row["by_hand"]] == [cluster]
    scores = tot(capsys, "evaluate", path)
    assert scores["label_map_by_hand"] == [cluster]
    assert scores["notes"] == [
        "Edited by hand: 1 of 5 rows differs from the match. Do not compare with published figures."
    ]
    assert tot(capsys, "evaluate", path, "--level", "video")["label_map_by_hand"] == []  # each video is matched anew
    with Project.open(path, read_only=True) as project:
        assert collect(project, None).scores["Prediction"].notes == scores["notes"]
    assert tot(capsys, "map", path, "--rematch")["label_map"] == shown


def test_what_one_command_asks_of_the_map_is_done_whole_or_not_at_all(path, capsys):
    shown = tot(capsys, "map", path)["label_map"]
    (locked, taken), (free, _), *_ = ((int(c), name) for c, name in shown.items() if name)
    tot(capsys, "map", path, "--lock", locked)
    before = tot(capsys, "map", path)
    words = ("--set", f"{free}=background", f"{free + 1}={taken}")  # the second takes from the locked cluster
    assert main(["map", str(path), *words]) != 0 and "is locked" in capsys.readouterr().err
    assert tot(capsys, "map", path) == before
    with Project.open(path) as project:
        n_steps = len(project.history.done)
    tot(capsys, "map", path, "--set", f"{free}=background", "--lock", free)
    with Project.open(path) as project:
        assert len(project.history.done) == n_steps + 1
        project.undo()
    assert tot(capsys, "map", path) == before


def test_an_action_for_two_clusters_is_refused_unless_they_may_share_it(path, capsys):
    """The last one took it without a word."""
    before = tot(capsys, "map", path)
    name = next(name for name in before["label_map"].values() if name)
    assert main(["map", str(path), "--set", f"0={name}", f"1={name}"]) == 2
    assert f"Clusters 0 and 1 are both to be {name}" in capsys.readouterr().err and tot(capsys, "map", path) == before
    shared = tot(capsys, "map", path, "--many-to-one", "--set", f"0={name}", f"1={name}")["label_map"]
    assert shared["0"] == shared["1"] == name


def test_sharing_actions_and_leftovers_are_marked(path, capsys):
    plain = tot(capsys, "evaluate", path)
    assert list(plain["label_map"].values()).count(None) == 1
    found = tot(capsys, "map", path, "--leftovers", "largest")
    assert found["many_to_one"] and None not in found["label_map"].values()
    scores = tot(capsys, "evaluate", path)
    assert scores["label_map_many_to_one"] and scores["mof"] > plain["mof"]
    assert scores["notes"][0] == "Many-to-one: not comparable with one-to-one."
    assert tot(capsys, "map", path, "--no-many-to-one")["leftovers"] == "unmapped"
    assert tot(capsys, "evaluate", path)["mof"] == plain["mof"]


def test_what_a_map_was_matched_on_survives_on_disk_and_in_the_history(path):
    with Project.open(path) as project:
        document = project.document
        video = VideoId("v")
        for edit in (
            lambda: commands.rematch(document, R, {0: 1}, reference=TrackKind.CORRECTED, video=video),
            lambda: commands.set_leftovers(document, R, Leftovers.LARGEST, {1: 1, 2: 3}),
            lambda: commands.order_actions(document, [a.id for a in document.actions.values()][::-1]),
        ):
            project.edit(edit())
        wanted, order = document.label_maps[R], list(document.actions)
    with Project.open(path) as project:
        assert project.document.label_maps[R] == wanted and list(project.document.actions) == order
        assert wanted.reference is TrackKind.CORRECTED and wanted.video == video and wanted.table()[2] == 3
        for _ in range(3):
            project.undo()
        assert project.document.label_maps[R].video is None and list(project.document.actions) == order[::-1]
        for _ in range(3):
            project.redo()
        assert project.document.label_maps[R] == wanted and list(project.document.actions) == order


def test_a_video_name_that_is_not_unicode_can_be_matched_alone(tmp_path):
    from projects import R as RUN
    from projects import V, a_project, with_run

    with a_project(tmp_path / "q.tot") as project:
        with_run(project)
        project.edit(commands.rematch(project.document, RUN, {1: 0}, video=V))
    with Project.open(tmp_path / "q.tot") as project:
        assert project.document.label_maps[RUN].video == V


def test_an_export_of_a_prediction_carries_the_map(path, tmp_path, capsys):
    def export(track):
        words = ("--format", "json", "--out", tmp_path / f"{track}.json", "--track", track, "--videos", "all")
        [file] = tot(capsys, "export", path, *words)["files"]
        return json.loads(Path(file).read_text())

    tot(capsys, "map", path, "--set", "0=background")
    found = export("prediction")["label_map"]
    assert found["run"] == "Run 1" and found["clusters"][0] == "background" and found["by_hand"] == [0]
    assert len(found["clusters"]) == 5 and found["notes"][0].startswith("Edited by hand")
    assert "label_map" not in export("ground-truth")
