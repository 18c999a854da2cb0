"""A runner on a real spawned engine, small synthetic features, and the events that came."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from datasets import train_video

from core.events import ENDINGS, Event
from core.media.writer import write_video
from core.requests import ExtractSettings, ExtractVideo
from totgui.jobs import engine
from totgui.jobs import runner as runner_module
from totgui.jobs.protocol import ExtractRequest, TrainRequest
from totgui.jobs.runner import Runner

LONGEST_S = 120.0
"""How long anything may take: it ends what hangs, and is no measure of how fast the machine is."""


class Recorder:
    """Collects events; `ending` waits for the first, `settle` proves that no second comes."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._ended = threading.Event()

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, ENDINGS):
            self._ended.set()

    def ending(self, timeout_s: float = LONGEST_S) -> Event:
        assert self._ended.wait(timeout_s), "the job did not end"
        self._ended.clear()
        return self.endings[-1]

    @property
    def endings(self) -> list[Event]:
        return [event for event in self.events if isinstance(event, ENDINGS)]

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    def until(self, kind: type, timeout_s: float = LONGEST_S) -> None:
        self.wait_until(lambda: bool(self.of(kind)), timeout_s)

    def wait_until(self, done: Callable[[], bool], timeout_s: float = LONGEST_S) -> None:
        end = time.monotonic() + timeout_s
        while not done():
            assert time.monotonic() < end, f"it did not come; {self.events}"
            time.sleep(0.01)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch):
    """The engine gives way to nobody: beside a few busy programs it would not get to its first step within minutes.

    And a job that is closed has the time that it needs to put away what it writes.
    """
    monkeypatch.setattr(engine, "NICENESS", 0)
    monkeypatch.setattr(runner_module, "CLOSE_S", LONGEST_S)


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def runner(recorder):
    made = Runner(recorder, grace_s=LONGEST_S)  # an engine that answers late is not ended for it
    yield made
    made.close()


@pytest.fixture
def make_request(tmp_path):
    """A training on three synthetic videos of 90 rows and 180 frames, three steps in fixed order."""
    generator = np.random.default_rng(0)
    centres = generator.normal(size=(3, 6)) * 3
    videos = []
    for number in range(3):
        truth = np.repeat([0, 1, 2], 30)
        rows = centres[truth] + generator.normal(size=(90, 6))
        path = tmp_path / f"v{number}.npy"
        videos.append(train_video(path, rows, stride=2, starts=[0, 60, 120], labels=[0, 1, 2]))

    def make(job: str, out: Path | None = None, **config: object) -> TrainRequest:
        values = {"n_clusters": 3, "iterations": 60, "batch": 32, "normalise": "l2", "standardise": "activity"} | config
        return TrainRequest(
            job=job, videos=tuple(videos), config=values, device="cpu", out=str(out or tmp_path / job), pinned="v1"
        )

    return make


N_VIDEOS, N_PICTURES = 4, 240


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    """Four videos of 8 seconds."""
    root, generator = tmp_path_factory.mktemp("videos"), np.random.default_rng(0)
    noise = generator.integers(0, 256, (8, 96, 128, 3), dtype=np.uint8)
    found = []
    for number in range(N_VIDEOS):
        path = root / f"v{number}.mp4"
        write_video(path, (noise[(i + number) % 8] for i in range(N_PICTURES)), rate=Fraction(30), preset="ultrafast")
        found.append(ExtractVideo(id=f"v{number}", media=str(path)))
    return tuple(found)


@pytest.fixture
def make_extraction(videos, tmp_path):
    def make(job: str, extractor: str = "descriptor", rate: str = "30") -> ExtractRequest:
        settings = ExtractSettings(extractor=extractor, rate=rate, device="cpu", batch=4)
        return ExtractRequest(job=job, videos=videos, folder=str(tmp_path / "made"), settings=settings)

    return make


@pytest.fixture
def is_whole():
    """Whether a folder holds finished matrices with their records, and nothing half-done."""
    return _is_whole


def _is_whole(folder: Path) -> bool:
    names = {p.name for p in folder.glob("*")} - {"features.json"}
    matrices = {n for n in names if n.endswith(".npy")}
    for name in matrices:
        assert np.load(folder / name).shape == (N_PICTURES, 384)
    return names == matrices | {f"{Path(n).stem}.json" for n in matrices}
