"""Which files a kit holds, by their paths in it."""

from __future__ import annotations

from .plan import KitPlan, Step
from .source import KitOptions, usual_formats


def planned_files(plan: KitPlan, options: KitOptions) -> list[str]:
    """The files that a kit of this plan holds, in their order; the labels as one entry a format."""
    files = [
        "index.html",
        "work-instruction.html",
        "work-instruction.docx",
        "steps.json",
        "steps.schema.json",
        "steps.csv",
    ]
    for name in plan.shown.values() if not options.photos_only else ():
        files += [f"video/{name}{end}" for end in (".mp4", ".chapters.vtt", ".subtitles.vtt", ".srt", ".ffmeta")]
    if not options.photos_only:
        files += [f"clips/{step.file}.mp4" for step in plan.steps]
    for step in plan.steps:
        files += thumbnails_of(step)
    files.append("contact-sheet.jpg")
    files.append("labels/README.txt")
    files += [f"labels/{name}" for name in (usual_formats() if options.formats is None else options.formats)]
    return [*files, "imsmanifest.xml", "README.txt", "PROVENANCE.json", "manifest.json"]


def thumbnails_of(step: Step) -> list[str]:
    """The three pictures of a step: its first, its middle, its last."""
    return [f"thumbs/{step.file.split('_')[0]}_{moment}.jpg" for moment in ("start", "mid", "end")]
