"""Which tracks are compared, and what they say of a video: predictions through their own label map.

Tracks of other people's label files stand here too. They are for looking at: the project does not hold them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from core.annotation.document import Document
from core.annotation.mapped import MappedTracks
from core.annotation.merges import read_through
from core.annotation.segmentation import Segmentation
from core.data.dataset import UNLABELLED, Action, RunId, VideoId
from core.data.words import one_word

MAX_RUNS = 4
TRUTH, CORRECTED, OTHER = "ground-truth", "corrected", "other:"


Raw = tuple[Segmentation | None, dict[int, int] | None]
"""A track, and the table that maps it to actions; None where it is in actions."""


def applied(raw: Raw) -> Segmentation | None:
    """A track in actions."""
    track, table = raw
    return track if track is None or table is None else track.mapped(table, default=UNLABELLED)


def _renumbered(track: Segmentation, table: Mapping[int, int]) -> Segmentation:
    return track.mapped({label: table.get(label, label) for label in track.labels.tolist()}, default=UNLABELLED)


@dataclass(frozen=True)
class Compared:
    """One track of every video: its key, what it is called, and its run where it is a prediction."""

    key: str
    title: str
    run: RunId | None = None


@dataclass(frozen=True)
class TheirAction:
    """An action that the project lacks, and the people whose labels have it."""

    name: str
    colour: str
    people: tuple[str, ...]


class Comparing(QObject):
    """The choice of tracks, ground truth first, then Corrected, then up to four runs, then label files."""

    changed = Signal()
    message = Signal(str, str)

    def __init__(self, mapped: MappedTracks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs: tuple[RunId, ...] = ()
        self.left_out: frozenset[str] = frozenset()
        """Keys of tracks that are there and not shown."""
        self.others: dict[str, Mapping[VideoId, Segmentation]] = {}
        self._theirs: dict[str, dict[int, Action]] = {}
        self._numbers: dict[str, int] = {}  # labels of their actions by name: what is called alike is one
        self._mapped = mapped

    def reset(self, document: Document | None) -> None:
        """Begin with the two newest runs of a project."""
        shown = [run.id for run in document.shown_runs] if document else []
        self.runs, self.left_out = tuple(shown[-2:]), frozenset()
        for known in (self.others, self._theirs, self._numbers):
            known.clear()
        self.changed.emit()

    def arrived(self, run: RunId) -> None:
        """A new run is compared as well while there is room."""
        if run not in self.runs and len(self.runs) < MAX_RUNS:
            self.runs = (*self.runs, run)
            self.changed.emit()

    def forget_hidden(self, document: Document) -> None:
        """Runs that are hidden are compared no longer."""
        runs = tuple(run for run in self.runs if run in document.runs and not document.runs[run].hidden)
        if runs != self.runs:
            self.runs = runs
            self.changed.emit()

    def show_run(self, run: RunId, shown: bool) -> None:
        """Compare a run or leave it out; a fifth one is refused with a message."""
        if shown and run not in self.runs and len(self.runs) >= MAX_RUNS:
            self.message.emit(f"Up to {MAX_RUNS} runs are compared at a time. Leave another one out first.", "warning")
            self.changed.emit()
        elif shown != (run in self.runs):
            self.runs = (*self.runs, run) if shown else tuple(r for r in self.runs if r != run)
            self.changed.emit()

    def show_track(self, key: str, shown: bool) -> None:
        """Show or leave out ground truth, Corrected or a label file."""
        self.left_out = self.left_out - {key} if shown else self.left_out | {key}
        self.changed.emit()

    def add_other(self, name: str, tracks: Mapping[VideoId, Segmentation], actions: Iterable[Action] = ()) -> None:
        """Look at the tracks of somebody's label files beside the others; `actions` are those that only they have."""
        own = {int(action.id): action for action in actions}
        table = {label: self._number_of(action) for label, action in own.items()}
        self.others[name] = {video: _renumbered(track, table) for video, track in tracks.items()} if own else tracks
        self._theirs[name] = {table[label]: action for label, action in own.items()}
        self.left_out -= {OTHER + name}
        self.changed.emit()

    def _number_of(self, action: Action) -> int:
        """The label of an action of somebody else; two people may have one number for different actions."""
        key = one_word(action.name)
        if key not in self._numbers:
            taken = self._numbers.values()
            self._numbers[key] = int(action.id) if int(action.id) not in taken else max(taken) + 1
        return self._numbers[key]

    def their_actions(self) -> dict[int, TheirAction]:
        """The actions that only other people have, by label."""
        found: dict[int, TheirAction] = {}
        for person, actions in self._theirs.items():
            for label, action in actions.items():
                known = found.get(label, TheirAction(action.name, action.colour, ()))
                found[label] = replace(known, people=(*known.people, person))
        return found

    def choices(self, document: Document) -> list[Compared]:
        """Every track that could be shown, in the order in which they stand."""
        found = [Compared(TRUTH, "Ground truth")] if document.ground_truth else []
        if document.corrected:
            found.append(Compared(CORRECTED, "Corrected"))
        found += [Compared(run.id, run.name, run.id) for run in document.shown_runs]
        return found + [Compared(OTHER + name, name) for name in self.others]

    def is_shown(self, track: Compared) -> bool:
        """Whether a track of `choices` is compared."""
        return track.run in self.runs if track.run is not None else track.key not in self.left_out

    def shown(self, document: Document | None) -> list[Compared]:
        """The tracks that are compared."""
        return [track for track in self.choices(document) if self.is_shown(track)] if document else []

    def cut(self, document: Document, track: Compared, video: VideoId) -> Segmentation | None:
        """A track of one video in actions; None where it has none."""
        if track.run is not None:
            return self._mapped.get(document, track.run, video)
        if track.key == TRUTH:
            return document.ground_truth.get(video)
        if track.key == CORRECTED:
            return document.corrected.get(video)
        theirs = self.others.get(track.key.removeprefix(OTHER), {}).get(video)
        return None if theirs is None else read_through(theirs, document.merges)

    def raw(self, document: Document, track: Compared, video: VideoId) -> Raw:
        """The same before its label map is applied, with the table that is still to apply; None for none."""
        if track.run is None:
            return self.cut(document, track, video), None
        prediction, label_map = document.predictions.get((track.run, video)), document.label_maps.get(track.run)
        if prediction is None or label_map is None:
            return None, None
        return prediction.segmentation, label_map.table()

    def cuts(self, document: Document, track: Compared | None) -> Callable[[], dict[VideoId, Segmentation]]:
        """Work for another thread: a track of every video that has one, in actions.

        Without a track it is the one that people trust most: corrected, else ground truth, else the current choice of
        runs, the newest first.
        """
        tracks = [track] if track is not None else self._by_trust(document)
        found: dict[VideoId, Raw] = {}
        for video in document.videos:
            each = (self.raw(document, one, video) for one in tracks)
            best = next((raw for raw in each if raw[0] is not None), None)
            if best is not None:
                found[video] = best
        return lambda: {video: cut for video, raw in found.items() if (cut := applied(raw)) is not None}

    def _by_trust(self, document: Document) -> list[Compared]:
        choices = {track.key: track for track in self.choices(document)}
        runs = [choices[run] for run in reversed(self.runs) if run in choices]
        return [*(choices[key] for key in (CORRECTED, TRUTH) if key in choices), *runs]
