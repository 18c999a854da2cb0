"""Files that were moved are found by name and content and put back at once; labels and history stay as they were."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from video_kinds import make, number_in

from core import api
from core.annotation import commands
from core.cli import main
from core.errors import InputError
from core.events import JobCancelled, StopKind
from core.media.reader import FrameReader
from core.project import Project
from core.relink import Match, apply, lost_files, search

NAMES = ("short_group", "variable_rate", "b_pyramid")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dataset of three videos with features and labels."""
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    made = tmp_path / "here" / "set"
    for folder in ("videos", "features", "groundTruth"):
        (made / folder).mkdir(parents=True)
    for number, name in enumerate(NAMES):
        make(made / "videos", name)
        np.save(made / "features" / f"{name}.npy", np.full((60, 4), number, np.float32))
        (made / "groundTruth" / f"{name}.txt").write_text("pour\n" * 100 + "stir\n" * 200)
    return made


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Iterator[Project]:
    with api.create_project(tmp_path / "p.tot", api.open_dataset(root, feature_rate=5)) as made:
        for video in made.document.videos:
            made.edit(commands.start_from_ground_truth(made.document, video))
            made.edit(commands.move_boundary(made.document, video, 0, 120))
        yield made


def put_back(project: Project, folder: Path) -> dict[tuple[str, str], Match]:
    """What a search finds, used; by name of video and kind of file."""
    document = project.document
    matches = search(document.dataset, lost_files(document.dataset), folder)
    apply(project, matches)
    return {(document.videos[m.lost.video].name, m.lost.kind): m for m in matches}


def test_nothing_is_lost_while_every_file_is_there(project: Project) -> None:
    assert lost_files(project.document.dataset) == ()
    assert apply(project, ()) is None


def test_a_dataset_that_moved_as_a_whole_is_found_at_once_and_undo_goes_on(project, root, tmp_path) -> None:
    there = tmp_path / "drive" / "moved" / "set"
    there.parent.mkdir(parents=True)
    shutil.move(root, there)
    assert len(lost_files(project.document.dataset)) == 9
    found = put_back(project, tmp_path / "drive")
    assert all(match.path is not None for match in found.values())
    assert project.document.dataset.root == there
    assert lost_files(project.document.dataset) == ()
    before = {video: track.starts.tolist() for video, track in project.document.corrected.items()}
    project.undo()
    assert {video: track.starts.tolist() for video, track in project.document.corrected.items()} != before
    project.redo()
    path = project.path
    project.close()
    with Project.open(path) as again:
        assert lost_files(again.document.dataset) == ()
        assert {video: track.starts.tolist() for video, track in again.document.corrected.items()} == before
        for video in again.document.videos.values():
            with FrameReader(video.media, video.timebase.media) as reader:
                assert number_in(reader.read(123)) == 123
        for _ in range(6):
            again.undo()
        assert not again.document.corrected


def test_renamed_videos_are_found_by_their_content_and_others_of_their_name_are_not_taken(project, root, tmp_path):
    there = tmp_path / "archive"
    (there / "deep").mkdir(parents=True)
    (root / "videos" / "short_group.mp4").rename(there / "deep" / "cam 1.MP4")
    (root / "videos" / "b_pyramid.mp4").unlink()
    shutil.copy(root / "videos" / "variable_rate.mp4", there / "b_pyramid.mp4")
    found = put_back(project, there)
    assert found["short_group", "media"].path == there / "deep" / "cam 1.MP4"
    assert found["b_pyramid", "media"].path is None
    assert "other content" in found["b_pyramid", "media"].reason
    assert len(found) == 2
    assert project.document.dataset.root == root  # the rest of the dataset stays where it is
    assert [lost.path.name for lost in lost_files(project.document.dataset)] == ["b_pyramid.mp4"]


def test_features_count_by_their_size_and_one_of_two_equal_places_is_not_guessed(project, root, tmp_path) -> None:
    there = tmp_path / "elsewhere"
    for part in ("features", "a/groundTruth", "b/groundTruth"):
        (there / part).mkdir(parents=True)
    np.save(there / "features" / "short_group.npy", np.zeros((60, 5), np.float32))
    shutil.move(root / "features" / "b_pyramid.npy", there / "features")
    shutil.copy(root / "groundTruth" / "variable_rate.txt", there / "a" / "groundTruth")
    shutil.move(root / "groundTruth" / "variable_rate.txt", there / "b" / "groundTruth")
    (root / "features" / "short_group.npy").unlink()
    found = put_back(project, there)
    assert found["b_pyramid", "features"].path == there / "features" / "b_pyramid.npy"
    assert "another size" in found["short_group", "features"].reason
    assert "more than once" in found["variable_rate", "ground_truth"].reason


def test_the_search_says_what_is_no_folder_and_can_be_stopped(project, root, tmp_path) -> None:
    shutil.rmtree(root / "videos")
    lost = lost_files(project.document.dataset)
    with pytest.raises(InputError, match="is no folder"):
        search(project.document.dataset, lost, tmp_path / "nowhere")
    with pytest.raises(JobCancelled):
        search(project.document.dataset, lost, tmp_path, should_stop=lambda: StopKind.DISCARD)
    found = put_back(project, tmp_path)
    assert 'no file "short_group.mp4", and none with its content' in found["short_group", "media"].reason


def test_tot_relink_names_each_file(project, root, tmp_path, capsys) -> None:
    path = project.path
    project.close()
    there = tmp_path / "videos elsewhere"
    shutil.move(root / "videos", there)
    (there / "b_pyramid.mp4").unlink()
    assert main(["relink", str(path), str(there), "--json"]) == 0
    rows = {row["video"]: row for row in json.loads(capsys.readouterr().out)["files"]}
    assert rows["short_group"]["is"] == str(there / "short_group.mp4")
    assert rows["b_pyramid"]["is"] is None and rows["b_pyramid"]["reason"]
    assert main(["relink", str(path), str(there)]) == 0
    assert "0 of 1 missing files were found." in capsys.readouterr().out
    assert main(["relink", str(path), str(tmp_path / "none")]) == 2


def test_tot_smooth_makes_and_deletes_proxies(root, capsys) -> None:
    for words, wanted in (([], 1), (["--all"], 3), (["--delete"], 0)):
        assert main(["smooth", str(root), "--json", *words]) == 0
        rows = json.loads(capsys.readouterr().out)["videos"]
        assert len(rows) == 3
        assert sum(row["proxy"] is not None for row in rows) == wanted
    assert main(["smooth", str(root / "features" / "short_group.npy"), "--json"]) == 2
    assert "cannot be opened as a video" in capsys.readouterr().err
