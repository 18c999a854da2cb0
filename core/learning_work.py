"""What an open project teaches the next training, and the record of it in the run that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .annotation.document import Document
from .annotation.learnable import learnable
from .annotation.learned import Learned, Taught
from .annotation.values import LabelMap, Run
from .data.dataset import ClusterId, RunId, VideoId

DEFAULT = "corrected"


def lessons_for(document: Document, learn_from: str | None, *, method: str, again: Run | None = None) -> Learned:
    """The corrections that a training learns from.

    Args:
        learn_from: one of `SOURCES`. None repeats what the run `again` learned from; without such a run it is
            ``corrected``, and ``none`` for the baseline CTE, which cannot learn from corrections.
    Raises:
        ConfigError: an unknown source.
    """
    if learn_from is None and again is not None:
        return again.learned
    source = learn_from or ("none" if method == "cte" else DEFAULT)
    found = learnable(document, source)
    usable = {v: taught for v, taught in found.videos.items() if document.videos[v].is_trainable}
    return Learned(source if usable else "none", usable)


def of_request(document: Document, learned: Learned) -> dict[str, Any]:
    """The fields of a `TrainRequest` that carry them."""
    return {
        "learn_from": learned.source,
        "corrections": {str(v): (list(t.starts), list(t.labels)) for v, t in learned.videos.items()},
        "actions": {int(action.id): action.name for action in document.actions.values()},
    }


def of_result(result: Mapping[str, Any]) -> Learned:
    """What the manifest of a training says that it learned from."""
    found = result.get("learned")
    if not found:
        return Learned()
    videos = {
        VideoId(video): Taught(tuple(each["starts"]), tuple(each["labels"]), int(each["frames"]))
        for video, each in found["videos"].items()
    }
    return Learned(str(found["source"]), videos)


def first_map(run: RunId, n_clusters: int, result: Mapping[str, Any]) -> LabelMap:
    """The label map that a run arrives with: names that it was taught are locked, the rest is matched."""
    proposed = {ClusterId(int(c)): int(a) for c, a in result.get("label_map", {}).items()}
    bound = frozenset(ClusterId(int(c)) for c in (result.get("learned") or {}).get("bound", {}))
    return LabelMap(run, n_clusters, proposed=proposed, locked=bound)
