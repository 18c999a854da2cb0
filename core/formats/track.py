"""What goes into an exchange file and what comes back: labelled tracks, and the summary of an export."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from ..annotation.segmentation import Segmentation
from ..data.dataset import BACKGROUND, UNLABELLED, Action, ActionId
from ..data.timebase import Timebase
from ..errors import InputError

BACKGROUND_NAME = "background"
UNLABELLED_NAME = "unlabelled"
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')


@dataclass(frozen=True)
class ExportTrack:
    """One video's labels on the annotation grid; `segmentation` holds ActionIds and the reserved labels.

    `source` names the track (``corrected``, ``prediction``, ``ground-truth``); `status` and `note` are the review.
    """

    video: str
    timebase: Timebase
    segmentation: Segmentation
    actions: Mapping[ActionId, Action]
    source: str = ""
    status: str = ""
    note: str = ""

    def name_of(self, label: int) -> str:
        """Name of a label, reserved ones included."""
        if label == BACKGROUND:
            return BACKGROUND_NAME
        if label == UNLABELLED:
            return UNLABELLED_NAME
        action = self.actions.get(ActionId(label))
        return action.name if action is not None else str(label)


@dataclass(frozen=True)
class ImportTrack:
    """One video's labels as a file has them: segments ``[starts[i], starts[i + 1])`` with action names.

    A name None stands for unlabelled, the empty text for background.
    """

    video: str
    starts: tuple[int, ...]
    names: tuple[str | None, ...]
    n_frames: int


@dataclass(frozen=True)
class ExportSummary:
    """What an export wrote, and what the format could not carry."""

    format: str
    out: Path
    files: tuple[Path, ...]
    n_videos: int
    n_segments: int
    losses: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        text = f"{self.n_videos} videos, {self.n_segments} segments written to {self.out}."
        if self.losses:
            text += f" Not in this format: {'; '.join(self.losses)}."
        return " ".join([text, *self.notes])


def to_milliseconds(seconds: Fraction) -> int:
    """The nearest whole millisecond, half up."""
    return (2 * seconds.numerator * 1000 + seconds.denominator) // (2 * seconds.denominator)


def seconds_text(timebase: Timebase, frame: int) -> str:
    """Seconds of a boundary with three decimals; empty where the video has no rate."""
    seconds = timebase.seconds(frame)
    if seconds is None:
        return ""
    whole, part = divmod(to_milliseconds(seconds), 1000)
    return f"{whole}.{part:03d}"


def refuse_unlabelled(tracks: Iterable[ExportTrack], out: Path) -> None:
    """Raises InputError for the first unlabelled frames: this format has no state for them."""
    for track in tracks:
        for segment in track.segmentation.segments:
            if segment.label == UNLABELLED:
                raise InputError(
                    out,
                    f"{track.video} is unlabelled there, and this format cannot say so.",
                    f"frames {segment.start} to {segment.stop}",
                    "Label them (or map the cluster), leave the video out, or write them as background.",
                )


def file_stems(names: Sequence[str]) -> dict[str, str]:
    """A file stem for each video name: no dots, no separators, all different."""
    stems: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        stem = base = _FORBIDDEN.sub("_", name).replace(".", "_").strip() or "video"
        number = 2
        while stem.casefold() in taken:
            stem, number = f"{base}_{number}", number + 1
        taken.add(stem.casefold())
        stems[name] = stem
    return stems


def slugs(names: Mapping[int, str]) -> dict[int, str]:
    """A word without blanks for each action name, all different."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    for key, name in sorted(names.items()):
        slug = base = re.sub(r"\s+", "_", "".join(c if c.isprintable() else "_" for c in name).strip()) or "action"
        if base in ("bg", BACKGROUND_NAME) or base.startswith("###"):
            slug = base = f"action_{base.lstrip('#')}"
        number = 2
        while slug in taken:
            slug, number = f"{base}_{number}", number + 1
        taken.add(slug)
        found[key] = slug
    return found
