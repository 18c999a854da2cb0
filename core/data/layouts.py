"""Opens a dataset folder of any published layout: what is certain is taken, the rest is told as problems."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from ..errors import InputError
from ..events import Report, ShouldStop, ignore, never_stop
from . import files
from .clocks import Lengths, make_videos
from .contents import Probe, check_features, measure
from .dataset import ActionId, Choice, Dataset
from .items import Item, Told
from .join import join
from .mappings import read_vocabulary
from .names import natural
from .orientation import Orientation, orient
from .splits import choose_split

NOTHING = "no features, labels or videos. Looked for features/*.npy, features/*.txt, groundTruth/*, and video files."

LAYOUT_NAMES = {
    "A": "CTE/TOT layout",
    "B": "MS-TCN layout",
    "C": "TW-FINCH layout",
    "D": "videos and features",
    "E": "only videos",
    "F": "features without a mapping",
    "G": "ready scores",
    "H": "segment lists",
}
"""What people call a layout, by its letter in docs/datasets.md."""


def scan(
    root: Path,
    *,
    probe: Probe,
    activity: str | None = None,
    granularity: str | None = None,
    split: str | None = None,
    lengths: Lengths | None = None,
    feature_rate: Fraction | None = None,
    orientation: Orientation | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> Dataset:
    """The dataset in a folder, with a problem row for all that is not certain; writes nothing there.

    Args:
        probe: demuxes a video; may raise MediaError.
        activity, granularity, split: one of several; the first, the plain one and all when left out.
        lengths, feature_rate, orientation: settle what a scan would only propose.
    Raises:
        InputError: nothing can be opened, or an asked activity, granularity or split is absent.
        JobCancelled: `should_stop` answered.
    """
    told = Told(files.find_root(Path(root).absolute()))
    found = files.find(told.root, told)
    if found.is_empty:
        reasons = "".join(f" {p}" for p in told.problems[:3])
        raise InputError(told.root, NOTHING + reasons, hint="Choose the folder that holds them.")
    items, activities = _choose_activity(join(found, told, should_stop=should_stop), activity, told)
    items = choose_split(items, found.splits, split, told)
    measure(items, found, probe, told, report=report, should_stop=should_stop)
    layout = _layout(found, items, told.root)
    vocabulary = read_vocabulary(found.mappings, items, granularity, told)
    orient(items, orientation, "dt" if layout == "B" else "td", told)
    check_features(items, told)
    videos = make_videos(items, lengths, feature_rate, told)
    if not videos:
        reasons = "; ".join(str(p) for p in told.problems if p.severity == "error")
        raise InputError(told.root, f"nothing in it can be opened: {reasons}")
    _say_what_is_missing(items, told)
    return Dataset(
        told.root,
        items[0].activity,
        videos,
        vocabulary.actions(),
        tuple(told.problems),
        layout,
        tuple(activities),
        vocabulary.granularity,
        vocabulary.granularities,
        tuple(told.findings),
        vocabulary.background,
        tuple(told.choices),
        tuple((name, ActionId(i)) for name, i in vocabulary.label_ids.items()),
    )


def _choose_activity(items: list[Item], asked: str | None, told: Told) -> tuple[list[Item], list[str]]:
    """(the items of one activity, all activities). Raises InputError when the one asked for is absent."""
    activities = sorted({i.activity for i in items}, key=natural)
    if asked is not None and asked not in activities:
        raise InputError(told.root, f'no activity "{asked}"; there are {", ".join(activities)}.')
    chosen = asked if asked is not None else activities[0]
    if len(activities) > 1:
        found = f"{len(activities)} activities: {', '.join(activities)}; {chosen} is open."
        if asked is None:
            told.say("note", told.root, found)
        told.choices.append(Choice("activity", found, tuple(activities), chosen))
        kept = {i.id for i in items if i.activity == chosen}
        told.problems[:] = [p for p in told.problems if p.video is None or p.video in kept]
    return [i for i in items if i.activity == chosen], activities


def _layout(found: files.Found, items: Sequence[Item], root: Path) -> str:
    """The letter of the layout in docs/datasets.md."""
    if found.scores and not found.features:
        return "G"
    if not found.features and not found.labels:
        return "E"
    if any(i.label_kind for i in items):
        return "H"
    if found.videos:
        return "D"
    if found.splits or any(p.parent == root for p in found.mappings):
        return "B"
    if found.features and found.labels:
        is_text = any(i.features is not None and i.features.suffix.lower() == ".txt" for i in items)
        return "A" if found.mappings else "C" if is_text else "F"
    return "F"


def _say_what_is_missing(items: Sequence[Item], told: Told) -> None:
    """Sentences on what the dataset cannot be used for as it is, and which verb helps."""
    if all(i.features is None for i in items) and any(i.media for i in items):
        told.findings.append("No features yet: extract them from the videos, in the window or with tot features.")
    if all(i.labels is None for i in items):
        told.findings.append("No ground truth: it can be trained and reviewed; scores and matching are not shown.")
    if sum(i.features is not None for i in items) == 1:
        told.findings.append("One video is enough to train on; steps that videos share are what the method finds.")
    if scores := [i.score_shape for i in items if i.scores is not None and i.score_shape]:
        shapes = ", ".join(f"{t:,} x {k}" for t, k in scores[:4]) + (" ..." if len(scores) > 4 else "")
        told.findings.append(f"Scores of {len(scores)} videos (frames x clusters): {shapes}.")
