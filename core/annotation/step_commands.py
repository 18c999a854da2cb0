"""Names for clusters that no ground truth names: steps of their own at first, then the names of the run before.

A person who films a procedure has no labels, so nothing can be matched. The clusters still are the result; each becomes
an action called "Step 1", "Step 2", … in the order of time, which the person renames. The clusters of a later run take
the names that were given by then, by the frames that they share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..data.colours import colour_for
from ..data.dataset import Action, ActionId, ClusterId, RunId, VideoId
from ..errors import EditError
from ..metrics.matching import hungarian
from ..metrics.segments import overlaps, runs_of
from .action_commands import STEP, is_unnamed_step
from .document import Document
from .edit import Edit, Swap
from .mapped import through
from .segmentation import Segmentation
from .values import UNMAPPED, ActionKey, LabelMap, MapKey, TrackKind


def first_names(document: Document, run: RunId) -> Edit | None:
    """The names that a run's clusters arrive with where no ground truth names them; None where there are none to give.

    A project without actions gets one for each cluster; otherwise the names of an earlier run go over by shared frames.
    """
    label_map = document.label_maps[run]
    if document.ground_truth or label_map.overrides or set(label_map.proposed) - label_map.locked:
        return None
    if any(not action.archived for action in document.actions.values()):
        return _carried(document, run)
    return name_steps(document, run) if _unnamed(document, label_map) else None


def has_unnamed_steps(document: Document, run: RunId) -> bool:
    """Whether a cluster of a run stands for a step that nobody named yet."""
    targets = document.label_maps[run].table().values()
    return any(is_unnamed_step(document, ActionId(target)) for target in targets if target >= 0)


def name_steps(document: Document, run: RunId) -> Edit:
    """Each cluster that occurs and has no target gets an action of its own, in the order of time. Raises EditError."""
    if run not in document.label_maps:
        raise EditError(f'There is no run "{run}" in this project.')
    before = document.label_maps[run]
    clusters = _unnamed(document, before)
    if not clusters:
        raise EditError("Every cluster that occurs has an action already.")
    taken = [int(found[1]) for a in document.actions.values() if (found := STEP.fullmatch(a.name))]
    first = 1 + max((int(a) for a in document.actions), default=-1)
    swaps, given = [], {}
    for place, cluster in enumerate(clusters):
        number = ActionId(first + place)
        name = f"Step {1 + max(taken, default=0) + place}"
        swaps.append(Swap(ActionKey(number), None, Action(number, name, colour_for(int(number)))))
        given[ClusterId(cluster)] = int(number)
    if before.proposed or before.overrides:  # a match came before: what is added to it is a person's wish
        after = replace(before, overrides={**before.overrides, **given})
    else:
        after = replace(before, proposed=given, reference=TrackKind.PREDICTION)
    return Edit(f"steps of {document.runs[run].name}", (*swaps, Swap(MapKey(run), before, after)))


def _unnamed(document: Document, label_map: LabelMap) -> list[int]:
    """The clusters without a target that occur in a prediction, by the mean place of their frames in the videos."""
    frames = np.zeros(label_map.n_clusters)
    places = np.zeros(label_map.n_clusters)
    for (run, _video), prediction in document.predictions.items():
        if run == label_map.run:
            cut = prediction.segmentation
            inside = (cut.labels >= 0) & (cut.labels < label_map.n_clusters)
            labels, lengths = cut.labels[inside], (cut.stops - cut.starts)[inside] / cut.n_frames
            middle = (cut.stops + cut.starts)[inside] / (2 * cut.n_frames)
            frames += np.bincount(labels, lengths, minlength=label_map.n_clusters)
            places += np.bincount(labels, lengths * middle, minlength=label_map.n_clusters)
    found = [c for c in range(label_map.n_clusters) if frames[c] > 0 and label_map.target(c) == UNMAPPED]
    return sorted(found, key=lambda c: places[c] / frames[c])


def _carried(document: Document, run: RunId) -> Edit | None:
    """The names known so far, one to one by shared frames; None where no cluster gets one.

    Clusters that learned their names keep them.
    """
    known, before = _known_names(document, run), document.label_maps[run]
    pairs = [
        (known[video], prediction.segmentation)
        for (of, video), prediction in document.predictions.items()
        if of == run and video in known and known[video].n_frames == prediction.segmentation.n_frames
    ]
    if not pairs:
        return None
    names, clusters = runs_of([name for name, _ in pairs]), runs_of([cut for _, cut in pairs])
    actions = sorted(a for a in document.actions if not document.actions[a].archived)
    shared = overlaps(names, clusters)
    labels, rows = names.labels[shared.first], clusters.labels[shared.second]
    usable = np.isin(labels, actions) & (rows >= 0) & (rows < before.n_clusters)
    counts = np.zeros((before.n_clusters, len(actions)), np.int64)
    np.add.at(counts, (rows[usable], np.searchsorted(actions, labels[usable])), shared.frames[usable])
    kept = {int(c): before.target(c) for c in before.locked}
    fixed = {c: actions.index(ActionId(t)) if t in actions else -1 for c, t in kept.items()}
    found = {c: int(actions[place]) for c, place in hungarian(counts, fixed).items() if counts[c, place]}
    proposed = {ClusterId(c): t for c, t in (found | kept).items()}
    if proposed == before.proposed:
        return None
    after = replace(before, proposed=proposed, reference=TrackKind.PREDICTION)
    return Edit(f"names for {document.runs[run].name}", (Swap(MapKey(run), before, after),))


def _known_names(document: Document, run: RunId) -> Mapping[VideoId, Segmentation]:
    """The corrected track of each video, else the newest other run's prediction of it that has names."""
    found = dict(document.corrected)
    for other in reversed([other for other in document.shown_runs if other.id != run]):
        label_map = document.label_maps[other.id]
        if any(target >= 0 for target in label_map.table().values()):
            for video in document.videos:
                prediction = document.predictions.get((other.id, video))
                if prediction is not None:
                    found.setdefault(video, through(prediction, label_map))
    return found
