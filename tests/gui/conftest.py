"""Every test of the window begins with the settings of a new person: what another test left there is none of them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from totgui.settings import Settings


@pytest.fixture(autouse=True)
def nothing_is_remembered(qapp: QApplication) -> None:
    """No layout, no place, no recent project; and no proxy that makes itself, see `qapp`."""
    QSettings("totgui", "totgui").clear()
    Settings().set_smooths(False)
