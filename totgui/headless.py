"""The main job on the demo without a screen: the real window, drawn offscreen and driven by its own session."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from core.annotation.values import ReviewStatus

STEP_LIMIT_S = 600


def run_demo(out: Path) -> int:
    """Render, train, segment, evaluate, adopt, export; screenshots of the window. Returns the exit code."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QEventLoop, QTimer

    from core.annotation import commands
    from core.data.dataset import Dataset
    from core.events import Failed, MatrixSnapshot
    from core.tot.presets import default_preset, preset

    from .app import install_hooks, make_application
    from .main_window import MainWindow
    from .palette import apply_theme
    from .session import Session
    from .settings import Settings

    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    application = make_application()
    apply_theme(application, "light")
    session = Session()
    window = MainWindow(session, Settings())
    install_hooks(window)
    window.resize(1600, 1000)
    window.show()
    failures: list[str] = []
    session.message.connect(lambda text, level: failures.append(text) if level == "error" else None)
    session.jobEvent.connect(lambda event: failures.append(event.message) if isinstance(event, Failed) else None)

    def wait(done: Callable[[], bool], what: str) -> None:
        loop = QEventLoop()
        began = time.monotonic()
        timer = QTimer()
        timer.timeout.connect(
            lambda: loop.quit() if done() or failures or time.monotonic() - began > STEP_LIMIT_S else None
        )
        timer.start(20)
        loop.exec()
        timer.stop()
        if failures or not done():
            raise RuntimeError(failures[0] if failures else f"{what} did not end in {STEP_LIMIT_S} s")
        print(f"{what:<34}{time.monotonic() - began:6.1f} s", flush=True)

    def settle(milliseconds: int = 400) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def shot(name: str) -> None:
        settle()
        window.grab().save(str(out / f"{name}.png"))

    found: list[Dataset] = []
    try:
        session.datasetScanned.disconnect(window.actions_.file.dataset_scanned)
        session.datasetScanned.connect(found.append)
        folders: list[Path] = []
        session.work.render_demo(out / "demo", folders.append)
        wait(lambda: bool(folders), "Render the demo (rendered clips)")
        session.work.scan(folders[0])
        wait(lambda: bool(found), "Open the dataset")
        project = out / "demo.tot"
        if project.exists():
            session.open_project(project)
        else:
            session.create_project(project, found[0])
        document = session.document
        assert document is not None
        config = preset(default_preset(found[0]), n_clusters=max(2, len(document.actions)))
        runs = len(document.runs)
        session.train(config)
        window.docks["Live"].raise_()
        while_training: list[bool] = []
        snapshots: list[object] = []
        session.jobEvent.connect(lambda e: snapshots.append(e) if isinstance(e, MatrixSnapshot) else None)

        def trained() -> bool:
            if not while_training and len(snapshots) > 4 and session.training:
                while_training.append(True)
                window.grab().save(str(out / "2-while-training.png"))
            return len(document.runs) > runs and not session.jobs

        wait(trained, "Train and segment")
        run = session.current_run
        assert run is not None
        wait(lambda: session.report(run) is not None, "Evaluate")
        report = session.report(run)
        baseline = report.baselines["equal_split"]
        print(
            f"MoF {100 * report.mof:.1f} %  F1 {100 * report.f1:.1f} %   (equal split: MoF {100 * baseline.mof:.1f} %)",
            flush=True,
        )
        window.docks["Training"].raise_()
        shot("1-after-training")
        session.do(lambda: commands.adopt_all(document, run))
        for video in list(document.videos):
            session.do(lambda v=video: commands.set_review(document, v, ReviewStatus.ACCEPTED, ""))
        for name in ("Label map", "Metrics"):
            window.docks[name].raise_()
            shot("3-label-map" if name == "Label map" else "4-metrics")
        apply_theme(application, "dark")
        shot("5-dark")
        for name in ("frames", "csv"):
            session.work.export(
                name, out / f"labels-{name}" / ("labels.csv" if name == "csv" else ""), "corrected", "accepted"
            )
            wait(lambda: not session.jobs, f"Export {name}")
        print(f"\nEverything lies in {out}:", flush=True)
        for path in sorted(out.iterdir()):
            print(f"  {path.name}")
        return 0
    except RuntimeError as error:
        print(f"The demo did not finish. {error}", flush=True)
        return 3
    finally:
        session.close()
