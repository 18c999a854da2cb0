"""The keys of a list of segments while it has the focus, as pictures or as a table; all others are the window's."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

Key, Modifier = Qt.Key, Qt.KeyboardModifier
ENTER = (Key.Key_Return, Key.Key_Enter)
MOVES = {
    *(Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down),
    *(Key.Key_Home, Key.Key_End, Key.Key_PageUp, Key.Key_PageDown),
}


def own_key(event: QKeyEvent) -> bool:
    """Whether a key is the list's own."""
    held = event.modifiers() & ~Modifier.KeypadModifier
    key = Key(event.key())
    if key in MOVES:
        return held in (Modifier.NoModifier, Modifier.ShiftModifier)
    if key in (*ENTER, Key.Key_Escape):
        return held == Modifier.NoModifier
    return key == Key.Key_A and held == Modifier.ControlModifier


def keeps_key(event: QEvent) -> bool:
    """Whether an event asks who wants a key, and it is the list's own: then no shortcut takes it."""
    if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and own_key(event):
        event.accept()
        return True
    return False
