"""The Labels menu: the list of actions, and what is done to the one that is chosen in the Labels panel."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMenu

from core.annotation import commands
from core.data.dataset import ActionId

from .menu import Command, Menu


class LabelsMenu(Menu):
    title = "&Labels"

    def commands(self) -> list[Command | None]:
        labels, on_chosen = self.window.labels, self.on_chosen
        return [
            Command("labels.new", "New action…", self.new_action, tip="Type its name", usable=self.is_open),
            None,
            Command("labels.rename", "Rename action", on_chosen(labels.rename), usable=self.is_open),
            Command("labels.colour", "Colour of action…", on_chosen(labels.recolour), usable=self.is_open),
            Command("labels.merge", "Merge action into…", on_chosen(self.merge), usable=self.is_open),
            Command(
                "labels.retire",
                "Retire action, or bring it back",
                on_chosen(labels.retire),
                tip="Hidden from menus and keys; its segments keep it",
                usable=self.is_open,
            ),
            Command(
                "labels.segments",
                "Show segments of action",
                on_chosen(labels.show_segments),
                tip="All of them over all videos, in the Segments panel",
                usable=self.is_open,
            ),
            Command(
                "labels.steps",
                "Make steps of unmapped clusters",
                self.make_steps,
                tip="Each cluster of the shown run without an action gets one of its own, to be renamed",
                usable=self.has_run,
            ),
            None,
            Command(
                "labels.up",
                "Action to the key before",
                on_chosen(lambda: labels.move_chosen(-1)),
                ["Alt+Up"],
                usable=self.is_open,
            ),
            Command(
                "labels.down",
                "Action to the key after",
                on_chosen(lambda: labels.move_chosen(1)),
                ["Alt+Down"],
                usable=self.is_open,
            ),
        ]

    def show_panel(self) -> None:
        """Bring the Labels panel to the front."""
        self.window.bring("Labels")

    def rename(self, action: int) -> None:
        """Open the field for the name of an action in the Labels panel."""
        self.show_panel()
        self.window.labels.choose(ActionId(action))
        self.window.labels.rename()

    def offer_names(self, text: str) -> None:
        """Say that a run found steps without names, and where they get them."""
        self.window.bar.say(text, "info", [("Name the steps", self.name_steps)])

    def name_steps(self) -> None:
        """Show the clusters of the shown run by their pictures, in the field of the first that has no name yet."""
        self.window.bring("Label map")
        self.window.label_map.name_by_pictures()

    def new_action(self) -> None:
        self.show_panel()
        self.window.labels.new.setFocus()

    def has_run(self) -> bool:
        """Whether a run is shown."""
        return self.is_open() and self.session.current_run is not None

    def make_steps(self) -> None:
        document, run = self.session.document, self.session.current_run
        if document is not None and run is not None:
            self.session.do(lambda: commands.name_steps(document, run))

    def on_chosen(self, do: Callable[[], object]) -> Callable[[], None]:
        """What a command does: show the panel, then act on the action that is chosen there."""

        def act() -> None:
            self.show_panel()
            if self.window.labels.current is None:
                self.say("Choose an action in the Labels panel first.")
            else:
                do()

        return act

    def merge(self) -> None:
        """Offer the actions that the chosen one can be merged into, below its row."""
        labels = self.window.labels
        menu = QMenu(labels)
        labels.fill_merge_menu(menu)
        button = labels.buttons["merge"]
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
