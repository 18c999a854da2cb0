"""A folder of phone videos as it comes: copies, a file cut off, names of every kind, files that are no videos."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core.data import join
from core.data.layouts import scan
from core.data.timebase import MediaInfo
from core.errors import MediaError
from core.events import Event, JobCancelled, StopKind


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


def test_a_large_copy_is_compared_in_some_places_and_the_row_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two copies of 10 GB were read to the end before anything was shown."""
    size = 400_000
    data = np.random.default_rng(0).bytes(size)
    for name in ("long 1.mp4", "long 2.mp4"):
        (folder / name).write_bytes(data)
    (folder / "long 3.mp4").write_bytes(data[:-1] + b"~")
    monkeypatch.setattr(join, "_WHOLE", 100_000)
    monkeypatch.setattr(join, "_PIECE", 1000)
    (copy,) = [p for p in scan(folder, probe=probe).problems if p.video in ("long 1", "long 2", "long 3")]
    assert copy.video == "long 2" and copy.severity == "proposed"
    assert copy.what == "seems to hold the same as long 1: same size, same bytes in 32 places."


def test_comparing_copies_is_left_at_once_when_the_scan_is_cancelled(folder: Path) -> None:
    for name in ("long 1.mp4", "long 2.mp4"):
        (folder / name).write_bytes(bytes(5 << 20))
    asked: list[None] = []
    events: list[Event] = []

    def third_time() -> StopKind | None:
        asked.append(None)
        return StopKind.DISCARD if len(asked) >= 3 else None

    with pytest.raises(JobCancelled):
        scan(folder, probe=probe, report=events.append, should_stop=third_time)
    assert len(asked) == 3 and not events
