"""The Model menu: train, segment, stop."""

from __future__ import annotations

from core.events import StopKind

from .menu import Command, Menu


class ModelMenu(Menu):
    title = "&Model"

    def commands(self) -> list[Command | None]:
        keep = "End the training with what it has learned"
        return [
            Command(
                "model.train",
                "Train",
                self.train,
                ["Ctrl+T"],
                "Train with the settings of the Training panel",
                lambda: self.is_open() and not self.session.training,
            ),
            Command(
                "model.segment",
                "Segment all videos",
                self.segment,
                tip="With the current run",
                usable=lambda: self.session.current_run is not None and not self.session.training,
            ),
            None,
            Command(
                "model.stop", "Stop and keep", lambda: self.session.stop(StopKind.KEEP), tip=keep, usable=self.is_busy
            ),
            Command(
                "model.discard", "Discard training", lambda: self.session.stop(StopKind.DISCARD), usable=self.is_busy
            ),
        ]

    def is_busy(self) -> bool:
        return self.session.training  # type: ignore[no-any-return]

    def train(self) -> None:
        self.window.training.train()

    def segment(self) -> None:
        if self.session.current_run is not None:
            self.session.segment(self.session.current_run)
