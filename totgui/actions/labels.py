"""The Labels menu: the list of actions."""

from __future__ import annotations

from PySide6.QtWidgets import QInputDialog

from core.annotation import commands

from .menu import Command, Menu


class LabelsMenu(Menu):
    title = "&Labels"

    def commands(self) -> list[Command | None]:
        return [
            Command("labels.new", "New action…", self.new_action, usable=self.is_open),
            Command("labels.rename", "Rename action…", self.rename_action, usable=self.is_open),
        ]

    def new_action(self) -> None:
        name, accepted = QInputDialog.getText(self.window, "New action", "Name:")
        if accepted and self.session.document is not None:
            self.session.do(lambda: commands.add_action(self.document, name)[0])

    def rename_action(self) -> None:
        actions = {a.name: a.id for a in self.document.actions.values()}
        if not actions:
            self.say("There are no actions yet.")
            return
        old, accepted = QInputDialog.getItem(self.window, "Rename action", "Action:", list(actions), 0, False)
        if not accepted:
            return
        name, accepted = QInputDialog.getText(self.window, "Rename action", "New name:", text=old)
        if accepted:
            self.session.do(lambda: commands.rename_action(self.document, actions[old], name))
