"""What an open project teaches the next training, and the record of it in the run that comes of it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from .annotation.document import Document
from .annotation.learnable import learnable, vouched
from .annotation.learned import Amount, Learned, Taught
from .annotation.values import LabelMap, ReviewStatus, Run
from .data.dataset import ActionId, ClusterId, RunId, VideoId
from .data.npy import open_matrix
from .errors import ConfigError, TotError
from .metrics.coverage import Description, describe, propose

DEFAULT = "corrected"
DECIDED = (ReviewStatus.ACCEPTED, ReviewStatus.REJECTED)


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


def amount_for(document: Document, source: str) -> Amount:
    """How much `lessons_for` would find, without collecting it. Raises ConfigError."""
    found = [each for v, each in vouched(document, source).items() if document.videos[v].is_trainable]
    actions = frozenset[int]().union(*(each.actions for each in found))
    return Amount(len(found), sum(each.frames for each in found), len(actions))


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


def first_map(run: RunId, n_clusters: int, result: Mapping[str, Any], *, actions: Container[ActionId]) -> LabelMap:
    """The label map that a run arrives with: names that it was taught are locked, the rest is matched.

    An action that was taken back while the run was trained is nobody's; `actions` are those that are there.
    """
    given = {ClusterId(int(c)): int(a) for c, a in result.get("label_map", {}).items()}
    proposed = {c: a for c, a in given.items() if a < 0 or ActionId(a) in actions}
    bound = frozenset(ClusterId(int(c)) for c in (result.get("learned") or {}).get("bound", {})) & proposed.keys()
    return LabelMap(run, n_clusters, proposed=proposed, locked=frozenset(bound))


def posterior_files(document: Document, run: RunId) -> dict[VideoId, Path]:
    """Where the posteriors of a run's predictions should lie; the cache may have lost them."""
    return {v: p.scores.posterior for (r, v), p in document.predictions.items() if r == run and p.scores is not None}


def describe_files(files: Mapping[VideoId, Path]) -> dict[VideoId, Description]:
    """The description of each video whose posterior can be read."""
    found = {}
    for video, path in files.items():
        with suppress(TotError, OSError):
            found[video] = describe(open_matrix(path))
    return found


def corrected(document: Document) -> set[VideoId]:
    """Videos that need no correcting any more: accepted, rejected, or by hand for the most part."""
    found = {v for v, review in document.reviews.items() if review.status in DECIDED}
    by_hand = vouched(document, DEFAULT)
    return found | {v for v, t in by_hand.items() if 2 * t.frames >= document.videos[v].timebase.n_frames}


def next_videos(document: Document, run: RunId, count: int | None = None) -> list[VideoId]:
    """Which videos to correct next, best first, going by a run.

    Raises ConfigError where the run has no scores to go by.
    """
    described = describe_files(posterior_files(document, run))
    if not described:
        raise ConfigError(f"{document.runs[run].name} has no scores to go by. Segment the videos: tot segment")
    return propose(described, corrected(document), count)
