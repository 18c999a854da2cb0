"""F4: from an edit to the disk while a training keeps the engine busy, as a person would feel it."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import numpy as np
from datasets import train_video

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.data.dataset import Action, ActionId, Dataset, Video, VideoId
from core.data.timebase import Timebase
from core.errors import EditError
from core.events import ENDINGS, StopKind, TrainingMetrics
from core.project import Project
from core.requests import TrainRequest
from totgui.jobs.runner import Runner

from .outcome import Outcome, private_data, progress

N_FRAMES, N_SEGMENTS, N_VIDEOS = 100_000, 200, 50
SLOW, SLOW_S = 40, 0.3
"""Writes that are made slow, as on a worse disk: "Saving…" must stand there once 250 ms are over."""


def a_long_project(
    path: Path, *, n_videos: int = N_VIDEOS, n_frames: int = N_FRAMES, n_segments: int = N_SEGMENTS
) -> Project:
    """Videos whose corrected tracks have `n_segments` segments each, open."""
    videos = tuple(Video(VideoId(f"v{i}"), f"v{i}", Timebase(n_frames)) for i in range(n_videos))
    actions = tuple(Action(ActionId(i), f"step {i}", "#102030") for i in range(12))
    starts = np.linspace(0, n_frames, n_segments, endpoint=False, dtype=np.int64)
    track = Segmentation(starts, np.arange(n_segments) % 12, n_frames)
    project = Project.create(
        path, Dataset(path.parent, "long", videos, actions), ground_truth={v.id: track for v in videos}
    )
    for video in videos:
        project.edit(commands.start_from_ground_truth(project.document, video.id))
    assert project.flush(120)
    return project


def a_training(folder: Path) -> TrainRequest:
    """One that does not end by itself, on the processor, as large as a real one."""
    generator, videos = np.random.default_rng(0), []
    for number in range(4):
        videos.append(train_video(folder / f"v{number}.npy", generator.normal(size=(3000, 128))))
    config = {"n_clusters": 12, "iterations": 1_000_000, "batch": 512}
    return TrainRequest(job="load", videos=tuple(videos), config=config, device="cpu", out=str(folder / "out"))


def edit_to_disk(count: int, seed: int, folder: Path) -> Outcome:
    """Percentiles of the time from `Project.edit` to the acknowledged commit, an edit at a time."""
    dice, times = random.Random(seed), []
    running, ended = threading.Event(), threading.Event()

    def on_event(event: object) -> None:
        running.set() if isinstance(event, TrainingMetrics) else None
        ended.set() if isinstance(event, ENDINGS) else None

    with private_data(folder):
        project = a_long_project(folder / "a.tot")
        runner = Runner(on_event)
        try:
            runner.start(a_training(folder))
            assert running.wait(120), "the training did not start"
            began = time.monotonic()
            while len(times) < count:
                video = VideoId(f"v{dice.randrange(N_VIDEOS)}")
                frame = dice.randrange(N_FRAMES - 60)
                try:
                    edit = commands.relabel(project.document, video, frame, frame + 50, dice.randrange(12))
                except EditError:
                    continue
                start = time.perf_counter()
                project.edit(edit)
                assert project.flush(60)
                times.append(time.perf_counter() - start)
                if len(times) % 1000 == 0:
                    progress(f"F4: {len(times)} edits, {time.monotonic() - began:.0f} s")
            late = [_said_after(project) for _ in range(min(SLOW, count))]
            assert not ended.is_set(), "the training ended under way"
            runner.stop(StopKind.DISCARD)
            ended.wait(10)
        finally:
            runner.close()
            project.close(30)
    p50, p99 = np.percentile(times, [50, 99]) * 1000
    slowest = max(times) * 1000
    said, silent = [s * 1000 for s in late if s is not None], sum(s is None for s in late)
    failures = [
        text
        for text, is_bad in (
            (f"p50 {p50:.0f} ms; wanted under 50", p50 >= 50),
            (f"p99 {p99:.0f} ms; wanted under 250", p99 >= 250),
            (f"slowest {slowest:.0f} ms; wanted under 1000", slowest >= 1000),
            (f"{silent} of {len(late)} writes of {SLOW_S} s were never said to be saving", silent > 0),
            ("an edit was said to be saving before it was late", min(said, default=250) < 250),
        )
        if is_bad
    ]
    figures: dict[str, object] = {"p50 ms": round(p50, 1), "p99 ms": round(p99, 1), "slowest ms": round(slowest, 1)}
    figures[f"writes made {SLOW_S} s long, of {len(late)}: said to be saving"] = len(said)
    if said:
        figures["said after, ms"] = f"{min(said):.0f} to {max(said):.0f}"
    return Outcome(count, tuple(failures), figures)


def _said_after(project: Project) -> float | None:
    """Seconds until a write that takes `SLOW_S` is said to be under way; None when it ends before that is said."""
    said: list[float] = []
    began = time.monotonic()
    project.on_saved = lambda state: said.append(time.monotonic() - began) if state.kind == "saving" else None
    project._writer.put(lambda connection: time.sleep(SLOW_S))
    assert project.flush(60)
    project.on_saved = None
    return said[0] if said else None
