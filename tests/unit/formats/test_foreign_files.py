"""Files of other programs: what is read from them, and that everything wrong in one is listed with its place."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from format_tracks import some_tracks

from core.data.timebase import Timebase
from core.formats.grid import on_grid
from core.formats.registry import FORMATS
from core.formats.track import FileTrack, Interval

READABLE = [name for name, form in FORMATS.items() if form.decode is not None]
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    "<ANNOTATION_DOCUMENT><TIER TIER_ID='&b;'/></ANNOTATION_DOCUMENT>"
)


def reading(name, text, folder, file="x"):
    path = folder / f"{file}{FORMATS[name].extension}"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return FORMATS[name].read([path])


def intervals(name, text, folder):
    found = reading(name, text, folder)
    assert not [p for p in found.problems if p.severity == "error"], found.problems
    return [(t.tier, [(float(i.start), float(i.stop), i.name) for i in t.intervals]) for t in found.tracks]


def errors(name, text, folder):
    found = reading(name, text, folder)
    assert not found.tracks
    return [f"{p.where}: {p.what}" for p in found.problems if p.severity == "error"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("json", '{"format": "x", "version": 1}', 'wanted "totgui-labels"'),
        ("json", '{"format": "totgui-labels", "version": 99}', "version 99"),
        ("json", "[]", "not a label file"),
        ("json", "[" * 100_000, "not a label file"),
        ("csv", "a,b\n1,2\n", "wanted video, label"),
        ("csv", "video,label,start_frame,end_frame_exclusive\nv,x,0,1e999\n", "line 2"),
        ("csv", b"video,label\xff\n", "not UTF-8"),
        ("eaf", BOMB, "document type"),
        ("eaf", "<a>" * 80, "nested more than 64"),
        ("eaf", "<a></b>", "not XML"),
        ("eaf", "", "not XML"),
        ("eaf", "<svg/>", "wanted ANNOTATION_DOCUMENT"),
        ("eaf", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><ANNOTATION_DOCUMENT/>', "document type"),
        ("textgrid", "hello", "ends where a text"),
        ("textgrid", '"ooTextFile" "TextGrid" 0 1 <exists> 1 "IntervalTier" "x" 0 1 99999999', "cannot be"),
        ("textgrid", '"ooTextFile" "TextGrid" 0 1 <exists> 1\n"Spectrum" "x" 0 1 3', "line 2"),
        ("vtt", "1\n00:01.000 --> 00:02.000\nx\n", "WEBVTT"),
        ("vtt", "WEBVTT\n\n00:99.000 --> 00:02.000\nx\n", "line 3"),
        ("srt", "1\n00:00:01,000 --> \nx\n", "line 2"),
        ("ffmetadata", "title=x", "FFMETADATA"),
        ("ffmetadata", ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/0\nSTART=0\nEND=1\n", "line 2"),
        ("audacity", "0.0 1.0 x\n", "line 1"),
        ("boris", "a,b\n", "aggregated events"),
        ("boris", "Behavior,Start (s),Stop (s)\nx,one,2\n", "line 2"),
        ("boris-project", "{}", "observations"),
        ("boris-project", '{"observations": {"v": {"events": [[1, "", "x", "", ""]]}}}', "odd number"),
        ("boris-project", '{"observations": {"v": {"events": [[NaN, "", "x"]]}}}', "NaN"),
        ("boris-project", '{"observations": {"v": {"events": [[1e999999999, "", "x"]]}}}', "out of range"),
        ("label-studio", "{}", "tasks"),
        ("label-studio", '[{"data": {"video": "v"}, "annotations": [{}]}]', "task 1, annotation 1"),
        ("activitynet", '{"database": {"v": {"annotations": [{"segment": [1]}]}}}', "annotation 1"),
        ("coin", "[1, 2", "not JSON"),
        ("via", '{"file": {}}', "attribute"),
        ("frames", "a\n\nb\n", "line 2"),
        ("frames", "", "0 labels"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(name, text, said, tmp_path):
    assert any(said in line for line in errors(name, text, tmp_path)), errors(name, text, tmp_path)


def test_every_wrong_line_is_listed(tmp_path):
    text = "video,label,start_frame,end_frame_exclusive\nv,x,0,1\nv,x,one,2\nv,y,2,3\nv,z,,9\n"
    assert [line.split(":")[0] for line in errors("csv", text, tmp_path)] == ["line 3", "line 5"]


@pytest.mark.parametrize("name", READABLE)
def test_a_large_file_is_refused_before_it_is_read(name, tmp_path, monkeypatch):
    monkeypatch.setattr("core.formats.source.MAX_BYTES", 10)
    assert "larger than" in errors(name, "x" * 100, tmp_path)[0]


@pytest.mark.parametrize("name", READABLE)
def test_a_broken_file_gives_problems_and_no_traceback(name, tmp_path):
    """F12: our own files with bytes changed, cut or doubled are read, or refused with a problem."""
    generator = random.Random(7)
    FORMATS[name].write(some_tracks(videos=["d"]), tmp_path / "good")
    good = max(
        (p for p in tmp_path.rglob("*") if p.is_file() and "README" not in p.name), key=lambda p: p.stat().st_size
    )
    content = good.read_bytes()
    for _ in range(60):
        broken = bytearray(content)
        for _ in range(generator.randint(1, 4)):
            at = generator.randrange(len(broken))
            kind = generator.randrange(3)
            if kind == 0:
                broken[at] = generator.randrange(256)
            elif kind == 1:
                del broken[at : at + generator.randint(1, 40)]
            else:
                broken[at:at] = broken[at : at + generator.randint(1, 40)]
            broken = broken or bytearray(b"x")
        found = reading(name, bytes(broken), tmp_path)
        assert not [p for p in found.problems if "Error:" in p.what], found.problems
        for track in found.tracks:
            on_grid(track, Timebase(15, rate=Fraction(30000, 1001)))


def test_a_missing_file_and_an_empty_folder_are_problems(tmp_path):
    assert "is not there" in FORMATS["eaf"].read([tmp_path / "x"]).problems[0].what
    assert "holds no file" in FORMATS["eaf"].read([tmp_path]).problems[0].what


def test_webvtt_of_others(tmp_path):
    text = (
        "\ufeffWEBVTT - made by hand\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\nNOTE\r\nnothing\r\n\r\n"
        "intro\r\n00:01.500 --> 00:03.000 align:start\r\n<v Ann>pour &amp; <b>stir</b></v>\r\n\r\n"
        "01:00:00.000 --> 01:00:01.250\r\ntwo\r\nlines\r\n\r\n\r\n"
    )
    assert intervals("vtt", text, tmp_path) == [("", [(1.5, 3.0, "pour & stir"), (3600.0, 3601.25, "two lines")])]


def test_textgrid_in_the_short_form_and_utf16(tmp_path):
    text = (
        'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n2.5\n<exists>\n2\n'
        '"IntervalTier"\n"ph""ones"\n0\n2.5\n2\n'
        '0\n1.25\n""\n1.25\n2.5\n"żó"\n"TextTier"\n"points"\n0\n2.5\n1\n0.5\n"click"\n'
    )
    wanted = [('ph"ones', [(0.0, 1.25, None), (1.25, 2.5, "żó")])]
    assert intervals("textgrid", text, tmp_path) == wanted
    assert intervals("textgrid", text.encode("utf-16"), tmp_path) == wanted


def test_elan_of_others_with_several_tiers(tmp_path):
    text = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT FORMAT="3.0"><HEADER TIME_UNITS="milliseconds">
<MEDIA_DESCRIPTOR MEDIA_URL="file:///C:/films/P%2003.mp4" RELATIVE_MEDIA_URL="./P%2003.mp4" TIME_ORIGIN="40"/></HEADER>
<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="a" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="b" TIME_VALUE="1500"/>
<TIME_SLOT TIME_SLOT_ID="c"/></TIME_ORDER>
<TIER TIER_ID="hands"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="1" TIME_SLOT_REF1="a" TIME_SLOT_REF2="b">
<ANNOTATION_VALUE>take</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="notes"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="2" ANNOTATION_REF="1">
<ANNOTATION_VALUE>x</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER><TIER TIER_ID="empty"/>
</ANNOTATION_DOCUMENT>"""
    found = reading("eaf", text, tmp_path)
    assert [(t.tier, t.also, len(t.intervals)) for t in found.tracks] == [("hands", ("x", "P 03.mp4"), 1)]
    assert [p.where for p in found.problems] == ["MEDIA_DESCRIPTOR", 'tier "notes"']
    broken = text.replace('TIME_SLOT_REF2="b"', 'TIME_SLOT_REF2="c"')
    assert 'tier "hands", annotation 1: has no time' in errors("eaf", broken, tmp_path)[0]


def test_boris_of_others_between_tabs_with_two_subjects(tmp_path):
    text = (
        "Observation id\tSubject\tBehavior\tBehavior type\tStart (s)\tStop (s)\tMedia file\n"
        "o1\tleft\ttake\tSTATE\t0\t1.5\tC:/v.mp4\no1\tright\tpour\tSTATE\t1\t2\tv.mp4\no1\tleft\tclick\tPOINT\t1\t1\tv.mp4\n"
    )
    assert intervals("boris-tsv", text, tmp_path) == [
        ("left", [(0.0, 1.5, "take")]),
        ("right", [(1.0, 2.0, "pour")]),
    ]


def test_ffmetadata_without_a_unit_counts_nanoseconds(tmp_path):
    text = ";FFMETADATA1\n[CHAPTER]\nSTART=0\nEND=1500000000\ntitle=a\\=b\\\nc\n"
    assert intervals("ffmetadata", text, tmp_path) == [("", [(0.0, 1.5, "a=b\nc")])]


def test_audacity_with_frequencies_and_points(tmp_path):
    assert intervals("audacity", "0.5\t1.25\tx\n\\\t100\t200\n3\t3\tpoint\n", tmp_path) == [("", [(0.5, 1.25, "x")])]


def test_label_studio_of_others(tmp_path):
    text = """[{"data": {"video": "/data/upload/1/a1b2c3d4-P03.mp4"}, "annotations": [{"result": [
    {"type": "choices"}, {"type": "timelinelabels", "value": {"ranges": [{"start": 1, "end": 69}],
    "timelinelabels": ["x"]}}]}]}]"""
    track = reading("label-studio", text, tmp_path).tracks[0]
    assert track.also == ("a1b2c3d4-P03.mp4", "P03.mp4") and track.intervals[0][:3] == (0, 69, "x")


def test_results_of_activitynet_are_read_and_gaps_are_background(tmp_path):
    text = '{"version": "", "results": {"v": [{"score": 0.5, "segment": [0.1, 0.30], "label": "x"}]}}'
    track = reading("activitynet", text, tmp_path).tracks[0]
    placed = on_grid(track, Timebase(5, rate=Fraction(10)))
    assert placed.starts == (0, 1, 3) and placed.names == ("", "x", "")


# --- on the grid ----------------------------------------------------------------------------------------------------


def placed(*pieces, rate=Fraction(10), n_frames=20, unit="seconds", tmp_path="f", **values):
    made = tuple(
        Interval(Fraction(str(a)), Fraction(str(b)), name, f"line {n}") for n, (a, b, name) in enumerate(pieces, 1)
    )
    return on_grid(FileTrack("v", unit, made, tmp_path, **values), Timebase(n_frames, rate=rate))


def said(found):
    return [f"{p.severity} {p.where}: {p.what}" for p in found.problems]


def test_a_time_goes_to_the_nearest_frame_and_a_tie_to_the_earlier():
    found = placed((0.05, 0.25, "x"), (0.36, 2, "y"))
    assert (found.starts, found.names) == ((0, 2, 4), ("x", None, "y"))
    assert found.shift_s == Fraction(1, 20) and not found.problems


def test_an_overlap_is_refused_with_both_places_and_a_touch_is_not():
    found = placed((0, 1, "x"), (0.8, 2, "y"))
    assert not found.starts and said(found) == ['error line 2: "y" overlaps the one of line 1 by 0.200 s.']
    assert placed((0, 1.0501, "x"), (1.0499, 2, "y")).starts == (0, 11)


def test_a_long_interval_over_many_short_ones_is_an_overlap_with_each():
    found = placed((0, 2, "x"), (0.5, 0.6, "y"), (1.5, 1.6, "z"))
    assert [line.split(":")[0] for line in said(found)] == ["error line 2", "error line 3"]


def test_an_end_after_the_video_is_cut_up_to_half_a_second():
    found = placed((0, 2.4, "x"))
    assert found.starts == (0,) and said(found) == [
        'note line 1: "x" ends 0.400 s after the last frame and was cut there.'
    ]
    found = placed((0, 2.6, "x"))
    assert not found.starts and "the video has 20 frames, 2.000 s" in said(found)[0]


@pytest.mark.parametrize(
    ("piece", "what"),
    [
        ((1, 1, "x"), "where it begins or before"),
        ((1, 0.5, "x"), "where it begins or before"),
        ((-1, 0.5, "x"), "before the video"),
        ((1.01, 1.02, "x"), "less than a frame"),
        ((50, 51, "x"), "the video has 20 frames"),
    ],
)
def test_an_interval_that_cannot_stand_is_refused(piece, what):
    found = placed(piece)
    assert not found.starts and what in said(found)[0]


def test_a_file_in_seconds_needs_a_rate():
    assert "no frame rate" in said(placed((0, 1, "x"), rate=None))[0]


def test_frames_made_at_another_rate_are_refused():
    found = placed((0, 20, "x"), unit="frames", end_s=Fraction(4))
    assert "frame 20 is at 4.000 s in the file and at 2.000 s in this video" in said(found)[0]


def test_another_rate_is_refused():
    found = placed((0, 20, "x"), unit="frames", rate=Fraction(30), n_frames=40)
    assert not found.problems
    track = FileTrack("v", "frames", (Interval(0, 20, "x"),), "f", rate=Fraction(15))
    assert said(on_grid(track, Timebase(40, rate=Fraction(30)))) == [
        "error v: counts 15 frames a second; this video has 30."
    ]


def test_another_length_is_refused_beyond_half_a_second():
    assert said(placed((0, 22, "x"), unit="frames", n_frames=20))[0].endswith("was cut there.")
    found = on_grid(
        FileTrack("v", "frames", (Interval(0, 40, "x"),), "f", n_frames=40), Timebase(20, rate=Fraction(10))
    )
    assert not found.starts and "is about 40 frames; this video has 20" in said(found)[0]


def test_pictures_become_frames_of_a_slower_grid():
    clock = Timebase(10, rate=Fraction(15), picture_ratio=Fraction(2))
    found = on_grid(FileTrack("v", "pictures", (Interval(4, 12, "x"),), "f"), clock)
    assert (found.starts, found.names) == ((0, 2, 6), (None, "x", None))
    for boundary in range(11):
        for ratio in (Fraction(1), Fraction(2), Fraction(6, 5), Fraction(7, 3)):
            clock = Timebase(10, rate=Fraction(15), picture_ratio=ratio)
            assert clock.boundary_of_picture(clock.picture_boundary(boundary)) == boundary
