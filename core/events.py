"""What long work reports while it runs: frozen messages, the same in one process and over a pipe.

A job sends `Started`, any number of `Progress`, `TrainingMetrics`, `MatrixSnapshot` and `LogLine`, and
exactly one ending: `Finished`, `Failed` or `Cancelled`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import msgspec


class StopKind(StrEnum):
    """How a person ended a job: keep what was learned, or leave nothing."""

    KEEP = "keep"
    DISCARD = "discard"


class _Message(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    job: str = ""


class Started(_Message, frozen=True, tag=True, kw_only=True):
    """The job runs now. `device` and `device_reason` are empty for work without torch."""

    text: str
    device: str = ""
    device_reason: str = ""


class Progress(_Message, frozen=True, tag=True, kw_only=True):
    """`done` of `total` units; `total` 0 means unknown. `seconds_left` is an estimate or None."""

    done: int
    total: int
    text: str = ""
    seconds_left: float | None = None


class SeedMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """Losses and scores of one of several runs that are trained side by side."""

    seed: int
    loss: float
    cross_entropy: float
    temporal_coherence: float
    mof: float | None = None
    f1: float | None = None


class TrainingMetrics(_Message, frozen=True, tag=True, kw_only=True):
    """Losses at one iteration, and scores where ground truth exists (fractions of 1, None = not known).

    They are those of the first run; `runs` holds all that are trained side by side. `method` is the one that is
    trained now. `masses` (K,) are the shares of the last batch that its clusters hold. `memory` is what the device
    holds for the training, in bytes; 0 where that is not known.
    """

    iteration: int
    iterations: int
    loss: float
    cross_entropy: float
    temporal_coherence: float
    mof: float | None = None
    f1: float | None = None
    seconds: float = 0.0
    entropy: float | None = None
    smallest_mass: float | None = None
    largest_mass: float | None = None
    empty_clusters: int | None = None
    method: str = ""
    runs: tuple[SeedMetrics, ...] = ()
    masses: tuple[float, ...] = ()
    memory: int = 0


class MatrixSnapshot(_Message, frozen=True, tag=True, kw_only=True):
    """A (rows, columns) matrix of the pinned video: time by cluster, at most 256 cells a side.

    `source` is ``posterior``, ``plan`` or ``prior``. `data` is float32, little endian, row-major, each
    cell the maximum of its block. `path` holds the decoded cluster of each row as uint16, or nothing.
    """

    video: str
    source: str
    iteration: int
    n_frames: int
    rows: int
    columns: int
    data: bytes
    path: bytes = b""


class LogLine(_Message, frozen=True, tag=True, kw_only=True):
    """One line for the log; `level` is ``info``, ``warning`` or ``error``."""

    text: str
    level: str = "info"


class Finished(_Message, frozen=True, tag=True, kw_only=True):
    """The job is done; `result` holds plain values and paths of files, by the job's kind."""

    result: dict[str, Any] = {}
    stopped_early: bool = False


class Failed(_Message, frozen=True, tag=True, kw_only=True):
    """The job could not finish. `message` and `hint` are for the person, the rest for the log."""

    kind: str
    message: str
    hint: str = ""
    traceback: str = ""
    log: tuple[str, ...] = ()


class Cancelled(_Message, frozen=True, tag=True, kw_only=True):
    """The person discarded the job; nothing of it is left."""


Event = Started | Progress | TrainingMetrics | MatrixSnapshot | LogLine | Finished | Failed | Cancelled
ENDINGS = (Finished, Failed, Cancelled)
Report = Callable[[Event], None]
ShouldStop = Callable[[], "StopKind | None"]


class JobCancelled(Exception):
    """Raised inside a job when it is discarded; its outer edge turns it into `Cancelled`."""


def ignore(event: Event) -> None:
    """A report that nobody reads."""


def never_stop() -> StopKind | None:
    """Answers that nobody asked to stop."""
    return None
