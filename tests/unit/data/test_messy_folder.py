"""A folder of phone videos as it comes: copies, a file cut off, names of every kind, files that are no videos."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core.data.layouts import scan
from core.data.timebase import MediaInfo
from core.errors import MediaError


def probe(path: Path) -> MediaInfo:
    """The videos here are named by what is wrong with them."""
    if "cut off" in path.name:
        raise MediaError(f"{path}: cannot be opened as a video (Invalid data found).")
    return MediaInfo(np.arange(30), Fraction(1, 30), 30, Fraction(30), False, 32, 24)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    contents = {
        "take 10.mp4": b"a" * 5000,
        "take 2.mp4": b"b" * 5000,
        "Übung schließen.mp4": b"c" * 5000,
        "Take 2 (1).mp4": b"b" * 5000,
        "cut off.mp4": b"d" * 100,
        "notes.txt": b"Shift A\n",
        "IMG_1.jpg": b"\xff\xd8\xff",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_videos_come_in_the_order_of_every_list_of_names(folder: Path) -> None:
    named = [v.name for v in scan(folder, probe=probe).videos]
    assert named == ["take 2", "Take 2 (1)", "take 10", "Übung schließen"]


def test_a_copy_of_a_video_is_told_in_its_row_and_names_the_other(folder: Path) -> None:
    (copy,) = [p for p in scan(folder, probe=probe).problems if "byte for byte" in p.what]
    assert (copy.video, copy.path, copy.severity) == ("Take 2 (1)", "Take 2 (1).mp4", "proposed")
    assert copy.what == "holds the same as take 2, byte for byte." and "Take one out of the folder" in copy.hint


def test_a_video_that_cannot_be_opened_is_one_row_that_says_what_and_what_to_do(folder: Path) -> None:
    (row,) = [p for p in scan(folder, probe=probe).problems if p.severity == "error"]
    assert (row.path, row.video) == ("cut off.mp4", "cut off")
    assert row.what == "cannot be opened as a video (Invalid data found)."
    assert "copy it again" in row.hint and row.hint.endswith("It is left out.")
