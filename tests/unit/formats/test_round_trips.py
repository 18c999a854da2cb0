"""What the formats write, to the byte where others read it, and what they refuse."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from format_tracks import a_clock, again, read_back, some_tracks

from core.annotation.segmentation import Segmentation
from core.data.dataset import UNLABELLED, Action, ActionId
from core.data.timebase import Timebase
from core.errors import InputError
from core.formats.names import file_stems, meaning, slugs, spoken, written_name
from core.formats.registry import FORMATS
from core.formats.track import ExportTrack, timed, to_milliseconds

READABLE = [name for name, form in FORMATS.items() if form.decode is not None]
IN_SECONDS = [name for name, form in FORMATS.items() if form.in_seconds]
WITHOUT_GAPS = [name for name, form in FORMATS.items() if not form.has_gaps]
SCHEMA = Path(__file__).resolve().parents[3] / "docs" / "labels.schema.json"


def contents(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text(encoding="utf-8") for p in folder.rglob("*") if p.is_file()}


def one(*labels: int, names: dict[int, str] | None = None, **values: object) -> ExportTrack:
    actions = {ActionId(k): Action(ActionId(k), n, "#000000") for k, n in (names or {0: "x", 1: "y"}).items()}
    return ExportTrack("v", a_clock(len(labels)), Segmentation.from_frames(list(labels)), actions, **values)


@pytest.mark.parametrize("name", READABLE)
def test_import_of_an_export_is_the_identity(name, tmp_path):
    form = FORMATS[name]
    out = tmp_path / f"out{form.suffix}"
    summary = form.write(some_tracks(), out)
    assert summary.n_videos == 2 and all(path.is_file() for path in summary.files)
    found = {track.video: track for track in read_back(form, out)}
    for track in some_tracks():
        assert again(found[track.video], track) == track


@pytest.mark.parametrize("name", [n for n in READABLE if n not in WITHOUT_GAPS])
def test_unlabelled_survives_where_the_format_has_a_state_for_it(name, tmp_path):
    tracks = some_tracks(UNLABELLED, UNLABELLED, 0, UNLABELLED)
    FORMATS[name].write(tracks, tmp_path)
    found = {track.video: track for track in read_back(FORMATS[name], tmp_path)}
    assert [again(found[t.video], t).segmentation for t in tracks] == [t.segmentation for t in tracks]


@pytest.mark.parametrize("name", WITHOUT_GAPS)
def test_unlabelled_is_refused_by_the_others_and_nothing_is_written(name, tmp_path):
    with pytest.raises(InputError, match="frames 15 to 16"):
        FORMATS[name].write(some_tracks(UNLABELLED), tmp_path / "x")
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("name", IN_SECONDS)
def test_a_video_without_a_rate_is_refused_by_formats_in_seconds(name, tmp_path):
    track = replace(one(0, 1), timebase=a_clock(2, None))
    with pytest.raises(InputError, match="no frame rate"):
        FORMATS[name].write([track], tmp_path / "x")


@pytest.mark.parametrize("name", IN_SECONDS)
def test_a_segment_that_would_become_empty_is_named(name, tmp_path):
    track = replace(one(0, 1, 0), timebase=a_clock(3, Fraction(5000)))
    with pytest.raises(InputError, match="less than a millisecond"):
        FORMATS[name].write([track], tmp_path / "x")


@pytest.mark.parametrize(
    "name", [n for n in FORMATS if n not in ("csv", "csv-spreadsheet", "json", "frames", "frames-cte")]
)
def test_a_name_that_no_line_holds_is_refused_and_named(name, tmp_path):
    track = one(0, 1, names={0: "fine", 1: "two\x0blines"})
    with pytest.raises(InputError, match=r'"two\\x0blines" cannot stand'):
        FORMATS[name].write([track], tmp_path / "x")


def test_two_actions_of_one_name_are_refused_and_named(tmp_path):
    with pytest.raises(InputError, match='"x" is the name of more than one action'):
        FORMATS["eaf"].write([one(0, 1, names={0: "x", 1: "x"})], tmp_path / "x")


def test_two_videos_of_one_name_are_refused(tmp_path):
    with pytest.raises(InputError, match="more than one video"):
        FORMATS["csv"].write([one(0), one(1)], tmp_path / "x")


def test_frame_files_are_what_the_published_readers_expect(tmp_path):
    FORMATS["frames"].write(some_tracks(), tmp_path)
    text = (tmp_path / "groundTruth" / "d.txt").read_text(encoding="utf-8")
    assert text.endswith("\n") and len(text.split("\n")[:-1]) == 15
    mapping = (tmp_path / "mapping" / "mapping.txt").read_text(encoding="utf-8").split("\n")[:-1]
    table = {line.split()[1]: int(line.split()[0]) for line in mapping}
    assert all(len(line.split(" ")) == 2 for line in mapping)
    assert all(word in table for word in text.split())
    bundle = (tmp_path / "splits" / "all.bundle").read_text(encoding="utf-8").split("\n")[:-1]
    assert [b.split(".")[0] for b in bundle] == ["a_b c", "d"]
    FORMATS["frames-cte"].write(some_tracks(), tmp_path / "cte")
    assert (tmp_path / "cte" / "groundTruth" / "d").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", FORMATS)
def test_two_exports_are_the_same_bytes(name, tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        FORMATS[name].write(some_tracks(), tmp_path / folder)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.parametrize("name", FORMATS)
def test_files_are_utf8_with_line_feeds_and_no_mark(name, tmp_path):
    FORMATS[name].write(some_tracks(), tmp_path)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            assert b"\r" not in raw and not raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\n"), path


def test_a_folder_appears_whole_and_an_old_one_keeps_what_else_it_holds(tmp_path, monkeypatch):
    from core.formats import files

    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "mine.txt").write_text("mine")
    FORMATS["eaf"].write(some_tracks(), tmp_path / "old")
    assert {p.name for p in (tmp_path / "old").iterdir()} == {"mine.txt", "a_b c.eaf", "d.eaf", "labels.json"}

    def full(_folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "sync_folder", full)
    with pytest.raises(OSError, match="No space"):
        FORMATS["eaf"].write(some_tracks(), tmp_path / "new")
    assert [p.name for p in tmp_path.iterdir()] == ["old"]


def test_one_video_goes_into_one_file(tmp_path):
    summary = FORMATS["eaf"].write(some_tracks(videos=["d"]), tmp_path / "mine.eaf")
    assert summary.files == (tmp_path / "mine.eaf",) and summary.files[0].is_file()
    assert read_back(FORMATS["eaf"], tmp_path / "mine.eaf")[0].video == "d"


def test_a_spreadsheet_never_sees_a_formula(tmp_path):
    names = {n: f"{first}1+1" for n, first in enumerate("=+-@＝")}
    FORMATS["csv-spreadsheet"].write([one(*names, names=names, note="=cmd")], tmp_path / "x.csv")
    cells = [cell.strip('"') for line in (tmp_path / "x.csv").read_text().split("\n") for cell in line.split('","')]
    assert "'=cmd" in cells and all(f"'{name}" in cells for name in names.values())
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "＝"))]


def test_the_published_schema_describes_what_is_written(tmp_path):
    FORMATS["json"].write(some_tracks(UNLABELLED), tmp_path / "x.json")
    schema, content = json.loads(SCHEMA.read_text()), json.loads((tmp_path / "x.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(content, schema)
    content["videos"][0]["segments"][0]["start"] = -1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, schema)


def test_elan_points_to_the_video_beside_it_and_to_nothing_else(tmp_path):
    track = one(0, 1, media="my video #1.mp4", source="corrected", edited="2026-01-02T03:04:05+00:00")
    FORMATS["eaf"].write([track], tmp_path)
    text = (tmp_path / "v.eaf").read_text()
    assert 'RELATIVE_MEDIA_URL="./my%20video%20%231.mp4"' in text and "file:" not in text
    assert 'DATE="2026-01-02T03:04:05+00:00"' in text and 'TIER_ID="corrected"' in text


def test_label_studio_counts_pictures_from_one_last_included(tmp_path):
    FORMATS["label-studio"].write([one(0, 0, 0, 1, 1)], tmp_path)
    result = json.loads((tmp_path / "tasks.json").read_text())[0]["annotations"][0]["result"]
    assert [r["value"]["ranges"] for r in result] == [[{"start": 1, "end": 3}], [{"start": 4, "end": 5}]]


def test_ffmetadata_states_its_unit(tmp_path):
    FORMATS["ffmetadata"].write([one(0, 1, names={0: "a=b;c#d\\e", 1: "y"})], tmp_path)
    text = (tmp_path / "v.ffmetadata").read_text()
    assert text.count("TIMEBASE=1/1000") == 2 and r"title=a\=b\;c\#d\\e" in text


def test_milliseconds_round_half_up():
    assert [to_milliseconds(Fraction(n, 2000)) for n in (1, 2, 3)] == [1, 1, 2]


def test_a_reserved_word_as_a_name_gets_a_backslash_and_loses_it_again():
    track = one(0, 1, 2, names={0: "background", 1: "\\unlabelled", 2: "\\pour"})
    names = spoken([track])
    assert [names[n] for n in range(3)] == ["\\background", "\\\\unlabelled", "\\pour"]
    assert [meaning(names[n]) for n in range(3)] == ["background", "\\unlabelled", "\\pour"]
    assert meaning("background") == "" and meaning("unlabelled") is None


def test_stems_are_safe_on_every_system_and_all_different():
    names = ["../x", "CON", "a" * 400, "a:b", "a?b", "A_B", "README", "labels", "", "e\u0301", "\u00e9", "\udc80"]
    stems = list(file_stems(names).values())
    assert len({s.casefold() for s in stems}) == len(names)
    assert all(s.encode() and len(s.encode()) < 200 and "/" not in s and "." not in s for s in stems)
    assert not {"con", "readme", "labels"} & {s.casefold() for s in stems}


def test_words_without_blanks_are_different_and_no_word_for_background():
    found = slugs({0: "a b", 1: "a_b", 2: "bg", 3: "### x", 4: "\u200b"})
    assert len(set(found.values())) == 5 and not {"bg", "background"} & set(found.values())
    assert all(" " not in word and not word.startswith("###") for word in found.values())


def test_a_name_that_is_no_text_is_written_as_an_escape():
    assert written_name("a\nb\udc80") == "a\\nb\\udc80"


def test_times_in_whole_numbers_are_those_of_the_one_rule():
    """A clock with a rate only is counted without fractions; the millisecond is the same, halves up."""
    for rate in (Fraction(30), Fraction(30000, 1001), Fraction(7, 3), Fraction(400), Fraction(1000, 3)):
        frames = [*range(50), 9_999, 123_457]
        cut = Segmentation.from_pieces([0, *frames[1:]], [n % 2 for n in range(len(frames))], 200_000)
        track = ExportTrack("v", Timebase(200_000, rate), cut, {})
        ends = [*frames[1:], 200_000]
        wanted = [(to_milliseconds(a / rate), to_milliseconds(b / rate)) for a, b in zip(frames, ends, strict=True)]
        assert [(p.start_ms, p.stop_ms) for p in timed(track)] == wanted
