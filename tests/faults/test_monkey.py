"""A monkey at the window: keys, mouse, wheel, drags, menus, dialogs and dropped files break nothing (F17)."""

from __future__ import annotations

from pathlib import Path

import pytest
from faults import monkey


@pytest.mark.timeout(240)
def test_random_use_of_the_window_breaks_nothing(tmp_path: Path) -> None:
    found = monkey.window(400, 11, tmp_path)
    assert found.failures == () and found.cases == 400


@pytest.mark.timeout(240)
def test_a_monkey_sees_a_failing_slot_and_finds_the_action_that_did_it(tmp_path: Path, monkeypatch) -> None:
    """The control: a window whose wheel raises, thrown in through a module that Python imports at its start."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import sys\n"
        "if 'faults.monkey_child' in sys.orig_argv:\n"
        "    from faults import monkey_child\n"
        "    def wheel(self, dice): raise_later(); self.text += ' broken'\n"
        "    def raise_later():\n"
        "        from PySide6.QtCore import QTimer\n"
        "        QTimer.singleShot(0, lambda: 1 / 0)\n"
        "    monkey_child.Monkey.wheel = wheel\n"
    )
    real = monkey.environment

    def surroundings(folder: Path) -> dict[str, str]:
        found = real(folder)
        return found | {"PYTHONPATH": f"{broken}:{found['PYTHONPATH']}"}

    monkeypatch.setattr(monkey, "environment", surroundings)
    found = monkey.play(tmp_path / "play", 3, range(40))
    assert found.failures and "ZeroDivisionError" in found.failures[0]
