"""The main job in the real window, with the real engine and real video files: nothing here is faked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
import pytest
from opened import open_in
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from windows import a_window

from core import api
from core.annotation import commands
from core.annotation.values import ReviewStatus
from core.data.dataset import VideoId
from core.events import StopKind
from core.media.writer import write_video
from core.tot.config import TrainConfig
from core.tot.presets import preset
from totgui.jobs.exchange_tasks import LabelsRequest
from totgui.main_window import MainWindow

N_FRAMES, N_BITS, CELL = 300, 12, 16
NAMES = ("cut", "place", "peel")


def numbered(frame: int) -> np.ndarray:
    """A picture that says its number in black and white cells."""
    picture = np.full((96, N_BITS * CELL, 3), 90, np.uint8)
    for bit in range(N_BITS):
        picture[20:76, bit * CELL : (bit + 1) * CELL] = 255 if frame >> bit & 1 else 0
    return picture


def number_in(image: QImage) -> int:
    """The number read back from pixels, at any size of the picture."""
    width, middle = image.width() / N_BITS, image.height() // 2
    return sum((image.pixelColor(int((bit + 0.5) * width), middle).lightness() > 127) << bit for bit in range(N_BITS))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three videos of three steps: numbered pictures, features of the steps with noise, labels."""
    root = tmp_path_factory.mktemp("salads")
    for folder in ("videos", "features", "groundTruth", "mapping"):
        (root / folder).mkdir()
    generator = np.random.default_rng(0)
    centres = generator.normal(size=(3, 16)) * 3
    for number, cuts in enumerate(((60, 200), (90, 180), (120, 220))):
        labels = np.searchsorted(cuts, np.arange(N_FRAMES), side="right")
        name = f"v{number}"
        write_video(root / "videos" / f"{name}.mp4", (numbered(i) for i in range(N_FRAMES)), rate=Fraction(30))
        features = centres[labels] + generator.normal(size=(N_FRAMES, 16))
        np.save(root / "features" / f"{name}.npy", features.astype(np.float32))
        (root / "groundTruth" / f"{name}.txt").write_text("".join(f"{NAMES[x]}\n" for x in labels))
    (root / "mapping" / "mapping.txt").write_text("".join(f"{i} {name}\n" for i, name in enumerate(NAMES)))
    return root


@pytest.fixture
def window(qtbot: object, qapp: QApplication) -> Iterator[MainWindow]:
    with a_window() as made:
        made.resize(1400, 900)
        made.show()
        yield made


def a_config() -> TrainConfig:
    return msgspec.structs.replace(preset("generic", n_clusters=3), iterations=150, batch=128)


def wait(qtbot: object, done: Callable[[], bool], seconds: int = 240) -> None:
    qtbot.waitUntil(done, timeout=seconds * 1000)  # type: ignore[attr-defined]


def test_open_train_correct_reopen_and_export(
    qtbot: object, window: MainWindow, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, actions = window.session, window.actions_
    window.pending_project = tmp_path / "salads.tot"
    actions.file.open_path(dataset)
    wait(qtbot, lambda: session.project is not None)
    session.train(a_config(), "cpu")
    wait(qtbot, lambda: session.current_run is not None and not session.jobs.running)
    run = session.current_run
    wait(qtbot, lambda: session.report(run) is not None)
    report = session.report(run)
    assert report.mof > 0.9 > report.baselines["equal_split"].mof

    document, video = session.document, VideoId("v0")
    session.select_video(video)
    actions.by_name["segment.take-video"].trigger()
    taken = document.corrected[video]
    first = int(taken.starts[1])
    for frame in (first - 9, first - 6, first - 3):
        assert session.do(lambda f=frame: commands.move_boundary(document, video, 0, f))
    session.playback.seek(first + 20)
    wait(qtbot, lambda: session.playback.frame == first + 20)
    actions.segment.relabel_number(2)
    corrected = document.corrected[video]
    assert corrected.at(first + 20).label == 2
    session.undo()
    assert document.corrected[video].at(first + 20).label != 2
    session.redo()
    assert document.corrected[video] == corrected
    session.do(lambda: commands.set_review(document, video, ReviewStatus.ACCEPTED, ""))
    session.close_project()

    open_in(window, tmp_path / "salads.tot")
    assert session.document.corrected[video] == corrected
    assert session.project.undo_text is not None
    session.exchange.export(LabelsRequest("frames", tmp_path / "labels", "corrected", (video,)))
    wait(qtbot, lambda: not session.jobs.running)
    (written,) = (p for p in (tmp_path / "labels").rglob("v0.txt"))
    assert written.read_text().split() == [NAMES[x] for x in corrected.to_frames()]


def test_discarded_training_leaves_nothing_and_the_next_one_runs(
    qtbot: object, window: MainWindow, dataset: Path, tmp_path: Path
) -> None:
    session = window.session
    session.create_project(tmp_path / "p.tot", api.open_dataset(dataset))
    session.train(msgspec.structs.replace(a_config(), iterations=200_000), "cpu")
    with qtbot.waitSignal(session.jobEvent, timeout=240_000):  # type: ignore[attr-defined]
        pass
    session.jobs.stop(StopKind.DISCARD)
    wait(qtbot, lambda: not session.jobs.running)
    assert not session.document.runs
    session.train(msgspec.structs.replace(a_config(), iterations=20), "cpu")
    wait(qtbot, lambda: len(session.document.runs) == 1 and not session.jobs.running)
    assert len(session.document.predictions) == 3


def test_the_frame_drawn_is_the_frame_named(qtbot: object, window: MainWindow, dataset: Path, tmp_path: Path) -> None:
    session, picture = window.session, window.video_view.picture
    session.create_project(tmp_path / "p.tot", api.open_dataset(dataset))
    shown: list[tuple[int, int]] = []
    session.playback.pictureReady.connect(lambda frame, image: shown.append((frame, number_in(image))))
    for frame in np.random.default_rng(1).integers(0, N_FRAMES, 200).tolist():
        session.playback.seek(frame)
        wait(qtbot, lambda f=frame: session.playback.frame == f)
        window.video_view.picture.grab()
        assert picture.drawn_frame == frame
    session.playback.seek(0)
    wait(qtbot, lambda: session.playback.frame == 0)
    session.playback.set_speed(2.0)
    session.playback.play(until=120)
    wait(qtbot, lambda: not session.playback.playing and session.playback.frame == session.playback.wanted)
    wrong = [pair for pair in shown if pair[0] != pair[1]]
    assert len(shown) > 150
    assert wrong == []
