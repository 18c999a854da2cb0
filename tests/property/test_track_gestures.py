"""Random gestures on a corrected track: it stays a partition, each is one edit, and undo brings back what was there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.edit import Edit
from core.annotation.segment_commands import swallowed
from core.annotation.segmentation import EDITED, TAKEN, Segmentation
from core.annotation.values import LabelMap, Prediction, Run
from core.data.dataset import Action, ActionId, Dataset, RunId, Video, VideoId
from core.data.timebase import Timebase
from core.errors import EditError

V, R, N = VideoId("v"), RunId("r"), 24
FRAME, LABEL = st.integers(-1, N + 1), st.integers(-2, 3)
SPANS = st.lists(st.tuples(st.integers(0, N - 1), st.integers(1, N)), max_size=4)
TRACK = st.lists(LABEL, min_size=N, max_size=N)


def a_document() -> Document:
    actions = tuple(Action(ActionId(i), f"step {i}", "#000000") for i in range(4))
    document = Document(Dataset(Path("."), "a", (Video(V, "v", Timebase(N)),), actions))
    document.add_run(Run(R, 1, {"n_clusters": 3}, "cpu", 1, 1, False, "", {}), LabelMap(R, 3, {0: 0, 1: 1}))
    document.add_predictions([Prediction(R, V, Segmentation(np.array([0, 8, 16]), np.array([0, 1, 2]), N))])
    document.ground_truth[V] = Segmentation(np.array([0, 5, 20]), np.array([3, 1, -1]), N)
    return document


def is_partition(track: Segmentation) -> bool:
    """Tiles [0, T), each at least one frame, neighbours differ."""
    lengths = track.stops - track.starts
    return bool(
        track.starts[0] == 0
        and lengths.min() >= 1
        and lengths.sum() == track.n_frames
        and (track.labels[1:] != track.labels[:-1]).all()
    )


class Gestures(RuleBasedStateMachine):
    """Every way a person can change the track of a video, in any order; a plain list of labels is the shadow."""

    def __init__(self) -> None:
        super().__init__()
        self.document = a_document()
        self.done: list[tuple[Edit, Segmentation | None]] = []

    def do(self, make) -> bool:
        before = self.document.corrected.get(V)
        try:
            edit = make(self.document)
            self.document.apply(edit)
        except EditError:
            assert self.document.corrected.get(V) is before
            return False
        assert len(edit.swaps) == 1 and edit.text.endswith(" in v")
        self.done.append((edit, before))
        return True

    def frames(self) -> list[int]:
        track = self.document.corrected.get(V)
        return (track or commands_base()).to_frames().tolist()

    @rule(spans=SPANS, label=LABEL)
    def relabel_any_selection(self, spans, label) -> None:
        spans = [(a, min(N, a + length)) for a, length in spans]
        wanted = self.frames()
        for a, b in spans:
            wanted[a:b] = [label] * (b - a)
        if self.do(lambda d: commands.relabel_spans(d, V, spans, label, run=R)):
            assert self.frames() == wanted

    @rule(boundary=st.integers(0, 5), frame=FRAME)
    def roll(self, boundary, frame) -> None:
        before = self.frames()
        if self.do(lambda d: commands.move_boundary(d, V, boundary, frame, run=R)):
            cut = lambda labels: [x for i, x in enumerate(labels) if not i or labels[i - 1] != x]  # noqa: E731
            assert cut(self.frames()) == cut(before)  # a roll edit keeps the order of steps

    @rule(first=st.integers(0, 5), more=st.integers(0, 3), by=st.integers(-12, 12))
    def slide(self, first, more, by) -> None:
        last = first + more
        track = self.document.corrected.get(V) or commands_base()
        if self.do(lambda d: commands.slide(d, V, first, last, by, run=R)):
            after = self.document.corrected[V]
            assert after.labels.tolist() == track.labels.tolist()  # the same steps in the same order
            moved = [b - a for a, b in zip(track.starts.tolist(), after.starts.tolist(), strict=True)]
            assert moved == [by if first <= n <= last + 1 else 0 for n in range(len(track))]
            assert all(after.flag(n) & EDITED for n in range(first - 1, last + 2))

    @rule(index=st.integers(0, 5), start=FRAME, length=st.integers(1, 20))
    def set_span(self, index, start, length) -> None:
        track, stop = self.document.corrected.get(V) or commands_base(), min(N, start + length)
        if self.do(lambda d: commands.set_span(d, V, index, start, stop, run=R)):
            after = self.document.corrected[V]
            assert after.labels.tolist() == track.labels.tolist() and after[index][:2] == (start, stop)
            others = [n for n in range(len(track)) if n not in (index, index + 1)]
            assert all(after.starts[n] == track.starts[n] for n in others)

    @rule(boundary=st.integers(0, 5), frame=FRAME)
    def swallow(self, boundary, frame) -> None:
        wanted, track = self.frames(), self.document.corrected.get(V) or commands_base()
        if self.do(lambda d: commands.swallow(d, V, boundary, frame, run=R)):
            origin = int(track.starts[boundary + 1])
            winner = int(track.labels[boundary if frame > origin else boundary + 1])
            low, high = min(origin, frame), max(origin, frame)
            wanted[low:high] = [winner] * (high - low)
            assert self.frames() == wanted
            for index in swallowed(track.starts, N, boundary, frame):
                start, stop, _ = track[index]
                assert low <= start and stop <= high

    @rule(frame=FRAME, label=LABEL)
    def split(self, frame, label) -> None:
        self.do(lambda d: commands.split(d, V, frame, label, run=R))

    @rule(index=st.integers(-1, 6), side=st.sampled_from([-1, 1]))
    def merge(self, index, side) -> None:
        self.do(lambda d: commands.merge(d, V, index, side, run=R))

    @rule(label=LABEL, other=LABEL)
    def relabel_every_one_like_it(self, label, other) -> None:
        wanted = [other if x == label else x for x in self.frames()]
        if self.do(lambda d: commands.relabel_like(d, V, label, other, run=R)):
            assert self.frames() == wanted

    @rule(start=FRAME, stop=FRAME, source=st.sampled_from([R, None]))
    def take_a_span(self, start, stop, source) -> None:
        wanted = self.frames()
        if self.do(lambda d: commands.take_span(d, V, source, start, stop, run=R)):
            taken = self.document.ground_truth[V] if source is None else commands_base()
            wanted[start:stop] = taken.to_frames().tolist()[start:stop]
            assert self.frames() == wanted

    @rule(which=st.sampled_from(["prediction", "truth", "nothing"]))
    def start_again(self, which) -> None:
        self.do(
            lambda d: {
                "prediction": lambda: commands.take_prediction(d, R, V),
                "truth": lambda: commands.start_from_ground_truth(d, V),
                "nothing": lambda: commands.start_unlabelled(d, V),
            }[which]()
        )

    @rule()
    def undo(self) -> None:
        if self.done:
            edit, before = self.done.pop()
            self.document.apply(edit.inverse())
            assert self.document.corrected.get(V) == before

    @invariant()
    def the_track_is_a_partition(self) -> None:
        track = self.document.corrected.get(V)
        assert track is None or is_partition(track)

    def teardown(self) -> None:
        while self.done:
            self.undo()
        assert V not in self.document.corrected


def commands_base() -> Segmentation:
    """What the first edit starts from: the prediction through its map."""
    return Segmentation(np.array([0, 8, 16]), np.array([0, 1, -2]), N)


TestGestures = Gestures.TestCase
TestGestures.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)


@given(TRACK, TRACK, st.integers(0, N - 1), st.integers(1, N))
def test_a_patch_takes_flags_and_labels_of_the_other(one, other, start, length) -> None:
    stop = min(N, start + length)
    mine, theirs = Segmentation.from_frames(one, flags=TAKEN), Segmentation.from_frames(other, flags=EDITED)
    patched = mine.patched(theirs, start, stop)
    assert is_partition(patched)
    assert patched.to_frames().tolist() == one[:start] + other[start:stop] + one[stop:]
    inside = {patched.flag(patched.index_at(f)) & EDITED for f in range(start, stop)}
    assert inside == {EDITED}


@given(TRACK, st.lists(st.tuples(st.integers(0, N - 1), st.integers(1, N)), max_size=5), LABEL)
def test_painting_spans_is_the_same_frame_by_frame(labels, spans, label) -> None:
    spans = [(a, min(N, a + length)) for a, length in spans]
    painted = Segmentation.from_frames(labels).painted(spans, label, flags=EDITED)
    wanted = list(labels)
    for a, b in spans:
        wanted[a:b] = [label] * (b - a)
    assert is_partition(painted) and painted.to_frames().tolist() == wanted
