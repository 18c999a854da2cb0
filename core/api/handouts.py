"""What is handed out: the training kit and the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..data.dataset import RunId
from ..events import Report, ShouldStop, ignore, never_stop

if TYPE_CHECKING:
    from ..export_work import Chosen
    from ..kit.package import KitSummary
    from ..kit.plan import KitPlan
    from ..kit.source import KitOptions, KitSource
    from ..project import Readable


def plan_kit(
    project: Readable,
    options: KitOptions,
    *,
    track: str = "corrected",
    videos: Chosen = "accepted",
    run: RunId | None = None,
) -> tuple[KitSource, KitPlan]:
    """What a training kit would be made of, and what it would hold; nothing is written."""
    from ..kit.plan import plan_kit as plan
    from ..kit_work import kit_source

    source = kit_source(project, track=track, videos=videos, run=run)
    return source, plan(source, options)


def make_kit(
    project: Readable,
    out: Path | str,
    options: KitOptions,
    *,
    track: str = "corrected",
    videos: Chosen = "accepted",
    run: RunId | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> KitSummary:
    """Write the training kit of the chosen videos: a folder that appears when it is complete."""
    from ..kit.package import write_kit
    from ..kit_work import kit_source

    source = kit_source(project, track=track, videos=videos, run=run)
    return write_kit(source, options, Path(out), report=report, should_stop=should_stop)


def write_report(project: Readable, out: Path | str, *, run: RunId | None = None) -> Path:
    """Write the report of the activity as one HTML file; where it went."""
    from ..report_work import write_report as write

    return write(project, Path(out).absolute(), run)
