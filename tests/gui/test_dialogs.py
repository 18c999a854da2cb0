from __future__ import annotations

from fakes_panels import a_session

from totgui.dialogs.export import ExportDialog


def test_export_returns_plain_values_and_previews(qtbot, tmp_path):
    dialog = ExportDialog(a_session())
    qtbot.addWidget(dialog)
    assert "<b>first</b>" in dialog.preview.toPlainText()
    dialog.format.setCurrentIndex(1)
    dialog.folder.setText(str(tmp_path))
    assert dialog.answer() == ("csv", "corrected", "all", tmp_path / "labels.csv")
