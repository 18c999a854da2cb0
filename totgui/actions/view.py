"""The View menu: zoom of the timeline, theme, panels."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from ..layouts import ARRANGEMENTS
from ..palette import apply_theme
from .menu import Command, Menu


class ViewMenu(Menu):
    title = "&View"

    def commands(self) -> list[Command | None]:
        timeline = self.window.timeline
        return [
            Command("view.zoom-in", "Zoom in", timeline.zoom_in, ["+"]),
            Command("view.zoom-out", "Zoom out", timeline.zoom_out, ["-"]),
            Command("view.fit", "Whole video", timeline.fit, ["Z"]),
            None,
            Command("view.light", "Light theme", lambda: self.theme("light")),
            Command("view.dark", "Dark theme", lambda: self.theme("dark")),
            Command("view.system", "Theme of the system", lambda: self.theme("system")),
            None,
            Command(
                "view.second",
                "Second video beside",
                self.window.video_view.second.toggle,
                tip="Another video in step with this one",
                usable=self.is_open,
            ),
            Command("view.full-screen", "Full screen", self.full_screen, ["F11"]),
            None,
            *(
                Command(
                    f"view.layout-{name.casefold()}",
                    f"Layout: {name}",
                    lambda name=name: self.window.set_arrangement(name),
                    [f"Ctrl+Alt+{number}"],
                    arrangement.tip,
                    self.is_open,
                )
                for number, (name, arrangement) in enumerate(ARRANGEMENTS.items(), start=1)
            ),
            Command("view.reset", "Reset layout", self.window.reset_layout),
        ]

    def theme(self, name: str) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.window.settings.set_theme(name)
        apply_theme(application, name)

    def full_screen(self) -> None:
        if self.window.isFullScreen():
            self.window.showNormal()
        else:
            self.window.showFullScreen()
