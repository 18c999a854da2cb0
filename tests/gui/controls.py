"""Every panel and dialog of the program on a small project, and the controls in them, for tests that look at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QScrollBar,
    QTabWidget,
    QWidget,
)

from core import api
from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Prediction, Run
from core.data.dataset import RunId
from core.relink import Lost
from totgui.dialogs.action_popup import ActionPopup
from totgui.dialogs.comment_popup import CommentPopup
from totgui.dialogs.details import DetailsDialog
from totgui.dialogs.export import ExportDialog
from totgui.dialogs.extract import ExtractDialog, ExtractOffer
from totgui.dialogs.import_labels import ImportDialog
from totgui.dialogs.keys import KeysDialog
from totgui.dialogs.kit_texts import KitTextsDialog
from totgui.dialogs.locate import LocateDialog
from totgui.dialogs.new_project import NewProjectDialog
from totgui.dialogs.palette import CommandPalette
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings

INTERNAL = ("qt_", "ScrollLeftButton", "ScrollRightButton")
"""Names of parts that Qt makes inside its own widgets."""
PARTS = ("QTableCornerButton", "QLineEditIconButton", "QComboBoxListView", "QDockWidgetTitleButton", "QComboBoxPrivate")


def a_project(root: Path, path: Path) -> None:
    """Two videos in a common layout, a run, corrected labels."""
    from datasets import layout

    with api.create_project(path, api.open_dataset(layout(root, "A"))) as project:
        document = project.document
        run = RunId("r1")
        project.add_run(
            Run(run, 1, {"n_clusters": 3, "method": "tot"}, "cpu", 1.5, 10, False, "2026-01-01T00:00:00", {"ce": 1.0}),
            LabelMap(run, 3, dict(zip(range(3), document.actions, strict=False))),
            b"weights",
        )
        for video, data in document.videos.items():
            n = data.timebase.n_frames
            cut = Segmentation(np.array([0, n // 3, n // 2]), np.array([0, 1, 2]), n)
            project.add_predictions([Prediction(run, video, cut)])
        project.edit(commands.take_prediction(document, run, next(iter(document.videos))))


@contextmanager
def the_window(folder: Path, *, size: tuple[int, int] = (1600, 1000)) -> Iterator[MainWindow]:
    """The real window with that project open."""
    a_project(folder / "data", folder / "p.tot")
    settings = Settings()
    settings.clear_layout()
    window = MainWindow(Session(), settings)
    window.resize(*size)
    window.show()
    window.session.open_project(folder / "p.tot")
    window.reset_layout()
    QApplication.processEvents()
    try:
        yield window
    finally:
        window.session.close()
        window.close()
        window.deleteLater()


def dialogs(window: MainWindow, folder: Path) -> Iterator[tuple[str, QWidget]]:
    """Every dialog and popup, made as the program makes them."""
    session, tools, keymap = window.session, window.actions_.tools, window.actions_.keymap
    (folder / "in.csv").write_text("video,start_frame,end_frame_exclusive,label\na,0,5,wipe\nq,0,9,x\n")
    dataset = api.open_dataset(folder / "data")
    lengths = [(300, Fraction(30)), (7, None)]
    session.files.lost = tuple(Lost(video, "media", Path("/gone/x.mp4")) for video in session.document.videos)
    yield "new project", NewProjectDialog(dataset, window, rescan=lambda choices: None)
    for kind, name in enumerate(("labels", "kit", "report")):
        yield f"export {name}", ExportDialog(session, window, kind=kind)
    yield "kit texts", KitTextsDialog(session, window)
    yield "import", ImportDialog(session, [folder / "in.csv"], window)
    offer = ExtractOffer(api.extractors(), lengths, session.features.feature_places, {})
    yield "extract", ExtractDialog(offer, window)
    yield "locate", LocateDialog(session, lambda lost: str(lost.video), window)
    yield "keys", KeysDialog(tools.bindable(), keymap.preset, {"segment.split": ("M",)}, window)
    yield "details", DetailsDialog("What happened", "It ended.", "one\ntwo", window)
    yield "palette", CommandPalette(tools.entries(), [], window)
    yield "action", ActionPopup("Action of the right part", tools.choices(), print, window)
    places = [("This frame", (3, 4)), ("The marked range", (1, 9))]
    yield "comment", CommentPopup("Comment in v0", places, lambda text, span: False, window, text="too late")


class LaidOut(QObject):
    """Whether anything in the program has asked to be laid out since it was asked last."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.asked |= event.type() == QEvent.Type.LayoutRequest
        return False


def settled() -> None:
    """Let the event loop run until nothing is laid out any more: a panel may just have been made, and filled."""
    watch, calm = LaidOut(), 0
    QApplication.instance().installEventFilter(watch)
    for _ in range(30):
        watch.asked, loop = False, QEventLoop()
        QTimer.singleShot(0, loop.quit)
        loop.exec()
        calm = 0 if watch.asked else calm + 1
        if calm == 3:
            break
    QApplication.instance().removeEventFilter(watch)


def surfaces(window: MainWindow, folder: Path) -> Iterator[tuple[str, QWidget]]:
    """The start page, every panel, every dialog: name and widget, shown for as long as it is looked at."""
    for name, dock in window.docks.items():
        dock.show()
        dock.raise_()
        settled()
        dock.grab()
        yield from pages(name, dock)
    yield "toolbar", window.toolbar
    yield "status", window.statusBar()
    yield "video", window.video_view
    for name, dialog in dialogs(window, folder):
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        dialog.open_over(window) if isinstance(dialog, CommandPalette) else dialog.show()
        dialog.resize(dialog.size().expandedTo(dialog.sizeHint()))  # this screen is smaller than real ones
        QApplication.processEvents()
        dialog.grab()
        yield from pages(name, dialog)
        dialog.hide()
        dialog.deleteLater()
    window.session.close_project()
    QApplication.processEvents()
    yield "start", window.start


def pages(name: str, widget: QWidget) -> Iterator[tuple[str, QWidget]]:
    """A widget with each page of its tabs in front."""
    tabs = widget.findChildren(QTabWidget)
    yield name, widget
    for tab in tabs:
        for page in range(1, tab.count()):
            tab.setCurrentIndex(page)
            QApplication.processEvents()
            widget.grab()
            yield f"{name}, {tab.tabText(page)}", widget
        tab.setCurrentIndex(0)


def visible(surface: QWidget) -> list[QWidget]:
    """The widgets of a surface that are seen, without those that Qt makes inside its own."""
    return [w for w in surface.findChildren(QWidget) if w.isVisible() and not is_internal(w)]


def is_internal(widget: QWidget) -> bool:
    """Whether Qt made a widget as a part of another one."""
    kind = widget.metaObject().className()
    return (
        widget.objectName().startswith(INTERNAL)
        or kind.startswith(PARTS)
        or isinstance(widget, QScrollBar | QHeaderView)
        or (isinstance(widget, QLineEdit) and isinstance(widget.parent(), QComboBox))
    )


def controls(surface: QWidget) -> list[QWidget]:
    """What a person can work with: everything that takes the focus, and every button."""
    found = visible(surface)
    return [w for w in found if w.focusPolicy() != Qt.FocusPolicy.NoFocus or isinstance(w, QAbstractButton)]


def spoken(widget: QWidget) -> str:
    """What a screen reader says: the accessible name, which may come from a text or from the label beside it."""
    found = QAccessible.queryAccessibleInterface(widget)
    return found.text(QAccessible.Text.Name).strip() if found is not None else ""


def place(surface: str, widget: QWidget) -> str:
    """Where a widget is, for the message of a test."""
    chain: list[str] = []
    at: QWidget | None = widget
    while at is not None and len(chain) < 4:
        chain.append(at.objectName() or type(at).__name__)
        at = at.parentWidget()
    return f"{surface}: {' < '.join(chain)}"
