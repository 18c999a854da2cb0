"""A small activity for tests of the label map: three videos of 100 frames, four actions, one run of five clusters."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.annotation.document import Document
from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Prediction, Run
from core.data.dataset import BACKGROUND, Action, ActionId, Dataset, RunId, Video, VideoId
from core.data.timebase import Timebase

R = RunId("r1")
VIDEOS = tuple(VideoId(name) for name in "uvw")
N = 100


def a_document(*, truth: bool = True, n_clusters: int = 5, n_actions: int = 4, seed: int = 0) -> Document:
    """Random segmentations of every video; the map is empty."""
    videos = tuple(Video(v, v, Timebase(N)) for v in VIDEOS)
    actions = tuple(Action(ActionId(i), f"step {i}", "#000000") for i in range(n_actions))
    document = Document(Dataset(Path("."), "a", videos, actions))
    document.add_run(Run(R, 1, {"n_clusters": n_clusters}, "cpu", 1, 1, False, "", {}), LabelMap(R, n_clusters))
    generator = np.random.default_rng(seed)
    for video in VIDEOS:
        if truth:
            document.ground_truth[video] = frames(generator, BACKGROUND, n_actions)
        document.add_predictions([Prediction(R, video, frames(generator, 0, n_clusters))])
    return document


def frames(generator: np.random.Generator, low: int, high: int) -> Segmentation:
    """About twelve segments with labels ``[low, high)``."""
    cuts = np.sort(generator.choice(np.arange(1, N), 11, replace=False))
    return Segmentation.from_frames(np.repeat(generator.integers(low, high, 12), np.diff([0, *cuts, N])))
