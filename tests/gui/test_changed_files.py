"""The window says once which files changed since the project took them in, and can go on with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from datasets import layout, matrix

from core import api
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings


def test_changed_features_are_said_with_what_that_means(qtbot, tmp_path: Path) -> None:
    root = layout(tmp_path / "set", "A")
    api.create_project(tmp_path / "p.tot", api.open_dataset(root)).close()
    np.savetxt(root / "features" / "clip_02.txt", matrix(31, seed=9))
    window = MainWindow(Session(), Settings())
    window.session.open_project(tmp_path / "p.tot")
    qtbot.waitUntil(lambda: "changed since the project was made" in window.bar.text(), timeout=10_000)
    assert "features of clip_02" in window.bar.text() and "Runs trained before" in window.bar.text()
    window.bar.choose("Go on with them")
    qtbot.waitUntil(lambda: window.session.files.altered == (), timeout=10_000)
    window.session.close_project()
    window.bar.dismiss()
    window.session.open_project(tmp_path / "p.tot")
    qtbot.waitUntil(lambda: window.session.files._dataset is not None)
    with qtbot.waitSignal(window.session.files.changed, timeout=10_000):
        window.session.files.look()
    assert window.session.files.altered == () and "changed since" not in window.bar.text()
    window.close()
    window.deleteLater()
