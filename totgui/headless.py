"""The main job on the demo without a screen: the real window, drawn offscreen and driven by its own session."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.annotation import commands
from core.annotation.values import ReviewStatus
from core.data.dataset import Dataset, RunId
from core.events import Failed, MatrixSnapshot, Progress
from core.tot.presets import default_preset, preset

from .jobs.exchange_tasks import KitRequest, LabelsRequest, ReportRequest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from .main_window import MainWindow

STEP_LIMIT_S = 900
SAY_EVERY_S = 5.0
SETTLE_MS = 400
SNAPSHOTS_BEFORE_PICTURE = 4
PICTURES = {"Label map": "Map", "Metrics": "", "Compare": "Compare", "Activity": ""}
"""Panels of which a picture is taken, in this order, and the layout that is made for them."""


def run_demo(out: Path) -> int:
    """Render, train, segment, evaluate, take, export; screenshots of the window. Returns the exit code."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from .app import install_hooks, make_application
    from .hooks import start_log
    from .main_window import MainWindow
    from .palette import apply_theme
    from .session import Session
    from .settings import Settings

    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    start_log()  # what Qt says goes there, not between the lines of this job
    application = make_application()
    apply_theme(application, "light")
    window = MainWindow(Session(), Settings())
    install_hooks(window)
    window.resize(1600, 1000)
    window.show()
    job = HeadlessJob(application, window, out)
    try:
        job.run()
    except RuntimeError as error:
        print(f"The demo did not finish. {error}", flush=True)
        return 3
    finally:
        window.session.close()
    print(f"\nEverything lies in {out}:", flush=True)
    for path in sorted(out.iterdir()):
        print(f"  {path.name}", flush=True)
    return 0


class HeadlessJob:
    """The steps of the main job in their order, each told with its time."""

    def __init__(self, application: QApplication, window: MainWindow, out: Path) -> None:
        self.application, self.window, self.session, self.out = application, window, window.session, out
        self._failures: list[str] = []
        self._progress: Progress | None = None
        self.session.message.connect(lambda text, level: self._failures.append(text) if level == "error" else None)
        self.session.jobEvent.connect(self._on_event)

    def run(self) -> None:
        """Do all of it. Raises RuntimeError with the reason where a step fails."""
        self._open(self._render())
        run = self._train()
        self._evaluate(run)
        self._take(run)
        self._pictures()
        self._export()

    # --- the steps -----------------------------------------------------------------------------------

    def _render(self) -> Path:
        folders: list[Path] = []
        self.session.datasets.render_demo(self.out / "demo", folders.append)
        self._wait(lambda: bool(folders), "Render the demo (rendered clips)")
        return folders[0]

    def _open(self, folder: Path) -> None:
        found: list[Dataset] = []
        # The window would ask where the project goes.
        self.session.datasetScanned.disconnect(self.window.actions_.file.dataset_scanned)
        self.session.datasetScanned.connect(found.append)
        self.session.datasets.scan(folder)
        self._wait(lambda: bool(found), "Open the dataset")
        project = self.out / "demo.tot"
        if project.exists():
            self.session.open_project(project)
        else:
            self.session.create_project(project, found[0])

    def _train(self) -> RunId:
        document = self.session.document
        assert document is not None
        runs = len(document.runs)
        config = preset(default_preset(document.dataset), n_clusters=max(2, len(document.actions)))
        snapshots: list[object] = []
        self.session.jobEvent.connect(lambda e: snapshots.append(e) if isinstance(e, MatrixSnapshot) else None)
        self._wait(self.window.updatesEnabled, "Show the panels")
        self.window.docks["Live"].raise_()
        self.session.train(config)
        taken = False

        def trained() -> bool:
            nonlocal taken
            if not taken and len(snapshots) > SNAPSHOTS_BEFORE_PICTURE and self.session.jobs.engine_busy:
                taken = True
                self._grab("2-while-training")
            return len(document.runs) > runs and not self.session.jobs.running

        self._wait(trained, "Train and segment")
        assert self.session.current_run is not None
        return self.session.current_run

    def _evaluate(self, run: RunId) -> None:
        self._wait(lambda: self.session.report(run) is not None, "Evaluate")
        report = self.session.report(run)
        assert report is not None
        split = report.baselines["equal_split"]
        print(f"MoF {100 * report.mof:.1f} %, F1 {100 * report.f1:.1f} %", flush=True)
        print(f"equal split beside it: MoF {100 * split.mof:.1f} %, F1 {100 * split.f1:.1f} %", flush=True)
        self._show("Training", "1-after-training")

    def _take(self, run: RunId) -> None:
        document = self.session.document
        assert document is not None
        self.session.reviewing.watch()
        self._wait(lambda: self.session.reviewing.is_ready, "Find places to review")
        self._show("Review", "3-review")
        self._segments(int(list(document.actions)[1]))
        self.session.do(lambda: commands.take_all(document, run))
        for video in list(document.videos):
            self.session.do(partial(commands.set_review, document, video, ReviewStatus.ACCEPTED))

    def _segments(self, action: int) -> None:
        """A picture of all segments of an action, some of them chosen."""
        self.window.show_layout("Segments")
        view, segments = self.window.segments(), self.session.segments
        self._wait(lambda: segments.is_ready and self.session.reviewing.is_ready, "List all segments")
        view.show_label(action)
        view.rows.choose(1)
        view.rows.choose(2, extend=True)
        self._wait(lambda: view.sheet.is_complete, "Make their pictures")
        self._show("Segments", "9-segments")
        view.rows.clear()
        self.window.reset_layout()

    def _pictures(self) -> None:
        from .palette import apply_theme

        self.window.bar.dismiss()
        for number, (dock, layout) in enumerate(PICTURES.items(), start=4):
            if layout:
                self.window.show_layout(layout)
            self._show(dock, f"{number}-{dock.lower().replace(' ', '-')}")
            self.window.reset_layout()
        apply_theme(self.application, "dark")
        self._show("Metrics", f"{4 + len(PICTURES)}-dark")

    def _export(self) -> None:
        """Labels in two formats, the report, and the training kit of every video."""
        document, out = self.session.document, self.out
        assert document is not None
        videos = tuple(document.videos)
        for what, request in (
            ("Export frame labels", LabelsRequest("frames", out / "labels-frames", "corrected", videos)),
            ("Export CSV", LabelsRequest("csv", out / "labels-csv" / "labels.csv", "corrected", videos)),
            ("Write the report", ReportRequest(out / "report.html")),
            ("Make the training kit", KitRequest(out / "kit", "corrected", videos)),
        ):
            self.session.exchange.export(request)
            self._wait(lambda: not self.session.jobs.running, what)

    # --- waiting and looking -------------------------------------------------------------------------

    def _show(self, dock: str, name: str) -> None:
        """A picture of the window with this panel in front."""
        from PySide6.QtCore import QEventLoop, QTimer

        self.window.docks[dock].raise_()
        loop = QEventLoop()
        QTimer.singleShot(SETTLE_MS, loop.quit)
        loop.exec()
        self._grab(name)

    def _grab(self, name: str) -> None:
        self.window.grab().save(str(self.out / f"{name}.png"))

    def _wait(self, done: Callable[[], bool], what: str) -> None:
        """Let the window work until `done`; says how far it is every few seconds and how long it took."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop, timer, began, self._progress = QEventLoop(), QTimer(), time.monotonic(), None
        said = began

        def look() -> None:
            nonlocal said
            now = time.monotonic()
            if done() or self._failures or now - began > STEP_LIMIT_S:
                loop.quit()
            elif now - said > SAY_EVERY_S and self._progress is not None:
                said = now
                print(f"  {what}: {self._progress.done} of {self._progress.total}", flush=True)

        timer.timeout.connect(look)
        timer.start(20)
        loop.exec()
        timer.stop()
        if self._failures or not done():
            raise RuntimeError(self._failures[0] if self._failures else f"{what} did not end in {STEP_LIMIT_S} s")
        print(f"{what:<34}{time.monotonic() - began:6.1f} s", flush=True)

    def _on_event(self, event: object) -> None:
        if isinstance(event, Failed):
            self._failures.append(event.message)
        elif isinstance(event, Progress):
            self._progress = event
