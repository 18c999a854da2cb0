"""Extraction of many videos: the right pictures, whole files, resume, bad videos as rows, full devices and disks."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from core.errors import DeviceMemoryError, JobError
from core.events import Event, JobCancelled, LogLine, Progress, StopKind, ignore, never_stop
from core.extract import files
from core.extract.job import Extraction, Outcome, Wish

MakeVideo = Callable[..., Path]


@pytest.fixture
def extract(tmp_path: Path, number_reader: Any) -> Callable[..., Outcome]:
    def run(*media: Path, extractor: Any = None, rate: int = 5, **options: Any) -> Outcome:
        options = {"report": ignore, "should_stop": never_stop} | options
        job = Extraction(extractor or number_reader, tmp_path / "out", Fraction(rate), **options)
        return job.run([Wish(path.stem, path) for path in media])

    return run


def left_overs(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob("*") if p.name.startswith("."))


def test_each_row_describes_the_picture_that_the_record_names(tmp_path: Path, make_video: MakeVideo, extract) -> None:
    found = extract(make_video("a", 61), make_video("b", 40, first=1000))
    assert found.failed == {} and found.rows_made == 11 + 7
    for name, first, n in (("a", 0, 11), ("b", 1000, 7)):
        entry = found.made[name]
        matrix = np.load(entry.matrix)
        assert matrix.dtype == np.float32 and matrix.shape == (n, 1) == (entry.rows, entry.dimensions)
        assert matrix[:, 0].tolist() == [first + 6 * row for row in range(n)]
        record = files.read_record(Path(entry.matrix))
        assert record is not None and record.pictures == [6 * row for row in range(n)]
        assert record.seconds == pytest.approx([row / 5 for row in range(n)])
        assert (record.extractor, record.rate, record.stride) == ("number-reader", "5", "6")
        assert record.video.sha256 == files.sha256(tmp_path / "videos" / f"{name}.mp4")
    summary = json.loads((tmp_path / "out" / "features.json").read_text())
    assert summary == {"extractor": "number-reader", "dimensions": 1, "row": "start", "stride": "6", "rate": "5"}
    assert not left_overs(tmp_path / "out")


def test_finished_videos_are_not_done_again(tmp_path: Path, make_video: MakeVideo, extract) -> None:
    a = make_video("a")
    extract(a)
    before = (tmp_path / "out" / "a.npy").stat()
    os.utime(a)  # another time, the same content
    found = extract(a, make_video("b"))
    assert found.made["a"].reused and not found.made["b"].reused and found.rows_made == 10
    assert (tmp_path / "out" / "a.npy").stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize("change", ["video", "rate", "weights", "matrix", "record"])
def test_features_of_something_else_are_not_used_again(
    tmp_path: Path, make_video: MakeVideo, extract, number_reader, change: str
) -> None:
    a, matrix = make_video("a"), tmp_path / "out" / "a.npy"
    extract(a)
    rate = 5
    if change == "video":
        a = make_video("a", first=500)
    elif change == "rate":
        rate = 10
    elif change == "weights":
        number_reader.weights = "another"
    elif change == "matrix":
        matrix.write_bytes(matrix.read_bytes()[:-4])
    else:
        matrix.with_suffix(".json").write_text("{}")
    found = extract(a, rate=rate)
    assert not found.made["a"].reused
    assert np.load(matrix)[0, 0] == (500 if change == "video" else 0)


def test_a_bad_video_is_one_reason_and_the_others_go_on(tmp_path: Path, make_video: MakeVideo, extract) -> None:
    bad = tmp_path / "videos" / "bad.mp4"
    good = make_video("good")
    bad.write_bytes(b"no video at all" * 100)
    seen: list[Event] = []
    found = extract(bad, good, tmp_path / "videos" / "gone.mp4", report=seen.append)
    assert set(found.made) == {"good"} and set(found.failed) == {"bad", "gone"}
    assert "bad.mp4" in found.failed["bad"] and "gone.mp4" in found.failed["gone"]
    assert [e.level for e in seen if isinstance(e, LogLine)] == ["warning", "warning"]
    assert not list((tmp_path / "out").glob("bad*"))


def test_a_torn_end_is_filled_and_said(tmp_path: Path, make_video: MakeVideo, extract, monkeypatch) -> None:
    from core.errors import MediaError
    from core.media.reader import FrameReader

    real = FrameReader.read

    def read(self: FrameReader, picture: int, **options: Any) -> Any:
        if picture in missing:
            raise MediaError("torn")
        return real(self, picture, **options)

    monkeypatch.setattr(FrameReader, "read", read)
    missing = {0, 6, 30}
    found = extract(make_video("a"))
    assert found.made["a"].replaced == 3
    assert np.load(found.made["a"].matrix)[:, 0].tolist() == [12, 12, 12, 18, 24, 24, 36, 42, 48, 54]
    missing = set(range(36))
    assert "over half" in extract(make_video("b")).failed["b"]


def test_stop_and_keep_keeps_what_is_finished_and_the_next_goes_on(
    tmp_path: Path, make_video: MakeVideo, extract
) -> None:
    videos = [make_video(name) for name in "abc"]

    def after_first() -> StopKind | None:
        return StopKind.KEEP if (tmp_path / "out" / "a.npy").exists() else None

    found = extract(*videos, should_stop=after_first)
    assert found.stopped_early and "a" in found.made and len(found.made) < 3
    assert not left_overs(tmp_path / "out")
    again = extract(*videos)
    assert set(again.made) == {"a", "b", "c"} and again.made["a"].reused


def test_discard_leaves_no_half_file(tmp_path: Path, make_video: MakeVideo, extract) -> None:
    asked = []

    def soon() -> StopKind | None:
        asked.append(1)
        return StopKind.DISCARD if list((tmp_path / "out").glob(".*")) else None

    with pytest.raises(JobCancelled):
        extract(make_video("a", 300), should_stop=soon)
    assert not list((tmp_path / "out").glob("*")) and len(asked) > 1


def test_a_full_device_halves_the_batch(make_video: MakeVideo, extract, number_reader) -> None:
    sizes: list[int] = []
    real = number_reader.describe

    def describe(pictures: np.ndarray) -> np.ndarray:
        sizes.append(len(pictures))
        if len(pictures) > 3:
            raise DeviceMemoryError("full")
        return real(pictures)

    number_reader.describe = describe
    seen: list[Event] = []
    found = extract(make_video("a", 120), batch=8, report=seen.append)
    assert np.load(found.made["a"].matrix)[:, 0].tolist() == [6 * row for row in range(20)]
    assert sizes[:3] == [8, 4, 2] and max(sizes[3:]) == 2
    assert sum("has no room" in e.text for e in seen if isinstance(e, LogLine)) == 2

    number_reader.describe = lambda pictures: (_ for _ in ()).throw(DeviceMemoryError("full"))
    with pytest.raises(DeviceMemoryError):
        extract(make_video("b"))


def test_too_little_space_is_said_before_the_work(make_video: MakeVideo, extract, monkeypatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=10))
    with pytest.raises(JobError, match="MB are needed") as caught:
        extract(make_video("a"))
    assert caught.value.kind == "disk"


def test_a_disk_that_fills_up_ends_the_job_and_keeps_finished_videos(
    tmp_path: Path, make_video: MakeVideo, extract, monkeypatch
) -> None:
    a, b = make_video("a"), make_video("b")
    extract(a)

    class Full:
        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None: ...

    real = Path.open
    monkeypatch.setattr(
        Path, "open", lambda p, mode="r", *rest: Full() if p.name.endswith(".part") else real(p, mode, *rest)
    )
    with pytest.raises(JobError, match="no space is left"):
        extract(a, b)
    monkeypatch.undo()
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a.json", "a.npy", "features.json"]


def test_a_matrix_that_was_not_made_here_is_left_alone(tmp_path: Path, make_video: MakeVideo, extract) -> None:
    (tmp_path / "out").mkdir()
    mine = tmp_path / "out" / "a.npy"
    np.save(mine, np.ones((3, 2)))
    before = mine.read_bytes()
    assert "was not made here" in extract(make_video("a")).failed["a"]
    assert mine.read_bytes() == before


def test_what_a_killed_process_left_is_removed(tmp_path: Path, make_video: MakeVideo, extract) -> None:
    (tmp_path / "out").mkdir()
    for pid in (2**22 + 1, os.getppid()):  # one that cannot be, one that lives
        (tmp_path / "out" / f".a.npy.{pid}.part").write_bytes(b"half")
    extract(make_video("a"))
    assert left_overs(tmp_path / "out") == [f".a.npy.{os.getppid()}.part"]


@pytest.mark.parametrize("name", ["../a", "/etc/a", "x/../../a", ""])
def test_a_name_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(files.InputError):
        files.matrix_path(tmp_path, name)


def test_names_in_folders_stay_below_it(tmp_path: Path) -> None:
    assert files.matrix_path(tmp_path, "P03/cam01") == tmp_path / "P03" / "cam01.npy"
    assert files.matrix_path(tmp_path, "a.b") == tmp_path / "a.b.npy"
    assert files.record_path(tmp_path / "a.b.npy") == tmp_path / "a.b.json"


def test_progress_tells_speed_and_time_left(make_video: MakeVideo, extract) -> None:
    seen: list[Event] = []
    extract(make_video("a"), make_video("b"), report=seen.append)
    last = [e for e in seen if isinstance(e, Progress)][-1]
    assert (last.done, last.total) == (20, 20) and "frames/s" in last.text and last.seconds_left == 0


def test_a_record_goes_through_json_unchanged(make_video: MakeVideo, extract) -> None:
    record = files.read_record(Path(extract(make_video("a")).made["a"].matrix))
    assert msgspec.json.decode(msgspec.json.encode(record), type=files.Record) == record


def test_the_progress_counts_the_video_that_is_being_described(make_video: MakeVideo, extract) -> None:
    said: list[Event] = []
    extract(make_video("a"), make_video("b", first=100), report=said.append)
    told = [e.text.split(",")[0] for e in said if isinstance(e, Progress) and e.text.startswith("Extracting")]
    assert told and set(told) <= {"Extracting features: a (1 of 2)", "Extracting features: b (2 of 2)"}
    assert told[-1] == "Extracting features: b (2 of 2)"
