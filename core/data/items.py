"""The working values of a scan: videos while they are put together, and what is told about them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import InputError
from .dataset import Choice, Problem, Severity, VideoId
from .extraction import Extraction
from .names import rel
from .timebase import MediaInfo


@dataclass
class Item:
    """One video of a dataset: its files, and what was read of them so far.

    `shape` is that of the feature file as it lies there, (D, T) where `turned`; its rows mean nothing
    where it `has_odd_width`, another than the other files. `labels_read` holds the
    label of each frame, an empty text where the labels leave a gap; `label_kind` says how a list was read.
    """

    id: str
    activity: str = ""
    features: Path | None = None
    labels: Path | None = None
    media: Path | None = None
    scores: Path | None = None
    shape: tuple[int, int] | None = None
    score_shape: tuple[int, int] | None = None
    labels_read: list[str] = field(default_factory=list)
    label_kind: str = ""
    info: MediaInfo | None = None
    extraction: Extraction | None = None
    turned: bool = False
    is_good: bool = True
    has_odd_width: bool = False

    @property
    def n_rows(self) -> int:
        """T of the features; 0 without."""
        return self.shape[1 if self.turned else 0] if self.shape and self.features else 0

    @property
    def n_columns(self) -> int:
        """D of the features; 0 without."""
        return self.shape[0 if self.turned else 1] if self.shape and self.features else 0

    @property
    def n_labels(self) -> int:
        return len(self.labels_read)

    @property
    def n_frames(self) -> int:
        """Length of the annotation grid: labels, else pictures, else 0 (the rows then)."""
        return self.n_labels or (self.info.n_pictures if self.info else 0)


@dataclass
class Told:
    """What a scan has to say: rows of the problem table, sentences on how it decided, and open choices."""

    root: Path
    problems: list[Problem] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)

    def say(
        self,
        severity: Severity,
        path: Path | str,
        what: str,
        *,
        where: str = "",
        hint: str = "",
        video: str | None = None,
    ) -> None:
        """One row of the problem table."""
        shown = rel(path, self.root) if isinstance(path, Path) else path
        key = VideoId(video) if video is not None else None
        self.problems.append(Problem(severity, "the dataset" if shown == "." else shown, what, where, hint, key))

    def leave_out(self, video: str) -> None:
        """A video of which nothing can be opened: its errors say so, each in one row; it is none of the dataset's."""
        mine = [row for row, p in enumerate(self.problems) if p.video == video and p.severity == "error"]
        for row in mine:
            problem = self.problems[row]
            self.problems[row] = replace(problem, hint=f"{problem.hint} It is left out.".strip())
        if not mine:
            self.say("error", video, "nothing of it can be opened; left out.")

    def say_error(self, error: InputError, video: str) -> None:
        """A file that cannot be used, as a row of its video."""
        self.say("error", Path(error.path), error.what, where=error.where, hint=error.hint, video=video)
