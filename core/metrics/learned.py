"""Scores of a run that learned from some of the videos: beside those of all videos, those of the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from .report import Report, Untouched, evaluate
from .segments import Labels
from .totals import Totals


def evaluate_learned(
    truths: Mapping[str, Labels],
    predictions: Mapping[str, Labels],
    *,
    learned: Collection[str] = (),
    label_map: Mapping[int, int] | None = None,
    **options: Any,
) -> Report:
    """`evaluate`; where a run learned from videos that are scored, also its scores on the others, under one map.

    A run was told the labels of the videos that it learned from, so only the others say what it found by itself.
    The label map of all videos is used for both where none is given.
    """
    scores = evaluate(truths, predictions, label_map=label_map, **options)
    told = sorted(v for v in truths if v in predictions and v in set(learned))
    if not told:
        return scores
    rest = {v: t for v, t in truths.items() if v in predictions and v not in set(learned)}
    if not rest:
        note = f"The run learned from all {len(told)} videos: these scores say nothing of what it finds by itself."
        return msgspec.structs.replace(scores, learned_from=told, notes=[*scores.notes, note])
    found = evaluate(rest, predictions, label_map=label_map, **options)
    totals = {name: getattr(found, name) for name in Totals.__struct_fields__}
    untouched = Untouched(videos=found.videos, frames=found.frames, **totals)
    note = (
        f"The run learned from {len(told)} of these videos. On the {found.videos} that it did not learn from: "
        f"MoF {100 * found.mof:.1f} %, F1 {100 * found.f1:.1f} %."
    )
    return msgspec.structs.replace(scores, learned_from=told, untouched=untouched, notes=[*scores.notes, note])
