"""What a training kit takes from an open project, as values: the export may then run while the person goes on."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .annotation.values import KitText, ReviewStatus
from .data.dataset import RunId, VideoId
from .errors import TotError
from .export_work import Chosen, chosen_tracks, edited_times, export_track
from .kit.source import KitSource
from .run_work import choose_run

if TYPE_CHECKING:
    from .project import Readable

_MAX_LICENCE = 64 << 10


def kit_source(project: Readable, *, track: str, videos: Chosen, run: RunId | None) -> KitSource:
    """The values of the chosen videos. Raises ConfigError when there is none, or no such track or run."""
    document = project.document
    tracks, edited = chosen_tracks(document, track, videos, run), edited_times(project)
    accepted_at = _accepted_at(project)
    is_accepted = {v for v in tracks if document.review(v).status is ReviewStatus.ACCEPTED}
    return KitSource(
        activity=document.dataset.activity,
        track=track,
        videos=dict(document.videos),
        tracks=tracks,
        actions=dict(document.actions),
        accepted={v: _time(accepted_at.get(v, 0.0)) for v in tracks if v in is_accepted},
        step_texts=dict(document.step_texts),
        kit_text=document.kit_text or KitText(),
        labels=tuple(export_track(document, v, cut, track, edited.get(v, "")) for v, cut in tracks.items()),
        run=_run_values(project, run),
        edited_at=_time(max((s.ts for s in project.history.done), default=0.0)),
        licence=_licence(document.dataset.root),
    )


def _accepted_at(project: Readable) -> dict[VideoId, float]:
    """When each video was accepted last, by the log."""
    found: dict[VideoId, float] = {}
    for step in project.history.done:
        if step.text.startswith("accept ") and len(step.videos) == 1:
            (video,) = step.videos
            if step.text == f"accept {project.document.videos[video].name}":
                found[video] = step.ts
    return found


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else ""


def _run_values(project: Readable, run: RunId | None) -> dict[str, Any]:
    """The training behind the labels: the chosen run or the newest; nothing where none was trained."""
    document = project.document
    with suppress(TotError):
        chosen = choose_run(document, run)
        label_map = document.label_maps[chosen.id]
        names = {int(a.id): a.name for a in document.actions.values()}
        return {
            "id": chosen.id,
            "config": dict(chosen.config),
            "iterations": chosen.iterations,
            "finished": chosen.finished,
            "label_map": {str(c): names.get(int(t)) for c, t in label_map.table().items()},
            "label_map_edited_by_hand": label_map.is_edited_by_hand,
        }
    return {}


def _licence(root: Path) -> str:
    """The text of the dataset's licence, where a file of that name lies in its folder."""
    with suppress(OSError):
        for path in sorted(root.iterdir()):
            if path.stem.upper() in ("LICENSE", "LICENCE", "COPYING") and path.is_file() and not path.is_symlink():
                with path.open("rb") as stream:
                    return stream.read(_MAX_LICENCE).decode("utf-8", "replace")
    return ""
