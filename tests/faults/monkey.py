"""F17: the window monkey in a child process, and what it finds shrunk to the few actions that it takes."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .outcome import ROOT, Outcome, environment, progress, python

LIMIT_S = 2400
SHRINKS = 14
"""Replays that shrinking may take."""


@dataclass(frozen=True)
class Found:
    """What a run said: failures, figures, the numbers of the actions that were done."""

    failures: list[str]
    figures: dict[str, Any]
    done: list[int]
    slow: list[str]


def play(folder: Path, seed: int, numbers: Sequence[int], *, limit_s: float = LIMIT_S) -> Found:
    """The monkey of a seed does these of its actions in a fresh window; a crash or a hang is a failure as well."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    words = ["-m", "faults.monkey_child", str(folder), str(seed), str(len(numbers))]
    if list(numbers) != list(range(len(numbers))):
        words += ["--only", ",".join(map(str, numbers))]
    surroundings = environment(folder / "of the user")
    failures, figures, done, slow = [], {}, [], []
    with (folder / "said").open("w") as out, (folder / "errors").open("w") as errors:
        child = subprocess.Popen(python(*words), cwd=ROOT, env=surroundings, stdout=out, stderr=errors)
        try:
            code: int | None = child.wait(limit_s)
        except subprocess.TimeoutExpired:
            child.kill()
            code = None
            child.wait()
    for line in (folder / "said").read_text(errors="replace").splitlines():
        if not line.startswith("{"):
            continue
        said = json.loads(line)
        if "failure" in said:
            failures.append(f"{said['failure']} (action {said['number']}: {said['action']})")
        elif "slow" in said:
            slow.append(f"{said['action']} {said['slow']} s, {said['place']}")
        elif "figures" in said:
            figures = said["figures"]
        else:
            done.append(said["number"])
    if code != 0 or not figures:
        words_of_it = (folder / "errors").read_text(errors="replace")[-1500:]
        what = "hangs" if code is None else f"ended with {code}"
        failures.append(f"the window {what} at action {done[-1] if done else 'none'}: {words_of_it}")
    return Found(failures, figures, done, slow)


def shrink(folder: Path, seed: int, done: Sequence[int]) -> list[int]:
    """Fewer actions of the same seed that still fail, by leaving out halves, then quarters, and so on."""
    kept, part, tries = list(done), 2, 0
    while len(kept) > 1 and tries < SHRINKS and part <= 2 * len(kept):
        size = max(1, len(kept) // part)
        for start in range(0, len(kept), size):
            fewer = kept[:start] + kept[start + size :]
            tries += 1
            if fewer and play(folder, seed, fewer).failures:
                kept, part = fewer, max(2, part - 1)
                break
            if tries >= SHRINKS:
                break
        else:
            part *= 2
    return kept


def window(count: int, seed: int, folder: Path) -> Outcome:
    """`count` actions of one seed."""
    found = play(folder / "play", seed, range(count))
    failures = list(found.failures)
    if failures:
        progress(f"F17: seed {seed}: {failures[0]}; shrinking")
        fewer = shrink(folder / "shrink", seed, found.done)
        failures[0] += f"; again with: python -m faults.monkey_child FOLDER {seed} 0 --only {','.join(map(str, fewer))}"
    if count >= 10_000:  # times are for a release, on a machine that does nothing else
        limits = {"heartbeat: p99, ms": 100, "heartbeat: slowest, ms": 1000}
        for name, limit in limits.items():
            if found.figures.get(name, 0) >= limit:
                failures.append(f"{name}: {found.figures[name]}; wanted under {limit}")
    figures = found.figures | ({"over half a second": "; ".join(found.slow[:6])} if found.slow else {})
    return Outcome(len(found.done), tuple(failures), figures)
