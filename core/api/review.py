"""Where to look, and how far two people agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..data.dataset import RunId, VideoId
from ..events import Report, ShouldStop, ignore, never_stop

if TYPE_CHECKING:
    from ..metrics.kappa import Agreement
    from ..project import Project
    from ..review.place import DoubtedPlace
    from ..second_reviewer import SecondReviewer


def review_queue(
    project: Project, run: RunId | None = None, *, report: Report = ignore, should_stop: ShouldStop = never_stop
) -> list[DoubtedPlace]:
    """The places of a project where a correction is most likely, the largest first; see `core.review_work`."""
    from ..review_work import review_places
    from ..run_work import choose_run, shown_run

    document = project.document
    chosen = choose_run(document, run) if run is not None else shown_run(document)
    return review_places(document, chosen.id if chosen else None, report=report, should_stop=should_stop)


def second_reviewer(project: Project, path: Path | str) -> SecondReviewer:
    """Another person's labels of the project's videos; see `core.second_reviewer`."""
    from ..second_reviewer import read_second_reviewer

    return read_second_reviewer(project.document, Path(path).absolute())


def agreement(project: Project, path: Path | str) -> tuple[SecondReviewer, Agreement, dict[VideoId, Agreement]]:
    """How far the corrected labels agree with another person's: over all videos, and video by video."""
    from ..second_reviewer import agreement as agree

    second = second_reviewer(project, path)
    return second, *agree(project.document, second.tracks)
