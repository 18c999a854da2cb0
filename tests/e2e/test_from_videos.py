"""A folder that holds nothing but videos, in the real window with the real engine, up to the exported labels."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
import pytest
from opened import open_in
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from windows import a_window

from core import api
from core.annotation import commands
from core.annotation.values import ReviewStatus
from core.data.dataset import ClusterId, VideoId
from core.events import Failed, Progress
from core.media.writer import write_video
from core.requests import ExtractSettings
from core.tot.presets import preset
from totgui.actions import file as file_actions
from totgui.actions import model as model_actions
from totgui.dialogs.extract import ExtractAnswer, ExtractOffer
from totgui.jobs.exchange_tasks import LabelsRequest
from totgui.main_window import MainWindow
from totgui.models.medoids import medoids, seen_of

LENGTHS = ((60, 90, 90), (90, 60, 90), (80, 80, 80))
COLOURS = ((210, 60, 50), (60, 200, 70), (60, 70, 210))
NAMES = ("cut", "place", "peel")


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three videos of three steps, each a colour with noise, and one file that is no video."""
    root, generator = tmp_path_factory.mktemp("clips"), np.random.default_rng(0)
    for number, lengths in enumerate(LENGTHS):
        pictures = (
            np.clip(np.array(COLOURS[step]) + generator.normal(0, 14, (72, 96, 3)), 0, 255).astype(np.uint8)
            for step in np.repeat([0, 1, 2], lengths)
        )
        write_video(root / f"v{number}.mp4", pictures, rate=Fraction(30), preset="ultrafast")
    return root


@pytest.fixture
def window(qtbot: object, qapp: QApplication, tmp_path: Path, own_cache: Path) -> Iterator[MainWindow]:
    with a_window() as made:
        made.resize(1400, 900)
        made.show()
        yield made


def wait(qtbot: object, done: Callable[[], bool], seconds: int = 240) -> None:
    qtbot.waitUntil(done, timeout=seconds * 1000)  # type: ignore[attr-defined]


def test_open_extract_train_name_correct_and_export(
    qtbot: object, window: MainWindow, videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, actions = window.session, window.actions_
    offers: list[ExtractOffer] = []

    def ask(offer: ExtractOffer, parent: object) -> ExtractAnswer:
        offers.append(offer)
        return ExtractAnswer(ExtractSettings(extractor="efficientnet-lite0", rate="5", device="cpu"), None)

    monkeypatch.setattr(file_actions, "ask_new_project", lambda *_, **__: tmp_path / "clips.tot")
    monkeypatch.setattr(model_actions, "ask_extract", ask)
    before = sorted((p.name, p.stat().st_mtime_ns) for p in videos.iterdir())
    actions.file.open_path(videos)
    wait(qtbot, lambda: bool(offers))
    assert [n for n, _ in offers[0].lengths] == [240] * 3
    wait(qtbot, lambda: not session.jobs.running)
    document = session.document
    assert {v.timebase.n_rows for v in document.videos.values()} == {40}
    assert {v.timebase.n_frames for v in document.videos.values()} == {240}
    assert actions.by_name["model.train"].isEnabled() and window.training._train.isEnabled()
    assert sorted((p.name, p.stat().st_mtime_ns) for p in videos.iterdir()) == before
    assert window.settings.extraction_speeds()["efficientnet-lite0"] > 0

    config = msgspec.structs.replace(preset("robust", n_clusters=3), iterations=150, seeds=1)
    session.train(config, "cpu")
    wait(qtbot, lambda: session.current_run is not None and not session.jobs.running)
    run = session.current_run
    found = document.predictions[(run, VideoId("v0"))].segmentation
    assert len(found) == 3 and abs(int(found.starts[1]) - 60) <= 15 and abs(int(found.starts[2]) - 150) <= 15

    pictures = medoids(seen_of(document, run))
    assert set(pictures) == {0, 1, 2} and all(pictures[c] for c in pictures)  # clusters are named by their frames
    for cluster, label in enumerate(int(x) for x in found.labels):
        edit, action = commands.add_action(document, NAMES[cluster])
        assert session.edit(edit)
        assert session.do(lambda c=label, a=action: commands.set_target(document, run, ClusterId(c), a))

    session.select_video(VideoId("v0"))
    actions.by_name["segment.take-video"].trigger()
    assert session.do(lambda: commands.move_boundary(document, VideoId("v0"), 0, 60))
    session.do(lambda: commands.set_review(document, VideoId("v0"), ReviewStatus.ACCEPTED, ""))
    session.exchange.export(LabelsRequest("frames", tmp_path / "labels", "corrected", (VideoId("v0"),)))
    wait(qtbot, lambda: not session.jobs.running)
    (written,) = (tmp_path / "labels").rglob("v0.txt")
    labels = written.read_text().split()
    assert labels[:60] == ["cut"] * 60 and set(labels) == set(NAMES) and len(labels) == 240

    session.close_project()
    open_in(window, tmp_path / "clips.tot")
    assert len(session.document.dataset.trainable) == 3


def test_stop_keeps_finished_videos_and_a_death_is_told_with_its_last_words(
    qtbot: object, window: MainWindow, videos: Path, tmp_path: Path
) -> None:
    session, features = window.session, window.session.features
    session.create_project(tmp_path / "p.tot", api.open_dataset(videos))
    settings = ExtractSettings(extractor="descriptor", rate="30", device="cpu", batch=2)
    folder = features.feature_places(settings)[0]
    features.extract(settings, None)
    assert window.status.cancel.text() == "Stop" and not window.training._train.isEnabled()
    wait(qtbot, lambda: (folder / "v0.npy").exists())
    window.status.cancel.click()
    wait(qtbot, lambda: not session.jobs.running)
    n_done = len(session.document.dataset.trainable)
    assert n_done >= 1
    assert f"{n_done} of 3 videos have features now" in window.bar.text()

    seen: list[object] = []
    session.jobEvent.connect(seen.append)
    runner, killed = session.jobs._runner, []
    tell = runner._on_event

    def kills(event: object) -> None:
        """In the thread that hears the engine: when the window hears of it, the engine may have done all its work."""
        if isinstance(event, Progress) and event.done and not killed:
            killed.append(runner.pid)
            os.kill(runner.pid, signal.SIGSEGV)
        tell(event)

    runner._on_event = kills
    features.extract(msgspec.structs.replace(settings, rate="15"), None)
    wait(qtbot, lambda: bool(killed) and not session.jobs.running)
    runner._on_event = tell
    assert any(isinstance(e, Failed) and e.kind == "engine-died" for e in seen)
    assert "a crash in a library" in window.bar.text() and window.bar.choices() == ["Details…"]
    features.extract(settings, None)
    wait(qtbot, lambda: not session.jobs.running)
    assert len(session.document.dataset.trainable) == 3


def test_a_video_that_cannot_be_read_is_a_row_with_its_reason(
    qtbot: object, window: MainWindow, videos: Path, tmp_path: Path
) -> None:
    session = window.session
    root = tmp_path / "copy"
    root.mkdir()
    for path in videos.glob("*.mp4"):
        (root / path.name).write_bytes(path.read_bytes())
    session.create_project(tmp_path / "p.tot", api.open_dataset(root))
    said: list[str] = []
    session.message.connect(lambda text, _level: said.append(text))
    (root / "v1.mp4").write_bytes(b"torn" * 1000)
    session.features.extract(ExtractSettings(extractor="descriptor", device="cpu"), None)
    assert not window.training._features.isEnabled()  # they are being made
    wait(qtbot, lambda: not session.jobs.running)
    assert [v.name for v in session.document.dataset.trainable] == ["v0", "v2"]
    assert any("2 of 3 videos have features now. v1 has none:" in text for text in said)
    table = window.docks["Videos"].widget()._table.model()
    cells = [table.index(row, 0) for row in range(3)]
    tips = {cell.data(): cell.data(Qt.ItemDataRole.ToolTipRole) for cell in cells}
    assert "v1.mp4" in tips["v1"] and ".mp4" not in tips["v0"]
    assert [table.index(row, 4).data() for row in range(3)] == ["–", "to extract", "–"]
