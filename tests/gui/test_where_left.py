"""A project opens where it was left: at the video and frame that were shown, if they are still there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from projects import a_dataset
from windows import a_window

from core.annotation import commands
from core.data.dataset import VideoId
from core.project import Project
from totgui.settings import RECENT_LIMIT, Settings


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project of three videos without files."""
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "data"))
    found = a_dataset(tmp_path)
    videos = tuple(replace(found.videos[0], id=VideoId(v), name=v, media=None, features=None) for v in "abc")
    Project.create(tmp_path / "p.tot", replace(found, videos=videos), ground_truth={}).close()
    yield tmp_path / "p.tot"


def test_the_next_window_begins_at_the_video_and_frame_that_were_shown(qtbot, path):
    with a_window() as window:
        window.session.open_project(path)
        assert window.session.current_video == "a"
        window.session.select_video(VideoId("b"), 40)
        qtbot.waitUntil(lambda: window.session.playback.frame == 40)
    with a_window() as window:
        window.session.open_project(path)
        qtbot.waitUntil(lambda: (window.session.current_video, window.session.playback.frame) == ("b", 40))


def test_what_was_seen_of_the_timeline_and_the_filter_come_back(qtbot, path):
    with a_window() as window:
        window.session.open_project(path)
        window.session.select_video(VideoId("b"), 40)
        qtbot.waitUntil(lambda: window.session.playback.frame == 40)
        window.timeline.set_axis(window.timeline.axis.at_scale(30, 40.0))
        window.docks["Videos"].widget().set_filter("b")
        seen = (window.timeline.axis.start, window.timeline.axis.scale)
        assert not window.timeline.axis.is_whole
        window.session.close_project()
    with a_window() as window:
        window.session.open_project(path)
        assert (window.timeline.axis.start, window.timeline.axis.scale) == pytest.approx(seen, rel=1e-4)
        assert window.docks["Videos"].widget().filter_text == "b"
        qtbot.waitUntil(lambda: window.session.playback.frame == 40)
        assert (window.timeline.axis.start, window.timeline.axis.scale) == pytest.approx(seen, rel=1e-4)


def test_what_was_seen_of_one_video_is_not_shown_of_another(qtbot, path):
    """After an end without warning the video is a newer one than what was kept of the timeline."""
    with a_window() as window:
        window.session.open_project(path)
        window.session.select_video(VideoId("b"))
        window.timeline.set_axis(window.timeline.axis.at_scale(30, 40.0))
        window.session.close_project()
    Settings().set_place(path, "c", 0)
    with a_window() as window:
        window.session.open_project(path)
        assert window.session.current_video == "c" and window.timeline.axis.is_whole


def test_the_filter_of_one_project_hides_nothing_in_another(path, tmp_path):
    Project.create(tmp_path / "q.tot", a_dataset(tmp_path), ground_truth={}).close()
    with a_window() as window:
        window.session.open_project(path)
        window.docks["Videos"].widget().set_filter("b")
        window.session.open_project(tmp_path / "q.tot")
        assert window.docks["Videos"].widget().filter_text == ""
        window.session.open_project(path)
        assert window.docks["Videos"].widget().filter_text == "b"


def test_after_an_end_without_warning_the_video_is_known(qtbot, path):
    with a_window() as window:
        window.session.open_project(path)
        window.session.select_video(VideoId("c"))
        assert Settings().place(path) == ("c", 0)  # at once, not when the window closes


def test_a_place_that_is_gone_is_the_start(qtbot, path):
    Settings().set_place(path, "nowhere", 5)
    with a_window() as window:
        window.session.open_project(path)
        assert window.session.current_video == "a"
        window.session.do(lambda: commands.start_unlabelled(window.session.document, VideoId("a")))
        Settings().set_place(path, "a", 100_000)
        window.session.close_project()
        Settings().set_place(path, "a", 100_000)
        window.session.open_project(path)
        qtbot.waitUntil(lambda: window.session.playback.frame == 99)


def test_places_of_a_few_projects_are_kept(path):
    for number in range(RECENT_LIMIT + 3):
        Settings().set_place(Path(f"/p{number}.tot"), f"v{number}", number)
    assert Settings().place(Path("/p0.tot")) is None and Settings().place(Path("/p12.tot")) == ("v12", 12)
