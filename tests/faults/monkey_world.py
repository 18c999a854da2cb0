"""What the monkey works on: a small dataset and a project on it, and what may happen to its files meanwhile."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import numpy as np

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Prediction, Run
from core.cache import cache_dir
from core.data.dataset import RunId

AWAY = ".away"


def a_dataset(folder: Path, *, with_sound: bool = False) -> Path:
    """Three clips with features and labels, in the simplest layout; the first of them `with_sound`."""
    from numbered_clips import N, make_clip
    from sounding_clips import make_sounding

    root, generator = folder / "set", np.random.default_rng(0)
    for name in ("videos", "features", "groundTruth", "mapping"):
        (root / name).mkdir(parents=True)
    steps = ["reach", "turn", "place", "check"]
    (root / "mapping" / "mapping.txt").write_text("".join(f"{i} {name}\n" for i, name in enumerate(steps)))
    (folder / "clip").mkdir()
    clip = make_clip(folder / "clip" / "b_frames.mp4")
    truth = np.repeat(np.arange(4), N // 4 + 1)[:N]
    for video in ("one", "two", "three"):
        shutil.copyfile(clip, root / "videos" / f"{video}.mp4")
        matrix = np.eye(4)[truth] @ generator.normal(size=(4, 8)) + generator.normal(size=(N, 8)) * 0.2
        np.save(root / "features" / f"{video}.npy", matrix.astype(np.float32))
        (root / "groundTruth" / f"{video}.txt").write_text("\n".join(steps[i] for i in truth) + "\n")
    if with_sound:
        os.replace(make_sounding(folder / "clip", "aac"), root / "videos" / "one.mp4")
    return root


def a_ready_project(folder: Path, *, with_sound: bool = False) -> Path:
    """A project on the dataset with a run, predictions and one corrected track, closed."""
    from core import api

    path = folder / "p.tot"
    with api.create_project(path, api.open_dataset(a_dataset(folder, with_sound=with_sound))) as project:
        run = RunId("r1")
        project.add_run(
            Run(
                run,
                1,
                {"n_clusters": 4, "iterations": 1000},
                "cpu",
                1.5,
                10,
                True,
                "2026-01-01T10:00:00+00:00",
                {"ce": 1.0},
                ((1, None, 2.0),),
            ),
            LabelMap(run, 4, {0: 0, 1: 1}),
            b"weights",
        )
        videos = list(project.document.videos)
        cut = Segmentation(
            np.array([0, 40, 60, 100]), np.array([0, 1, 2, 3]), project.document.videos[videos[0]].timebase.n_frames
        )
        project.add_predictions([Prediction(run, video, cut, None) for video in videos])
        project.edit(commands.take_prediction(project.document, run, videos[0]))
    return path


def lose_or_find(folder: Path, dice: random.Random) -> str:
    """One file of the dataset is moved away, or all that were come back; what was done, in words."""
    gone = sorted((folder / "set").rglob(f"*{AWAY}"))
    if gone and dice.random() < 0.7:
        for path in gone:
            path.rename(path.with_name(path.name.removesuffix(AWAY)))
        return f"{len(gone)} files are back"
    here = sorted(p for p in (folder / "set").rglob("*") if p.is_file() and p.suffix != AWAY)
    path = dice.choice(here)
    path.rename(path.with_name(path.name + AWAY))
    return f"{path.name} is gone"


def clear_cache(dice: random.Random) -> str:
    """Something in the cache folder is deleted, as a person may do at any time."""
    found = sorted(p for p in cache_dir().glob("*") if p.is_dir())
    if not found:
        return "nothing"
    room = dice.choice(found)
    shutil.rmtree(room, ignore_errors=True)
    return room.name
