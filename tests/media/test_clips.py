"""Clips and copies of videos: the pictures are the ones that were asked for, at their times, with their chapters."""

from __future__ import annotations

import json
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numbered_clips import CLIPS, N, make_clip, number_in

from core.data.timebase import MediaInfo
from core.errors import MediaError
from core.media.clips import Chapter, copy_video, encode_clip
from core.media.index import probe
from core.media.reader import FrameReader


def seconds(info: MediaInfo) -> list[Fraction]:
    """Time of each picture since the first, then the time of the end."""
    return [(int(p) - int(info.pts[0])) * info.unit for p in (*info.pts, info.end)]


@pytest.mark.parametrize("name", CLIPS)
def test_a_clip_holds_exactly_its_pictures_at_their_times(tmp_path: Path, name: str) -> None:
    source = make_clip(tmp_path / name)
    with FrameReader(source) as reader:
        times = seconds(reader.info)
        for pictures in (range(1), range(17, 60), range(N - 5, N)):
            out = tmp_path / f"clip{pictures.start}.mp4"
            encode_clip(reader, pictures, out)
            with FrameReader(out) as clip:
                assert [number_in(clip.read(i)) for i in range(clip.n_pictures)] == list(pictures)
                wanted = [t - times[pictures.start] for t in times[pictures.start : pictures.stop + 1]]
                if pictures.stop < N:  # how long the last picture of a file lasts is not stated by every container
                    assert seconds(clip.info) == wanted
                assert int(clip.info.pts[0]) == 0


@pytest.mark.parametrize("name", CLIPS)
def test_a_copy_has_every_picture_at_its_time_or_is_refused(tmp_path: Path, name: str) -> None:
    source, out = make_clip(tmp_path / name), tmp_path / "copy.mp4"
    info = probe(source)
    copied = copy_video(source, info, out)
    assert copied == out.exists()
    assert copied or "h264" not in CLIPS[name][0]
    if copied:
        assert seconds(probe(out))[:-1] == seconds(info)[:-1]
        with FrameReader(out) as reader:
            assert [number_in(reader.read(i)) for i in (0, 77, N - 1)] == [0, 77, N - 1]


def test_the_index_of_the_file_comes_first_and_chapters_are_kept(tmp_path: Path) -> None:
    source = make_clip(tmp_path / next(iter(CLIPS)))
    chapters = [Chapter(0, 1500, "fill = jug; #1 & <b>"), Chapter(1500, 3000, "gieße über")]
    with FrameReader(source) as reader:
        encode_clip(reader, range(100), tmp_path / "a.mp4", chapters=chapters)
    assert copy_video(source, probe(source), tmp_path / "b.mp4", chapters=chapters)
    for path in (tmp_path / "a.mp4", tmp_path / "b.mp4"):
        content = path.read_bytes()
        assert content.index(b"moov") < content.index(b"mdat")
        if shutil.which("ffprobe") is None:
            pytest.skip("ffprobe is not installed; it is the judge of the chapters")
        words = ["ffprobe", "-v", "error", "-show_chapters", "-of", "json", str(path)]
        found = json.loads(subprocess.run(words, capture_output=True, check=True, text=True).stdout)["chapters"]
        assert [(c["start_time"], c["end_time"], c["tags"]["title"]) for c in found] == [
            ("0.000000", "1.500000", "fill = jug; #1 & <b>"),
            ("1.500000", "3.000000", "gieße über"),
        ]


def test_an_odd_size_loses_one_row_and_one_column(tmp_path: Path) -> None:
    import av

    with av.open(str(tmp_path / "odd.mkv"), "w") as container:
        stream = container.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = 33, 17, "yuv444p"
        for level in (20, 120, 220):
            frame = av.VideoFrame.from_ndarray(np.full((17, 33, 3), level, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with FrameReader(tmp_path / "odd.mkv") as reader:
        assert not copy_video(tmp_path / "odd.mkv", reader.info, tmp_path / "copy.mp4")
        encode_clip(reader, range(3), tmp_path / "out.mp4")
    with FrameReader(tmp_path / "out.mp4") as clip:
        assert (clip.info.width, clip.info.height) == (32, 16)
        assert [round(float(clip.read(i).mean()), -1) for i in range(3)] == [20, 120, 220]


def test_a_stop_removes_the_half_written_file(tmp_path: Path) -> None:
    source = make_clip(tmp_path / next(iter(CLIPS)))

    def stop() -> None:
        raise KeyboardInterrupt

    with FrameReader(source) as reader:
        with pytest.raises(KeyboardInterrupt):
            encode_clip(reader, range(20), tmp_path / "out.mp4", tick=stop)
        with pytest.raises(MediaError):
            encode_clip(reader, range(N, N + 2), tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()
