"""What the timeline shows of the current video: tracks, their differences, confidence and scores."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.annotation.segmentation import Segmentation
from core.data.dataset import Video

from ..heatmap import Pyramid

if TYPE_CHECKING:
    from ...session import Session

TITLES = {"ground-truth": "Ground truth", "prediction": "Prediction", "corrected": "Corrected"}


@dataclass
class Shown:
    """Read once from the session, thrown away when something changes.

    `different` (n_frames,) bool is True where the reviewed track differs from the reference; None without
    two tracks. `versus` names the two.
    """

    video: Video
    tracks: dict[str, Segmentation | None]
    different: NDArray[np.bool_] | None = None
    versus: str = ""
    confidence: NDArray[np.floating[Any]] | None = None
    posterior: NDArray[np.floating[Any]] | None = None
    pyramid: Pyramid | None = None
    clusters: list[str] = field(default_factory=list)
    cluster_colours: list[str] = field(default_factory=list)

    @property
    def corrected(self) -> Segmentation | None:
        return self.tracks.get("corrected")

    @property
    def main(self) -> Segmentation | None:
        """The track that stands for the video in the minimap."""
        return self.tracks.get("corrected") or self.tracks.get("prediction") or self.tracks.get("ground-truth")


def read(session: Session, source: str, before: Shown | None) -> Shown | None:
    """The present state of the current video, or None without one; scores of `before` are kept where they fit."""
    document, video = session.document, session.current_video
    if document is None or video is None or video not in document.videos:
        return None
    shown = Shown(document.videos[video], session.tracks(video))
    shown.different, shown.versus = _difference(shown.tracks)
    run = session.current_run
    if run is None:
        return shown
    scores = session.scores(run, video, source)
    shown.posterior = session.scores(run, video, "posterior")
    if before is not None and before.posterior is not None and before.posterior is shown.posterior:
        shown.confidence = before.confidence
    else:
        shown.confidence = session.confidence(run, video)
    if scores is None or not len(scores):
        return shown
    if before is not None and before.pyramid is not None and before.pyramid.scores is scores:
        shown.pyramid = before.pyramid
    else:
        shown.pyramid = Pyramid(scores, top=1.0 if source == "posterior" else None)
    label_map = document.label_maps.get(run)
    for cluster in range(shown.pyramid.n_clusters):
        target = label_map.target(cluster) if label_map else -2
        shown.clusters.append(f"{cluster} {session.action_name(target) if target != -2 else '(unmapped)'}")
        shown.cluster_colours.append(session.action_colour(target))
    return shown


def _difference(tracks: dict[str, Segmentation | None]) -> tuple[NDArray[np.bool_] | None, str]:
    truth, prediction, corrected = (tracks.get(k) for k in ("ground-truth", "prediction", "corrected"))
    reference, name = (truth, "ground truth") if truth else (prediction, "prediction")
    other, title = (corrected, "Corrected") if corrected else (prediction, "Prediction")
    if reference is None or other is None or reference is other:
        return None, ""
    return np.asarray(reference.to_frames() != other.to_frames()), f"{title} against {name}"
