"""What a row of the fault plan found: how often it was tried, every failure in words, and its figures."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Outcome:
    """`cases` tries, `failures` of them as sentences, `figures` by name; `skipped` says why nothing was tried."""

    cases: int
    failures: tuple[str, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    skipped: str = ""

    @property
    def bound(self) -> float | None:
        """Upper end of the 95 % interval of the rate of failures after none in `cases` tries ("rule of three")."""
        return 3 / self.cases if self.cases and not self.failures else None


Row = Callable[[int, int, Path], Outcome]
"""A row of the plan: (number of tries, seed, an empty folder) -> Outcome."""


def environment(folder: Path, **more: str) -> dict[str, str]:
    """For a child: the sources of this checkout, its own cache, data and settings below `folder`, no screen."""
    path = os.pathsep.join(map(str, (ROOT, ROOT / "tests", ROOT / "tests" / "gui")))
    own = {
        "PYTHONPATH": path,
        "HOME": str(folder / "home"),
        "TOT_CACHE_DIR": str(folder / "cache"),
        "TOT_DATA_DIR": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_CACHE_HOME": str(folder / "xdg-cache"),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONUNBUFFERED": "1",
    }
    (folder / "home").mkdir(parents=True, exist_ok=True)
    return os.environ | own | more


@contextmanager
def private_data(folder: Path) -> Iterator[None]:
    """This process puts what must not get lost, and what may, below `folder` for a while."""
    kept = {name: os.environ.get(name) for name in ("TOT_DATA_DIR", "TOT_CACHE_DIR")}
    os.environ.update(TOT_DATA_DIR=str(folder / "data"), TOT_CACHE_DIR=str(folder / "cache"))
    try:
        yield
    finally:
        for name, value in kept.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


def progress(text: str) -> None:
    """A line for the person who waits; tests are silent."""
    if os.environ.get("TOT_FAULTS_SHOW"):
        print(text, file=sys.stderr, flush=True)


def python(*words: str | Path) -> list[str]:
    """The command of a child Python."""
    return [sys.executable, *map(str, words)]
