"""Where to look, and how far two people agree."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.dataset import RunId, VideoId
from ..errors import ConfigError
from ..events import Report, ShouldStop, ignore, never_stop

if TYPE_CHECKING:
    from ..metrics.kappa import Agreement
    from ..project import Project, Readable
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


def list_comments(
    project: Readable, *, videos: Collection[str] | None = None, resolved: bool = False
) -> list[dict[str, Any]]:
    """The comments of a project as plain values, on all `videos` or on those with these names; see `comment_work`.

    Raises ConfigError: there is no such video.
    """
    from ..comment_work import list_comments as listed

    document, ids = project.document, None
    if videos is not None:
        by_name = {video.name: video.id for video in document.videos.values()}
        if unknown := [name for name in videos if name not in by_name]:
            raise ConfigError(f'There is no video "{unknown[0]}" in this project.')
        ids = {by_name[name] for name in videos}
    return listed(document, videos=ids, resolved=resolved)


def take_comments(project: Project, path: Path | str) -> int:
    """How many comments of another project, or of label files, were taken into this one, as one edit."""
    from ..second_reviewer import take_comments as take

    return take(project, Path(path).absolute())


def second_reviewer(project: Project, path: Path | str) -> SecondReviewer:
    """Another person's labels of the project's videos; see `core.second_reviewer`."""
    from ..second_reviewer import read_second_reviewer

    return read_second_reviewer(project.document, Path(path).absolute())


def agreement(project: Project, path: Path | str) -> tuple[SecondReviewer, Agreement, dict[VideoId, Agreement]]:
    """How far the corrected labels agree with another person's: over all videos, and video by video."""
    from ..second_reviewer import agreement as agree

    second = second_reviewer(project, path)
    return second, *agree(project.document, second.tracks)
