"""Train, segment, evaluate, map and export an open project: requests out, arrivals and edits in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np

from . import learning_work, run_folder
from .annotation.document import Document
from .annotation.learned import Learned
from .annotation.map_notes import map_notes
from .annotation.overlap import Counter, Match, inputs_of, solve
from .annotation.segmentation import Segmentation
from .annotation.values import UNMAPPED, Leftovers, Prediction, ReviewStatus, Run, ScoresRef
from .cache import atomic_write, cache_path
from .data.dataset import BACKGROUND, UNLABELLED, ActionId, ClusterId, RunId, VideoId
from .errors import ConfigError, EditError, InputError
from .formats.registry import ExportSummary, ExportTrack, find_format
from .formats.track import NO_DATE, ClusterNames
from .requests import SegmentRequest, TrainRequest, TrainVideo

if TYPE_CHECKING:
    from .project import Project, Readable

NOTHING = Learned()
TRACKS = ("corrected", "prediction", "ground-truth")
Chosen = str | Collection[VideoId]
"""Which videos: ``accepted``, ``all``, names with commas, or their ids."""


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


def usable_videos(project: Project) -> tuple[TrainVideo, ...]:
    """The videos that can be trained on. Raises InputError, which names the verb that makes features, without any."""
    videos = train_videos(project.document)
    if not videos:
        raise InputError(
            project.path,
            "no video of this project has usable features.",
            hint="Make them with: tot features PROJECT.tot",
        )
    return videos


def shown_run(document: Document) -> Run | None:
    """The newest run that is not hidden; None where there is none."""
    return max((r for r in document.runs.values() if not r.hidden), key=lambda r: r.number, default=None)


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
    project: Project, config: Any, device: str, *, resume: RunId | None = None, learned: Learned = NOTHING
) -> TrainRequest:
    """The request that trains on every usable video, with an out folder of its own in the cache.

    A training that goes on learns from what it began with, whatever `learned` says.
    """
    out = cache_path("runs", project.uid, f"train-{uuid4().hex[:8]}")
    weights = ""
    if resume is not None:
        kept = out / "resume.safetensors"
        atomic_write(kept, project.weights(choose_run(project.document, resume).id))
        weights, learned = str(kept), choose_run(project.document, resume).learned
    return TrainRequest(
        videos=usable_videos(project),
        config=config,
        device=device,
        out=str(out),
        resume=weights,
        **learning_work.of_request(project.document, learned),
    )


def add_run(project: Project, result: Mapping[str, Any], *, parent: RunId | None = None) -> RunId:
    """The id of the new run that a training's manifest describes; its folder goes when the run is on disk.

    A run that goes on from a `parent` has the parent's curve before its own.
    """
    curve = tuple(tuple(row) for row in result["curve"])
    earlier = project.document.runs.get(parent) if parent is not None else None
    if earlier is not None and curve:
        curve = (*(row for row in earlier.curve if (row[0] or 0) < (curve[0][0] or 0)), *curve)
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
    label_map = learning_work.first_map(run.id, run.n_clusters, result)
    weights = Path(result["weights"])
    project.add_run(run, label_map, weights.read_bytes(), then=lambda: run_folder.remove(weights.parent))
    return run.id


def can_go_on(project: Project, run: RunId) -> bool:
    """Whether the weights of a run hold where its training stood when it was stopped. Raises StoreError."""
    weights = project.weights(run)
    size = int.from_bytes(weights[:8], "little")  # safetensors: the length of its header, then names and places
    return b'"checkpoint.' in weights[8 : 8 + size]


def left_runs(project: Project) -> list[Mapping[str, Any]]:
    """The results of trainings that were finished while nobody was there to take them, oldest first.

    Each goes to `add_run`, or its folder to `forget_run`.
    """
    found = [run_folder.read_manifest(folder) for folder in run_folder.left_behind(project.uid)]
    return [result for result in found if result is not None]


def forget_run(result: Mapping[str, Any]) -> None:
    """Remove the folder of a training that nobody wants."""
    run_folder.remove(Path(result["weights"]).parent)


def segment_request(project: Project, run: RunId | None, decoder: str | None, device: str) -> SegmentRequest:
    """The request that segments every usable video with a run's weights, which it puts into the cache."""
    chosen = choose_run(project.document, run)
    videos = usable_videos(project)
    folder = cache_path("runs", project.uid, chosen.id, f"segment-{uuid4().hex[:8]}")
    weights = folder.with_suffix(".safetensors")
    weights.write_bytes(project.weights(chosen.id))
    return SegmentRequest(
        run=chosen.id,
        videos=videos,
        weights=str(weights),
        out=str(folder),
        device=device,
        decoder=decoder or str(chosen.config.get("decoder", "fixed-order")),
    )


def predictions_of(document: Document, run: RunId, result: Mapping[str, Any]) -> list[Prediction]:
    """The predictions that a segmenting job's result describes."""
    found = []
    for video, entry in result["videos"].items():
        n_frames = document.videos[VideoId(video)].timebase.n_frames
        cut = Segmentation(np.array(entry["starts"]), np.array(entry["labels"]), n_frames)
        scores = ScoresRef(Path(entry["posterior"]), Path(entry["plan"]), Path(entry["prior"]))
        found.append(Prediction(run, VideoId(video), cut, scores, result.get("decoder", "fixed-order")))
    return found


def edit_map(
    project: Project,
    run: RunId | None,
    *,
    targets: Mapping[int, str],
    lock: Sequence[int],
    rematch: bool,
    leftovers: str | None = None,
    many_to_one: bool | None = None,
) -> dict[str, Any]:
    """The label map as plain values, after the edits that were asked for, in the order of the arguments."""
    from .annotation import commands

    document = project.document
    chosen = choose_run(document, run)
    for cluster in (*targets, *lock):
        if not 0 <= cluster < chosen.n_clusters:
            raise ConfigError(f"There is no cluster {cluster}; {chosen.name} has 0 to {chosen.n_clusters - 1}.")
    wanted = {cluster: _action_called(document, name) for cluster, name in targets.items()}
    if many_to_one is not None and document.label_maps[chosen.id].many_to_one != many_to_one:
        project.edit(commands.set_many_to_one(document, chosen.id, many_to_one))
    for cluster, target in wanted.items():
        if document.label_maps[chosen.id].target(cluster) != target:
            project.edit(commands.set_target(document, chosen.id, ClusterId(cluster), target))
    for cluster in lock:
        if cluster not in document.label_maps[chosen.id].locked:
            project.edit(commands.set_lock(document, chosen.id, ClusterId(cluster), True))
    if leftovers is not None:
        _set_leftovers(project, chosen, Leftovers(leftovers))
    if rematch:
        _rematch(project, chosen)
    return _map_values(document, chosen)


def _match(project: Project, run: Run) -> Match:
    document = project.document
    found = Counter().count(inputs_of(document, run.id))
    if not found.has_truth:
        raise ConfigError("Matching needs predictions of videos with ground truth. Run tot segment first.")
    return solve(found, document.label_maps[run.id])


def _set_leftovers(project: Project, run: Run, policy: Leftovers) -> None:
    from .annotation import commands

    fill = _match(project, run).fill if policy is Leftovers.LARGEST else {}
    with suppress(EditError):  # the policy that is set already
        project.edit(commands.set_leftovers(project.document, run.id, policy, fill))


def _rematch(project: Project, run: Run) -> None:
    from .annotation import commands

    found = _match(project, run)
    with suppress(EditError):  # the same match again changes nothing
        project.edit(commands.rematch(project.document, run.id, found.proposed, table=found.table, fill=found.fill))


def _action_called(document: Document, name: str) -> int:
    if name in ("null", "none", "unmapped", ""):
        return int(UNMAPPED)
    if name == "background":
        return int(BACKGROUND)
    for action in document.actions.values():
        if action.name == name and not action.archived:
            return int(action.id)
    if name.isdigit() and ActionId(int(name)) in document.actions:
        return int(name)
    known = ", ".join(a.name for a in document.actions.values() if not a.archived)
    raise ConfigError(f'There is no action "{name}" in this project; there are: {known}.')


def _map_values(document: Document, run: Run) -> dict[str, Any]:
    label_map = document.label_maps[run.id]
    clusters = []
    for cluster, target in label_map.table().items():
        action = document.actions.get(ActionId(target))
        name = "background" if target == BACKGROUND else action.name if action else None
        clusters.append(
            {
                "cluster": cluster,
                "action": name,
                "locked": cluster in label_map.locked,
                "by_hand": cluster in label_map.by_hand,
            }
        )
    return {
        "run": run.id,
        "label_map": {str(c["cluster"]): c["action"] for c in clusters},
        "clusters": clusters,
        "many_to_one": label_map.many_to_one,
        "leftovers": str(label_map.leftovers),
        "notes": map_notes(document, label_map),
    }


def export_tracks(
    project: Readable,
    name: str,
    out: Path,
    *,
    track: str,
    videos: Chosen,
    run: RunId | None,
    unlabelled_as_background: bool,
) -> ExportSummary:
    """Write the chosen videos' labels in one format."""
    form = find_format(name)
    return form.write(_export_tracks(project, track, videos, run, unlabelled_as_background), out)


def export_preview(
    project: Readable,
    name: str,
    *,
    track: str,
    videos: Chosen,
    run: RunId | None,
    unlabelled_as_background: bool,
) -> tuple[str, str]:
    """(name, text) of the first file that an export of the first of the chosen videos would write."""
    form = find_format(name)
    first = next(iter(chosen_tracks(project.document, track, videos, run)))
    encoded = form.texts(_export_tracks(project, track, (first,), run, unlabelled_as_background))
    return next(iter(encoded.files.items()))


def _export_tracks(
    project: Readable, track: str, videos: Chosen, run: RunId | None, unlabelled_as_background: bool
) -> list[ExportTrack]:
    """The chosen videos' labels as a format writes them."""
    document, edited, tracks = project.document, edited_times(project), []
    for video, cut in chosen_tracks(document, track, videos, run).items():
        if unlabelled_as_background:
            cut = Segmentation.from_pieces(
                cut.starts.tolist(),
                [BACKGROUND if label == UNLABELLED else label for label in cut.labels.tolist()],
                cut.n_frames,
            )
        tracks.append(export_track(document, video, cut, track, edited.get(video, "")))
    if track == "prediction":
        names = cluster_names(document, choose_run(document, run))
        tracks = [replace(one, mapping=names) for one in tracks]
    return tracks


def cluster_names(document: Document, run: Run) -> ClusterNames:
    """The label map of a run as an export carries it."""
    label_map = document.label_maps[run.id]
    names = []
    for target in label_map.table().values():
        action = document.actions.get(ActionId(target))
        names.append("background" if target == BACKGROUND else action.name if action else None)
    return ClusterNames(run.name, tuple(names), label_map.by_hand, tuple(map_notes(document, label_map)))


def edited_times(project: Readable) -> dict[VideoId, str]:
    """When the labels or the review of each video were edited last (ISO 8601, UTC); untouched videos are left out."""
    latest: dict[VideoId, float] = {}
    for step in project.history.done:
        for video in step.videos:
            latest[video] = max(step.ts, latest.get(video, 0.0))
    return {v: datetime.fromtimestamp(ts, UTC).isoformat(timespec="seconds") for v, ts in latest.items() if ts}


def export_track(document: Document, video: VideoId, cut: Segmentation, track: str, edited: str = "") -> ExportTrack:
    """One video's labels as a format writes them: with the actions in use and those that it has.

    `edited` is the time of the last edit, which only the corrected track has.
    """
    known = {int(label) for label in cut.labels.tolist()}
    used = {a.id: a for a in document.actions.values() if not a.archived or int(a.id) in known}
    one, review = document.videos[video], document.review(video)
    media = one.media.name if one.media is not None else ""
    when = edited if edited and track == "corrected" else NO_DATE
    return ExportTrack(one.name, one.timebase, cut, used, track, str(review.status), review.note, media, when)


def chosen_tracks(document: Document, track: str, videos: Chosen, run: RunId | None) -> dict[VideoId, Segmentation]:
    """The labels of the chosen videos in ActionIds, in the order of the dataset. Raises ConfigError for none.

    `track` is one of TRACKS; `videos` is ``accepted``, ``all``, a name or names with commas, or a list of ids and such
    texts; `run` None is the newest.
    """
    if track not in TRACKS:
        raise ConfigError(f'There is no track "{track}"; there are: {", ".join(TRACKS)}.')
    found = _tracks(document, track, run)
    chosen = [v for v in _chosen_videos(document, videos) if v in found]
    if not chosen:
        named = f'of "{videos}"' if isinstance(videos, str) else "that was chosen"
        raise ConfigError(
            f"No video {named} has a {track} track. "
            + (
                "Accept videos first, or use --videos all."
                if videos == "accepted"
                else "Adopt a prediction first, or use --track prediction."
                if track == "corrected"
                else ""
            )
        )
    return {video: found[video] for video in chosen}


def _tracks(document: Document, track: str, run: RunId | None) -> dict[VideoId, Segmentation]:
    if track == "ground-truth":
        return dict(document.ground_truth)
    if track == "corrected":
        return dict(document.corrected)
    chosen = choose_run(document, run)
    table = document.label_maps[chosen.id].table()
    return {
        v: p.segmentation.mapped(table, default=UNLABELLED)
        for (r, v), p in document.predictions.items()
        if r == chosen.id
    }


def _chosen_videos(document: Document, videos: Chosen) -> list[VideoId]:
    if isinstance(videos, str):
        return _videos_of(document, videos)
    found = {v for each in videos for v in ([each] if each in document.videos else _videos_of(document, each))}
    return [v for v in document.videos if v in found]


def _videos_of(document: Document, text: str) -> list[VideoId]:
    """The videos that one text names: ``all``, ``accepted``, a name as it is, else names with commas between them."""
    if text == "all":
        return list(document.videos)
    if text == "accepted":
        return [v for v in document.videos if document.review(v).status is ReviewStatus.ACCEPTED]
    by_name = {video.name: video.id for video in document.videos.values()}
    if text in by_name:  # a name may hold commas
        return [by_name[text]]
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise ConfigError(f'There is no video "{unknown[0]}" in this project.')
    return [by_name[name] for name in names]


def check_project(path: Path) -> list[str]:
    """Findings of reading every row of a project file and following its log back; the file is not changed."""
    from .store.opening import examine

    if not path.is_file():
        raise InputError(path, "is not there; wanted a project file (.tot).")
    return examine(path)


def newest_backup(path: Path) -> tuple[Path, datetime] | None:
    """The newest backup of a project that passes its check, and when it was made."""
    from .store.backup import newest_whole

    found = newest_whole(path)
    return None if found is None else (found.path, found.at)


def repair_project(path: Path, out: Path) -> dict[str, Any]:
    """What could be saved of a damaged project into a new one, as plain values; the damaged one is not changed."""
    from .store.salvage import salvage

    found = salvage(path, out)
    return {
        "out": str(found.out),
        "videos": found.videos,
        "corrected": found.corrected,
        "runs": found.runs,
        "edits_read": found.edits,
        "lost": list(found.lost),
    }
