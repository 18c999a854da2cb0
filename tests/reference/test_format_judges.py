"""Our files read by programs of others: names and times must be what was written. Absent judges are skipped."""

from __future__ import annotations

import csv
import html
import json
import os
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from format_tracks import NASTY, some_tracks

from core.annotation.segmentation import Segmentation
from core.data.dataset import BACKGROUND, UNLABELLED, Action, ActionId
from core.data.timebase import MediaInfo, Timebase
from core.formats.names import spoken
from core.formats.registry import FORMATS
from core.formats.track import ExportTrack, timed

Piece = tuple[str, int, int]
"""Name, start and stop in milliseconds."""


def judge(name: str) -> Any:
    """The module of a judge; the test is skipped where it is not installed."""
    return pytest.importorskip(name, reason=f"{name} is not installed (pip install -e '.[dev,judges]')")


def hard_track(*without: str) -> ExportTrack:
    """Every nasty name, one-frame segments, gaps, background, variable presentation times.

    `without` are parts of names that a judge is known to misread; the test that states one says why.
    """
    generator = np.random.default_rng(5)
    names = [name for name in NASTY if not any(part in name for part in without)]
    actions = {ActionId(n): Action(ActionId(n), name, "#336699") for n, name in enumerate(names)}
    frames: list[int] = []
    for label in [*range(len(names)), UNLABELLED, 0, BACKGROUND, 1, UNLABELLED, 2]:
        frames += [int(label)] * int(generator.integers(1, 9))
    steps = generator.integers(180, 9000, len(frames))
    pts = 90_000 + np.concatenate([[0], np.cumsum(steps)]).astype(np.int64)
    media = MediaInfo(pts[:-1], Fraction(1, 90_000), int(pts[-1]), Fraction(30), True, 640, 360)
    clock = Timebase(len(frames), rate=Fraction(30), media=media)
    return ExportTrack("P03", clock, Segmentation.from_frames(frames), actions, "corrected", media="P03.mp4")


def wanted(track: ExportTrack) -> list[Piece]:
    names = spoken([track])
    return [(names[p.label], p.start_ms, p.stop_ms) for p in timed(track)]


def ms(seconds: float) -> int:
    """Whole milliseconds of a judge's seconds, which are multiples of one up to float noise."""
    assert abs(seconds * 1000 - round(seconds * 1000)) < 1e-3
    return round(seconds * 1000)


@pytest.fixture
def track(request: pytest.FixtureRequest) -> ExportTrack:
    return hard_track(*getattr(request, "param", ()))


def without(*parts: str) -> Any:
    """Gives the test a track without the names that its judge misreads."""
    return pytest.mark.parametrize("track", [parts], indirect=True)


@pytest.fixture
def write(track: ExportTrack, tmp_path: Path) -> Any:
    def one(name: str, file: str) -> Path:
        FORMATS[name].write([track], tmp_path / name)
        return tmp_path / name / file if (tmp_path / name).is_dir() else tmp_path / name

    return one


def test_pympi_reads_elan(track, write):
    elan = judge("pympi.Elan").Eaf(str(write("eaf", "P03.eaf")))
    found = elan.get_annotation_data_for_tier("corrected")
    assert [(name, start, stop) for start, stop, name in sorted(found)] == wanted(track)


@pytest.mark.parametrize("name", ["vtt", "vtt-chapters"])
def test_webvtt_py_reads_webvtt(name, track, write):
    webvtt = judge("webvtt")
    path = write(name, f"P03{FORMATS[name].extension}")
    found = [(html.unescape(c.raw_text), _clock(c.start), _clock(c.end)) for c in webvtt.read(path)]
    assert found == wanted(track)


def _clock(text: str) -> int:
    """Milliseconds of hours:minutes:seconds."""
    hours, minutes, seconds = text.split(":")
    return ms(int(hours) * 3600 + int(minutes) * 60 + float(seconds))


# pysubs2 takes two times in a line for a cue, wherever they stand, and backslashes and braces for styles.
@without("00:00:01.000", "\\", "{", "background", "unlabelled")
@pytest.mark.parametrize(("name", "file"), [("vtt", "P03.vtt"), ("srt", "P03.srt")])
def test_pysubs2_reads_subtitles(name, file, track, write):
    pysubs2 = judge("pysubs2")
    found = pysubs2.load(str(write(name, file)), encoding="utf-8", keep_html_tags=True, keep_unknown_html_tags=True)
    shown = str.maketrans("<>", "‹›") if name == "srt" else {}
    texts = [html.unescape(e.text) if name == "vtt" else e.text for e in found]
    assert [(text, e.start, e.end) for text, e in zip(texts, found, strict=True)] == [
        (text.translate(shown), start, stop) for text, start, stop in wanted(track)
    ]


def test_srt_reads_subtitles(track, write):
    srt = judge("srt")
    found = list(srt.parse(write("srt", "P03.srt").read_text(encoding="utf-8")))
    shown = str.maketrans("<>{}", "‹›❴❵")
    assert [(c.content, ms(c.start.total_seconds()), ms(c.end.total_seconds())) for c in found] == [
        (name.translate(shown), start, stop) for name, start, stop in wanted(track)
    ]


def test_praat_reads_textgrid(track, write):
    parselmouth = judge("parselmouth")
    call = parselmouth.praat.call
    grid = parselmouth.read(str(write("textgrid", "P03.TextGrid")))
    assert call(grid, "Get tier name", 1) == "corrected"
    pieces = []
    for number in range(1, call(grid, "Get number of intervals", 1) + 1):
        text = call(grid, "Get label of interval", 1, number)
        times = [ms(call(grid, f"Get {end} time of interval", 1, number)) for end in ("start", "end")]
        if text:
            pieces.append((text, *times))
    assert pieces == wanted(track)


@pytest.mark.parametrize("name", ["textgrid", "tgt"])
def test_two_more_read_textgrid(name, track, write):
    module, path = judge(name), str(write("textgrid", "P03.TextGrid"))
    if name == "textgrid":
        tier = module.TextGrid.fromFile(path).getFirst("corrected")
        found = [(i.mark, ms(i.minTime), ms(i.maxTime)) for i in tier if i.mark]
    else:
        tier = module.io.read_textgrid(path).get_tier_by_name("corrected")
        found = [(i.text, ms(i.start_time), ms(i.end_time)) for i in tier.intervals]
    known = [piece for piece in wanted(track) if '"' not in piece[0]]
    assert [p for p in found if '"' not in p[0]] == known and len(found) == len(wanted(track))


@without("NA")  # pandas, which boris-clip reads with, takes it for nothing
@pytest.mark.parametrize(("name", "file"), [("boris", "boris.csv"), ("boris-project", "P03.boris")])
def test_boris_clip_reads_boris(name, file, track, tmp_path):
    parse = judge("boris_clip.parse")
    FORMATS[name].write([track], tmp_path / file)
    (found,) = parse.parse_boris_file(str(tmp_path / file))
    pieces = sorted(((b.behaviour, ms(b.start), ms(b.stop)) for b in found.bouts), key=lambda p: p[1])
    assert pieces == wanted(track) and found.media_filename == "P03.mp4"


needs_ffprobe = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")


def probe(path: Path, *words: str) -> Any:
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-of", "json", *words, str(path)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@needs_ffprobe
@without("back\\", "= ; # \\")  # refused: FFmpeg reads on over a backslash at the end of a line
def test_ffprobe_reads_chapters(track, write):
    found = probe(write("ffmetadata", "P03.ffmetadata"), "-f", "ffmetadata", "-show_chapters", "-show_format")
    chapters = [(c["tags"]["title"], c["start"], c["end"]) for c in found["chapters"]]
    assert chapters == wanted(track) and {c["time_base"] for c in found["chapters"]} == {"1/1000"}
    assert found["format"]["tags"]["title"] == "P03"


@needs_ffprobe
@pytest.mark.parametrize(
    ("name", "file"), [("vtt", "P03.vtt"), ("vtt-chapters", "P03.chapters.vtt"), ("srt", "P03.srt")]
)
def test_ffprobe_reads_subtitles(name, file, track, write):
    packets = probe(write(name, file), "-show_packets")["packets"]
    found = [(ms(float(p["pts_time"])), ms(float(p["pts_time"]) + float(p["duration_time"]))) for p in packets]
    assert found == [(start, stop) for _, start, stop in wanted(track)]


def test_pandas_and_csv_read_tables(track, tmp_path):
    FORMATS["csv"].write([track], tmp_path / "x.csv")
    with (tmp_path / "x.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [(int(r["start_frame"]), int(r["end_frame_exclusive"]), int(r["label_id"])) for r in rows] == list(
        track.segmentation.segments
    )
    assert [r["label"] for r in rows] == [track.name_of(s.label) for s in track.segmentation.segments]
    found = judge("pandas").read_csv(tmp_path / "x.csv", keep_default_na=False)
    assert found["label"].tolist() == [r["label"] for r in rows]


def _ms_tcn(folder: Path, bundle: Path) -> dict[str, list[str]]:
    """The way MS-TCN reads: names of a bundle cut after the last line end, lines of each file likewise."""
    names = bundle.read_text(encoding="utf-8").split("\n")[:-1]
    return {n.split(".")[0]: (folder / n).read_text(encoding="utf-8").split("\n")[:-1] for n in names}


def _cte(folder: Path, mapping: Path) -> dict[str, list[int]]:
    """The way CTE reads: "ID NAME" lines of the mapping, then the first word of each line of each file."""
    ids = {line.split()[1]: int(line.split()[0]) for line in mapping.read_text(encoding="utf-8").splitlines()}
    texts = {p.name: p.read_text(encoding="utf-8").splitlines() for p in sorted(folder.iterdir())}
    return {name: [ids[line.split()[0]] for line in lines] for name, lines in texts.items()}


def test_the_readers_of_ms_tcn_and_cte(tmp_path):
    made = some_tracks(videos=["P03", "P04"])
    FORMATS["frames"].write(made, tmp_path / "a")
    read = _ms_tcn(tmp_path / "a" / "groundTruth", tmp_path / "a" / "splits" / "all.bundle")
    assert [len(lines) for lines in read.values()] == [15, 15]
    FORMATS["frames-cte"].write(made, tmp_path / "b")
    numbers = _cte(tmp_path / "b" / "groundTruth", tmp_path / "b" / "mapping" / "mapping.txt")
    background = max(numbers["P03"])
    frames = made[0].segmentation.to_frames().tolist()
    assert numbers["P03"] == [background if label == BACKGROUND else label for label in frames]


def test_the_evaluator_of_activitynet_finds_its_fields(tmp_path):
    FORMATS["activitynet"].write(some_tracks(), tmp_path / "x.json")
    data = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert all(field in data for field in ("database", "taxonomy", "version"))
    for video in data["database"].values():
        assert video["subset"] == "validation"
        for annotation in video["annotations"]:
            start, end = map(float, annotation["segment"])
            assert 0 <= start < end <= video["duration"] and annotation["label"]


LABEL_STUDIO = os.environ.get("LABEL_STUDIO_PYTHON", "")


@pytest.mark.skipif(
    not LABEL_STUDIO, reason="LABEL_STUDIO_PYTHON names no Python with label-studio-sdk (docs/formats.md)"
)
def test_label_studio_accepts_configuration_and_tasks(track, tmp_path):
    """In an environment of its own: the package takes other versions of OpenCV and NumPy than the program."""
    FORMATS["label-studio"].write([track], tmp_path)
    script = Path(__file__).with_name("label_studio_judge.py")
    done = subprocess.run([LABEL_STUDIO, script, tmp_path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found, picture = json.loads(done.stdout), track.timebase.picture_boundary
    names = spoken([track])
    assert found["errors"] == [] and found["errors_of_an_unknown_name"]
    assert [tuple(region) for region in found["regions"]] == [
        (names[s.label], picture(s.start) + 1, picture(s.stop))
        for s in track.segmentation.segments
        if s.label != UNLABELLED
    ]
    assert set(found["labels"]) == {names[s.label] for s in track.segmentation.segments if s.label != UNLABELLED}
