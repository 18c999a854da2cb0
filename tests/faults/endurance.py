"""F18, F19 and F21: for long, on much, and what the backups of a day hold."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.project import Project
from core.store import backup
from core.store.check import read_all

from .kills import a_full_project, random_edit, state
from .latency import a_long_project
from .outcome import ROOT, Outcome, environment, private_data, python


def _child(folder: Path, *words: str | Path) -> dict[str, Any]:
    (folder / "work").mkdir(exist_ok=True)
    command = python("-m", "faults.endurance_child", *words)
    ended = subprocess.run(
        command, cwd=ROOT, env=environment(folder / "of the user"), capture_output=True, text=True, timeout=3000
    )
    if ended.returncode:
        return {"failure": f"ended with {ended.returncode}: {ended.stderr[-800:]}"}
    return dict(json.loads(ended.stdout.splitlines()[-1]))


def soak(count: int, seed: int, folder: Path) -> Outcome:
    """F18: `count` frames shown, with a jump every 18 and another video every 180 of them."""
    found = _child(folder, "soak", folder / "work", str(count))
    if "failure" in found:
        return Outcome(0, (found["failure"],))
    first, last = found.pop("first"), found.pop("last")
    if not found["objects that came since 30 %"]:
        del found["objects that came since 30 %"]
    grown = [f"{n}: {first[n]} at 30 %, {last[n]} at the end" for n in first if last[n] > first[n]]
    # Under 20,000 frames the line through the samples is mostly noise of the allocator.
    slope = found["MB per 10 min of work"]
    failures = [*grown, *([f"memory grows by {slope} MB in 10 min"] if slope > 5 and count >= 20_000 else [])]
    return Outcome(found["frames"], tuple(failures), found | {f"{name} at the end": n for name, n in last.items()})


def large(count: int, seed: int, folder: Path) -> Outcome:
    """F19: `count` videos, one with a million frames in 50,000 segments; at rest, then while a training runs."""
    n_frames, n_segments = (1_000_000, 50_000) if count >= 500 else (200_000, 41_000)
    with private_data(folder):
        project = a_long_project(folder / "a.tot", n_videos=count, n_frames=n_frames, n_segments=100)
        video = next(iter(project.document.videos))
        starts = np.linspace(0, n_frames, n_segments, endpoint=False, dtype=np.int64)
        project.edit(
            commands.import_track(project.document, video, Segmentation(starts, np.arange(n_segments) % 12, n_frames))
        )
        project.close(60)
    shutil.copy(folder / "a.tot", folder / "b.tot")
    is_whole = count >= 500
    found = _child(folder, "large", folder / "a.tot", "200" if is_whole else "30")
    loaded = _child(folder, "large", folder / "b.tot", "100", folder / "work") if is_whole else {}
    for each in (found, loaded):
        if "failure" in each:
            return Outcome(0, (each["failure"],))
    found |= {f"in a training: {name}": value for name, value in loaded.items() if name.startswith("ack")}
    limits = {"open, s": 1.0, "ack p50, ms": 50, "ack p99, ms": 250, "ack slowest, ms": 1000, "p99, ms": 50}
    failures = [
        f"{name}: {value}; wanted under {limit}"
        for name, value in found.items()
        if value >= (limit := limits.get(name.removeprefix("in a training: "), float("inf")))
    ]
    return Outcome(count, tuple(failures) if is_whole else (), found)


def backups(count: int, seed: int, folder: Path) -> Outcome:
    """F21: each of `count` backups is opened, replayed, and equals the moment in history that it was made at."""
    dice, failures = random.Random(seed), []
    wanted: dict[str, str] = {}
    with private_data(folder):
        path = a_full_project(folder / "a.tot")
        with Project.open(path) as project:
            for number in range(count):
                random_edit(project, dice)
                wanted[project.checkpoint(f"moment {number}").name] = state(project.document)
        for kept in backup.listing(path):
            read_all(kept.path)
            with Project.open(kept.path) as again:
                if state(again.document) != wanted[kept.path.name]:
                    failures.append(f"{kept.path.name} holds another state")
                before = state(again.document)
                again.undo() and again.redo()
                if state(again.document) != before:
                    failures.append(f"{kept.path.name}: undo and redo do not lead back")
    return Outcome(len(wanted), tuple(failures))
