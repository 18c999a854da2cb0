"""The stage of the gallery: the real window on prepared projects, brought into one state after another and drawn."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

os.environ["QT_QPA_PLATFORM"] = "offscreen"
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

THEMES = ("light", "dark")
SIZE = {1.0: (1600, 1000), 1.5: (1440, 900), 2.0: (1280, 800)}
"""Logical size of the window at each scale: what a screen of that scale has room for."""
SETTLE_MS, LIMIT_S = 350, 900
State = Callable[["Stage"], "Iterator[QWidget]"]


class Stage:
    """Holds the application and the window; states ask it for projects, panels and patience."""

    def __init__(self, folder: Path, scale: float, *, size: tuple[int, int] | None = None, text: float = 1.0) -> None:
        os.environ.update(HOME=str(folder / "home"), XDG_CONFIG_HOME=str(folder / "home"), QT_SCALE_FACTOR=str(scale))
        os.environ.setdefault("TOT_DATA_DIR", str(folder / "home" / "data"))
        from totgui.app import make_application
        from totgui.hooks import start_log
        from totgui.main_window import MainWindow
        from totgui.palette import apply_theme
        from totgui.session import Session
        from totgui.settings import Settings

        shutil.rmtree(folder / "home", ignore_errors=True)
        (folder / "home").mkdir(parents=True)
        self.work = folder / "work"
        self.work.mkdir(exist_ok=True)
        start_log()
        self.application = make_application()
        if text != 1:
            font = self.application.font()
            font.setPointSizeF(font.pointSizeF() * text)
            self.application.setFont(font)
        self._apply = apply_theme
        self.theme("light")
        self.session = Session()
        self.window = MainWindow(self.session, Settings())
        self.window.resize(*(size or SIZE.get(scale, (1600, 1000))))
        self.window.show()
        self.settle()

    # --- patience ------------------------------------------------------------------------------------

    def settle(self, ms: int = SETTLE_MS) -> None:
        """Let the window work for a while."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def wait(self, done: Callable[[], object], what: str, limit_s: float = LIMIT_S) -> None:
        """Let the window work until `done`. Raises RuntimeError when it never is."""
        end = time.monotonic() + limit_s
        while not done():
            if time.monotonic() > end:
                raise RuntimeError(f"waited for {what}")
            self.settle(30)

    # --- places --------------------------------------------------------------------------------------

    def theme(self, name: str) -> None:
        """Give everything another theme."""
        self._apply(self.application, name)

    def open(self, project: str, *, frame: int = 0) -> None:
        """Open a fresh copy of a prepared project."""
        source, copy = self.work / f"{project}.tot", self.work / "open" / f"{project}.tot"
        self.session.close_project()
        shutil.rmtree(copy.parent, ignore_errors=True)
        copy.parent.mkdir()
        shutil.copyfile(source, copy)
        self.session.open_project(copy, trusted=True)
        self.window.bar.hide()
        self.window.reset_layout()
        self.window.placing.size()
        self.session.playback.seek(frame)
        self.settle()

    def front(self, *panels: str) -> QWidget:
        """The window with these panels on top of their tabs."""
        for panel in panels:
            self.window.docks[panel].show()
            self.window.docks[panel].raise_()
        self.settle()
        window: QWidget = self.window
        return window

    def tall(self, panel: str) -> QWidget:
        """The window in which a panel at the bottom takes most of the height."""
        from PySide6.QtCore import Qt

        self.window.docks[panel].raise_()
        self.window.resizeDocks([self.window.docks[panel]], [620], Qt.Orientation.Vertical)
        self.settle()
        window: QWidget = self.window
        return window

    # --- projects ------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make what the states need and the folder does not have yet: clips, a trained and a reviewed project."""
        from core import api

        if not (self.work / "demo").is_dir():
            done: list[Path] = []
            self.session.datasets.render_demo(self.work / "demo", done.append)
            self.wait(lambda: done, "the demo")
        if not (self.work / "empty.tot").exists():
            api.create_project(self.work / "empty.tot", api.open_dataset(self.work / "demo")).close()
        if not (self.work / "trained.tot").exists():
            self._train_twice()
        if not (self.work / "reviewed.tot").exists():
            self._review()
        if not (self.work / "bench.tot").exists():
            from timeline import a_project

            a_project(self.work, 10_000, 100_000)
        self._prepare_odd()

    def _train_twice(self) -> None:
        import msgspec

        from core.tot.presets import default_preset, preset

        self.open("empty")
        document = self.session.document
        assert document is not None
        config = preset(default_preset(document.dataset), n_clusters=len(document.actions))
        for number, settings in enumerate((msgspec.structs.replace(config, seed=7, iterations=200), config), start=1):
            self.session.train(settings)
            self.wait(lambda n=number: len(document.runs) == n and not self.session.jobs.running, "the training")
            run = self.session.current_run
            self.wait(lambda r=run: self.session.report(r) is not None, "the scores")
        self._keep("trained")

    def _keep(self, name: str) -> None:
        project = self.session.project
        assert project is not None
        project.flush()
        path = project.path
        self.session.close_project()
        shutil.copyfile(path, self.work / f"{name}.tot")

    def _review(self) -> None:
        """Some videos corrected, accepted, rejected with a note; a cluster mapped by hand."""
        from core.annotation import commands
        from core.annotation.values import ReviewStatus

        self.open("trained")
        document, run, do = self.session.document, self.session.current_run, self.session.do
        assert document is not None and run is not None
        videos = list(document.videos)
        for number, video in enumerate(videos[:6]):
            do(lambda v=video: commands.take_prediction(document, run, v))
            for boundary in range(min(number + 1, len(document.corrected[video]) - 1)):
                cut = int(document.corrected[video].starts[boundary + 1])
                do(lambda v=video, b=boundary, c=cut: commands.move_boundary(document, v, b, c + 3))
        for video in videos[1:4]:
            do(lambda v=video: commands.set_review(document, v, ReviewStatus.ACCEPTED, reviewer="Ada"))
        status = ReviewStatus.REJECTED
        do(lambda: commands.set_review(document, videos[4], status, "hands hidden from 0:12", reviewer="Ada"))
        self._keep("reviewed")

    def _prepare_odd(self) -> None:
        """A project without video files, one whose files are gone, one with a variable rate, names that are long."""
        from core import api

        if not (self.work / "features-only.tot").exists():
            for name in ("features", "groundTruth"):
                shutil.copytree(self.work / "demo" / name, self.work / "plain" / name, dirs_exist_ok=True)
            api.create_project(self.work / "features-only.tot", api.open_dataset(self.work / "plain")).close()
        if not (self.work / "lost.tot").exists():
            shutil.copytree(self.work / "demo", self.work / "moved")
            api.create_project(self.work / "lost.tot", api.open_dataset(self.work / "moved")).close()
            shutil.rmtree(self.work / "moved")
        if not (self.work / "odd.tot").exists():
            odd_project(self.work)


def odd_project(work: Path) -> None:
    """A clip of a variable rate, and one video with the worst names that a person may give."""
    import numpy as np
    from video_kinds import make

    from core import api

    root = work / "odd"
    for name in ("videos", "features", "groundTruth", "mapping"):
        (root / name).mkdir(parents=True, exist_ok=True)
    names = (
        "take the <b>very</b> long handled screwdriver out of the upper drawer of the left bench",
        "ضع البرغي",
        "🔧",
    )
    (root / "mapping" / "mapping.txt").write_text("".join(f"{i} {name}\n" for i, name in enumerate(names)))
    clip = make(root / "videos", "variable_rate")
    clip.rename(root / "videos" / f"a recording of the second shift, camera 3, seen from above{clip.suffix}")
    truth = np.repeat(np.arange(3), 100)
    for file in (root / "videos").iterdir():
        np.save(root / "features" / f"{file.stem}.npy", np.eye(3, 8)[truth].astype(np.float32))
        (root / "groundTruth" / f"{file.stem}.txt").write_text("\n".join(names[i] for i in truth) + "\n")
    api.create_project(work / "odd.tot", api.open_dataset(root)).close()


def draw(
    states: Mapping[str, Callable[[Stage], Iterator[QWidget | None]]],
    folder: Path,
    *,
    scale: float = 1.0,
    size: tuple[int, int] | None = None,
    text: float = 1.0,
    themes: Sequence[str] = THEMES,
    only: str = "",
) -> int:
    """A picture of every state in these themes, in FOLDER; returns how many states could not be shown."""
    stage = Stage(folder, scale, size=size, text=text)
    stage.prepare()
    failed, ending = 0, "" if scale == 1 else f"@{scale:g}x"
    ending += "" if size is None else "-{}x{}".format(*size)
    ending += "" if text == 1 else f"-text{text:g}"
    for name, state in states.items():
        if only and not any(word in name for word in only.split(",")):
            continue
        began = time.monotonic()
        try:
            steps = state(stage)
            widget = next(steps, None)  # None: it has drawn itself
            for theme in themes if widget is not None else ():
                stage.theme(theme)
                stage.settle()
                widget.grab().save(str(folder / f"{name}-{theme}{ending}.png"))
            stage.theme("light")
            next(steps, None)
        except Exception as error:  # one state that fails must not cost the others; it is said and counted
            failed += 1
            print(f"{name}: {type(error).__name__}: {error}", flush=True)
            stage.theme("light")
        else:
            print(f"{name:<40}{time.monotonic() - began:6.1f} s", flush=True)
    stage.session.close_project()
    stage.session.close()
    return failed
