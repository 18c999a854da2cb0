"""What must be said beside scores: of a label map that is not the plain match, of ground truth that is read anew."""

from __future__ import annotations

from .document import Document
from .values import LabelMap, Leftovers, TrackKind

MOST_NAMED, LONGEST = 3, 40
VIDEO_LEVEL = "Video level is far easier than activity level."


def by_hand_note(label_map: LabelMap) -> str:
    """How far a person moved the map from the match, or that there was none; empty where nobody touched it."""
    rows = len(label_map.by_hand)
    if not rows:
        return ""
    if not label_map.proposed:  # no ground truth to match with: nothing that a row could differ from
        return (
            f"Named by hand: {rows} of {label_map.n_clusters} clusters. Nothing was matched. "
            "Do not compare with published figures."
        )
    return (
        f"Edited by hand: {rows} of {label_map.n_clusters} rows {'differs' if rows == 1 else 'differ'} from the match. "
        "Do not compare with published figures."
    )


def map_notes(document: Document, label_map: LabelMap) -> list[str]:
    """The sentences, most important first; none for the match of the whole activity against its ground truth."""
    found = [by_hand_note(label_map)]
    if label_map.many_to_one:
        found.append("Many-to-one: not comparable with one-to-one.")
    if label_map.video is not None:
        video = document.videos.get(label_map.video)
        found.append(f"Matched on {video.name if video else label_map.video} alone. {VIDEO_LEVEL}")
    if label_map.reference is TrackKind.CORRECTED:
        found.append("Matched on the corrected labels of accepted videos, not on ground truth.")
    if label_map.reference is TrackKind.PREDICTION:
        found.append(
            "The names come from clusters, this run's or an earlier one's, not from a match with ground truth."
        )
    if label_map.leftovers is Leftovers.LARGEST and label_map.left_over:
        found.append("Clusters without a partner stand for the action they share most frames with.")
    return [note for note in (*found, *merge_notes(document)) if note]


def merge_notes(document: Document) -> list[str]:
    """What must be said beside scores against ground truth that is read through merges; empty without any."""
    frames = document.merged_frames
    if not frames:
        return []
    parts = []
    for label, count in list(frames.items())[:MOST_NAMED]:
        old, new = (_short(document, number) for number in (label, document.merges[label]))
        parts.append(f"{old} as {new} ({count:,} frames)")
    more = f" and {len(frames) - MOST_NAMED} more" if len(frames) > MOST_NAMED else ""
    told = f"Ground truth is read through merged actions: {', '.join(parts)}{more}."
    return [f"{told} Do not compare with published figures."]


def _short(document: Document, label: int) -> str:
    names = {int(action.id): " ".join(action.name.split()) for action in document.actions.values()}
    name = names.get(label, f"action {label}")
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
