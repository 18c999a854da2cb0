"""What the timeline shows of the current video: tracks, their differences, confidence and scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from core.annotation.segmentation import Segmentation
from core.annotation.statistics import differences
from core.data.dataset import Action, Video, VideoId
from core.data.onsets import onset_frames
from core.data.waveform import Heard

from ...session.chosen import RUN, SECOND
from ...session.comments import Thread
from ..heatmap import Pyramid
from .geometry import IntArray, Stretches
from .scores import Scores

if TYPE_CHECKING:
    from ...session import Session

TITLES = {"ground-truth": "Ground truth", "prediction": "Prediction", "corrected": "Corrected"}


@dataclass
class Shown:
    """Read once from the session, thrown away when something changes.

    `tracks` are by the key of their row, from top to bottom; `titles` name them. `colour` and `name` are those of a
    label, looked up once. `base` is what an edit of Corrected starts from. `different` are the frames on
    which the reviewed track differs from the reference; None without two tracks. `versus` names the two.
    """

    video: Video
    tracks: dict[str, Segmentation | None]
    titles: dict[str, str] = field(default_factory=lambda: dict(TITLES))
    colour: Callable[[int], QColor] = QColor
    name: Callable[[int], str] = str
    base: Segmentation | None = None
    actions: tuple[Action, ...] = ()
    imported: Segmentation | None = None
    """Ground truth as it came: where it says otherwise, an action was merged since."""
    different: Stretches | None = None
    versus: str = ""
    confidence: NDArray[np.floating[Any]] | None = None
    pyramid: Pyramid | None = None
    is_reading: bool = False
    """Whether the scores are still being read."""
    path: Segmentation | None = None
    snaps_to_sound: bool = False
    sound: Heard | None = None
    """What is known of the sound; None where it has no row."""
    comments: Thread | None = None
    """None where nobody has written a comment in this project: there is no row then."""
    clusters: list[str] = field(default_factory=list)
    cluster_colours: list[str] = field(default_factory=list)

    @property
    def optional(self) -> tuple[str, ...]:
        """The rows that are there, of those that are not in every video or project."""
        rows = {"comments": self.comments, "sound": self.sound}
        return tuple(key for key, value in rows.items() if value is not None)

    @property
    def sound_starts(self) -> IntArray | None:
        """The frames at which something begins to be heard; None where nobody wants to snap to them."""
        if self.sound is None or not self.snaps_to_sound:
            return None
        return onset_frames(self.sound.onsets, self.video.timebase)

    @property
    def corrected(self) -> Segmentation | None:
        return self.tracks.get("corrected")

    @property
    def is_ghost(self) -> bool:
        """Whether Corrected shows the prediction that the first edit would take."""
        return self.base is not None and self.corrected is None

    def track(self, key: str) -> Segmentation | None:
        """What a row shows."""
        return self.base if key == "corrected" else self.tracks.get(key)

    @property
    def main(self) -> Segmentation | None:
        """The track that stands for the video in the minimap."""
        return self.tracks.get("corrected") or self.tracks.get("prediction") or self.tracks.get("ground-truth")


def read(session: Session, before: Shown | None) -> Shown | None:
    """The present state of the current video, or None without one; what of `before` still fits is kept."""
    document, video = session.document, session.current_video
    if document is None or video is None or video not in document.videos:
        return None
    tracks, titles = _rows(session, video)
    colour, name = cache(lambda label: QColor(session.action_colour(label))), cache(session.action_name)
    actions = tuple(document.actions.values())
    shown = Shown(document.videos[video], tracks, titles, colour, name, session.base(), actions)
    shown.imported = document.imported.get(video)
    if before is not None and before.video is shown.video and _same(before.tracks, tracks):
        shown.different, shown.versus = before.different, before.versus
    else:
        shown.different, shown.versus = difference(tracks, titles.get(SECOND, ""))
    shown.snaps_to_sound = session.waveforms.snaps
    shown.sound = session.waveforms.heard if session.waveforms.is_row_shown else None
    shown.comments = session.comments.on(video) if session.comments.any else None
    return shown


def _rows(session: Session, video: VideoId) -> tuple[dict[str, Segmentation | None], dict[str, str]]:
    """Tracks by the key of their row, from top to bottom, and the titles of the rows."""
    document, three, titles = session.document, session.tracks(video), dict(TITLES)
    assert document is not None
    tracks = {"ground-truth": three["ground-truth"]}
    others = [run for run in session.chosen.runs if run != session.current_run and run in document.runs]
    for run in others:
        tracks[f"{RUN}{run}"] = session.mapped_prediction(run, video)
        titles[f"{RUN}{run}"] = document.runs[run].name
    if others and session.current_run is not None:
        titles["prediction"] = f"{document.runs[session.current_run].name} (current)"
    if (second := session.reviewing.second_track(video)) is not None:
        tracks[SECOND], titles[SECOND] = second, session.reviewing.second_name
    return tracks | {"prediction": three["prediction"], "corrected": three["corrected"]}, titles


def _same(one: dict[str, Segmentation | None], other: dict[str, Segmentation | None]) -> bool:
    return all(one.get(key) is other.get(key) for key in (*TITLES, SECOND))


def add_scores(session: Session, shown: Shown, scores: Scores | None) -> None:
    """Show what was read of the scores of the current run; None is not read yet."""
    document, run, video = session.document, session.current_run, shown.video.id
    if document is None or run is None or scores is None:
        shown.is_reading = scores is None
        return
    shown.confidence, shown.pyramid = scores.read.confidence, scores.pyramid
    if scores.read.confidence is not None:
        session.change_points(run, video)  # found beside the window, for the first drag
    if shown.pyramid is None:
        return
    shown.path = document.predictions[run, video].segmentation if (run, video) in document.predictions else None
    label_map = document.label_maps.get(run)
    for cluster in range(shown.pyramid.n_clusters):
        target = label_map.target(cluster) if label_map else -2
        shown.clusters.append(f"{cluster} {session.action_name(target) if target != -2 else '(unmapped)'}")
        shown.cluster_colours.append(session.action_colour(target))


def difference(tracks: dict[str, Segmentation | None], second: str = "") -> tuple[Stretches | None, str]:
    """Where Corrected (else the prediction) is not the ground truth (else the prediction), and what was compared.

    Where another reviewer, called `second`, has labelled the video, both are compared with those labels.
    """
    truth, prediction, corrected = (tracks.get(k) for k in ("ground-truth", "prediction", "corrected"))
    reference, name = (truth, "ground truth") if truth else (prediction, "prediction")
    if (theirs := tracks.get(SECOND)) is not None:
        truth, reference, name = theirs, theirs, second
    other, title = (corrected, "Corrected") if corrected else (prediction if truth else None, "Prediction")
    if reference is None or other is None:
        return None, ""
    spans = np.array(differences(reference, other), np.int64).reshape(-1, 2)
    return Stretches(spans[:, 0], spans[:, 1]), f"{title} against {name}"
