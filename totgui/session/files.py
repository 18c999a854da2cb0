"""Files of the open project that are missing, changed or found elsewhere: said at each video, taken where they lie now.

They are looked for beside the window, for drives can be slow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from core import events, relink
from core.annotation.changes import Changes, What
from core.data.dataset import Dataset, Video, VideoId
from core.data.fingerprint import ChangedFile, Stamps, changed_files
from core.errors import TotError
from core.relink import Lost, Match, lost_files

from ..jobs import tasks
from ..jobs.beside import END_S, LATE_S, Beside, Piece
from ..playback import Playback
from .features import Features
from .jobs import Jobs
from .part import Part

_Found = tuple[tuple[Lost, ...], tuple[ChangedFile, ...], tuple[Match, ...]]
"""What is lost, what is altered, and where lost videos lie beside the project."""


class Files(Part):
    """`lost` are the files that are missing, once `changed` has told that they were looked for; `altered` are those
    that hold something else than when it took them in; `beside` is where lost videos lie below the project's folder."""

    changed = Signal()
    noted = Signal(object)  # Changes: videos of which something else is to be said now
    back = Signal()  # the file of the video that is shown, which was missing
    _arrived = Signal(int, object, object)
    _asked = Signal(object, str, bool)

    def __init__(self, playback: Playback, features: Features, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(jobs, parent)
        self.lost: tuple[Lost, ...] = ()
        self.altered: tuple[ChangedFile, ...] = ()
        self.beside: tuple[Match, ...] = ()
        self._dataset: Dataset | None = None
        self._looks: dict[int, Piece] = {}
        """Those under way at this dataset, by number: one, and one more where that is late."""
        self._newest = self._taken = 0
        self._again = False
        """Whether to look once more when that under way has come."""
        self._playback, self._features = playback, features
        self._pool = Beside(1, "files", late_s=LATE_S)
        self._arrived.connect(self._on_arrived)
        self._asked.connect(self._on_asked)
        playback.failed.connect(self._on_no_picture)
        playback.videoChanged.connect(self.look_again)

    # --- what is missing -----------------------------------------------------------------------------

    def forget(self) -> None:
        """The project is closed."""
        self._dataset, self.lost, self.altered, self.beside = None, (), (), ()
        self._looks, self._again = {}, False

    def look(self) -> None:
        """Find out which files of the project are missing, and which are others than it took in.

        While that is under way it is done once more afterwards, however often it is asked for: each look may hang.
        """
        if self.project is None:
            return
        dataset, stamps = self.project.document.dataset, self.project.stamps
        if dataset is not self._dataset:
            self._dataset, self._looks = dataset, {}
        under_way = list(self._looks.values())
        self._again = len(under_way) > 1 or any(piece.seconds < LATE_S for piece in under_way)
        if not self._again:
            self._newest += 1
            known = {self.lost: self.beside}
            piece = self._pool.do(self._find, self._newest, dataset, stamps, self.project.path.parent, known)
            self._looks[self._newest] = piece

    def look_again(self) -> None:
        """Where something is missing, find out whether it has come back; where nothing is, do nothing."""
        if self.lost:
            self.look()

    def missing(self, video: VideoId | None, kind: str) -> Lost | None:
        """The file of this kind that a video should have and has not."""
        return next((lost for lost in self.lost if lost.video == video and lost.kind == kind), None)

    def close(self, wait_s: float = END_S) -> None:
        """End the thread; one that hangs at a drive is left behind."""
        self.project = self._dataset = None
        self._pool.close(wait_s)

    def missing_features(self) -> int:
        """How many videos that could be trained on lack the file of their features."""
        lost = {each.video for each in self.lost if each.kind == "features"}
        return 0 if self.project is None else sum(v.id in lost for v in self.project.document.dataset.trainable)

    def _find(
        self,
        number: int,
        dataset: Dataset,
        stamps: Stamps,
        folder: Path,
        known: dict[tuple[Lost, ...], tuple[Match, ...]],
    ) -> None:
        """`known` is what lies beside the project by what is lost: that is not searched for again."""

        def is_unwanted() -> events.StopKind | None:
            return None if dataset is self._dataset else events.StopKind.DISCARD

        found = None
        try:
            lost = lost_files(dataset)
            if lost not in known:
                known = {lost: relink.beside(dataset, lost, folder, should_stop=is_unwanted)}
            found = lost, changed_files(dataset, stamps), known[lost]
        finally:
            self._arrived.emit(number, dataset, found)

    def _on_arrived(self, number: int, dataset: Dataset, found: _Found | None) -> None:
        if dataset is not self._dataset:
            return
        self._looks.pop(number, None)
        if found is not None and number > self._taken:  # else it hung while a newer one has come
            self._taken = number
            self._take(*found)
        if self._again and not self._looks:
            self.look()

    def _take(self, lost: tuple[Lost, ...], altered: tuple[ChangedFile, ...], beside: tuple[Match, ...]) -> None:
        before, self.lost, self.altered, self.beside = self.lost, lost, altered, beside
        for each in before:
            if each.kind == "media" and self.missing(each.video, "media") is None:
                self._features.notes.pop(each.video, None)
        for each in lost:
            if each.kind == "media":
                self._features.notes[each.video] = f"its video file is missing: {each.path}"
        self.noted.emit(Changes(What.NOTHING, frozenset(each.video for each in (*before, *lost))))
        self.changed.emit()
        shown, was_lost = self._playback.video, {each.video for each in before if each.kind == "media"}
        if shown is not None and shown.id in was_lost and self.missing(shown.id, "media") is None:
            self._playback.reload()  # its pictures are back too
            self.back.emit()

    def _on_no_picture(self, text: str) -> None:
        """A picture could not be shown: say why, or find out what else is missing where its file is gone."""
        video = self._playback.video
        if video is None or video.media is None:
            self.message.emit(text, "warning")
        else:
            self._pool.do(self._ask_for, video, text)

    def _ask_for(self, video: Video, text: str) -> None:
        assert video.media is not None
        if video is not self._playback.video:  # it waited for one that hung: this one might as well
            return
        self._asked.emit(video, text, relink.is_file(video.media))

    def _on_asked(self, video: Video, text: str, is_there: bool) -> None:
        if video is not self._playback.video:
            return
        if is_there:
            self.message.emit(text, "warning")
        elif self.missing(video.id, "media") is None:
            self.look()

    def locate(self, folder: Path, lost: Sequence[Lost], then: Callable[[Sequence[Match]], None]) -> str | None:
        """Look for lost files below a folder in the background. Returns the job."""
        if self.project is None:
            return None
        found = self._of_this(lambda finished: then(finished.result["matches"]))
        work = tasks.locate(self.project.document.dataset, lost, folder)
        return self._jobs.in_background("locate", "Looking for the files", work, found)

    # --- what is used instead ------------------------------------------------------------------------

    def use(self, matches: Sequence[Match]) -> None:
        """Take files that were found at another place as those of the project."""
        if self.project is None:
            return
        try:
            changes = relink.apply(self.project, matches)
        except TotError as error:
            self.message.emit(str(error), "warning")
            return
        if changes is not None:
            self.changedProject.emit(changes)

    def accept(self) -> None:
        """What the files that were changed hold now is what the project goes by from here on."""
        if self.project is None:
            return
        try:
            self.project.accept_files(sorted({changed.video for changed in self.altered}))
        except TotError as error:
            self.message.emit(str(error), "warning")
        self.look()

    def on_moved(self) -> None:
        """Files lie elsewhere now: show the current video from its new place, and look again what is missing."""
        assert self.project is not None
        notes = self._features.notes
        self._features.notes = {v: note for v, note in notes.items() if self.missing(v, "media") is None}
        shown = self._playback.video
        now = self.project.document.videos.get(shown.id) if shown is not None else None
        if shown is not None and now is not None and _is_elsewhere(shown, now):
            self._playback.set_video(now, max(0, self._playback.wanted))
        self.look()

    def streams(self, video: Video, then: Callable[[Sequence[Any]], None]) -> None:
        """Look which video streams a video's file has, in the background."""
        if video.media is not None:
            found = self._of_this(lambda finished: then(finished.result["streams"]))
            self._jobs.in_background("streams", "Looking at the file", tasks.streams(video.media), found)

    def use_stream(self, video: Video, number: int) -> None:
        """Show another stream of a video's file from now on, in the background; refused where its labels do not fit."""
        project = self.project
        if project is None:
            return

        def take(finished: events.Finished) -> None:
            self.changedProject.emit(project.replace_videos([finished.result["video"]]))

        task = tasks.take_stream(video, number)
        self._jobs.in_background("stream", "Choosing the stream", task, self._of_this(take))


def _is_elsewhere(before: Video, now: Video) -> bool:
    """Whether pictures of a video come from another file, or from another index of it."""
    return now.media != before.media or now.timebase.media is not before.timebase.media
