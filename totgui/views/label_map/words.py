"""What the label map says of itself: scope and scores, leftovers, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.annotation.document import Document
from core.annotation.map_notes import VIDEO_LEVEL, map_notes
from core.annotation.overlap import Overlap
from core.annotation.values import UNMAPPED, LabelMap, Leftovers, Target, TrackKind
from core.data.dataset import RunId, VideoId

from ...models.widgets import percent, short
from ...session import Session
from .head import HeadState

MANY_NAMES, LONGEST_NAME = 8, 30


def target_name(name_of: Callable[[int], str], target: Target) -> str:
    """The name of a target, in a sentence."""
    return "not mapped" if target == UNMAPPED else name_of(target)


def empty_text(document: Document | None, run: RunId | None, *, counting: bool, video: VideoId | None = None) -> str:
    """Why there is nothing to map; `video` is the one that is counted alone."""
    if document is None:
        return ""
    if run is None:
        return "No runs yet. Train one."
    if counting and any(r == run for r, _ in document.predictions):
        return "Counting frames…"
    if video is not None and any(r == run for r, _ in document.predictions):
        return f"{document.videos[video].name} was not segmented with {document.runs[run].name}. Count the activity."
    return f"No predictions yet. Segment the videos with {document.runs[run].name}."


def head_state(
    document: Document,
    run: RunId,
    found: Overlap,
    *,
    scores: str,
    best: float | None,
    references: Mapping[TrackKind, int],
    video: VideoId | None,
    page: str,
) -> HeadState:
    """Everything above the matrix."""
    label_map = document.label_maps[run]
    policies = [Leftovers.UNMAPPED, Leftovers.LARGEST]
    if document.dataset.background_names or found.wanted[-2] or label_map.leftovers is Leftovers.BACKGROUND:
        policies.insert(1, Leftovers.BACKGROUND)
    return HeadState(
        run=document.runs[run].name,
        status=_status(document, found, label_map, scores, best),
        status_tip=_fit(document, found, label_map),
        reference=found.inputs.reference,
        videos=dict(references),
        one_video=found.inputs.video is not None,
        video=document.videos[video].name if video in document.videos else "",
        many_to_one=label_map.many_to_one,
        leftovers=label_map.leftovers,
        policies=tuple(policies),
        left_over=_left_over(found, label_map),
        left_over_tip=_left_over_tip(found, label_map),
        page=page,
        is_matched=found.has_truth,
    )


def _status(document: Document, found: Overlap, label_map: LabelMap, scores: str, best: float | None) -> str:
    if not found.has_truth:
        if found.inputs.reference is TrackKind.CORRECTED and document.ground_truth:
            return "No corrected video is accepted yet. Accept one, or hold the clusters against ground truth."
        if found.inputs.video is not None:
            return f"{document.videos[found.inputs.video].name} has nothing to hold the clusters against."
        return (
            "Matching needs ground truth, or accepted videos with corrected labels. There are none. "
            "Name the steps by their pictures."
        )
    video = found.inputs.video
    if video is None:
        many = len(found.scored)
        return f"{scores} · activity level, {many} video{'' if many == 1 else 's'}"
    own = (
        ""
        if best is None
        else f" Matched alone it would be MoF {percent(best)}: {VIDEO_LEVEL[0].lower()}{VIDEO_LEVEL[1:]}"
    )
    return f"{scores} · {document.videos[video].name} alone, under the map of the activity.{own}"


def _fit(document: Document, found: Overlap, label_map: LabelMap) -> str:
    """The videos that the map was fitted on and those it is scored on."""
    if label_map.video is not None and label_map.video in document.videos:
        fitted = document.videos[label_map.video].name
    else:
        fitted = "all videos of the activity"
    on = "corrected labels" if label_map.reference is TrackKind.CORRECTED else "ground truth"
    names = [document.videos[v].name for v in found.scored[:MANY_NAMES]]
    rest = f" and {len(found.scored) - MANY_NAMES} more" if len(found.scored) > MANY_NAMES else ""
    notes = map_notes(document, label_map)
    matched = "Not matched." if label_map.reference is TrackKind.PREDICTION else f"Matched on {on} of {fitted}."
    return " ".join([f"{matched} Scored on {', '.join(names)}{rest}.", *notes])


def _left_over(found: Overlap, label_map: LabelMap) -> str:
    left = [c for c in label_map.left_over if found.frames[c]]
    return f"{len(left)} cluster{'' if len(left) == 1 else 's'} left over: {_frames(found, left)}." if left else ""


def _left_over_tip(found: Overlap, label_map: LabelMap) -> str:
    left = [c for c in label_map.left_over if found.frames[c]]
    by_hand = [c for c in label_map.by_hand if label_map.target(c) == UNMAPPED and found.frames[c]]
    parts = ["What clusters become that the match leaves without an action."]
    if left:
        parts.append(f"{_clusters(left)}: {_frames(found, left)}.")
    if by_hand:
        parts.append(f"{_clusters(by_hand)} unmapped by hand, counted as wrong: {_frames(found, by_hand)}.")
    return " ".join(parts)


def _clusters(clusters: list[int]) -> str:
    numbers = ", ".join(map(str, clusters[:MANY_NAMES])) + ("…" if len(clusters) > MANY_NAMES else "")
    return f"Cluster{'' if len(clusters) == 1 else 's'} {numbers}"


def _frames(found: Overlap, clusters: list[int]) -> str:
    return f"{sum(int(found.frames[c]) for c in clusters):,} frames"


def missing_text(session: Session, found: Overlap, label_map: LabelMap) -> str:
    """The actions of the reference that no cluster has."""
    taken = set(label_map.table().values())
    names = [
        f"{short(session.action_name(target), LONGEST_NAME)} ({int(frames):,})"
        for target, frames in zip(found.columns[:-2], found.wanted[:-2], strict=True)
        if target not in taken and frames
    ]
    if not names:
        return ""
    shown = ", ".join(names[:MANY_NAMES]) + (f" and {len(names) - MANY_NAMES} more" if len(names) > MANY_NAMES else "")
    return f"Actions without a cluster: {shown}."


def larger_text(session: Session, found: Overlap, cluster: int) -> str:
    """What can be done about a cluster that mixes two actions; empty where it does not."""
    if not found.is_mixed(cluster):
        return ""
    counts = found.counts[cluster, :-2]
    places = counts.argsort(kind="stable")[::-1][:2].tolist()
    total = int(found.counts[cluster].sum())
    parts = [f"{session.action_name(found.columns[p])} {100 * int(counts[p]) / total:.0f} %" for p in places]
    more = found.inputs.n_clusters + 1
    return f"It mixes {' and '.join(parts)}; a map cannot part them. Train with K = {more} or more."
