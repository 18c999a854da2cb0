"""The present values of an open project, by key. `apply` is the only way an edit gets in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import replace
from typing import Any

from ..data.dataset import Action, ActionId, Dataset, RunId, Video, VideoId
from ..errors import EditError
from .changes import Changes, What
from .edit import Edit
from .merges import merge_table, merged_frames, read_through, videos_with
from .segmentation import Segmentation
from .values import (
    ActionKey,
    Comment,
    CommentId,
    CommentKey,
    Key,
    KitText,
    KitTextKey,
    LabelMap,
    MapKey,
    Prediction,
    Review,
    ReviewKey,
    Run,
    RunName,
    RunNameKey,
    StepText,
    StepTextKey,
    TrackKey,
    Value,
)

_KINDS: dict[type[Key], type[Value]] = {
    TrackKey: Segmentation,
    MapKey: LabelMap,
    ActionKey: Action,
    ReviewKey: Review,
    StepTextKey: StepText,
    KitTextKey: KitText,
    RunNameKey: RunName,
    CommentKey: Comment,
}


class Document:
    """Dataset, actions, tracks, label maps and reviews as they stand now.

    The dictionaries are for reading; `apply`, `hide_run` and the `add_` methods are the only writers. Actions stand in
    the order in which they are listed and get their keys. `imported` is ground truth as it came, and never changes;
    `ground_truth` is how it is read: with merged actions under the name that they have now.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.videos: dict[VideoId, Video] = {video.id: video for video in dataset.videos}
        self.actions: dict[ActionId, Action] = _in_order(dataset.actions)
        self.imported: dict[VideoId, Segmentation] = {}
        self._merges: dict[int, int] | None = None
        self._read: dict[VideoId, Segmentation] | None = None
        self._merged_frames: dict[int, int] | None = None
        self.corrected: dict[VideoId, Segmentation] = {}
        self.predictions: dict[tuple[RunId, VideoId], Prediction] = {}
        self.runs: dict[RunId, Run] = {}
        self.label_maps: dict[RunId, LabelMap] = {}
        self.reviews: dict[VideoId, Review] = {}
        self.step_texts: dict[ActionId, StepText] = {}
        self.kit_text: KitText | None = None
        self.comments: dict[VideoId, Mapping[CommentId, Comment]] = {}

    @property
    def merges(self) -> dict[int, int]:
        """What each merged action is read as."""
        if self._merges is None:
            self._merges = merge_table(self.actions.values())
        return self._merges

    @property
    def ground_truth(self) -> dict[VideoId, Segmentation]:
        """Ground truth by video, merged actions under the name that they have now."""
        if not self.merges:
            return self.imported
        if self._read is None:
            self._read = {video: read_through(track, self.merges) for video, track in self.imported.items()}
        return self._read

    @property
    def merged_frames(self) -> dict[int, int]:
        """Frames of ground truth that are read under another name than the one they were imported with, by action."""
        if self._merged_frames is None:
            self._merged_frames = merged_frames(self.imported.values(), self.merges)
        return self._merged_frames

    def _read_anew(self) -> None:
        self._merges = self._read = self._merged_frames = None

    @property
    def shown_runs(self) -> list[Run]:
        """The runs that are not hidden, the newest last."""
        return sorted((run for run in self.runs.values() if not run.hidden), key=lambda run: run.number)

    def value(self, key: Key) -> Value | None:
        """The present value of a key, None where there is none."""
        if isinstance(key, TrackKey):
            return self.corrected.get(key.video)
        if isinstance(key, MapKey):
            return self.label_maps.get(key.run)
        if isinstance(key, ActionKey):
            return self.actions.get(key.action)
        if isinstance(key, StepTextKey):
            return self.step_texts.get(key.action)
        if isinstance(key, KitTextKey):
            return self.kit_text
        if isinstance(key, RunNameKey):
            run = self.runs.get(key.run)
            return RunName(run.given_name) if run is not None and run.given_name else None
        if isinstance(key, CommentKey):
            return self.comments_on(key.video).get(key.id)
        return self.reviews.get(key.video)

    def review(self, video: VideoId) -> Review:
        """The review of a video; an untouched one has status NONE."""
        return self.reviews.get(video, Review())

    def comments_on(self, video: VideoId) -> Mapping[CommentId, Comment]:
        """The comments on a video by their number, in no order."""
        return self.comments.get(video, {})

    def snapshot(self) -> Document:
        """The present values as a document of their own, for another thread: later edits do not reach it."""
        twin = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, dict):
                setattr(twin, name, dict(value))
        return twin

    def apply(self, edit: Edit) -> Changes:
        """Swap every value of an edit, or none of them.

        Raises:
            EditError: a `before` is not the present value, a key is unknown, or a track does not fit its video.
        """
        for swap in edit.swaps:
            if self.value(swap.key) != swap.before:
                raise EditError(f'"{edit.text}" was made for an earlier state of the project. Nothing was changed.')
            self._check(swap.key, swap.after)
        what, videos, runs = What.NOTHING, set[VideoId](), set[RunId]()
        read_as = self.merges
        for video in {swap.key.video for swap in edit.swaps if isinstance(swap.key, CommentKey)}:
            self.comments[video] = dict(self.comments_on(video))  # a snapshot shares the other one
        for swap in edit.swaps:
            what |= self._put(swap.key, swap.after)
            if isinstance(swap.key, TrackKey | ReviewKey | CommentKey):
                videos.add(swap.key.video)
            elif isinstance(swap.key, MapKey | RunNameKey):
                runs.add(swap.key.run)
        if self.merges != read_as:  # the ground truth is read anew, through merges of merges too
            what |= What.SEGMENTATION
            videos |= videos_with(self.imported, {a for a, _ in read_as.items() ^ self.merges.items()})
        return Changes(what, frozenset(videos), frozenset(runs))

    def _check(self, key: Key, value: Value | None) -> None:
        wanted = _KINDS[type(key)]
        if value is not None and not isinstance(value, wanted):
            raise EditError(f"A {type(value).__name__} cannot stand where a {wanted.__name__} belongs.")
        if isinstance(key, TrackKey | ReviewKey | CommentKey):
            video = self.videos.get(key.video)
            if video is None:
                raise EditError(f'There is no video "{key.video}" in this project.')
            if isinstance(value, Segmentation) and value.n_frames != video.timebase.n_frames:
                raise EditError(
                    f"{video.name} has {video.timebase.n_frames:,} frames; the track has {value.n_frames:,}."
                )
            if isinstance(value, Comment) and not 0 <= value.start < value.stop <= video.timebase.n_frames:
                raise EditError(f"A comment at frames {value.start} to {value.stop} lies outside {video.name}.")
        elif isinstance(key, MapKey | RunNameKey) and key.run not in self.runs:
            raise EditError(f'There is no run "{key.run}" in this project.')
        elif isinstance(key, ActionKey) and isinstance(value, Action) and value.id != key.action:
            raise EditError("An action cannot change its number.")
        elif isinstance(key, StepTextKey) and value is not None and key.action not in self.actions:
            raise EditError(f"There is no action {key.action} in this project.")

    def _put(self, key: Key, value: Value | None) -> What:
        if isinstance(key, TrackKey):
            _set(self.corrected, key.video, value)
            return What.SEGMENTATION
        if isinstance(key, MapKey):
            _set(self.label_maps, key.run, value)
            return What.LABEL_MAP
        if isinstance(key, ActionKey):
            _set(self.actions, key.action, value)
            self.actions = _in_order(self.actions.values())
            self._read_anew()
            return What.ACTIONS
        if isinstance(key, StepTextKey):
            _set(self.step_texts, key.action, value)
            return What.KIT_TEXT
        if isinstance(key, KitTextKey):
            self.kit_text = value if isinstance(value, KitText) else None
            return What.KIT_TEXT
        if isinstance(key, RunNameKey):
            given = value.name if isinstance(value, RunName) else ""
            self.runs[key.run] = replace(self.runs[key.run], given_name=given)
            return What.RUNS
        if isinstance(key, CommentKey):
            on_video = self.comments.setdefault(key.video, {})
            assert isinstance(on_video, dict)
            _set(on_video, key.id, value)
            if not on_video:
                del self.comments[key.video]
            return What.COMMENTS
        _set(self.reviews, key.video, value)
        return What.REVIEW

    def add_run(self, run: Run, label_map: LabelMap) -> Changes:
        """A run has arrived, with its first label map. Arrivals are not edits and cannot be undone."""
        self.runs[run.id] = run
        self.label_maps[run.id] = label_map
        return Changes(What.RUNS | What.LABEL_MAP, runs=frozenset([run.id]))

    def hide_run(self, run: RunId, hidden: bool) -> Changes:
        """A run is left out of lists, or stands in them again; everything that belongs to it stays."""
        self.runs[run] = replace(self.runs[run], hidden=hidden)
        return Changes(What.RUNS, runs=frozenset([run]))

    def add_predictions(self, predictions: Iterable[Prediction]) -> Changes:
        """Predictions have arrived; one that was there for the same run and video is replaced."""
        videos, runs = set[VideoId](), set[RunId]()
        for prediction in predictions:
            self.predictions[prediction.run, prediction.video] = prediction
            videos.add(prediction.video)
            runs.add(prediction.run)
        return Changes(What.PREDICTION, frozenset(videos), frozenset(runs))

    def add_ground_truth(self, tracks: Mapping[VideoId, Segmentation]) -> Changes:
        """Ground truth has arrived, for videos that had none; like every arrival it cannot be undone."""
        self.imported |= tracks
        self._read_anew()
        return Changes(What.SEGMENTATION | What.DATASET, frozenset(tracks))


def _in_order(actions: Iterable[Action]) -> dict[ActionId, Action]:
    return {action.id: action for action in sorted(actions, key=lambda action: action.rank)}


def _set(values: dict[Any, Any], key: object, value: Value | None) -> None:
    if value is None:
        values.pop(key, None)
    else:
        values[key] = value
