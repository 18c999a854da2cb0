"""Every menu entry and shortcut: ask the person where that is needed, then ask the session to do it."""

from .actions import Actions

__all__ = ["Actions"]
