"""A newcomer asks for things in any order: each says what is missing, or leads to where it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from projects import R, V, a_dataset
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from windows import a_window

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Prediction, Run
from core.data.dataset import ActionId
from core.data.timebase import Timebase
from core.project import Project
from totgui.main_window import MainWindow
from totgui.models.name_field import NameField
from totgui.models.videos import REVIEW


@pytest.fixture
def window(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """A window with one video that has pictures and neither features nor labels nor actions."""
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "data"))
    found = a_dataset(tmp_path)
    (video,) = found.videos
    video = replace(video, features=None, timebase=Timebase(100, Fraction(25), video.timebase.media))
    Project.create(tmp_path / "a.tot", replace(found, videos=(video,), actions=()), ground_truth={}).close()
    with a_window() as made:
        made.show()
        made.session.open_project(tmp_path / "a.tot")
        yield made


def add_run(window: MainWindow) -> None:
    """The project has a run of three clusters now, which became steps."""
    path = window.session.project.path
    window.session.close_project()
    with Project.open(path) as project:
        run = Run(R, 1, {"n_clusters": 3}, "cpu", 1.5, 10, False, "now", {}, ((1, None, 2.0),))
        project.add_run(run, LabelMap(R, 3), b"weights")
        project.add_predictions([Prediction(R, V, Segmentation(np.array([0, 40, 60]), np.array([0, 1, 2]), 100))])
        project.edit(commands.name_steps(project.document, R))
    window.session.open_project(path)


def test_train_without_features_says_so_and_offers_to_make_them(window, monkeypatch):
    asked = []
    monkeypatch.setattr("totgui.actions.model.ask_extract", lambda offer, parent: asked.append(offer))
    window.actions_.by_name["model.train"].trigger()
    assert "no video of this project has any" in window.bar.text() and not window.session.jobs.engine_busy
    window.bar.choose("Extract features…")
    assert len(asked) == 1


def test_where_there_are_neither_features_nor_files_nothing_is_offered_that_cannot_be_done(window, tmp_path):
    found = a_dataset(tmp_path)
    bare = replace(found.videos[0], media=None, features=None, timebase=Timebase(100))
    window.session.create_project(tmp_path / "bare.tot", replace(found, videos=(bare,)))
    window.actions_.by_name["model.train"].trigger()
    assert "open a dataset that holds one or the other" in window.bar.text() and not window.bar.choices()
    table = window.docks["Videos"].widget()._table.model()
    assert table.index(0, REVIEW).data() == "no features"


def test_a_setting_that_is_wrong_brings_the_form_to_the_front(window, monkeypatch):
    monkeypatch.setattr(type(window.session.document.dataset), "trainable", property(lambda self: self.videos))
    window.docks["Metrics"].raise_()
    monkeypatch.setattr(window.training, "_validate", lambda: False)
    raised = []
    monkeypatch.setattr(window.docks["Training"], "raise_", lambda: raised.append(True))
    window.actions_.by_name["model.train"].trigger()
    assert raised and not window.session.jobs.engine_busy


def test_accept_without_a_prediction_does_not_send_people_to_take_one(window):
    window.actions_.by_name["review.accept"].trigger()
    assert "train first" in window.bar.text() and "take" not in window.bar.text()
    add_run(window)
    window.actions_.by_name["review.accept"].trigger()
    assert "take the prediction" in window.bar.text()


def test_steps_without_names_are_offered_to_be_named_by_their_pictures(window, qtbot):
    add_run(window)
    window.session.do(lambda: commands.name_cluster(window.session.document, R, 0, "reach"))
    window.session.runs.segmented.emit(R, "Run 1: 1 video segmented.")
    assert window.bar.text().startswith("Run 1: 1 video segmented. Nothing says yet")
    window.bar.choose("Name the steps")
    qtbot.waitUntil(window.label_map.names.isVisible)
    qtbot.waitUntil(window.label_map.names.fields[1].hasFocus)


def test_a_run_whose_steps_have_names_offers_none(window):
    add_run(window)
    for cluster, name in enumerate(("reach", "hold", "drop")):
        window.session.do(lambda c=cluster, n=name: commands.name_cluster(window.session.document, R, c, n))
    window.session.runs.segmented.emit(R, "Run 1: 1 video segmented.")
    assert window.bar.text() == "Run 1: 1 video segmented." and not window.bar.choices()


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize("row", ["prediction", "corrected"])
def test_an_action_is_renamed_from_any_of_its_segments(window, qtbot, row):
    add_run(window)
    view = window.timeline
    lane = view.row(row).rect(view.axis)
    menu = view.menu_at(QPointF(view.axis.x(50), lane.center().y()))
    (rename,) = [action for action in menu.actions() if action.text() == "Rename Step 2…"]
    rename.trigger()
    field = QApplication.focusWidget()
    assert isinstance(field, NameField) and field.selectedText() == "Step 2"
    qtbot.keyClicks(field, "hold")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session.document.actions[ActionId(1)].name == "hold")
