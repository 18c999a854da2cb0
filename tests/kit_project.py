"""What the project of the kit's tests holds: three videos, their labels, and names that try to break out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from numbered_clips import burnt

from core import api
from core.annotation import commands
from core.annotation.values import KitText, ReviewStatus, StepText
from core.media.writer import write_video
from core.project import Project

RATE = 20
LENGTHS = {"a": (10, 40, 30, 50, 20), "b": (20, 60, 40, 50, 30), "c": (30, 20, 70, 60, 30)}
"""Pictures of: background, then the three actions (the first of them again at the end) of each video."""
LABELS = ("bg", "one", "two", "three", "one")
HOSTILE = {
    "one": '<script>alert(1)</script> & "quotes"',
    "two": "=HYPERLINK(1) --> ; # \\ gieße",
    "three": "abc\u202egpj.exe",
}
POINTS = ("<img src=x onerror=alert(2)>", "Hold it upright")


def labels(video: str) -> list[str]:
    return [name for name, n in zip(LABELS, LENGTHS[video], strict=True) for _ in range(n)]


def make_dataset(root: Path) -> Path:
    """The three videos with burnt-in numbers, their labels and a licence, on disk."""
    for folder in ("videos", "groundTruth", "mapping"):
        (root / folder).mkdir(parents=True)
    for number, video in enumerate(LENGTHS):
        frames = labels(video)
        write_video(root / "videos" / f"{video}.mp4", map(burnt, range(len(frames))), rate=Fraction(RATE))
        (root / "groundTruth" / f"{video}.txt").write_text("".join(f"{x}\n" for x in frames))
        assert len(frames) < 256, number
    (root / "mapping" / "mapping.txt").write_text("0 bg\n1 one\n2 two\n3 three\n")
    (root / "LICENSE").write_text("Do what you like.\n")
    return root


def make_project(path: Path, dataset: Path) -> Project:
    """All three videos corrected and accepted; names, texts and a video of its own for one step."""
    made = api.create_project(path, api.open_dataset(dataset))
    document = made.document
    ids = {action.name: action.id for action in document.actions.values()}
    videos = {video.name: video.id for video in document.videos.values()}
    for video in document.videos:
        made.edit(commands.start_from_ground_truth(document, video))
        made.edit(commands.set_review(document, video, ReviewStatus.ACCEPTED))
    for old, new in HOSTILE.items():
        made.edit(commands.rename_action(document, ids[old], new))
    made.edit(commands.set_kit_text(document, KitText("Fill <it>", "2", "First line\nsecond", "", videos["b"])))
    text = StepText("", POINTS, ("It spills",), ("jug",), "Hot", "Level", "", None)
    made.edit(commands.set_step_text(document, ids["two"], text))
    made.edit(commands.set_step_text(document, ids["three"], StepText(video=videos["c"])))
    return made
