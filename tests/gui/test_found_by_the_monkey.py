"""What the window monkey of the fault plan found, each as a test of its own."""

from __future__ import annotations

import dataclasses
import gc
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import shiboken6
from projects import R, a_project, with_run
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QTabBar
from windows import a_window

from core.annotation import commands
from core.data.dataset import VideoId
from core.errors import JobError
from core.events import Failed
from totgui.dialogs.kit_texts import KitTextsDialog
from totgui.dialogs.palette import CommandPalette
from totgui.jobs.beside import Beside
from totgui.main_window import MainWindow
from totgui.views.message_bar import MessageBar


@pytest.fixture
def window(qtbot, tmp_path: Path) -> Iterator[MainWindow]:
    with a_project(tmp_path / "a.tot") as project:
        with_run(project)
    with a_window() as made:
        made.show()
        made.session.open_project(tmp_path / "a.tot")
        yield made


def test_tabs_of_panels_cannot_be_dragged_to_another_place(window: MainWindow) -> None:
    """Dragging one ended the program inside Qt (QTabBar::moveTab) after panels had been moved and the layout reset."""
    for dock in window.docks.values():
        dock.show()
    QApplication.processEvents()
    bars = [bar for bar in window.findChildren(QTabBar) if bar.parentWidget() is window]
    assert bars and not any(bar.isMovable() for bar in bars)
    window.reset_layout()
    QApplication.processEvents()
    bars = [bar for bar in window.findChildren(QTabBar) if bar.parentWidget() is window]
    assert bars and not any(bar.isMovable() for bar in bars)


def test_a_job_that_cannot_start_is_a_message_and_leaves_nothing_running(window: MainWindow, monkeypatch) -> None:
    """A training that nobody took was taken in while another job ran: the error fell out of a slot."""
    jobs = window.session.jobs

    def busy(request: object) -> None:
        raise JobError("A job is running. Stop it first.", kind="busy")

    monkeypatch.setattr(jobs._runner, "start", busy)
    said: list[str] = []
    window.session.message.connect(lambda text, level: said.append(text))
    assert jobs.in_engine(SimpleNamespace(job="segment-1"), "Segmenting", lambda finished: None) is None
    assert said == ["Segmenting was not started. A job is running. Stop it first."]
    assert jobs.running == {} and R in window.session.document.runs


def test_a_project_is_never_read_as_labels(window: MainWindow) -> None:
    """The person chose the open project in the import of labels: reading it would have dropped its lock."""
    from faults.owners import opened_by_others

    from core.formats.registry import FORMATS

    path = window.session.project.path
    with opened_by_others() as opened:
        for form in FORMATS.values():
            if form.decode is not None:
                found = form.read([path])
                assert not found.tracks and "is a project of this program" in str(found.problems[0])
    assert opened == []


def test_closing_a_project_asks_no_command_for_its_document(window: MainWindow) -> None:
    """While it closed, a command still had a video but no document; the error fell out of a slot."""
    window.session.select_video(next(iter(window.session.document.videos)))
    project, window.session.project = window.session.project, None
    try:
        window.actions_.refresh()
    finally:
        window.session.project = project


def test_segmenting_without_features_is_a_message(window: MainWindow, qtbot) -> None:
    """The menu offers it where there is a run; the features may be gone: the error fell out of the slot."""
    said: list[str] = []
    window.session.message.connect(lambda text, level: said.append(text))
    session = window.session
    video = next(iter(session.document.videos.values()))
    session.runs.changedProject.emit(session.project.replace_videos([dataclasses.replace(video, features=None)]))
    window.actions_.by_name["model.segment"].trigger()
    qtbot.waitUntil(lambda: not session.jobs.running)
    assert len(said) == 1 and "no video of this project has usable features" in said[0]
    assert session.jobs.running == {}


def test_a_training_whose_files_are_gone_is_a_message(window: MainWindow, tmp_path: Path) -> None:
    """The cache was emptied while a banner offered the training: the error fell out of the button."""
    said: list[str] = []
    window.session.message.connect(lambda text, level: said.append(text))
    result = {"curve": [], "config": {"n_clusters": 3}, "device": "cpu", "seconds": 1.0, "iterations": 1}
    result |= {"stopped_early": False, "losses": {}, "weights": str(tmp_path / "gone" / "weights.safetensors")}
    window.session.runs.take(result)
    assert len(said) == 1 and said[0].startswith("The training could not be taken in.")
    assert list(window.session.document.runs) == [R]


def test_a_segmentation_of_a_project_that_was_closed_goes_into_no_other(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another project was opened meanwhile: its document had no such run, or another one of the same name."""
    then = []
    jobs = window.session.jobs
    monkeypatch.setattr(jobs, "in_engine_soon", lambda kind, text, make, finished, unmake: then.append(finished))
    window.session.runs.segment(R)
    with a_project(tmp_path / "b.tot") as project:
        with_run(project)
    said: list[str] = []
    window.session.message.connect(lambda text, level: said.append(text))
    window.session.open_project(tmp_path / "b.tot")
    before = dict(window.session.document.predictions)
    then[0](SimpleNamespace(result={"videos": {}}))
    assert window.session.document.predictions == before
    assert said and "project that is closed" in said[-1]


def test_an_error_beside_the_window_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A future keeps its error to itself: a view waited for its numbers for ever, and nobody heard why."""
    told: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: told.append(str(args.exc_value)))
    pool = Beside(1, "numbers")
    pool.do(lambda: {}["missing"])
    heard = threading.Event()
    pool.do(heard.set)
    assert heard.wait(30)
    assert told == ["'missing'"]
    pool.close()
    pool.do(lambda: {}["after"])
    assert told == ["'missing'"]


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize("name", ["tools.keys", "help.shortcuts", "model.extract", "file.locate", "file.kit-texts"])
def test_a_dialog_that_was_left_is_gone(window: MainWindow, qtbot, name: str) -> None:
    """The sheet of keys stayed with the window, 46 widgets for each time that it was looked at."""
    timer = QTimer(window)
    timer.timeout.connect(lambda: [w.reject() for w in window.findChildren(QDialog) if w.isVisible()])
    timer.start(10)
    assert window.actions_.by_name[name].isEnabled()
    window.actions_.by_name[name].trigger()
    qtbot.waitUntil(lambda: not window.findChildren(QDialog))


@pytest.mark.parametrize("name", ["kit texts", "import", "export", "locate"])
def test_a_dialog_goes_with_its_project(window: MainWindow, qtbot, tmp_path: Path, name: str) -> None:
    """A demo that was rendered meanwhile opened below it: answers and choices of one project met the other."""
    from totgui.dialogs.export import ExportDialog
    from totgui.dialogs.import_labels import ImportDialog
    from totgui.dialogs.kit_texts import KitTextsDialog
    from totgui.dialogs.locate import LocateDialog

    labels = tmp_path / "labels.txt"
    labels.write_text("step 1\n" * 100)
    make: dict[str, Callable[[], QDialog]] = {
        "kit texts": lambda: KitTextsDialog(window.session, window),
        "import": lambda: ImportDialog(window.session, [labels], window),
        "export": lambda: ExportDialog(window.session, window),
        "locate": lambda: LocateDialog(window.session, lambda lost: str(lost.video), window),
    }
    with a_project(tmp_path / "b.tot", VideoId("another")):
        pass
    dialog = make[name]()
    ended: list[int] = []
    dialog.finished.connect(ended.append)
    answers: list[str] = []
    window.session.exchange.previews.ready.connect(lambda kind, answer: answers.append(kind))
    dialog.open()
    window.session.open_project(tmp_path / "b.tot")
    assert len(ended) == 1 and not dialog.isVisible()
    answers.clear()
    window.session.exchange.previews.ask("last", lambda: "")
    qtbot.waitUntil(lambda: "last" in answers)
    assert answers == ["last"], "what was asked of the first project is answered to the second"


def test_a_search_that_ended_while_its_dialog_was_closed_finds_nobody(window: MainWindow, qtbot) -> None:
    """Its answer stood in the queue already, and wrote into a table that was gone."""
    from totgui.dialogs.locate import LocateDialog

    dialog = LocateDialog(window.session, lambda lost: str(lost.video), window)
    dialog.open()
    found = dialog._on_found
    dialog.reject()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.deleteLater()
    found(())


def test_a_job_that_ends_as_the_window_closes_opens_no_dialog(window: MainWindow, monkeypatch) -> None:
    """A dataset that had been read was shown in a dialog of the window that was gone."""
    from core.events import Finished

    jobs, opened = window.session.jobs, []
    monkeypatch.setattr(jobs._background, "start", lambda job, text, task, **_: None)
    job = jobs.in_background("scan", "Reading a dataset", lambda: None, opened.append)
    window.close()
    jobs._arrived.emit(Finished(job=job, result={}))
    while jobs._waiting:
        QApplication.processEvents()
    assert opened == []


def test_a_name_that_cannot_be_sent_is_a_message_and_no_job_that_never_ends() -> None:
    """A project of an older version may hold one; the engine was busy for good, with nothing."""
    from core.requests import DemoRequest
    from totgui.jobs.runner import Runner

    runner = Runner(lambda event: None)
    try:
        with pytest.raises(JobError, match="not UTF-8"):
            runner.start(DemoRequest(job="x", out="P\udce903"))
        assert not runner.busy and runner.pid is None
    finally:
        runner.close()


def test_a_second_video_is_found_by_its_place_whatever_its_name(window: MainWindow) -> None:
    """Qt loses bytes of an id that are no UTF-8."""
    window.actions_.by_name["view.second"].trigger()
    assert window.session.companion.video is not None
    assert window.session.companion.video.id == next(iter(window.session.document.videos))


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_click_in_the_palette_is_over_before_its_command_asks(window: MainWindow, qtbot) -> None:
    """The dialog had a loop of its own inside the click; the palette was gone when it went on: Qt crashed."""
    window.actions_.by_name["tools.palette"].trigger()
    palette = window.findChild(CommandPalette)
    row = next(row for row, (entry, *_) in enumerate(palette.model.shown) if entry.name == "help.shortcuts")
    palette.list.setCurrentIndex(palette.model.index(row, 0))
    asked: list[QDialog] = []

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            asked.append(dialog)
            dialog.reject()

    timer = QTimer(window)
    timer.timeout.connect(answer)
    timer.start(5)
    palette.accept()
    assert not asked, "the command was done inside the click"
    qtbot.waitUntil(lambda: bool(asked))
    timer.stop()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_window_that_closes_is_gone_before_its_jobs_are_ended(window: MainWindow, monkeypatch) -> None:
    """It stood there for up to two seconds and answered nothing, torn-off panels and dialogs as well."""
    window.docks["Runs"].setFloating(True)
    monkeypatch.setattr(window.settings, "set_layout", lambda geometry, state: None)  # not for the next test
    seen: list[bool] = []
    real = window.session.close
    dialog = QDialog(window)
    dialog.open()
    tops = (window, window.docks["Runs"], dialog)
    monkeypatch.setattr(window.session, "close", lambda: (seen.extend(top.isVisible() for top in tops), real()))
    assert all(top.isVisible() for top in tops)
    window.close()
    assert seen == [False, False, False]


def test_nothing_shows_python_what_qt_has_in_its_hands_alone() -> None:
    """Both left Python objects for things that Qt had deleted; the next item at the same address was taken for them.

    Of a layout written in Python Qt deletes the items unseen. A filter of the application sees widgets in their
    destruction. The monkey died in every second run of 1,500 actions.
    """
    sources = sorted((Path(__file__).resolve().parents[2] / "totgui").rglob("*.py"))
    texts = {path.name: path.read_text("utf-8") for path in sources}
    layout = re.compile(r"class \w+\(.*\bQ\w*Layout(?:Item)?\b.*\)")
    everywhere = re.compile(r"(?:application|QApplication\.instance\(\)|qApp)\.installEventFilter")
    assert [name for name, text in texts.items() if layout.search(text) or everywhere.search(text)] == []


def test_what_goes_from_one_layout_to_another_leaves_no_python_object_for_its_place(qtbot) -> None:
    """PySide keeps one for each widget in a layout that is added to another; Qt deletes the place, and it stays."""

    def places() -> int:
        gc.collect()
        return sum(type(each).__name__ == "QWidgetItem" for each in shiboken6.getAllValidWrappers())

    before = places()
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.resize(300, 100)
    for words in ("short", "a text that needs more than one line of such a bar, and a row for its buttons " * 3):
        bar.say(words, "info", [("Yes", lambda: None), ("No", lambda: None)])
    assert places() == before


def test_a_name_that_cannot_be_sent_and_a_place_that_cannot_be_written_are_foreseen(
    window: MainWindow, tmp_path: Path, qtbot
) -> None:
    """Both were told as errors that nobody had thought of: without what to do, or with the program's own lines."""
    session, ended = window.session, []
    qtbot.waitUntil(lambda: bool(session.files.lost))  # that the video is missing has been said, and covers nothing
    session.jobEvent.connect(lambda event: ended.append(event) if isinstance(event, Failed) else None)
    video = next(iter(session.document.videos.values()))  # its name is not UTF-8
    np.save(video.features, np.arange(160.0).reshape(20, 8))
    session.runs.segment(R)
    qtbot.waitUntil(lambda: len(ended) == 1 and not session.jobs.running)
    assert "Rename the file" in window.bar.text() and ended[0].kind == "name"
    session.exchange.save_picture(tmp_path / "a.tot" / "in a file" / "x.svg", lambda: b"<svg/>")
    qtbot.waitUntil(lambda: len(ended) == 2 and not session.jobs.running)
    assert "x.svg cannot be written" in ended[1].message and ended[1].kind == "disk"


def test_an_action_that_is_taken_back_leaves_the_texts_of_the_kit(window: MainWindow, qtbot) -> None:
    """Its row stayed in the list, and was named after an action that was not there: an error out of a slot."""
    session = window.session
    edit, new = commands.add_action(session.document, "sweep")
    assert session.edit(edit)
    dialog = KitTextsDialog(session, window)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.select(new)
    dialog.step_form.findChildren(QLineEdit)[0].setText("Sweep the floor")
    with qtbot.captureExceptions() as caught:
        session.undo()
        assert new not in session.document.actions
        QApplication.processEvents()
    assert not caught
    assert not [row for row in range(dialog.list.count()) if "weep" in dialog.list.item(row).text()]
    assert dialog.list.currentRow() == 0 and dialog.commit()
