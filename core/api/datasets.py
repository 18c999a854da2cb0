"""Folders of data: what they hold, grouped by activity, and the demo."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from ..data.dataset import Dataset
from ..errors import ConfigError
from ..events import Report, ShouldStop, ignore, never_stop

DEMO_VIDEOS = 10
DEMO_RATE = Fraction(5)


def open_dataset(
    path: Path | str, *, report: Report = ignore, should_stop: ShouldStop = never_stop, **choices: Any
) -> Dataset:
    """What a folder holds, with problems as rows; `choices` are the keyword arguments of `layouts.scan`."""
    from ..data.layouts import scan
    from ..media.index import probe

    return scan(Path(path).absolute(), probe=probe, report=report, should_stop=should_stop, **choices)


def group(
    path: Path | str,
    out: Path | str,
    n_groups: int,
    *,
    seed: int = 0,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> dict[str, Any]:
    """Put the videos of a folder into groups that show the same things, a new project each; see `core.group_work`.

    The activities that the folder names take no part; the answer says how pure the groups are against them.
    """
    from ..group_work import group_dataset

    first = open_dataset(path, report=report, should_stop=should_stop)
    rest = [open_dataset(path, activity=a, should_stop=should_stop) for a in first.activities if a != first.activity]
    return group_dataset([first, *rest], Path(out).absolute(), n_groups, seed=seed, report=report)


def render_demo(
    out: Path | str,
    *,
    n_videos: int | None = None,
    seed: int = 0,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> Path:
    """The folder of the demo dataset, rendered unless it is there already and whole."""
    from ..demo.render import render_demo as render
    from ..extract.registry import default_extractor, make_extractor
    from ..extract.single import extract_features

    if n_videos is not None and n_videos < 1:
        raise ConfigError(f"{n_videos} videos were asked for; wanted at least 1.")
    folder = Path(out).absolute()
    extractor = cache(lambda: make_extractor(default_extractor()))  # made once, and not at all where the demo is there
    return render(
        folder,
        extract=lambda media: extract_features(media, extractor(), DEMO_RATE, should_stop=should_stop),
        videos=n_videos or DEMO_VIDEOS,
        seed=seed,
        report=report,
        should_stop=should_stop,
    )
