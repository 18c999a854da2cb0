"""Import of an export is the identity, and what a format cannot carry is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest

from core.annotation.segmentation import Segmentation
from core.data.dataset import BACKGROUND, UNLABELLED, Action, ActionId
from core.data.timebase import Timebase
from core.errors import InputError
from core.formats.registry import FORMATS, ExportTrack
from core.formats.track import to_milliseconds

NAMES = {0: "take bowl", 3: "=pour & <stir>", 7: "żółć", 9: 'a "quoted", name'}
ACTIONS = {ActionId(k): Action(ActionId(k), n, "#000000") for k, n in NAMES.items()}


def tracks(*extra: int) -> list[ExportTrack]:
    labels = [0] * 4 + [3] * 5 + [BACKGROUND] * 2 + [7] + [9] * 3 + list(extra)
    clock = Timebase(len(labels), rate=Fraction(30000, 1001))
    return [ExportTrack(name, clock, Segmentation.from_frames(labels), ACTIONS, "corrected") for name in ("a.b c", "d")]


@pytest.mark.parametrize("name", FORMATS)
def test_import_of_an_export_is_the_identity(name, tmp_path):
    form = FORMATS[name]
    out = tmp_path / f"out{form.suffix}"
    summary = form.write(tracks(), out)
    assert summary.n_videos == 2 and all(path.is_file() for path in summary.files)
    back = {track.video: track for track in form.read(out)}
    for track in tracks():
        found = back[track.video]
        assert found.n_frames == 15
        assert found.starts == tuple(track.segmentation.starts.tolist())
        assert found.names == ("take bowl", "=pour & <stir>", "", "żółć", 'a "quoted", name')


@pytest.mark.parametrize("name", ["csv", "json"])
def test_unlabelled_survives_where_the_format_has_a_state_for_it(name, tmp_path):
    form = FORMATS[name]
    form.write(tracks(UNLABELLED, UNLABELLED), tmp_path / "x")
    assert form.read(tmp_path / "x")[0].names[-1] is None


@pytest.mark.parametrize("name", ["frames", "frames-cte"])
def test_unlabelled_is_refused_by_frame_formats_and_nothing_is_written(name, tmp_path):
    with pytest.raises(InputError, match="frames 15 to 16"):
        FORMATS[name].write(tracks(UNLABELLED), tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_frame_files_are_what_the_published_readers_expect(tmp_path):
    FORMATS["frames"].write(tracks(), tmp_path)
    text = (tmp_path / "groundTruth" / "d.txt").read_text(encoding="utf-8")
    assert text.endswith("\n") and len(text.split("\n")[:-1]) == 15
    mapping = (tmp_path / "mapping" / "mapping.txt").read_text(encoding="utf-8").split("\n")[:-1]
    table = {line.split()[1]: int(line.split()[0]) for line in mapping}
    assert all(len(line.split(" ")) == 2 for line in mapping)
    assert all(word in table for word in text.split())
    bundle = (tmp_path / "splits" / "all.bundle").read_text(encoding="utf-8").split("\n")[:-1]
    assert [b.split(".")[0] for b in bundle] == ["a_b c", "d"]
    FORMATS["frames-cte"].write(tracks(), tmp_path / "cte")
    assert (tmp_path / "cte" / "groundTruth" / "d").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", FORMATS)
def test_two_exports_are_the_same_bytes(name, tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        FORMATS[name].write(tracks(), tmp_path / folder)
    one, two = (
        {p.relative_to(tmp_path / f): p.read_bytes() for p in (tmp_path / f).rglob("*") if p.is_file()}
        for f in ("one", "two")
    )
    assert one == two


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"format": "x", "version": 1}', "wanted"),
        ('{"format": "totgui-labels", "version": 99}', "version 99"),
        ("[]", "not a label file"),
    ],
)
def test_foreign_json_is_refused(text, message, tmp_path):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(InputError, match=message):
        FORMATS["json"].read(tmp_path / "x.json")


def test_a_gap_in_a_table_names_its_line(tmp_path):
    FORMATS["csv"].write(tracks(), tmp_path / "x.csv")
    lines = (tmp_path / "x.csv").read_text(encoding="utf-8").split("\n")
    (tmp_path / "x.csv").write_text("\n".join([lines[0], *lines[2:]]), encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        FORMATS["csv"].read(tmp_path / "x.csv")


def test_milliseconds_round_half_up():
    assert [to_milliseconds(Fraction(n, 2000)) for n in (1, 2, 3)] == [1, 1, 2]
