"""A project of three numbered videos with hostile names, accepted and described, and the kit of it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from kit_project import HOSTILE, LENGTHS, POINTS, RATE, labels
from numbered_clips import burnt

from core import api
from core.annotation import commands
from core.annotation.values import KitText, ReviewStatus, StepText
from core.kit.package import KitSummary, write_kit
from core.kit.plan import KitPlan, plan_kit
from core.kit.source import KitOptions, KitSource
from core.kit_work import kit_source
from core.media.writer import write_video
from core.project import Project


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data") / "fill & close"
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


@pytest.fixture
def project(dataset: Path, tmp_path: Path) -> Iterator[Project]:
    """All three videos corrected and accepted; names, texts and a video of its own for one step."""
    made = api.create_project(tmp_path / "p.tot", api.open_dataset(dataset))
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
    yield made
    made.close()


@pytest.fixture
def source(project: Project) -> KitSource:
    return kit_source(project, track="corrected", videos="accepted", run=None)


@pytest.fixture
def plan(source: KitSource) -> KitPlan:
    return plan_kit(source, KitOptions())


@pytest.fixture
def kit(source: KitSource, tmp_path: Path) -> KitSummary:
    return write_kit(source, KitOptions(as_zip=True, formats=("csv", "json")), tmp_path / "kit")
