"""What a job is asked to do: frozen messages of plain values, the same in one process and over a pipe.

Requests carry paths and numbers, never matrices: large results come back as files under `out`.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from .data.dataset import Video, VideoId
from .data.timebase import Timebase
from .events import StopKind


class TrainVideo(msgspec.Struct, frozen=True, kw_only=True):
    """One video as the engine sees it: its feature file, its clock, and ground truth for live scores only.

    `features` is an absolute path; `transposed` says that the file holds (D, T). `truth_starts` and
    `truth_labels` (ActionIds) lie on the annotation grid; both empty without ground truth.
    """

    id: str
    features: str
    n_frames: int
    n_rows: int = 0
    n_dimensions: int = 0
    transposed: bool = False
    stride_numerator: int = 1
    stride_denominator: int = 1
    rows_average: bool = False
    row_frames: list[int] = []
    truth_starts: list[int] = []
    truth_labels: list[int] = []

    @property
    def timebase(self) -> Timebase:
        """The clock between feature rows and annotation frames (no pictures, no seconds)."""
        return Timebase(
            self.n_frames,
            n_rows=self.n_rows,
            stride=Fraction(self.stride_numerator, self.stride_denominator),
            rows_average=self.rows_average,
            row_frames=np.array(self.row_frames, dtype=np.int64) if self.row_frames else None,
        )

    @property
    def video(self) -> Video:
        """The value that `core.data.features` loads."""
        return Video(
            VideoId(self.id),
            self.id,
            self.timebase,
            features=Path(self.features),
            n_dimensions=self.n_dimensions,
            transposed=self.transposed,
        )


class _Request(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    job: str = ""


class TrainRequest(_Request, frozen=True, tag=True, kw_only=True):
    """Train one run. `config` holds the fields of `TrainConfig` (the struct itself, or its plain values).

    `pinned` is the video whose matrices are reported while it trains; empty for none. `resume` is the weights file of a
    training that was stopped, to go on from; empty for none, and `parent` the run that this file is of, where it is
    one's. `corrections` are the starts and labels (ActionIds,
    UNLABELLED where nobody vouches) of the videos to learn from, on the annotation grid; `learn_from` says which
    corrected tracks those are. `actions` are names for messages.
    """

    videos: tuple[TrainVideo, ...]
    config: Any
    out: str
    device: str = "auto"
    pinned: str = ""
    resume: str = ""
    parent: str = ""
    learn_from: str = "none"
    corrections: dict[str, tuple[list[int], list[int]]] = {}
    actions: dict[int, str] = {}


class SegmentRequest(_Request, frozen=True, tag=True, kw_only=True):
    """Segment videos with the weights of a run; matrices go under `out` as `.npy`.

    `settings` are values of `core.decode.settings.FIELDS` as text; what is left out is chosen by the run.
    """

    run: str
    videos: tuple[TrainVideo, ...]
    weights: str
    out: str
    decoder: str = "fixed-order"
    settings: dict[str, str] = {}
    device: str = "auto"


class EvaluateRequest(_Request, frozen=True, tag=True, kw_only=True):
    """Score predictions against ground truth, both as (starts, labels) on the annotation grid.

    `predictions` maps a video to its starts and labels. `n_clusters` None says that the labels are
    ActionIds already; else `label_map` (cluster to ActionId) is used, or found by matching when None.
    """

    videos: tuple[TrainVideo, ...]
    predictions: dict[str, tuple[list[int], list[int]]]
    actions: dict[int, str]
    n_clusters: int | None = None
    label_map: dict[int, int] | None = None
    level: str = "activity"


class ExtractVideo(msgspec.Struct, frozen=True, kw_only=True):
    """One video whose features are wanted; `media` is an absolute path."""

    id: str
    media: str


class ExtractSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How features are made: by which extractor, and how many rows a second (an exact fraction in text).

    `extractor` empty takes the best that is installed. `batch` None takes what suits the extractor and the device;
    `half` counts in 16 bits on a GPU.
    """

    extractor: str = ""
    rate: str = "5"
    device: str = "auto"
    batch: int | None = None
    half: bool = False


class ExtractRequest(_Request, frozen=True, tag=True, kw_only=True):
    """Describe videos and write a matrix of each into `folder`.

    What is finished stays there when the job is stopped, and is found again by the next one.
    """

    videos: tuple[ExtractVideo, ...]
    folder: str
    settings: ExtractSettings


class DemoRequest(_Request, frozen=True, tag=True, kw_only=True):
    """Render the demo dataset into `out`."""

    out: str
    n_videos: int = 0
    seed: int = 0


class StopRequest(_Request, frozen=True, tag=True, kw_only=True):
    """End the named job (any job when empty)."""

    kind: StopKind = StopKind.DISCARD


class PinRequest(_Request, frozen=True, tag=True, kw_only=True):
    """Report the matrices of this video from now on; empty for none."""

    video: str = ""


class WarmUpRequest(_Request, frozen=True, tag=True, kw_only=True):
    """Load the heavy libraries ahead of need; answers nothing."""


Work = TrainRequest | SegmentRequest | EvaluateRequest | ExtractRequest | DemoRequest
Request = Work | StopRequest | PinRequest | WarmUpRequest
