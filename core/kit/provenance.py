"""Where a kit comes from: program, training, labels, videos and their digests. No path, no user, no computer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from .. import PROJECT, __version__
from ..foreign import open_regular
from .plan import KitPlan
from .record import json_text
from .source import KitOptions, KitSource

_BLOCK = 1 << 20
README = """{title}

index.html               open this: the video, its steps beside it; works offline, from any medium
work-instruction.html    the sheet with photos, key points, reasons and standard times; to print
work-instruction.docx    the same, to be written on in a word processor
steps.json, steps.csv    the steps for other programs and for spreadsheets
video/, clips/           the videos with chapters; each step on its own, exact to the picture
thumbs/                  start, middle and end of each step; contact-sheet.jpg shows all
labels/                  the labels of all videos of this kit, in exchange formats
imsmanifest.xml          lets a learning platform load this folder as a SCORM 1.2 course (zip it first)
PROVENANCE.json          where all this comes from
manifest.json            names, sizes and SHA-256 of the files

Times count from the start of each video, in seconds. Frames count from 0; the end of a step is the first frame that
no longer belongs to it. Blank fields were left blank: nothing here was made up by a program.
"""


def sha256(path: Path, tick: Callable[[], None] = lambda: None) -> str:
    """The digest of a file, hexadecimal; `tick` is called between blocks."""
    digest = hashlib.sha256()
    with open_regular(path) as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            tick()
    return digest.hexdigest()


def provenance(
    source: KitSource, plan: KitPlan, options: KitOptions, *, notes: Iterable[str], tick: Callable[[], None]
) -> bytes:
    """PROVENANCE.json; the digests of the source files are taken now."""
    videos = []
    for video in source.tracks:
        one = source.videos[video]
        files = {"video": one.media, "features": one.features}
        videos.append(
            {
                "id": video,
                "name": one.name,
                "frames": one.timebase.n_frames,
                "accepted": video in source.accepted,
                "accepted_at": source.accepted.get(video, ""),
                "shown_as": plan.shown.get(video, ""),
                "sha256": {kind: sha256(path, tick) for kind, path in files.items() if path and path.is_file()},
            }
        )
    record: dict[str, Any] = {
        "format": "totgui-provenance",
        "version": 1,
        "program": {"name": PROJECT, "version": __version__},
        "activity": source.activity,
        "labels": {"track": source.track, "edited_at": source.edited_at},
        "counts": {"videos": plan.n_videos, "accepted": plan.n_accepted, "steps": len(plan.steps)},
        "reference_video": plan.reference,
        "run": dict(source.run) or None,
        "options": {
            "include_background": options.include_background,
            "min_step_s": options.min_step_s,
            "join_gap_s": options.join_gap_s,
            "handle_s": options.handle_s,
            "photos_only": options.photos_only,
            "sound": False,
        },
        "reviewer": source.kit_text.reviewer,
        "notes": list(notes),
        "videos": videos,
        "licence_of_the_dataset": source.licence,
    }
    return json_text(record)
