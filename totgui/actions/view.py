"""The View menu: zoom of the timeline, theme, panels."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QApplication

from ..models.text_size import next_size, text_steps
from ..palette import theme_steps
from ..window.layouts import LAYOUTS
from .menu import Command, Menu
from .sound import SoundRow

THEMES = (("light", "Light"), ("dark", "Dark"), ("system", "As the system"))
TEXT_MENU = "Text size"
TEXT = (("smaller", "Smaller"), ("normal", "Normal"), ("larger", "Larger"), ("largest", "Largest"))
FOLLOW = (("off", "Not at all"), ("page", "Page by page"), ("smooth", "Smoothly, in the middle"))


class ViewMenu(Menu):
    title = "&View"

    def commands(self) -> list[Command | None]:
        timeline = self.window.timeline
        timeline.follow = self.window.settings.follow()
        self._chosen_text = self.window.settings.text_size()
        self._chosen_theme = self.window.settings.theme()  # kept: it is asked for whenever the document changes
        return [
            Command("view.zoom-in", "Zoom in", timeline.zoom_in, ["+", "="]),
            Command("view.zoom-out", "Zoom out", timeline.zoom_out, ["-"]),
            Command("view.fit", "Whole video", timeline.fit, ["Z"]),
            Command(
                "view.fit-chosen",
                "Zoom to selection",
                timeline.fit_chosen,
                ["Shift+Z"],
                "Else to the marked range, the place to look at, or the segment under the playhead",
                self.is_open,
            ),
            *[self._follow(name, text) for name, text in FOLLOW],
            Command(
                "view.row-above",
                "Active track above",
                lambda: timeline.step_active(-1),
                tip="Up, while the timeline has the focus. Labels are taken from the active track",
                usable=self.is_open,
            ),
            Command(
                "view.row-below",
                "Active track below",
                lambda: timeline.step_active(1),
                tip="Down, while the timeline has the focus",
                usable=self.is_open,
            ),
            *SoundRow(self.window).commands(),
            None,
            *[self._theme(name, text) for name, text in THEMES],
            *[self._text(name, text) for name, text in TEXT],
            Command(
                "view.text-up",
                "Text one step larger",
                lambda: self.step_text(1),
                ["Ctrl+Shift++", "Ctrl+Shift+="],
                under=TEXT_MENU,
            ),
            Command(
                "view.text-down", "Text one step smaller", lambda: self.step_text(-1), ["Ctrl+Shift+-"], under=TEXT_MENU
            ),
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
                    partial(self.arrange, name),
                    [f"Ctrl+Alt+{number}"],
                    layout.tip,
                    self.is_open,
                )
                for number, (name, layout) in enumerate(LAYOUTS.items(), start=1)
            ),
            Command("view.reset", "Reset layout", lambda: self.window.placing.reset()),
        ]

    def arrange(self, layout: str) -> None:
        """Lay the panels out for a task."""
        self.window.placing.arrange(layout)

    def _follow(self, name: str, text: str) -> Command:
        return Command(
            f"view.follow-{name}",
            text,
            lambda: self.follow(name),
            checked=lambda: bool(self.window.timeline.follow == name),
            under="Follow the playhead",
        )

    def _theme(self, name: str, text: str) -> Command:
        return Command(
            f"view.{name}",
            text,
            lambda: self.theme(name),
            checked=lambda: self._chosen_theme == name,
            under="Theme",
        )

    def _text(self, name: str, text: str) -> Command:
        return Command(
            f"view.text-{name}",
            text,
            lambda: self.text(name),
            tip="Of everything in the window, beside what the system wants",
            checked=lambda: self._chosen_text == name,
            under=TEXT_MENU,
        )

    def follow(self, name: str) -> None:
        """How the timeline follows the playhead from now on."""
        self.window.timeline.follow = name
        self.window.settings.set_follow(name)
        self.window.actions_.refresh()

    def theme(self, name: str) -> None:
        """Change the theme, a part of it in each turn of the event loop: video that plays goes on."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.window.settings.set_theme(name)
        self._chosen_theme = name
        self.window.placing.turns.do(theme_steps(application, name))
        self.window.actions_.refresh()

    def text(self, size: str) -> None:
        """Give all text another size, a part of the window in each turn of the event loop."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.window.settings.set_text_size(size)
        self._chosen_text = size
        self.window.placing.turns.do(text_steps(application, size))
        self.window.actions_.refresh()

    def step_text(self, step: int) -> None:
        """Text one step larger or smaller."""
        size = next_size(self._chosen_text, step)
        if size != self._chosen_text:
            self.text(size)
        else:
            self.say(f"Text is at its {'largest' if step > 0 else 'smallest'}.")

    def full_screen(self) -> None:
        if self.window.isFullScreen():
            self.window.showNormal()
        else:
            self.window.showFullScreen()
