"""The waveform of a video file: a click is a peak at its own picture, whatever the clocks of pictures and sound."""

from __future__ import annotations

import os
import random
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.stream import Disposition
from numbered_clips import burnt, make_clip
from sounding_clips import CLICKS, LAYOUTS, PICTURE_RATE, SOUNDS, make_sounding
from video_mutants import damaged

from core.data.timebase import MediaInfo
from core.data.waveform import Waveform
from core.errors import MediaError
from core.events import JobCancelled, StopKind
from core.media import waveform as module
from core.media.audio import RATE, AudioReader
from core.media.index import probe
from core.media.waveform import as_shorts, has_sound, load_waveform, read_waveform

LOUD = 8_000


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def loud_pictures(made: Waveform) -> list[int]:
    """The pictures in whose time something loud sounds."""
    return np.flatnonzero(made.between(np.arange(made.n_pictures + 1.0)).peak > LOUD).tolist()


def pcm_clip(
    path: Path,
    clicks: list[Fraction],
    *,
    times: list[int],
    unit: Fraction = Fraction(1, 1000),
    codec: str = "pcm_s16le",
    layout: str = "mono",
    rate: int = 48_000,
    seconds: int = 4,
    channel: int = 0,
    hole: tuple[int, int] = (0, 0),
) -> Path:
    """A clip with pictures at these times and one full sample at each click; no sound in the seconds of the hole."""
    formats = {"pcm_u8": ("u8", np.uint8), "pcm_s24le": ("s32", np.int32), "pcm_f32le": ("flt", np.float32)}
    name, kind = formats.get(codec, ("s16", np.int16))
    channels = {text: n for n, text in LAYOUTS.items()}[layout]
    quiet, full = {"u8": (128, 255), "s32": (0, 2**31 - 1), "flt": (0, 1)}.get(name, (0, 32_767))
    samples = np.full((seconds * rate, channels), quiet, kind)
    for at in clicks:
        samples[int(-(-at * rate // 1)), channel] = full
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=25, options={"g": "12", "bf": "0"})
        video.width, video.height, video.pix_fmt = 128, 64, "yuv420p"
        video.codec_context.time_base = unit
        audio = out.add_stream(codec, rate=rate, layout=layout)
        for number, pts in enumerate(times):
            frame = av.VideoFrame.from_ndarray(burnt(number % 256), format="rgb24")
            frame.pts, frame.time_base = pts, unit
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        for start in range(0, len(samples), rate // 10):
            if hole[0] * rate <= start < hole[1] * rate:
                continue
            piece = np.ascontiguousarray(samples[start : start + rate // 10].reshape(1, -1))
            frame = av.AudioFrame.from_ndarray(piece, name, layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            out.mux(audio.encode(frame))
        out.mux(audio.encode(None))
    return path


@pytest.mark.parametrize("name", SOUNDS)
def test_every_click_is_a_peak_at_its_own_picture_and_nowhere_else(tmp_path: Path, name: str) -> None:
    path = make_sounding(tmp_path / name, name)
    made = read_waveform(path, probe(path))
    assert loud_pictures(made) == sorted(int(at * PICTURE_RATE) for at in CLICKS if at > SOUNDS[name].late_s)


def test_of_sound_that_is_not_coded_a_click_stands_in_its_sixteenth_of_a_picture(tmp_path: Path) -> None:
    clicks = [Fraction(7, 10), Fraction(1001, 1000), Fraction(5, 2) + Fraction(1, 48_000)]
    path = pcm_clip(tmp_path / "exact.mkv", clicks, times=list(range(0, 4000, 40)))
    made = read_waveform(path, probe(path))
    parts = np.flatnonzero(made.between(np.arange(100 * 16 + 1) / 16).peak > LOUD)
    assert parts.tolist() == [int(at * 25 * 16) for at in clicks]


def test_with_a_variable_rate_a_click_belongs_to_the_picture_that_is_shown_then(tmp_path: Path) -> None:
    dice = random.Random(4)
    times = [0]
    while times[-1] < 3500:
        times.append(times[-1] + dice.choice((7, 33, 40, 250)))
    clicks = [Fraction(dice.randrange(100, 3400), 1000) for _ in range(12)]
    path = pcm_clip(tmp_path / "variable.mkv", clicks, times=times)
    info = probe(path)
    assert info.is_variable
    shown = {int(np.searchsorted(info.pts, int(at * 1000), side="right")) - 1 for at in clicks}
    assert loud_pictures(read_waveform(path, info)) == sorted(shown)


@pytest.mark.parametrize("codec", ["pcm_s16le", "pcm_u8", "pcm_s24le", "pcm_f32le"])
@pytest.mark.parametrize(
    ("rate", "layout", "channel"), [(8_000, "mono", 0), (48_000, "5.1", 5), (192_000, "stereo", 1)]
)
def test_any_width_rate_and_channel_is_heard(tmp_path: Path, codec: str, rate: int, layout: str, channel: int) -> None:
    path = pcm_clip(
        tmp_path / "kind.mkv",
        [Fraction(1)],
        times=list(range(0, 2000, 40)),
        codec=codec,
        rate=rate,
        layout=layout,
        channel=channel,
        seconds=2,
    )
    made = read_waveform(path, probe(path))
    assert loud_pictures(made) == [25]
    assert made.top >= 32_500  # of 8 bits the loudest is 127 of 128


def test_a_hole_in_the_sound_is_nothing_and_what_follows_keeps_its_place(tmp_path: Path) -> None:
    clicks = [Fraction(1, 2), Fraction(7, 2)]
    path = pcm_clip(tmp_path / "hole.mkv", clicks, times=list(range(0, 4000, 40)), hole=(1, 3))
    made = read_waveform(path, probe(path))
    assert loud_pictures(made) == [12, 87]
    is_there = made.between(np.arange(101.0)).is_there
    assert is_there[:25].all()
    assert not is_there[26:74].any()
    assert is_there[76:].all()


def test_the_start_of_a_sound_that_begins_later_is_nothing(tmp_path: Path) -> None:
    path = make_sounding(tmp_path / "late", "begins_later")
    is_there = read_waveform(path, probe(path)).between(np.arange(151.0)).is_there
    assert not is_there[:50].any()
    assert is_there[50:].all()


def test_of_a_video_that_an_edit_list_cuts_the_hidden_part_does_not_count(tmp_path: Path) -> None:
    """1.3 seconds are cut off as `ffmpeg -ss -c copy` does it: the packets before stay, at times before 0."""
    whole, cut, off = make_sounding(tmp_path / "whole", "aac"), tmp_path / "cut.mp4", Fraction(13, 10)
    options = {"avoid_negative_ts": "disabled"}
    with av.open(str(cut), "w", options=options) as out, av.open(str(whole)) as source:
        streams = {stream.index: out.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is None or packet.pts is None:
                continue
            is_sound = packet.stream.type == "audio"
            if is_sound and packet.pts * packet.time_base < off - Fraction(1, 5):  # its run-up is enough
                continue
            shift = int(off / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            packet.stream = streams[packet.stream.index]
            out.mux(packet)
    info = probe(cut)
    assert info.n_pictures < 150 - 32
    begins = off + info.pts[0] * info.unit  # a whole picture: the cut falls between two
    expected = sorted(int((at - begins) * PICTURE_RATE) for at in CLICKS if at > off)
    assert loud_pictures(read_waveform(cut, info)) == expected


def test_of_several_tracks_the_one_that_is_played_is_shown(tmp_path: Path) -> None:
    """Two tracks with their click elsewhere, the second marked as the default."""
    sources = [
        pcm_clip(tmp_path / f"{at}.mkv", [Fraction(at)], times=list(range(0, 4000, 40)), rate=16_000) for at in (1, 2)
    ]
    path = tmp_path / "both.mkv"
    with av.open(str(path), "w") as out, av.open(str(sources[0])) as one, av.open(str(sources[1])) as other:
        video = out.add_stream_from_template(one.streams.video[0])
        tracks = [out.add_stream_from_template(source.streams.audio[0]) for source in (one, other)]
        tracks[0].disposition, tracks[1].disposition = Disposition(0), Disposition.default
        for source, track in ((one, tracks[0]), (other, tracks[1])):
            for packet in source.demux():
                is_video = packet.stream.type == "video"
                if packet.dts is not None and (source is one or not is_video):
                    packet.stream = video if is_video else track
                    out.mux(packet)
    info = probe(path)
    assert loud_pictures(read_waveform(path, info)) == [50]
    with AudioReader(path) as reader:
        assert np.abs(reader.samples(2 * RATE - 100, 200)).max() > LOUD  # and that is the one that is heard


def test_a_video_without_sound_says_so(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "old.avi")
    assert not has_sound(path)
    with pytest.raises(MediaError, match="has no sound"):
        load_waveform(path, probe(path))
    assert has_sound(make_sounding(tmp_path / "b", "pcm"))


def test_what_was_read_is_kept_and_a_changed_file_is_read_anew(tmp_path: Path, monkeypatch) -> None:
    path = pcm_clip(tmp_path / "a.mkv", [Fraction(1)], times=list(range(0, 4000, 40)))
    info = probe(path)
    first = load_waveform(path, info)
    real = module.read_waveform
    monkeypatch.setattr(module, "read_waveform", None)  # whoever calls it fails
    again = load_waveform(path, info)
    assert np.array_equal(again.low, first.low)
    assert np.array_equal(again.high, first.high)
    assert np.array_equal(again.rms, first.rms)
    moved = path.rename(tmp_path / "moved.mkv")
    assert loud_pictures(load_waveform(moved, info)) == [25]
    monkeypatch.setattr(module, "read_waveform", real)
    stat = moved.stat()
    pcm_clip(moved, [Fraction(2)], times=list(range(0, 4000, 40)))
    os.utime(moved, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000_000))
    assert loud_pictures(load_waveform(moved, info)) == [50]


def test_what_was_kept_and_is_damaged_is_read_anew(tmp_path: Path, cache: Path) -> None:
    path = make_sounding(tmp_path / "a", "pcm")
    info = probe(path)
    first = load_waveform(path, info)
    (kept,) = (cache / module.ROOM).glob("*.wave")
    whole = kept.read_bytes()
    for bad in (b"", whole[:20], whole[:-1], whole[:40] + b"\xff" + whole[41:], b"x" * len(whole)):
        kept.write_bytes(bad)
        assert np.array_equal(load_waveform(path, info).high, first.high)
        assert kept.read_bytes() == whole


def test_the_cache_keeps_to_its_budget(tmp_path: Path, cache: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "BUDGET_BYTES", 40_000)
    for name in ("one", "two", "three"):
        path = make_sounding(tmp_path / name, "pcm")
        os.utime(path, (len(name), len(name) * (1 + len(list(tmp_path.iterdir())))))
        load_waveform(path, probe(path))
    assert sum(p.stat().st_size for p in (cache / module.ROOM).iterdir()) <= 40_000


def test_reading_ends_when_nobody_wants_it_and_keeps_nothing(tmp_path: Path, cache: Path) -> None:
    path = make_sounding(tmp_path / "a", "flac")
    with pytest.raises(JobCancelled):
        load_waveform(path, probe(path), should_stop=lambda: StopKind.DISCARD)
    assert not list((cache / module.ROOM).glob("*.wave"))


def test_reading_of_nothing_but_damage_ends_too_and_is_refused(tmp_path: Path, monkeypatch) -> None:
    path = make_sounding(tmp_path / "a", "pcm")
    info = probe(path)
    monkeypatch.setattr(module, "decoded_frames", lambda container, stream: iter([None] * 5))
    with pytest.raises(MediaError, match="Nothing of the sound"):
        read_waveform(path, info)
    with pytest.raises(JobCancelled):
        read_waveform(path, info, should_stop=lambda: StopKind.DISCARD)


def test_progress_is_told(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "REPORT_S", 0.0)
    path = make_sounding(tmp_path / "a", "flac")
    told: list[float] = []
    load_waveform(path, probe(path), report=lambda event: told.append(event.done / event.total))
    assert told == sorted(told)
    assert 0 < told[0] < 1
    assert told[-1] == pytest.approx(1, abs=0.05)


def test_times_beyond_all_measure_are_refused(tmp_path: Path) -> None:
    path = make_sounding(tmp_path / "a", "pcm")
    mad = MediaInfo(np.array([0, 2**60]), Fraction(1), 2**60 + 1, None, True, 8, 8)
    with pytest.raises(MediaError, match="beyond all measure"):
        load_waveform(path, mad)


@pytest.mark.parametrize("kind", ["u8", "s16", "s32", "flt", "dbl"])
@pytest.mark.parametrize("planar", ["", "p"])
def test_samples_of_every_format_become_the_same(kind: str, planar: str) -> None:
    """Two channels: one at half of full scale, one at minus a quarter."""
    values = {"u8": (192, 96), "s16": (16_384, -8_192), "s32": (2**30, -(2**29))}.get(kind, (0.5, -0.25))
    types = {"u8": np.uint8, "s16": np.int16, "s32": np.int32, "flt": np.float32, "dbl": np.float64}
    made = np.repeat(np.array(values, types[kind])[:, None], 5, axis=1)
    packed = made if planar else np.ascontiguousarray(made.T.reshape(1, -1))
    found = as_shorts(av.AudioFrame.from_ndarray(packed, kind + planar, "stereo"))
    assert found.tolist() == [[16_384] * 5, [-8_192] * 5]


def test_numbers_that_are_none_and_beyond_full_scale_do_no_harm() -> None:
    wild = np.array([[np.nan, np.inf, -np.inf, 7.0, -7.0]], np.float32)
    assert as_shorts(av.AudioFrame.from_ndarray(wild, "fltp", "mono")).tolist() == [
        [0, 32_767, -32_768, 32_767, -32_768]
    ]


@pytest.mark.parametrize("name", ["aac", "mp3", "opus", "flac", "aac_transport"])
def test_damaged_sound_is_read_as_far_as_it_goes_or_refused(tmp_path: Path, name: str) -> None:
    path = make_sounding(tmp_path / name, name)
    info, whole, dice = probe(path), path.read_bytes(), random.Random(name)
    for number in range(12):
        bad = path.with_stem(f"bad{number}")
        bad.write_bytes(damaged(whole, dice))
        try:
            made = load_waveform(bad, info)
        except MediaError as error:
            assert str(error)
            continue
        assert made.n_pictures == info.n_pictures
        assert (made.rms <= 32_768).all()
