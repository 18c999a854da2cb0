"""What training says on its way costs it a fixed share of the time, whatever a look at the videos costs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.events import Event, MatrixSnapshot, TrainingMetrics
from core.requests import TrainVideo
from core.tot.config import TrainConfig
from core.tot.scaling import Scaling
from core.tot.trained import StepInfo, Trained
from core.work import live as live_module
from core.work.judging import Judge
from core.work.live import Live
from core.work.pace import Pace

N_VIDEOS, N_ROWS = 4, 20


@dataclass
class Played:
    """A training on a clock of its own: a step, the labels of a video and its matrices take these seconds.

    `made` is the time of each scoring, `spent` what all looks took together.
    """

    step: float
    labels: float
    matrices: float = 0.0
    now: float = 0.0
    spent: float = 0.0
    made: list[float] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def takes(self, seconds: float) -> None:
        self.now += seconds
        self.spent += seconds

    def live(self, monkeypatch: pytest.MonkeyPatch, pinned: str = "") -> Live:
        def predictions(_: Trained, videos: tuple[TrainVideo, ...], __: object) -> dict[str, np.ndarray]:
            self.takes(self.labels * len(videos))
            if len(videos) == N_VIDEOS:
                self.made.append(self.now)
            return {video.id: np.repeat([0, 1], N_ROWS // 2) for video in videos}

        def snapshot(_: Trained, video: TrainVideo, __: object, iteration: int) -> list[MatrixSnapshot]:
            self.takes(self.matrices)
            return [
                MatrixSnapshot(video=video.id, source="plan", iteration=iteration, n_frames=N_ROWS, rows=0, columns=0,
                               data=b"", path=b"")
            ]  # fmt: skip

        monkeypatch.setattr(live_module, "predictions", predictions)
        monkeypatch.setattr(live_module, "snapshot", snapshot)
        videos = tuple(
            TrainVideo(id=f"v{n}", features="", n_frames=N_ROWS, n_rows=N_ROWS, n_dimensions=2,
                       truth_starts=[0, N_ROWS // 2], truth_labels=[0, 1])
            for n in range(N_VIDEOS)
        )  # fmt: skip
        matrices = [np.zeros((N_ROWS, 2), np.float32)] * N_VIDEOS
        config = TrainConfig(method="tot", n_clusters=2, iterations=1)
        judge = Judge.of(videos, {}, frozenset())
        return Live(videos, matrices, config, self.events.append, lambda: pinned, judge, "cpu", clock=lambda: self.now)

    def run(self, live: Live, iterations: int) -> None:
        scaling = Scaling.__new__(Scaling)
        trained = Trained(None, scaling, live.config, 2)  # type: ignore[arg-type]  # nothing here looks inside
        for iteration in range(1, iterations + 1):
            self.now += self.step
            live(StepInfo(iteration, iterations, 1.0, 1.0, 0.0, 0.0, 0.5, 0.5, self.now, trained))


@pytest.mark.parametrize("labels", [1e-5, 1e-3, 0.01, 0.1, 1.0])
def test_looks_take_at_most_four_per_cent_of_a_training(labels: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the two looks at one video that tell what scoring costs, and the first and the last matrices."""
    played = Played(step=0.01, labels=labels, matrices=labels)
    played.run(played.live(monkeypatch, pinned="v0"), 2000)
    fixed = (2 + 2) * labels
    assert played.spent - fixed <= 0.04 * played.now
    assert sum(isinstance(e, MatrixSnapshot) for e in played.events) >= 2


def test_a_short_training_has_scores_on_its_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    played = Played(step=0.01, labels=0.0005)
    live = played.live(monkeypatch)
    played.run(live, 200)
    scored = [row for row in live.curves[0] if row[4] is not None]
    assert len(scored) >= 10 and all(row[4:] == [1.0, 1.0] for row in scored)
    assert len(live.curves[0]) == 200


def test_what_would_cost_a_short_training_too_much_is_left_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """All videos once would take a tenth of it. Its losses are told all the same."""
    played = Played(step=0.01, labels=0.05)
    live = played.live(monkeypatch)
    played.run(live, 200)
    assert played.made == []
    assert len(live.curves[0]) == 200
    assert sum(isinstance(e, TrainingMetrics) for e in played.events) >= 10


def test_the_last_step_is_not_scored_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job's answer has the scores of the end; the matrices of the pinned video are those of the last step."""
    played = Played(step=10.0, labels=0.001, matrices=0.001)
    live = played.live(monkeypatch, pinned="v1")
    played.run(live, 3)
    assert [row[4] is None for row in live.curves[0]] == [False, False, True]
    assert [e.iteration for e in played.events if isinstance(e, MatrixSnapshot)][-1] == 3


def test_matrices_come_at_most_ten_times_a_second_and_only_of_what_is_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    played = Played(step=0.001, labels=0.0)
    played.run(played.live(monkeypatch, pinned="v2"), 1000)
    seen = [e for e in played.events if isinstance(e, MatrixSnapshot)]
    assert 9 <= len(seen) <= 12 and {e.video for e in seen} == {"v2"}
    alone = Played(step=0.001, labels=0.0)
    alone.run(alone.live(monkeypatch), 1000)
    assert not [e for e in alone.events if isinstance(e, MatrixSnapshot)]


@given(costs=st.lists(st.floats(0.0001, 5.0), min_size=2, max_size=30), share=st.floats(0.01, 0.5))
def test_turns_keep_to_their_share_and_never_come_in_bursts(costs: list[float], share: float) -> None:
    pace, now, began = Pace(share, 0.1), 100.0, []
    for cost in costs:
        assert pace.due(now)
        began.append(now)
        pace.took(now, now + cost)
        assert not pace.due(now + max(0.1, cost / share) - 1e-6)
        now = pace.at
    assert sum(costs) <= share * (now - began[0]) * (1 + 1e-9)
