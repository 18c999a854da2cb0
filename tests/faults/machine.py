"""F16: random edits, undos, redos, checkpoints, openings and kills against a plain list of states.

After each action: the values are those of the list, every track is a partition whose actions exist; at each opening
the file holds what memory held, its check sums are right, and its log leads back to the first state.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Prediction, ReviewStatus, Run
from core.data.dataset import BACKGROUND, UNLABELLED, Action, ActionId, Dataset, RunId, Video, VideoId
from core.data.timebase import Timebase
from core.errors import EditError
from core.project import Project
from core.store.check import read_all

from .outcome import Outcome, private_data

N, VIDEOS, R = 40, (VideoId("v"), VideoId("w")), RunId("r1")
done: Counter[str] = Counter()
"""Accepted actions by kind, over all machines of this process."""


def values(document: Document) -> tuple[Any, ...]:
    """Everything that edits change."""
    parts = (document.corrected, document.actions, document.label_maps, document.reviews)
    return tuple(dict(part) for part in parts)


class Machine(RuleBasedStateMachine):
    """One project, and the states it went through."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="tot-machine-"))
        self.path = self.folder / "a.tot"
        actions = tuple(Action(ActionId(i), str(i), "#000000") for i in range(4))
        dataset = Dataset(self.folder, "a", tuple(Video(v, v, Timebase(N)) for v in VIDEOS), actions)
        self.project = Project.create(self.path, dataset, ground_truth={VIDEOS[0]: Segmentation.uniform(1, N)})
        trained = Run(R, 1, {"n_clusters": 3}, "cpu", 1.0, 1, False, "now", {"ce": 1.0}, ((1, None, 2.0),))
        self.project.add_run(trained, LabelMap(R, 3, {0: 1, 1: 2}), b"weights")
        cut = Segmentation(np.array([0, 9, 30]), np.array([0, 1, 2]), N)
        self.project.add_predictions([Prediction(R, video, cut, None) for video in VIDEOS])
        self.states, self.at, self.places = [values(self.project.document)], 0, 0
        self.edit("take all", lambda d: commands.take_all(d, R))  # else most edits have no track to change

    def edit(self, kind: str, make: Any) -> None:
        try:
            self.project.edit(make(self.project.document))
        except EditError:
            return
        done[kind] += 1
        del self.states[self.at + 1 :]
        self.states.append(values(self.project.document))
        self.at += 1

    video = st.sampled_from(VIDEOS)
    frame = st.integers(-1, N)

    @rule(video=video, run=st.booleans(), unlabelled=st.booleans())
    def take(self, video: VideoId, run: bool, unlabelled: bool) -> None:
        if run:
            self.edit("take", lambda d: commands.take_prediction(d, R, video))
        elif unlabelled:
            self.edit("start", lambda d: commands.start_unlabelled(d, video))
        else:
            self.edit("start", lambda d: commands.start_from_ground_truth(d, video))

    @rule()
    def take_all(self) -> None:
        self.edit("take all", lambda d: commands.take_all(d, R))

    @rule(video=video, start=frame, length=st.integers(0, N), action=st.integers(-2, 6))
    def relabel(self, video: VideoId, start: int, length: int, action: int) -> None:
        self.edit("relabel", lambda d: commands.relabel(d, video, start, start + length, action))

    @rule(video=video, boundary=st.integers(-1, 9), frame=frame)
    def move(self, video: VideoId, boundary: int, frame: int) -> None:
        self.edit("move, swallow", lambda d: commands.move_boundary(d, video, boundary, frame))

    @rule(video=video, frame=frame, action=st.integers(-2, 6))
    def split(self, video: VideoId, frame: int, action: int) -> None:
        self.edit("split", lambda d: commands.split(d, video, frame, action))

    @rule(video=video, index=st.integers(-1, 9), side=st.sampled_from((-1, 1)))
    def merge(self, video: VideoId, index: int, side: int) -> None:
        self.edit("merge", lambda d: commands.merge(d, video, index, side))

    @rule(cluster=st.integers(-1, 3), to=st.integers(-3, 6))
    def map(self, cluster: int, to: int) -> None:
        self.edit("map", lambda d: commands.set_target(d, R, cluster, to))

    @rule(cluster=st.integers(-1, 3), locked=st.booleans())
    def lock(self, cluster: int, locked: bool) -> None:
        self.edit("lock", lambda d: commands.set_lock(d, R, cluster, locked))

    @rule(name=st.text(max_size=4), action=st.integers(0, 6))
    def rename(self, name: str, action: int) -> None:
        self.edit("rename", lambda d: commands.rename_action(d, ActionId(action), name))

    @rule(name=st.text(min_size=1, max_size=4))
    def new_action(self, name: str) -> None:
        self.edit("new action", lambda d: commands.add_action(d, name)[0])

    @rule(source=st.integers(0, 5), into=st.integers(0, 5))
    def merge_actions(self, source: int, into: int) -> None:
        self.edit("merge actions", lambda d: commands.merge_actions(d, ActionId(source), ActionId(into)))

    @rule(video=video, status=st.sampled_from(list(ReviewStatus)), note=st.text(max_size=3))
    def review(self, video: VideoId, status: ReviewStatus, note: str) -> None:
        self.edit("review", lambda d: commands.set_review(d, video, status, note))

    @rule()
    def undo(self) -> None:
        assert (self.project.undo() is not None) == (self.at > 0)
        self.at = max(0, self.at - 1)
        done["undo"] += 1

    @rule()
    def redo(self) -> None:
        assert (self.project.redo() is not None) == (self.at < len(self.states) - 1)
        self.at = min(len(self.states) - 1, self.at + 1)
        done["redo"] += 1

    @rule()
    def checkpoint(self) -> None:
        made = self.project.checkpoint("mine")
        with Project.open(made, read_only=True) as copy:
            assert values(copy.document) == self.states[self.at]
        done["checkpoint"] += 1

    @rule()
    def reopen(self) -> None:
        self.project.close()
        self.open_again()
        assert self.project.restored_edits == 0
        done["reopen"] += 1

    @rule()
    def kill(self) -> None:
        """What a kill leaves: the file and its journal as they are now, nothing closed. (F1 kills in the middle.)"""
        assert self.project.flush()
        self.places += 1
        copy = self.folder / str(self.places) / "a.tot"
        copy.parent.mkdir()
        for name in ("a.tot", "a.tot-journal"):
            shutil.copyfile(self.path.with_name(name), copy.with_name(name))
        self.project.close()
        self.path = copy
        self.open_again()
        done["kill"] += 1

    def open_again(self) -> None:
        read_all(self.path) if not self.path.with_name("a.tot-journal").exists() else None
        self.project = Project.open(self.path)

    @precondition(lambda self: self.at > 0)
    @rule()
    def all_the_way_and_back(self) -> None:
        for _ in range(self.at):
            self.project.undo()
        assert values(self.project.document) == self.states[0] and self.project.undo() is None
        for _ in range(len(self.states) - 1):
            self.project.redo()
        assert values(self.project.document) == self.states[-1] and self.project.redo() is None
        done["undo"] += self.at
        done["redo"] += len(self.states) - 1
        self.at = len(self.states) - 1

    @invariant()
    def everything_holds(self) -> None:
        document = self.project.document
        assert values(document) == self.states[self.at]
        known = {int(a) for a in document.actions} | {int(BACKGROUND), int(UNLABELLED)}
        for track in document.corrected.values():
            assert track.n_frames == N and track.starts[0] == 0 and (np.diff(track.starts) >= 1).all()
            assert not (track.labels[1:] == track.labels[:-1]).any()
            assert set(track.labels.tolist()) <= known

    def teardown(self) -> None:
        self.project.close()
        read_all(self.path)
        with Project.open(self.path, read_only=True) as project:
            assert values(project.document) == self.states[self.at]
        shutil.rmtree(self.folder)


def state_machine(count: int, seed: int, folder: Path) -> Outcome:
    """Machines of 50 steps until `count` actions were accepted; undos and redos of "all the way" count as well."""
    done.clear()
    failures, turns = [], 0
    profile = settings(
        max_examples=20,
        stateful_step_count=50,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    from hypothesis import seed as seeded

    with private_data(folder):
        while sum(done.values()) < count and not failures:
            machine = seeded(seed * 1000 + turns)(type("Machine", (Machine,), {}))
            try:
                run_state_machine_as_test(machine, settings=profile)
            except Exception as error:
                failures.append(f"{type(error).__name__}: {error}; {getattr(error, '__notes__', '')}")
            turns += 1
    return Outcome(sum(done.values()), tuple(failures), dict(sorted(done.items())))
