"""The context menus of the rows that are no tracks: difference, confidence, scores, and the whole video."""

from __future__ import annotations

from functools import partial

from core.annotation.values import TrackKind

from ...models.widgets import in_menu
from ...session.chosen import SECOND
from ...session.readings import UNCERTAIN, stretches
from .canvas import OFF, PAGE, SMOOTH
from .frame_menu import FrameMenu

TRUTH = TrackKind.GROUND_TRUTH.value
FOLLOW = ((OFF, "Not at all"), (PAGE, "Page by page"), (SMOOTH, "Smoothly, in the middle"))


class SideMenu(FrameMenu):
    """What leads on from what a row shows, and how the timeline shows it."""

    def fill(self, key: str, height: float) -> None:
        """Everything for a row."""
        if key == "difference":
            self._fill_difference()
        elif key == "confidence":
            self._fill_confidence()
        elif key == "heatmap":
            self._fill_scores(height)
        elif key in ("minimap", "pictures"):
            self._fill_zoom()
            self.addSeparator()
        if key in ("sound", "minimap", "pictures"):
            self.fill_sound(snaps=key == "sound")

    def _fill_difference(self) -> None:
        """Take the other track where the two differ, and go from difference to difference."""
        shown = self._view.shown
        if shown is None or shown.different is None:
            return
        self._mark_or_take()
        self._ask(self.tr("Next disagreement"), "review.next-difference")
        self._ask(self.tr("Previous disagreement"), "review.previous-difference")

    def _mark_or_take(self) -> None:
        """The stretch under the pointer, if the tracks differ there."""
        shown = self._view.shown
        assert shown is not None and shown.different is not None
        place = int((shown.different.starts <= self._frame).sum()) - 1
        if self._frame < 0 or place < 0 or self._frame >= shown.different.stops[place]:
            return
        start, stop = int(shown.different.starts[place]), int(shown.different.stops[place])
        names = {SECOND: in_menu(self._session.reviewing.second_name), TRUTH: self.tr("the ground truth")}
        key = next((key for key in names if shown.tracks.get(key) is not None), TrackKind.PREDICTION.value)
        whose = names.get(key, self.tr("the prediction"))
        text = self.tr("Take {} to {} of {} into Corrected").format(f"{start:,}", f"{stop - 1:,}", whose)
        self._take(text, key, start, stop)
        self._range(start, stop)
        self.addSeparator()

    def _range(self, start: int, stop: int) -> None:
        chosen, playback = self._session.chosen, self._session.playback
        self._call(self.tr("Mark this stretch as range"), lambda: chosen.select_range(start, stop))
        self._call(self.tr("Loop this stretch"), lambda: playback.set_loop(start, stop))

    def _fill_confidence(self) -> None:
        """The stretch of low confidence under the pointer, and the way to the others."""
        shown = self._view.shown
        if shown is None or shown.confidence is None:
            return
        for start, stop in stretches(shown.confidence < UNCERTAIN):
            if start <= self._frame < stop:
                self._range(start, stop)
                self.addSeparator()
        self._ask(self.tr("Next uncertain place"), "review.next-uncertain")
        self._ask(self.tr("Previous uncertain place"), "review.previous-uncertain")

    def _fill_scores(self, height: float) -> None:
        """Which scores are shown, and the cluster under the pointer."""
        shown, source = self._view.shown, self._view.source
        if shown is None or shown.pyramid is None:
            return
        for place in range(source.count()):
            action = self.addAction(source.itemText(place), partial(source.setCurrentIndex, place))
            action.setCheckable(True)
            action.setChecked(place == source.currentIndex())
        self.addSeparator()
        cluster = min(max(0, int(height * shown.pyramid.n_clusters)), shown.pyramid.n_clusters - 1)
        text = self.tr("Select cluster {}").format(in_menu(shown.clusters[cluster]))
        self._call(text, lambda: self._session.select_cluster(cluster))

    def _fill_zoom(self) -> None:
        """Which part of the video is visible, and how it follows the playhead."""
        self._ask(self.tr("Whole video"), "view.fit", usable=not self._view.axis.is_whole)
        self._ask(self.tr("Zoom to selection"), "view.fit-chosen")
        self._ask(self.tr("Zoom in"), "view.zoom-in")
        self._ask(self.tr("Zoom out"), "view.zoom-out", usable=not self._view.axis.is_whole)
        self.addSection(self.tr("Follow the playhead"))
        for name, text in FOLLOW:
            self._ask(self.tr(text), f"view.follow-{name}", checked=self._view.follow == name)
