"""A monkey at the window: keys, mouse, wheel, drags, menus, dialogs and dropped files break nothing (F17)."""

from __future__ import annotations

from pathlib import Path

from faults import monkey


def test_random_use_of_the_window_breaks_nothing(tmp_path: Path) -> None:
    found = monkey.window(400, 11, tmp_path)
    assert found.failures == () and found.cases == 400


def test_the_monkey_sees_a_slot_that_fails(tmp_path: Path, monkeypatch) -> None:
    """The control: a window whose resizing raises, thrown in by a module that Python imports at its start."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import sys\n"
        "if 'faults.monkey_child' in sys.orig_argv:\n"
        "    from PySide6.QtCore import QTimer\n"
        "    from totgui.main_window import MainWindow\n"
        "    MainWindow.resizeEvent = lambda self, event: QTimer.singleShot(0, lambda: 1 / 0)\n"
    )
    real = monkey.environment

    def surroundings(folder: Path) -> dict[str, str]:
        found = real(folder)
        return found | {"PYTHONPATH": f"{broken}:{found['PYTHONPATH']}"}

    monkeypatch.setattr(monkey, "environment", surroundings)
    found = monkey.play(tmp_path / "play", 3, range(15))
    assert found.failures and "ZeroDivisionError" in found.failures[0]
