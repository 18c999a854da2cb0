"""The label map of 500 videos of 100,000 frames: what runs on the window's thread, and what runs beside it.

    python benchmarks/label_map.py [VIDEOS] [SEGMENTS]

Prints milliseconds; the first group has to stay below 16 ms, a frame of the screen.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.map_commands import with_target
from core.annotation.overlap import Counter, Inputs, effect, inputs_of, solve
from core.annotation.segmentation import Segmentation
from core.annotation.taken_commands import stale_taken, taken_of
from core.annotation.values import LabelMap, Prediction, Run
from core.data.dataset import Action, ActionId, Dataset, RunId, Video, VideoId
from core.data.timebase import Timebase

FRAMES, K, R = 100_000, 20, RunId("r1")


def main() -> None:
    videos, segments = (int(word) for word in (*sys.argv[1:], *("500", "200")[len(sys.argv) - 1 :]))
    document = a_document(videos, segments)
    first = next(iter(document.videos))
    counter = Counter()
    print(f"{videos} videos, {FRAMES:,} frames and {segments} segments each, {K} clusters, {K} actions")
    print("on the window's thread")
    inputs = timed("  gather what is counted", lambda: inputs_of(document, R))
    found = counter.count(inputs)
    label_map = document.label_maps[R]
    timed("  MoF of a hovered cell", lambda: found.mof(with_target(label_map, 3, 5).table()))
    taken = timed("  gather taken segments", lambda: taken_of(document, R))
    print("beside it")
    timed("  count everything", lambda: Counter().count(inputs))
    timed("  count again after an edit of one video", lambda: counter.count(edited(inputs, first)))
    timed("  match", lambda: solve(found, label_map))
    found.runs  # noqa: B018  once for all hovered cells
    timed("  MoF, F1 and edit score of a hovered cell", lambda: effect(found, with_target(label_map, 3, 5).table()))
    document.apply(commands.set_target(document, R, 3, 5))
    table = document.label_maps[R].table()
    timed("  taken segments of remapped clusters", lambda: stale_taken("Run 1", taken, table))


def edited(inputs: Inputs, video: VideoId) -> Inputs:
    """The same, with another value for the reference of one video."""
    return replace(inputs, truth=dict(inputs.truth) | {video: inputs.truth[video].relabel(0, 1, 0)})


def timed(text: str, work: Callable[[], Any]) -> Any:
    """The result; the median of five runs is printed."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        result = work()
        times.append(1000 * (time.perf_counter() - start))
    print(f"{text:<46}{sorted(times)[2]:8.2f} ms")
    return result


def a_document(videos: int, segments: int) -> Document:
    """Random tracks; every prediction is taken."""
    generator = np.random.default_rng(0)
    names = [VideoId(f"v{i:03}") for i in range(videos)]
    actions = tuple(Action(ActionId(i), f"step {i}", "#000000") for i in range(K))
    document = Document(Dataset(Path("."), "a", tuple(Video(v, v, Timebase(FRAMES)) for v in names), actions))
    document.add_run(Run(R, 1, {"n_clusters": K}, "cpu", 1, 1, False, "", {}), LabelMap(R, K, {i: i for i in range(K)}))
    for video in names:
        document.ground_truth[video] = track(generator, segments)
        document.add_predictions([Prediction(R, video, track(generator, segments))])
    document.apply(commands.take_all(document, R))
    return document


def track(generator: np.random.Generator, segments: int) -> Segmentation:
    starts = np.sort(generator.choice(np.arange(1, FRAMES), segments - 1, replace=False))
    labels = np.cumsum(generator.integers(1, K, segments)) % K
    return Segmentation(np.append(0, starts), labels, FRAMES)


if __name__ == "__main__":
    main()
