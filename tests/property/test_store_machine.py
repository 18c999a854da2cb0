"""Random edits, undos, redos and reopenings leave the file and a plain list of states in agreement."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.data.dataset import Action, ActionId, Dataset, Video, VideoId
from core.data.timebase import Timebase
from core.errors import EditError
from core.project import Project
from core.store.check import read_all

V, N = VideoId("v"), 30


class StoreMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "a.tot"
        actions = tuple(Action(ActionId(i), str(i), "#000000") for i in range(4))
        dataset = Dataset(Path(self.folder.name), "a", (Video(V, "v", Timebase(N)),), actions)
        self.project = Project.create(self.path, dataset, ground_truth={})
        self.project.edit(commands.start_unlabelled(self.project.document, V))
        self.states: list[tuple[object, object]] = [(None, dict(self.project.document.actions)), self.now()]
        self.at = 1

    def now(self) -> tuple[object, object]:
        return self.project.document.corrected.get(V), dict(self.project.document.actions)

    @precondition(lambda self: self.at > 0)
    @rule(start=st.integers(0, N - 1), length=st.integers(1, N), action=st.integers(-2, 3))
    def relabel(self, start: int, length: int, action: int) -> None:
        try:
            self.project.edit(commands.relabel(self.project.document, V, start, min(N, start + length), action))
        except EditError:
            return
        self.record()

    @rule(name=st.text(min_size=1, max_size=5))
    def add_action(self, name: str) -> None:
        try:
            self.project.edit(commands.add_action(self.project.document, name)[0])
        except EditError:
            return
        self.record()

    def record(self) -> None:
        del self.states[self.at + 1 :]
        self.states.append(self.now())
        self.at += 1

    @rule()
    def undo(self) -> None:
        assert (self.project.undo() is not None) == (self.at > 0)
        self.at = max(0, self.at - 1)

    @rule()
    def redo(self) -> None:
        assert (self.project.redo() is not None) == (self.at < len(self.states) - 1)
        self.at = min(len(self.states) - 1, self.at + 1)

    @rule()
    def reopen(self) -> None:
        self.project.close()
        read_all(self.path)
        self.project = Project.open(self.path)

    @invariant()
    def the_values_are_the_recorded_ones(self) -> None:
        assert self.now() == self.states[self.at]
        track = self.project.document.corrected.get(V)
        assert track is None or isinstance(track, Segmentation)

    def teardown(self) -> None:
        self.project.close()
        read_all(self.path)
        self.folder.cleanup()


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)
