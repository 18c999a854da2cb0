"""Labels of an open project on their way out: which track of which videos, and how a format takes them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .annotation.document import Document
from .annotation.map_notes import map_notes, merge_notes
from .annotation.segmentation import Segmentation
from .annotation.values import Comment, ReviewStatus, Run
from .data.dataset import BACKGROUND, UNLABELLED, ActionId, RunId, VideoId
from .errors import ConfigError
from .formats.registry import ExportSummary, ExportTrack, find_format
from .formats.track import NO_DATE, ClusterNames
from .run_work import choose_run

if TYPE_CHECKING:
    from .project import Readable

TRACKS = ("corrected", "prediction", "ground-truth")
Chosen = str | Collection[VideoId]
"""Which videos: ``accepted``, ``all``, names with commas, or their ids."""


def export_tracks(
    project: Readable,
    name: str,
    out: Path,
    *,
    track: str,
    videos: Chosen,
    run: RunId | None,
    unlabelled_as_background: bool,
) -> ExportSummary:
    """Write the chosen videos' labels in one format."""
    form = find_format(name)
    summary = form.write(_export_tracks(project, track, videos, run, unlabelled_as_background), out)
    read = merge_notes(project.document) if track == "ground-truth" else ()
    return replace(summary, notes=(*summary.notes, *read))


def export_preview(
    project: Readable,
    name: str,
    *,
    track: str,
    videos: Chosen,
    run: RunId | None,
    unlabelled_as_background: bool,
) -> tuple[str, str]:
    """(name, text) of the first file that an export of the first of the chosen videos would write."""
    form = find_format(name)
    first = next(iter(chosen_tracks(project.document, track, videos, run)))
    encoded = form.texts(_export_tracks(project, track, (first,), run, unlabelled_as_background))
    return next(iter(encoded.files.items()))


def _export_tracks(
    project: Readable, track: str, videos: Chosen, run: RunId | None, unlabelled_as_background: bool
) -> list[ExportTrack]:
    """The chosen videos' labels as a format writes them."""
    document, edited, tracks = project.document, edited_times(project), []
    for video, cut in chosen_tracks(document, track, videos, run).items():
        if unlabelled_as_background:
            cut = Segmentation.from_pieces(
                cut.starts.tolist(),
                [BACKGROUND if label == UNLABELLED else label for label in cut.labels.tolist()],
                cut.n_frames,
            )
        one = export_track(document, video, cut, track, edited.get(video, ""))
        tracks.append(replace(one, comments=comments_of(document, video)))
    if track == "prediction":
        names = cluster_names(document, choose_run(document, run))
        tracks = [replace(one, mapping=names) for one in tracks]
    return tracks


def cluster_names(document: Document, run: Run) -> ClusterNames:
    """The label map of a run as an export carries it."""
    label_map = document.label_maps[run.id]
    names = []
    for target in label_map.table().values():
        action = document.actions.get(ActionId(target))
        names.append("background" if target == BACKGROUND else action.name if action else None)
    return ClusterNames(run.name, tuple(names), label_map.by_hand, tuple(map_notes(document, label_map)))


def edited_times(project: Readable) -> dict[VideoId, str]:
    """When the labels or the review of each video were edited last (ISO 8601, UTC); untouched videos are left out."""
    latest: dict[VideoId, float] = {}
    for step in project.history.done:
        for video in step.videos:
            latest[video] = max(step.ts, latest.get(video, 0.0))
    return {v: datetime.fromtimestamp(ts, UTC).isoformat(timespec="seconds") for v, ts in latest.items() if ts}


def export_track(document: Document, video: VideoId, cut: Segmentation, track: str, edited: str = "") -> ExportTrack:
    """One video's labels as a format writes them: with the actions in use and those that it has.

    `edited` is the time of the last edit, which only the corrected track has.
    """
    known = {int(label) for label in cut.labels.tolist()}
    used = {a.id: a for a in document.actions.values() if not a.archived or int(a.id) in known}
    one, review = document.videos[video], document.review(video)
    media = one.media.name if one.media is not None else ""
    when = edited if edited and track == "corrected" else NO_DATE
    return ExportTrack(one.name, one.timebase, cut, used, track, str(review.status), review.note, media, when)


def comments_of(document: Document, video: VideoId) -> tuple[Comment, ...]:
    """The comments on a video as an exchange format carries them; a handout to others has none of them."""
    return tuple(sorted(document.comments_on(video).values(), key=lambda c: (c.start, c.stop, c.text)))


def chosen_tracks(document: Document, track: str, videos: Chosen, run: RunId | None) -> dict[VideoId, Segmentation]:
    """The labels of the chosen videos in ActionIds, in the order of the dataset. Raises ConfigError for none.

    `track` is one of TRACKS; `videos` is ``accepted``, ``all``, a name or names with commas, or a list of ids and such
    texts; `run` None is the newest.
    """
    if track not in TRACKS:
        raise ConfigError(f'There is no track "{track}"; there are: {", ".join(TRACKS)}.')
    found = _tracks(document, track, run)
    chosen = [v for v in _chosen_videos(document, videos) if v in found]
    if not chosen:
        named = f'of "{videos}"' if isinstance(videos, str) else "that was chosen"
        raise ConfigError(
            f"No video {named} has a {track} track. "
            + (
                "Accept videos first, or use --videos all."
                if videos == "accepted"
                else "Take a prediction first, or use --track prediction."
                if track == "corrected"
                else ""
            )
        )
    return {video: found[video] for video in chosen}


def _tracks(document: Document, track: str, run: RunId | None) -> dict[VideoId, Segmentation]:
    if track == "ground-truth":
        return dict(document.ground_truth)
    if track == "corrected":
        return dict(document.corrected)
    chosen = choose_run(document, run)
    table = document.label_maps[chosen.id].table()
    return {
        v: p.segmentation.mapped(table, default=UNLABELLED)
        for (r, v), p in document.predictions.items()
        if r == chosen.id
    }


def _chosen_videos(document: Document, videos: Chosen) -> list[VideoId]:
    if isinstance(videos, str):
        return _videos_of(document, videos)
    found = {v for each in videos for v in ([each] if each in document.videos else _videos_of(document, each))}
    return [v for v in document.videos if v in found]


def _videos_of(document: Document, text: str) -> list[VideoId]:
    """The videos that one text names: ``all``, ``accepted``, a name as it is, else names with commas between them."""
    if text == "all":
        return list(document.videos)
    if text == "accepted":
        return [v for v in document.videos if document.review(v).status is ReviewStatus.ACCEPTED]
    by_name = {video.name: video.id for video in document.videos.values()}
    if text in by_name:  # a name may hold commas
        return [by_name[text]]
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise ConfigError(f'There is no video "{unknown[0]}" in this project.')
    return [by_name[name] for name in names]
