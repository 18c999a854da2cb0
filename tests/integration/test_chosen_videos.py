"""``--videos`` of the verbs that write labels: names that hold commas, and the option repeated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from maps import VIDEOS, a_document

from core.annotation.document import Document
from core.cli import main
from core.errors import ConfigError
from core.export_work import chosen_tracks
from core.project import Project

NAMES = ("tea, hot", "tea", "hot")


@pytest.fixture
def document() -> Document:
    made = a_document()
    for video, name in zip(VIDEOS, NAMES, strict=True):
        made.videos[video] = replace(made.videos[video], name=name)
    return made


def test_a_name_with_a_comma_names_its_video_and_else_the_comma_parts_names(document: Document) -> None:
    def chosen(videos: object) -> list[str]:
        return list(chosen_tracks(document, "ground-truth", videos, None))

    u, v, w = VIDEOS
    assert chosen("tea, hot") == [u]
    assert chosen("tea,hot") == [v, w]
    assert chosen(["hot", "tea, hot"]) == [u, w]
    assert chosen([v]) == [v]
    with pytest.raises(ConfigError, match='no video "cold"'):
        chosen(["tea", "cold"])


def test_the_option_is_repeated_on_the_command_line(document: Document, tmp_path: Path) -> None:
    path, out = tmp_path / "p.tot", tmp_path / "out.json"
    dataset = replace(document.dataset, videos=tuple(document.videos.values()))
    Project.create(path, dataset, ground_truth=document.ground_truth).close()
    words = ["export", str(path), "--format", "json", "--track", "ground-truth", "--out", str(out)]
    assert main([*words, "--videos", "tea, hot", "--videos", "hot"]) == 0
    text = out.read_text(encoding="utf-8")
    assert '"tea, hot"' in text and '"hot"' in text and '"tea"' not in text
