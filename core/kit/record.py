"""The record of a kit for other programs: `steps.json` with its schema, and `steps.csv` for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ..data.dataset import VideoId
from ..data.timebase import Timebase
from ..html_page import shown
from .layout import thumbnails_of
from .plan import KitPlan, Step
from .source import KitOptions, KitSource
from .words import ENGLISH

FORMAT, VERSION = "totgui-steps", 1
SCHEMA = Path(__file__).parent / "templates" / "steps.schema.json"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def json_text(value: Any) -> bytes:
    """Plain values as an indented JSON file; bytes of file names that are no text become escapes."""
    return msgspec.json.format(msgspec.json.encode(_storable(value)), indent=1) + b"\n"


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return [_storable(item) for item in value] if isinstance(value, list | tuple) else value


def steps_json(source: KitSource, plan: KitPlan, options: KitOptions, digests: Mapping[str, str]) -> bytes:
    """The steps with their times and texts; `digests` are the SHA-256 of the kit's files by name."""
    record = {
        "format": FORMAT,
        "version": VERSION,
        "activity": source.activity,
        "title": plan.title,
        "introduction": source.kit_text.introduction,
        "language": ENGLISH["lang"],
        "reference_video": plan.reference,
        "videos": [_video(source, video, name, options, digests) for video, name in plan.shown.items()],
        "steps": [_step(source, plan, step, options) for step in plan.steps],
    }
    return json_text(record)


def _video(
    source: KitSource, video: VideoId, name: str, options: KitOptions, digests: Mapping[str, str]
) -> dict[str, Any]:
    clock = source.videos[video].timebase
    file = "" if options.photos_only else f"video/{name}.mp4"
    return {
        "id": video,
        "name": source.videos[video].name,
        "file": file,
        "sha256": digests.get(file, ""),
        "duration_s": _seconds(clock, clock.n_frames),
        "frames": clock.n_frames,
        "rate": f"{clock.rate.numerator}/{clock.rate.denominator}" if clock.rate else "",
        "accepted": video in source.accepted,
        "accepted_at": source.accepted.get(video, ""),
    }


def _step(source: KitSource, plan: KitPlan, step: Step, options: KitOptions) -> dict[str, Any]:
    media, text = source.videos[step.video].timebase.media, step.text
    return {
        "index": step.index,
        "label_id": int(step.action),
        "label": step.name,
        "title": step.title,
        "video": step.video,
        "start_s": round(float(step.start_s), 3),
        "end_s": round(float(step.stop_s), 3),
        "start_frame": step.start,
        "end_frame_exclusive": step.stop,
        "start_pts": int(media.pts[step.pictures.start]) if media else None,
        "clip": "" if options.photos_only else f"clips/{step.file}.mp4",
        "thumbs": thumbnails_of(step),
        "key_points": list(text.key_points),
        "reasons": list(text.reasons),
        "tools": list(text.tools),
        "safety": text.safety,
        "check": text.check,
        "note": text.note,
        "std_time_s": {"median": step.time.median, "q1": step.time.q1, "q3": step.time.q3, "n": step.time.n}
        if step.time
        else None,
        "confidence": None,
        "source": plan.track,
        "reviewer": source.kit_text.reviewer,
    }


def _seconds(clock: Timebase, frame: int) -> float | None:
    seconds = clock.seconds(frame)
    return None if seconds is None else round(float(seconds), 3)


COLUMNS = (
    "step",
    "title",
    "label",
    "video",
    "start_s",
    "end_s",
    "seconds",
    "standard_time_s",
    "q1_s",
    "q3_s",
    "videos",
    "key_points",
    "reasons",
    "tools",
    "safety",
    "check",
    "note",
)


def steps_csv(source: KitSource, plan: KitPlan) -> bytes:
    """One row a step for a spreadsheet: every cell quoted, none of them a formula."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    table.writerow(COLUMNS)
    for step in plan.steps:
        time, words = step.time, step.text
        numbers = [f"{float(step.start_s):.3f}", f"{float(step.stop_s):.3f}", f"{float(step.seconds):.3f}"]
        numbers += [f"{time.median:.3f}", f"{time.q1:.3f}", f"{time.q3:.3f}", str(time.n)] if time else [""] * 4
        lists = ["\n".join(lines) for lines in (words.key_points, words.reasons, words.tools)]
        head = [step.title, step.name, source.videos[step.video].name]
        cells = [*map(_safe, head), *numbers, *map(_safe, [*lists, words.safety, words.check, words.note])]
        table.writerow([step.index, *cells])
    return text.getvalue().encode()


def _safe(cell: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would compute."""
    return f"'{shown(cell)}" if cell.startswith(_FORMULA) else shown(cell)
