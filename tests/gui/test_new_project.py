"""The dialog of a found dataset: every problem is a row, every choice has its sentence, and only whole answers pass."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from datasets import frame_labels, layout, matrix, probe, save, write
from fakes_panels import a_dataset
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QDialog, QLabel

from core.data.layouts import scan
from totgui.dialogs import new_project
from totgui.dialogs.new_project import NewProjectDialog, ask_new_project
from totgui.models.widgets import accepted

TWELVE = {f"v{i}": 50 + i for i in range(12)}


@pytest.fixture
def shown(qtbot):
    """Makes a dialog over what a scan finds in a folder; `asked` are the scans that it wants."""

    def make(root: Path, **choices):
        asked: list[dict] = []
        dialog = NewProjectDialog(scan(root, probe=probe, **choices), rescan=asked.append)
        qtbot.addWidget(dialog)
        return dialog, asked

    return make


def texts(dialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def rows(table) -> list[list[str]]:
    return [[table.item(r, c).text() for c in range(table.columnCount())] for r in range(table.rowCount())]


def test_problems_stand_in_the_row_of_their_video(qtbot, tmp_path):
    asked = []
    dialog = NewProjectDialog(a_dataset(), rescan=asked.append)
    qtbot.addWidget(dialog)
    assert "598 rows" in dialog.table.item(1, 6).text()
    dialog.path.setText(str(tmp_path / "mine"))
    assert dialog.project_path() == tmp_path / "mine.tot" and dialog.make.isEnabled()
    dialog.choices.fields["granularity"].setCurrentText("mid")
    assert not dialog.make.isEnabled() and dialog.again.isVisibleTo(dialog)
    dialog.again.click()
    assert asked == [{"activity": "eggs", "granularity": "mid"}]


def test_a_file_that_is_no_video_of_the_dataset_is_said_above_its_table(shown, tmp_path, monkeypatch):
    root = layout(tmp_path / "set", "A")
    write(root / "groundTruth" / "torn.txt", "\0\0")
    dialog, _ = shown(root)
    assert "torn.txt" in dialog.general.text() and "torn" not in [row[0] for row in rows(dialog.table)]


def test_every_problem_and_note_is_a_row(shown, tmp_path):
    root = layout(tmp_path / "set", "F", lengths=TWELVE)
    bad = matrix(50)
    bad[7, 1] = np.nan
    save(root / "features" / "v0.npy", bad)
    (root / "features" / "v1.npy").write_bytes(b"x")
    (root / "features" / "notes.docx").write_bytes(b"x")
    (root / "groundTruth" / "v2.txt").unlink()
    dialog, _ = shown(root)
    found = rows(dialog.problems)
    assert len(found) == len(dialog.dataset.problems) and found[0][0] == "Error" and found[-1][0] == "Note"
    everything = "\n".join(" ".join(row) for row in found)
    for said in ("first: row 7", "v1.npy is not a .npy matrix", "notes.docx", "has no ground truth"):
        assert said in everything, everything
    assert "first: row 7" in dialog.table.item(0, 6).text()
    assert dialog.tabs.tabText(1) == f"Problems and notes ({len(found)})"


@pytest.mark.parametrize("way", ["trim", "resample", "skip"])
def test_lengths_are_asked_about_with_their_numbers(shown, tmp_path, way):
    root = layout(tmp_path / "set", "F", lengths=TWELVE)
    write(root / "groundTruth" / "v5.txt", "\n".join(frame_labels(90)))
    dialog, asked = shown(root)
    combo = dialog.choices.fields["lengths"]
    assert (
        combo.currentIndex() == -1 and "1 of 12 videos" in texts(dialog) and "features 55, labels 90" in texts(dialog)
    )
    assert dialog.make.isEnabled() and "1 of 12 videos are left out of training" in texts(dialog)
    combo.setCurrentIndex(combo.findData(way))
    assert not dialog.make.isEnabled()
    dialog.again.click()
    assert asked == [{"lengths": way}]
    settled, _ = shown(root, **asked[0])
    assert settled.choices.fields["lengths"].currentData() == way and not settled.again.isVisibleTo(settled)
    assert len(settled.dataset.trainable) == (11 if way == "skip" else 12)


def test_a_proposed_orientation_has_to_be_confirmed(shown, tmp_path):
    save(tmp_path / "features" / "a.npy", matrix(64, 100))
    dialog, asked = shown(tmp_path)
    combo = dialog.choices.fields["orientation"]
    assert combo.currentIndex() == -1 and combo.placeholderText().startswith("Likely (D, T)")
    combo.setCurrentIndex(combo.findData("dt"))
    dialog.again.click()
    assert asked == [{"orientation": "dt"}]
    settled, _ = shown(tmp_path, orientation="dt")
    assert len(settled.dataset.trainable) == 1 and settled.make.isEnabled()


def test_the_feature_rate_is_typed_and_checked(shown, tmp_path):
    lengths = {"clip_01": 24, "clip_02": 31, "clip_03": 40}
    root = layout(tmp_path / "set", "D", lengths=lengths)
    for name, n, stride in zip(lengths, lengths.values(), (2, 2, 3), strict=True):
        save(root / "features" / f"{name}.npy", matrix(-(-n // stride)))
    dialog, asked = shown(root)
    field = dialog.choices.fields["feature_rate"]
    assert "2 fits 2 videos" in texts(dialog)
    for wrong in ("fast", "0", "1/0", "-5"):
        field.setText(wrong)
        assert not dialog.again.isEnabled() and not dialog.make.isEnabled() and "is no rate" in texts(dialog)
    field.setText("30000/2002")
    dialog.again.click()
    assert asked == [{"feature_rate": Fraction(15000, 1001)}]


def test_activity_granularity_and_split(shown, tmp_path):
    root = layout(tmp_path / "set", "B")
    write(root / "mappingeval.txt", "0 reach\n0 turn\n1 place\n")
    for name in ("jump_car_0001", "jump_car_0002"):
        save(root / "features" / f"{name}.npy", matrix(20 + len(name), seed=2).T)
    dialog, asked = shown(root, activity="clip")
    fields = dialog.choices.fields
    assert [fields["activity"].itemText(i) for i in range(fields["activity"].count())] == ["clip", "jump_car"]
    fields["granularity"].setCurrentText("eval")
    fields["split"].setCurrentText("train.split1")
    dialog.again.click()
    assert asked == [{"activity": "clip", "granularity": "eval", "split": "train.split1"}]
    again, _ = shown(root, **asked[0])
    assert len(again.dataset.videos) == 2 and [a.name for a in again.dataset.actions] == ["reach / turn", "place"]


def test_hostile_names_are_shown_as_they_are(shown, tmp_path):
    name = "<img src=x>&amp;"
    save(tmp_path / "features" / f"{name}.npy", matrix(9))
    save(tmp_path / "features" / "other.npy", matrix(12, 5))
    dialog, _ = shown(tmp_path)
    assert name in [row[0] for row in rows(dialog.table)]
    assert "&lt;img" in dialog.table.item(0, 0).toolTip() + dialog.table.item(1, 0).toolTip()
    named = [label for label in dialog.findChildren(QLabel) if "<" in label.text()]
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in named)


def test_a_typed_path_survives_reading_again(qtbot, tmp_path, monkeypatch):
    kept = []

    def answer(dialog):
        dialog.path.setText(str(tmp_path / "mine.tot"))
        dialog.path.setModified(True)
        combo = dialog.choices.fields["granularity"]
        assert isinstance(combo, QComboBox)
        combo.setCurrentText("mid")
        dialog.again.click()
        return dialog.result()

    monkeypatch.setattr(new_project.NewProjectDialog, "exec", answer)
    assert ask_new_project(a_dataset(), rescan=lambda choices, path: kept.append((choices, path))) is None
    assert kept == [({"activity": "eggs", "granularity": "mid"}, tmp_path / "mine.tot")]
    monkeypatch.setattr(new_project.NewProjectDialog, "exec", lambda dialog: True)
    assert ask_new_project(a_dataset(), path=tmp_path / "mine.tot") == tmp_path / "mine.tot"


@pytest.mark.parametrize("typed", ["é" * 300, "~nobody/mine", "/", "..", "a\0b", "/" * 5000])
def test_no_text_in_the_field_of_the_project_is_an_error_out_of_a_slot(qtbot, tmp_path, typed):
    dialog = NewProjectDialog(a_dataset(), rescan=lambda _choices: None)
    qtbot.addWidget(dialog)
    dialog.path.setText(str(tmp_path / typed) if typed == "é" * 300 else typed)
    assert dialog._note.text()


def test_a_folder_of_plain_videos_has_no_columns_of_dashes(shown, tmp_path):
    for name in ("Durchgang 1.MP4", "Müller 2.mov"):
        write(tmp_path / "films" / name, "")
    dialog, _ = shown(tmp_path / "films")
    table = dialog.table
    heads = [table.horizontalHeaderItem(c).text() for c in range(table.columnCount()) if not table.isColumnHidden(c)]
    assert heads == ["Video", "Pictures", "Frames / s", "Problem"]
    labelled, _ = shown(layout(tmp_path / "set", "A"))
    assert labelled.table.horizontalHeaderItem(4).text() == "Labels / s" and not labelled.table.isColumnHidden(2)


def test_the_dialog_opens_as_high_as_it_says_and_no_higher_than_the_screen(shown, tmp_path, monkeypatch):
    """A text that is wrapped made Qt forget the height: six of twenty videos were seen."""
    dialog, _ = shown(layout(tmp_path / "set", "F", lengths=TWELVE))
    wanted, room = dialog.sizeHint(), dialog.screen().availableSize()
    sizes = []
    monkeypatch.setattr(QDialog, "exec", lambda self: sizes.append(self.size()) or 0)
    monkeypatch.setattr(dialog, "deleteLater", lambda: None)
    accepted(dialog)
    assert sizes[0].height() == min(wanted.height(), int(0.92 * room.height()))
    dialog.resize(700, 300)  # where it was made so large, it is left
    accepted(dialog)
    assert sizes[1] == QSize(700, 300)
