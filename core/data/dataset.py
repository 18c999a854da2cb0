"""What was found on disk, as values: videos, actions, problems, and the dataset that holds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, NewType

from .timebase import Timebase

VideoId = NewType("VideoId", str)
RunId = NewType("RunId", str)
ClusterId = NewType("ClusterId", int)
ActionId = NewType("ActionId", int)

BACKGROUND: Final = ActionId(-1)
"""Reserved label: no action (outside scores)."""
UNLABELLED: Final = ActionId(-2)
"""Reserved label: nobody has looked. A cluster that is mapped to nothing arrives as this."""

Severity = Literal["note", "proposed", "error"]


@dataclass(frozen=True)
class Problem:
    """One finding of a scan, as a row of a table: what was found and wanted, where, what to do."""

    severity: Severity
    path: str
    what: str
    where: str = ""
    hint: str = ""
    video: VideoId | None = None

    def __str__(self) -> str:
        place = f"{self.path}, {self.where}" if self.where else self.path
        return f"{place}: {self.what}" + (f" {self.hint}" if self.hint else "")


@dataclass(frozen=True)
class Choice:
    """One thing that a person can decide when a dataset is opened, with what was found.

    `name` is the keyword of `layouts.scan`. `options` are its values (none: a number is wanted), `taken` is
    the one in use, empty while none is. `is_open` says that videos wait for an answer.
    """

    name: str
    found: str
    options: tuple[str, ...] = ()
    taken: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class Action:
    """What people call a step. Never deleted: an archived action keeps its segments.

    `place` is where a person put it in the list; None stands for the place that its number gives. `merged_into` is the
    action that it was merged into: what the imported ground truth calls by the old name is read as that one.
    """

    id: ActionId
    name: str
    colour: str
    archived: bool = False
    place: int | None = None
    merged_into: ActionId | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """Actions are listed in the order of their ranks."""
        return int(self.id) if self.place is None else self.place, int(self.id)


@dataclass(frozen=True)
class Video:
    """One video of a dataset and the files that belong to it (absolute paths; None = not there).

    `transposed` says that the feature file holds (D, T). `is_trainable` is False where a problem or an
    open question keeps the video out of training; it can still be reviewed. `scores` are ready (T, K) scores.
    """

    id: VideoId
    name: str
    timebase: Timebase
    media: Path | None = None
    features: Path | None = None
    n_dimensions: int = 0
    transposed: bool = False
    ground_truth: Path | None = None
    is_trainable: bool = True
    scores: Path | None = None


@dataclass(frozen=True)
class Dataset:
    """One activity of a dataset on disk: what was found, never changed.

    `activity` is the one that was chosen, `activities` all that were found. `granularity` names the
    mapping variant in use (empty where there is one). `actions` are those that occur in the activity's
    labels. `findings` are sentences that say how layout, orientation and rates were decided, `choices` what
    a person may decide otherwise. `label_ids` is what each label text of the files means.
    """

    root: Path
    activity: str
    videos: tuple[Video, ...]
    actions: tuple[Action, ...]
    problems: tuple[Problem, ...] = ()
    layout: str = ""
    activities: tuple[str, ...] = ()
    granularity: str = ""
    granularities: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    background_names: frozenset[str] = field(default_factory=frozenset)
    choices: tuple[Choice, ...] = ()
    label_ids: tuple[tuple[str, ActionId], ...] = ()

    @property
    def trainable(self) -> tuple[Video, ...]:
        """The videos that have usable features."""
        return tuple(v for v in self.videos if v.features is not None and v.is_trainable)

    def video(self, video: VideoId) -> Video:
        """The video with this id. Raises KeyError."""
        for candidate in self.videos:
            if candidate.id == video:
                return candidate
        raise KeyError(video)
