"""The Model menu: extract features, train, segment, stop."""

from __future__ import annotations

from fractions import Fraction

from core.events import StopKind

from ..dialogs.extract import ExtractOffer, ask_extract
from ..models.run_settings import can_resume
from .menu import Command, Menu


class ModelMenu(Menu):
    title = "&Model"

    def commands(self) -> list[Command | None]:
        keep = "End the training with what it has learned"
        return [
            Command(
                "model.extract",
                "Extract features…",
                self.extract,
                ["Ctrl+Shift+E"],
                "Make features from the videos; training needs them",
                lambda: self.is_open() and not self.session.jobs.engine_busy and bool(self.lengths()),
            ),
            Command(
                "model.train",
                "Train",
                self.train,
                ["Ctrl+T"],
                "Train with the settings of the Training panel",
                lambda: self.is_open() and not self.session.jobs.engine_busy,
            ),
            Command(
                "model.segment",
                "Segment all videos",
                self.segment,
                tip="With the current run",
                usable=lambda: self.session.current_run is not None and not self.session.jobs.engine_busy,
            ),
            Command(
                "model.resume",
                "Resume training",
                self.resume,
                tip="Go on with the current run where it was stopped; it becomes a new run",
                usable=self.can_resume,
            ),
            Command(
                "model.rename",
                "Rename run…",
                self.rename,
                tip="Give the current run a name of its own, or none to have the one back that it came with",
                usable=lambda: self.shown_run is not None,
            ),
            None,
            Command("model.stop", "Stop and keep", lambda: self.stop(StopKind.KEEP), tip=keep, usable=self.is_busy),
            Command("model.discard", "Discard job", lambda: self.stop(StopKind.DISCARD), usable=self.is_busy),
        ]

    def is_busy(self) -> bool:
        return self.session.jobs.engine_busy

    def can_resume(self) -> bool:
        """Whether the current run was stopped before its end and nothing is trained now."""
        run = self.shown_run
        return run is not None and can_resume(run) and not self.session.jobs.engine_busy

    def stop(self, kind: StopKind) -> None:
        self.session.jobs.stop(kind)

    def rename(self) -> None:
        """Open the field for the name of the current run in the Runs panel."""
        self.window.bring("Runs")
        self.window.runs.rename()

    def resume(self) -> None:
        if (run := self.shown_run) is not None:
            self.session.resume(run.id)

    def lengths(self) -> list[tuple[int, Fraction | None]]:
        """Pictures and rate of each video that has a file."""
        media = [v.timebase.media for v in self.document.videos.values() if v.media is not None]
        return [(info.n_pictures, info.rate) for info in media if info is not None]

    def extract(self) -> None:
        """Ask how, then make features of all videos."""
        features = self.session.features
        speeds = self.window.settings.extraction_speeds()
        offer = ExtractOffer(features.extractors(), self.lengths(), features.feature_places, speeds)
        answer = ask_extract(offer, self.window)
        if answer is not None:
            features.extract(answer.settings, answer.out)

    def offer_features(self) -> None:
        """Ask at once where a project has videos but nothing to train on."""
        if not any(v.features for v in self.document.videos.values()) and self.lengths():
            self.extract()

    def train(self) -> None:
        """Train with the settings of the panel; where that cannot be, say why and offer what is missing."""
        missing = self.session.files.missing_features()
        if self.document.dataset.trainable and not missing:
            if not self.window.training.train():
                self.window.bring("Training")  # its form says which setting is wrong
            return
        offer = [("Extract features…", self.extract)] if self.lengths() else []
        text = "Training works on features, and no video of this project has any yet."
        if missing:
            text = f"The features of {missing} videos are missing. They can be made again from the videos."
        elif not offer:
            text += " Nor is there a video file to make them from: open a dataset that holds one or the other."
        if self.session.features.extracting:
            text, offer = "Features are being extracted. Training can start once they are there.", []
        self.window.bar.say(text, "info", offer)

    def segment(self) -> None:
        if self.session.current_run is not None:
            self.session.runs.segment(self.session.current_run)
