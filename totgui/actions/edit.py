"""The Edit menu: undo, redo, selection."""

from __future__ import annotations

from .menu import Command, Menu


class EditMenu(Menu):
    title = "&Edit"

    def commands(self) -> list[Command | None]:
        undo, redo = self.session.undo, self.session.redo
        return [
            Command("edit.undo", "Undo", undo, ["Ctrl+Z"], "Take the newest edit back", lambda: bool(self.undo_text)),
            Command(
                "edit.redo",
                "Redo",
                redo,
                ["Ctrl+Shift+Z", "Ctrl+Y"],
                "Apply it again",
                lambda: bool(self.redo_text),
            ),
            None,
            Command("edit.select-all", "Select all segments", self.select_all, ["Ctrl+A"], usable=self.is_open),
        ]

    @property
    def undo_text(self) -> str | None:
        return self.session.project.undo_text if self.session.project else None

    @property
    def redo_text(self) -> str | None:
        return self.session.project.redo_text if self.session.project else None

    def select_all(self) -> None:
        track = self.document.corrected.get(self.video) if self.video else None
        if track is not None:
            self.session.select_segments(range(len(track)))
