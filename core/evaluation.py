"""Scores of an open project's tracks, and what can be said of a run without ground truth."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
import numpy as np

from .annotation.document import Document
from .annotation.map_notes import map_notes, merge_notes
from .annotation.segmentation import Segmentation
from .annotation.values import LabelMap
from .data.dataset import RunId, VideoId
from .data.features import load_matrix
from .errors import ConfigError, InputError
from .metrics.baselines import kmeans as cluster_frames
from .metrics.label_free import LabelFree, label_free
from .metrics.learned import evaluate_learned
from .metrics.report import Clustering
from .metrics.report import Report as Scores
from .metrics.segments import Labels
from .metrics.sil import SilView
from .project import Readable
from .run_work import choose_run


def evaluate_track(
    project: Readable, run: RunId | None, *, track: str, level: str, kmeans: bool = False, split_sil: str | None = None
) -> Scores:
    """Scores over the videos that have both ground truth and the track; see `api.evaluate`.

    Where labels are matched anew (at video level, and where one action is read as two) the label map is left out.
    """
    document = project.document
    found, n_clusters, label_map = track_of(project, run, track)
    scored = [v for v in document.videos if v in found and v in document.ground_truth]
    truths: dict[str, Labels] = {document.videos[v].name: document.ground_truth[v] for v in scored}
    labels: dict[str, Labels] = {document.videos[v].name: found[v] for v in scored}
    actions = {int(a.id): a.name for a in document.actions.values()}
    beside = {"kmeans": _kmeans(document, scored, n_clusters)} if kmeans else {}
    used = None if level == "video" or split_sil is not None else label_map
    notes = merge_notes(document) if used is None else []  # else they come with those of the map
    if split_sil is not None:
        view = SilView.of(actions, split_sil)
        split = view.apply(truths)
        actions, truths, notes = dict(view.actions), dict(split), [*notes, *view.notes(split)]
        labels = labels if n_clusters is not None else dict(view.apply(labels))
    scores = evaluate_learned(
        truths,
        labels,
        learned=[document.videos[v].name for v in _learned(document, run, track)],
        actions=actions,
        n_clusters=n_clusters,
        label_map=None if used is None else used.table(),
        level=level,
        beside=beside,
        notes=notes,
    )
    return scores if used is None else _marked(scores, document, used)


def _learned(document: Document, run: RunId | None, track: str) -> Collection[VideoId]:
    """The videos that a run learned from; none for corrected labels."""
    return choose_run(document, run).learned.videos if track == "prediction" else ()


def _marked(scores: Scores, document: Document, label_map: LabelMap) -> Scores:
    """The same scores with what must be said of the label map that they rest on."""
    return msgspec.structs.replace(
        scores,
        notes=[*scores.notes, *map_notes(document, label_map)],
        label_map_by_hand=list(label_map.by_hand),
        label_map_many_to_one=label_map.many_to_one,
    )


def track_of(
    project: Readable, run: RunId | None, track: str
) -> tuple[dict[VideoId, Segmentation], int | None, LabelMap | None]:
    """Segmentations of a track, K where they are clusters, and their label map.

    Raises ConfigError where there is nothing to score.
    """
    document = project.document
    n_clusters: int | None = None
    label_map: LabelMap | None = None
    if track == "corrected":
        found = dict(document.corrected)
        wanted = "No video with ground truth has corrected labels. Take a prediction first."
    elif track == "prediction":
        chosen = choose_run(document, run)
        found = {v: p.segmentation for (r, v), p in document.predictions.items() if r == chosen.id}
        n_clusters, label_map = chosen.n_clusters, document.label_maps[chosen.id]
        wanted = f"{chosen.name} has no prediction of a video with ground truth. Run: tot segment {project.path.name}"
    else:
        raise ConfigError(f'There is no track "{track}" to evaluate; wanted prediction or corrected.')
    if not document.ground_truth:
        raise ConfigError("This project has no ground truth to score against.")
    if not any(video in document.ground_truth for video in found):
        raise ConfigError(wanted)
    return found, n_clusters, label_map


def _kmeans(document: Document, videos: list[VideoId], n_clusters: int | None) -> Clustering:
    """k-means of the features on the annotation grid; K of the run, else the actions of the ground truth.

    Raises InputError when a scored video has no usable features.
    """
    for video in videos:
        if document.videos[video].features is None or not document.videos[video].is_trainable:
            raise InputError(document.videos[video].name, "has no usable features; k-means needs them of every video.")
    if n_clusters is None:
        n_clusters = len({label for v in videos for label in document.ground_truth[v].labels.tolist() if label >= 0})
    rows = cluster_frames([load_matrix(document.videos[v]) for v in videos], n_clusters)
    labels = {}
    for video, found in zip(videos, rows, strict=True):
        clock = document.videos[video].timebase
        labels[document.videos[video].name] = found[np.minimum(clock.rows(), len(found) - 1)]
    return Clustering(labels, n_clusters)


def label_free_of(project: Readable, run: RunId | None) -> LabelFree:
    """Lengths, order and unused clusters of a run's predictions; no ground truth is needed.

    Raises ConfigError when the run has no prediction.
    """
    document = project.document
    chosen = choose_run(document, run)
    found = {v: p.segmentation for (r, v), p in document.predictions.items() if r == chosen.id}
    if not found:
        raise ConfigError(f"{chosen.name} has no prediction. Run: tot segment {project.path.name}")
    return label_free({str(v): cut for v, cut in found.items()}, chosen.n_clusters)
