"""Runs of an open project: the requests that train and segment it, and the arrival of what they made."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec
import numpy as np

from . import cut_off, learning_work, run_folder
from .annotation.changes import Changes
from .annotation.document import Document
from .annotation.learned import Learned
from .annotation.segmentation import Segmentation
from .annotation.step_commands import first_names
from .annotation.values import Prediction, Run, ScoresRef
from .cache import atomic_write, cache_path, remove_abandoned
from .data.dataset import RunId, VideoId
from .data.features import check_values, load_matrix
from .errors import ConfigError, InputError
from .requests import SegmentRequest, TrainRequest, TrainVideo

if TYPE_CHECKING:
    from .project import Project, Readable, Snapshot

NOTHING = Learned()


def train_videos(document: Document) -> tuple[TrainVideo, ...]:
    """The videos with usable features, with their ground truth for live scores."""
    found = []
    for video in document.videos.values():
        if video.features is None or not video.is_trainable:
            continue
        truth, clock = document.ground_truth.get(video.id), video.timebase
        found.append(
            TrainVideo(
                id=video.id,
                features=str(video.features),
                transposed=video.transposed,
                n_dimensions=video.n_dimensions,
                n_frames=clock.n_frames,
                n_rows=clock.n_rows,
                stride_numerator=clock.stride.numerator,
                stride_denominator=clock.stride.denominator,
                rows_average=clock.rows_average,
                row_frames=[] if clock.row_frames is None else clock.row_frames.tolist(),
                truth_starts=truth.starts.tolist() if truth else [],
                truth_labels=truth.labels.tolist() if truth else [],
            )
        )
    return tuple(found)


def usable_videos(project: Readable) -> tuple[TrainVideo, ...]:
    """The videos that can be trained on. Raises InputError, which names the verb that makes features, without any."""
    videos = train_videos(project.document)
    if not videos:
        raise InputError(
            project.path,
            f"no video of this project has usable features.{_why_not(project.document)}",
            hint="Make them with: tot features PROJECT.tot",
        )
    return videos


def _why_not(document: Document) -> str:
    """What is wrong with the first features that are there and cannot be used; empty where there are none."""
    for video in document.videos.values():
        if video.features is None or video.is_trainable:
            continue
        try:
            values = check_values(load_matrix(video))
        except InputError as error:
            return f" {error}"
        if values.n_bad:
            where = f"{video.features} (video {video.name})"
            return f" {where}: {values.n_bad:,} rows hold {values.bad_kind} (first: row {values.first_bad})."
        if np.array_equal(values.low, values.high):
            return f" {video.features}: the features do not vary."
    return ""


def left_out(document: Document) -> list[str]:
    """Names of the videos that a training leaves out."""
    return [v.name for v in document.videos.values() if v.features is None or not v.is_trainable]


def shown_run(document: Document) -> Run | None:
    """The newest run that is not hidden; None where there is none."""
    runs = document.shown_runs
    return runs[-1] if runs else None


def choose_run(document: Document, run: RunId | str | None) -> Run:
    """The run with this id, or the newest that is not hidden. Raises ConfigError when there is none."""
    if run is None:
        if not document.runs:
            raise ConfigError("This project has no run. Train one first: tot train PROJECT.tot")
        newest = shown_run(document)
        if newest is None:
            raise ConfigError("Every run of this project is hidden. Name one with --run ID.")
        return newest
    if run not in document.runs:
        known = ", ".join(document.runs) or "none"
        raise ConfigError(f'There is no run "{run}" in this project; there are: {known}.')
    return document.runs[RunId(run)]


def train_request(
    project: Project,
    config: Any,
    device: str,
    *,
    resume: RunId | None = None,
    learned: Learned = NOTHING,
    now: Snapshot | None = None,
) -> TrainRequest:
    """The request that trains on every usable video, with an out folder of its own in the cache.

    A training that goes on learns from what it began with, whatever `learned` says, and its weights are read from the
    project. On any thread where the values of the moment, `now`, are given.
    """
    values: Readable = now or project
    out = cache_path("runs", project.uid, f"train-{uuid4().hex[:8]}")
    weights = ""
    if resume is not None:
        kept, begun = out / "resume.safetensors", choose_run(values.document, resume)
        atomic_write(kept, project.weights(begun.id))
        weights, learned = str(kept), begun.learned
    return TrainRequest(
        videos=usable_videos(values),
        config=config,
        device=device,
        out=str(out),
        resume=weights,
        parent=resume or "",
        **learning_work.of_request(values.document, learned),
    )


def add_run(project: Project, result: Mapping[str, Any], *, parent: RunId | None = None) -> RunId:
    """The id of the new run that a training's manifest describes; its folder goes when the run is on disk.

    A run that goes on from a `parent` has the parent's curve before its own.
    """
    curve = tuple(tuple(row) for row in result["curve"])
    earlier = project.document.runs.get(parent) if parent is not None else None
    if earlier is not None:
        first = (curve[0][0] or 0) if curve else float("inf")
        curve = (*(row for row in earlier.curve if (row[0] or 0) < first), *curve)
    number = 1 + max((r.number for r in project.document.runs.values()), default=0)
    run = Run(
        id=RunId(f"r{number}"),
        number=number,
        config=result["config"],
        device=result["device"],
        seconds=result["seconds"],
        iterations=result["iterations"],
        stopped_early=result["stopped_early"],
        finished=result.get("finished") or datetime.now(UTC).isoformat(timespec="seconds"),
        losses=result["losses"],
        curve=curve,
        parent=parent,
        learned=learning_work.of_result(result),
    )
    label_map = learning_work.first_map(run.id, run.n_clusters, result, actions=project.document.actions)
    weights = Path(result["weights"])
    project.add_run(run, label_map, weights.read_bytes(), then=lambda: run_folder.remove(weights.parent))
    return run.id


def can_go_on(project: Project, run: RunId) -> bool:
    """Whether the weights of a run hold where its training stood when it was stopped. Raises StoreError."""
    weights = project.weights(run)
    size = int.from_bytes(weights[:8], "little")  # safetensors: the length of its header, then names and places
    # The second name is that of earlier versions.
    return any(mark in weights[8 : 8 + size] for mark in (b'"training_state.', b'"checkpoint.', b'"paused"'))


def left_runs(project: Project) -> list[Mapping[str, Any]]:
    """The results of trainings that were finished while nobody was there to take them, oldest first.

    Each goes to `add_run`, or its folder to `forget_run`.
    """
    found = [run_folder.read_manifest(folder) for folder in run_folder.left_behind(project.uid)]
    return [result for result in found if result is not None]


def forget_run(result: Mapping[str, Any]) -> None:
    """Remove the folder of a training that nobody wants."""
    run_folder.remove(Path(result["weights"]).parent)


def cut_off_trainings(project: Project) -> list[cut_off.CutOff]:
    """What trainings left whose process died before their end, oldest first; those at work are not among them.

    Each goes on as `go_on_request` asks, or its folder to `forget_cut_off`.
    """
    return cut_off.left_behind(project.uid)


def go_on_request(left: cut_off.CutOff, *, pinned: str = "") -> TrainRequest:
    """The request that goes on with a training that was cut off: what it was asked for, from where it stood.

    It stays in its folder, so that there is one of it, wherever it ends. `pinned` is another video to show live.
    """
    folder = left.folder
    known = {video.id for video in left.request.videos}
    return msgspec.structs.replace(
        left.request,
        out=str(folder),
        resume=str(folder / cut_off.STATE),
        pinned=pinned if pinned in known else left.request.pinned,
    )


def forget_cut_off(left: cut_off.CutOff) -> None:
    """Remove the folder of a training that nobody wants to go on with."""
    run_folder.remove(left.folder)


def segment_request(
    project: Project, run: RunId | None, decoder: str | None, device: str, *, now: Snapshot | None = None
) -> SegmentRequest:
    """The request that segments every usable video with a run's weights, which it puts into the cache.

    On any thread where the values of the moment, `now`, are given.
    """
    values: Readable = now or project
    chosen = choose_run(values.document, run)
    videos = usable_videos(values)
    folder = cache_path("runs", project.uid, chosen.id, f"segment-{uuid4().hex[:8]}")
    weights = folder.with_suffix(".safetensors")
    remove_abandoned(folder.parent.glob("segment-*.safetensors"))  # of programs that were killed
    weights.write_bytes(project.weights(chosen.id))
    return SegmentRequest(
        run=chosen.id,
        videos=videos,
        weights=str(weights),
        out=str(folder),
        device=device,
        decoder=decoder or str(chosen.config.get("decoder", "fixed-order")),
    )


def forget_request(request: TrainRequest | SegmentRequest) -> None:
    """Remove the weights that a request took into the cache: its job has ended, or it was never sent. On any thread."""
    weights = Path(request.weights if isinstance(request, SegmentRequest) else request.resume)
    with suppress(OSError):
        weights.unlink()
        weights.parent.rmdir()  # unless something else lies there


def add_predictions(project: Project, run: RunId, result: Mapping[str, Any]) -> Changes:
    """The predictions of a segmenting job arrive, and names for their clusters where no ground truth gives them any."""
    arrived = project.add_predictions(predictions_of(project.document, run, result))
    names = first_names(project.document, run)
    return arrived if names is None else arrived | project.edit(names)


def predictions_of(document: Document, run: RunId, result: Mapping[str, Any]) -> list[Prediction]:
    """The predictions that a segmenting job's result describes."""
    found = []
    for video, entry in result["videos"].items():
        n_frames = document.videos[VideoId(video)].timebase.n_frames
        cut = Segmentation(np.array(entry["starts"]), np.array(entry["labels"]), n_frames)
        scores = ScoresRef(Path(entry["posterior"]), Path(entry["plan"]), Path(entry["prior"]))
        found.append(Prediction(run, VideoId(video), cut, scores, result.get("decoder", "fixed-order")))
    return found
