"""Training of several activities, one project each: one by one here, or each on a worker of a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec

from ..data.dataset import RunId
from ..errors import JobError, TotError
from ..events import LogLine, Report, ShouldStop, ignore, never_stop
from ..requests import TrainRequest
from .training import train

if TYPE_CHECKING:
    from ..annotation.learned import Learned
    from ..project import Project
    from ..tot.config import TrainConfig


@dataclass(frozen=True)
class Activity:
    """A project to train, its settings, the corrections to learn from (none when None), the run to go on with."""

    project: Project
    config: TrainConfig
    learned: Learned | None = None
    resume: RunId | None = None


@dataclass(frozen=True)
class Ending:
    """How the training of an activity ended: the run that its project holds now and the manifest, or the error."""

    run: RunId | None = None
    result: dict[str, Any] | None = None
    error: Exception | None = None


class Piece(msgspec.Struct, frozen=True):
    """What a worker needs beside the feature files: the request, and the weights file of a run to go on with."""

    request: TrainRequest
    kept: bytes = b""


def train_activities(
    activities: Sequence[Activity],
    *,
    device: str = "auto",
    cluster: str = "",
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> list[Ending]:
    """Train each activity; its run is in its project as soon as it is trained, whatever becomes of the others.

    The settings are looked at before anything is trained: what cannot work is refused as a whole.

    Args:
        device: on a cluster asked of each worker.
        cluster: as `core.cluster.outcomes`. Features must have the same paths on every worker; weights come back.
    Raises:
        ConfigError, InputError: before anything is trained.  JobCancelled: what was finished is kept.
    """
    from .. import run_folder
    from ..cluster import outcomes
    from ..device import trainings_at_once
    from ..run_work import NOTHING, add_run, left_out, train_request

    for each in activities:
        _check(each)
        if missing := left_out(each.project.document):
            names = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
            text = f"{len(missing)} videos without usable features are left out: {names} (tot info says why)."
            report(LogLine(text=text, level="warning"))
    requests = [
        train_request(each.project, each.config, device, resume=each.resume, learned=each.learned or NOTHING)
        for each in activities
    ]
    endings = [Ending() for _ in activities]
    try:
        found = outcomes(
            train_away if cluster else train,
            [_packed(request) for request in requests] if cluster else requests,
            cluster=cluster,
            text="Activities",
            names=[each.project.document.dataset.activity or each.project.path.stem for each in activities],
            workers=trainings_at_once() if cluster else None,
            report=report,
            should_stop=should_stop,
        )
        with closing(found) as each_ends:
            for place, outcome in each_ends:
                activity, request = activities[place], requests[place]
                if isinstance(outcome, TotError | OSError | MemoryError):
                    endings[place] = Ending(error=outcome)
                    continue
                if isinstance(outcome, Exception):
                    raise outcome
                result = _brought_home(request, outcome) if cluster else outcome
                run = add_run(activity.project, result, parent=activity.resume)
                endings[place] = Ending(run, result, _not_on_disk(activity.project, request))
    finally:
        for request, ending in zip(requests, endings, strict=True):
            if ending.run is None:
                run_folder.remove(Path(request.out))
    return endings


def train_project(
    project: Project,
    config: TrainConfig,
    *,
    resume: RunId | None = None,
    learned: Learned | None = None,
    device: str = "auto",
    cluster: str = "",
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> tuple[RunId, dict[str, Any]]:
    """Train on the project's usable videos and add the run; its id and the manifest.

    `resume` is a run that was stopped; the training goes on where it stood, and learns from what it began with.
    `learned` are the corrections to learn from (see `lessons`), none when None. See `train_activities` for the rest.
    """
    activity = Activity(project, config, learned, resume)
    (ending,) = train_activities([activity], device=device, cluster=cluster, report=report, should_stop=should_stop)
    if ending.error is not None:
        raise ending.error
    assert ending.run is not None and ending.result is not None
    return ending.run, ending.result


def _check(activity: Activity) -> None:
    """Nothing; raises InputError or ConfigError, with the range, where these settings cannot train this project."""
    from ..decode.registry import check_name
    from ..run_work import usable_videos
    from ..tot.config import check

    videos = usable_videos(activity.project)
    check_name(activity.config.decoder)
    rows = [video.n_rows for video in videos]
    if activity.config.clusters == "given":  # else their number is found first
        check(activity.config, longest_video_rows=max(rows) if all(rows) else None, n_videos=len(videos))


def train_away(piece: Piece, *, report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """The manifest of a training, `weights` as bytes, made in a folder of the worker's own that is gone afterwards."""
    with TemporaryDirectory(prefix="totgui-") as folder:
        request = msgspec.structs.replace(piece.request, out=folder)
        if piece.kept:
            kept = Path(folder) / "resume.safetensors"
            kept.write_bytes(piece.kept)
            request = msgspec.structs.replace(request, resume=str(kept))
        result = train(request, report=report, should_stop=should_stop)
        return {**result, "weights": Path(result["weights"]).read_bytes()}


def _packed(request: TrainRequest) -> Piece:
    return Piece(request, Path(request.resume).read_bytes() if request.resume else b"")


def _brought_home(request: TrainRequest, result: dict[str, Any]) -> dict[str, Any]:
    """The result as if it had been trained here: its weights and manifest lie in the folder of the request."""
    from ..cache import atomic_write
    from ..run_folder import write_manifest

    path = Path(request.out) / "weights.safetensors"
    atomic_write(path, result["weights"])
    result = {**result, "weights": str(path)}
    write_manifest(result)
    return result


def _not_on_disk(project: Project, request: TrainRequest) -> JobError | None:
    if project.flush(60):
        return None
    reason = project.saved_state().reason
    return JobError(f"The run is not on disk ({reason}).", hint=f"Its weights stay in {request.out}.")
