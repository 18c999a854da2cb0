"""After a write error edits are held and said to be held; they reach the disk when it works again."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from core.annotation import commands
from core.data.dataset import Action, ActionId, Dataset, Video, VideoId
from core.data.timebase import Timebase
from core.project import Project
from core.store import log
from core.store.writer import SavedState


def test_a_write_error_holds_the_edits_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = VideoId("v")
    dataset = Dataset(tmp_path, "a", (Video(video, "v", Timebase(9)),), (Action(ActionId(0), "x", "#000000"),))
    said: list[SavedState] = []
    project = Project.create(tmp_path / "a.tot", dataset, ground_truth={})
    project.on_saved = said.append
    whole = log.append

    def full(connection: sqlite3.Connection, *rest: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(log, "append", full)
    project.edit(commands.start_unlabelled(project.document, video))
    project.edit(commands.relabel(project.document, video, 0, 3, 0))
    assert not project.flush(0.3)
    state = project.saved_state()
    assert (state.kind, state.pending, state.reason) == ("not-saved", 2, "database or disk is full")
    monkeypatch.setattr(log, "append", whole)
    assert project.flush(5)
    for _ in range(50):
        if said[-1].kind == "saved":
            break
        time.sleep(0.01)
    assert said[-1].kind == "saved" and any(s.kind == "not-saved" for s in said)
    project.close()
    with Project.open(tmp_path / "a.tot") as project:
        assert len(project.document.corrected[video]) == 2
