"""Every row of the odd-data table: one clear row names file, numbers and next step, and the rest opens."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from datasets import LENGTHS, frame_labels, layout, matrix, probe, save, write

from core import foreign
from core.data import files
from core.data.layouts import scan
from core.data.timebase import MediaInfo
from core.errors import InputError, MediaError

TEN = {f"v{i}": 50 + i for i in range(12)}


def told(dataset) -> str:
    return "\n".join(map(str, dataset.problems))


def choice(dataset, name: str):
    return next((c for c in dataset.choices if c.name == name), None)


@pytest.fixture
def root(tmp_path) -> Path:
    return layout(tmp_path / "set", "F", lengths=TEN)


def features(root: Path, name: str, values: np.ndarray) -> None:
    np.save(root / "features" / f"{name}.npy", values)


@pytest.mark.parametrize(("value", "word"), [(np.nan, "NaN"), (np.inf, "Inf"), (-np.inf, "Inf")])
def test_a_row_that_is_no_number(root, value, word):
    values = matrix(50)
    values[[17, 30], 3] = value
    features(root, "v0", values)
    dataset = scan(root, probe=probe)
    assert f"features/v0.npy: 2 of 50 rows hold {word} (first: row 17)." in told(dataset)
    assert len(dataset.trainable) == 11 and len(dataset.videos) == 12


def test_another_width_names_both(root):
    features(root, "v3", matrix(53, 5))
    dataset = scan(root, probe=probe)
    assert "features/v3.npy: 5 columns; the other 11 files have 8." in told(dataset)
    assert "v3" not in [v.id for v in dataset.trainable]


def test_one_turned_file_is_asked_about_and_can_be_read(root):
    features(root, "v3", matrix(53, seed=3).T)
    dataset = scan(root, probe=probe)
    assert "features/v3.npy: (8, 53) looks turned; the others are (T, 8)." in told(dataset)
    assert len(dataset.trainable) == 11 and choice(dataset, "orientation").is_open
    settled = scan(root, probe=probe, orientation="each")
    assert len(settled.trainable) == 12 and settled.videos[3].transposed and settled.videos[3].timebase.n_rows == 53


def test_all_files_turned_need_no_question(root):
    for name, n in TEN.items():
        features(root, name, matrix(n).T)
    dataset = scan(root, probe=probe)
    assert len(dataset.trainable) == 12 and not dataset.problems and all(v.transposed for v in dataset.videos)


def test_one_file_without_labels_is_proposed_and_confirmed(tmp_path):
    save(tmp_path / "features" / "a.npy", matrix(64, 100))
    dataset = scan(tmp_path, probe=probe)
    asked = choice(dataset, "orientation")
    assert asked.is_open and asked.taken == "dt" and not dataset.trainable
    for way, rows in (("dt", 100), ("td", 64)):
        settled = scan(tmp_path, probe=probe, orientation=way)
        assert settled.trainable[0].timebase.n_rows == rows and not choice(settled, "orientation").is_open


def test_lengths_within_one_percent_are_cut_with_a_note(tmp_path):
    root = layout(tmp_path / "set", "F", lengths={"a": 300, "b": 210})
    write(root / "groundTruth" / "a.txt", "\n".join(frame_labels(298)))
    dataset = scan(root, probe=probe)
    assert "features 300, labels 298: cut at the end to the shorter." in told(dataset)
    assert dataset.videos[0].timebase.n_frames == 298 == dataset.videos[0].timebase.n_rows


def lengths_of(root: Path, lengths: str | None):
    write(root / "groundTruth" / "v5.txt", "\n".join(frame_labels(90)))
    return scan(root, probe=probe, lengths=lengths)


def test_lengths_that_differ_wait_for_a_choice(root):
    dataset = lengths_of(root, None)
    asked = choice(dataset, "lengths")
    assert len(dataset.trainable) == 11 and asked.is_open and asked.options == ("trim", "resample", "skip")
    assert "1 of 12 videos" in asked.found and "features 55, labels 90" in told(dataset)


@pytest.mark.parametrize(("lengths", "trained", "frames"), [("trim", 12, 55), ("resample", 12, 90), ("skip", 11, 90)])
def test_the_choice_of_lengths_is_done(root, lengths, trained, frames):
    dataset = lengths_of(root, lengths)
    clock = dataset.videos[5].timebase
    assert len(dataset.trainable) == trained and clock.n_frames == frames
    assert not choice(dataset, "lengths").is_open
    if lengths == "resample":
        assert clock.rows()[-1] == 54 and clock.rows()[45] == 28


def test_a_video_of_another_ratio_says_so(tmp_path):
    root = layout(tmp_path / "set", "F", lengths={f"v{i}": 60 + 6 * i for i in range(12)})
    for i in range(12):
        features(root, f"v{i}", matrix(10 + i if i != 4 else 28, seed=i))
    assert "(ratio 3, the others have 6)" in told(scan(root, probe=probe))


def test_two_rates_that_fit_ask_for_the_feature_rate(tmp_path):
    names = {"clip_01": 24, "clip_02": 31, "clip_03": 40}
    root = layout(tmp_path / "set", "D", lengths=names)
    for name, n, stride in zip(names, names.values(), (2, 2, 3), strict=True):
        features(root, name, matrix(-(-n // stride)))
    dataset = scan(root, probe=probe)
    asked = choice(dataset, "feature_rate")
    assert asked.is_open and not asked.options and "2 fits 2 videos" in asked.found and not dataset.trainable
    settled = scan(root, probe=probe, feature_rate=Fraction(15), lengths="skip")
    assert [v.id for v in settled.trainable] == ["clip_01", "clip_02"]
    assert settled.videos[0].timebase.feature_rate == 15 and not choice(settled, "feature_rate").is_open


def test_a_feature_rate_without_any_other_clock_gives_seconds(tmp_path):
    dataset = scan(layout(tmp_path / "set", "F"), probe=probe, feature_rate=Fraction(5))
    assert dataset.videos[0].timebase.rate == 5


def test_a_rate_that_settles_nothing_says_so(tmp_path):
    root = layout(tmp_path / "set", "F")
    for name, n, stride in zip(LENGTHS, LENGTHS.values(), (2, 2, 3), strict=True):
        features(root, name, matrix(-(-n // stride)))
    dataset = scan(root, probe=probe, feature_rate=Fraction(5))
    assert "the rate of the labels is unknown" in told(dataset) and not dataset.trainable


def test_an_unknown_label_names_line_and_nearest(tmp_path):
    root = layout(tmp_path / "set", "A")
    write(root / "groundTruth" / "clip_02", "\n".join(["reach"] * 20 + ["turnn"] + ["place"] * 10))
    dataset = scan(root, probe=probe)
    expected = 'groundTruth/clip_02, line 21: "turnn" is not in mapping/mapping.txt (3 names; nearest: turn).'
    assert expected in told(dataset)
    assert dataset.videos[1].ground_truth is None and len(dataset.trainable) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0 reach\ntake_bowl\n", 'mapping.txt, line 2: "take_bowl"; wanted "ID NAME"'),
        ("0 reach\n1 turn\n2 place\n3 turn\n", 'lines 2 and 4: "turn" is 1 and 3'),
        ("-2 reach\n", "ID -2; wanted -1 to 65,000"),
        ("99999999999999999999 reach\n", "wanted -1 to 65,000"),
        (b"0 caf\xe9\n", "line 1: not UTF-8"),
    ],
)
def test_a_wrong_mapping_is_refused(tmp_path, text, said):
    root = layout(tmp_path / "set", "A")
    (root / "mapping" / "mapping.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match="mapping") as caught:
        scan(root, probe=probe)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "groundTruth/clip_01: 0 labels"),
        (b"reach\n\nturn\n", "line 2: empty"),
        (b"reach\nturn\nr\xe9ach\n", "line 3: not UTF-8"),
    ],
)
def test_wrong_label_files_are_rows(tmp_path, content, said):
    root = layout(tmp_path / "set", "A")
    (root / "groundTruth" / "clip_01").write_bytes(content)
    dataset = scan(root, probe=probe)
    assert said in told(dataset) and dataset.videos[0].ground_truth is None and len(dataset.trainable) == 3


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("v0.txt", b"", "0 rows"),
        ("v0.txt", b"1 2 3 4 5 6 7 8\n1 2 3\n", "line 2: 3 numbers; the lines above have 8"),
        ("v0.txt", b"1 2 3 4 5 6 7 8\n1 2 n/a 4 5 6 7 8\n", 'line 2, column 3: "n/a"; wanted a number'),
        ("v0.npy", b"not numpy", "is not a .npy matrix"),
        ("v0.npy", np.lib.format.magic(1, 0) + b"\xff\xff{'descr'", "is not a .npy matrix"),
        ("v0.npz", b"PK\x03\x04 broken", "cannot be read"),
        ("v0.txt.gz", b"no gzip", "gzip"),
    ],
)
def test_feature_files_that_cannot_be_read_are_rows(root, name, content, said):
    (root / "features" / "v0.npy").unlink()
    (root / "features" / name).write_bytes(content)
    dataset = scan(root, probe=probe)
    assert f"features/{name}" in told(dataset) and said in told(dataset), told(dataset)
    assert len(dataset.trainable) == 11 and len(dataset.videos) == 12


def test_headers_are_checked_before_memory_is_taken(root):
    for number, (shape, descr) in enumerate(
        [((10**9, 10**6), "<f4"), ((0, 8), "<f4"), ((2, 3, 4), "<f4"), ((9,), "|O")]
    ):
        with (root / "features" / f"v{number}.npy").open("wb") as file:
            np.lib.format.write_array_header_1_0(file, {"descr": descr, "fortran_order": False, "shape": shape})
            file.write(bytes(64))
    words = told(scan(root, probe=probe))
    for said in ("the header says (1000000000, 1000000)", "0 rows", "has 3 axes", "Python objects"):
        assert said in words


def test_text_and_npy_of_one_video_are_compared(root):
    np.savetxt(root / "features" / "v0.txt", matrix(50))
    np.savetxt(root / "features" / "v1.txt", matrix(50))
    dataset = scan(root, probe=probe)
    assert "features/v0.npy: is used; v0.txt of equal shape is not read." in told(dataset)
    assert "features/v1.txt: (50, 8); v1.npy has (51, 8)." in told(dataset)
    assert [v.id for v in dataset.videos if not v.is_trainable] == ["v1"]


def test_nothing_below_features_is_dropped_in_silence(root):
    for name in ("v0.pt", "v1.pt", "table.xlsx", "README", "v2.pkl", "v3.tar.gz"):
        (root / "features" / name).write_bytes(b"x")
    (root / "groundTruth" / "gt_all.pkl").write_bytes(b"x")
    (root / "output").mkdir()
    (root / "features" / "embed").mkdir()
    dataset = scan(root, probe=probe)
    words = told(dataset)
    assert "2 .pt files (the first is v0.pt): cannot be read; wanted .npy" in words
    for said in ("table.xlsx", "features/README", "features/v2.pkl", "features/v3.tar.gz", "pickles are never opened"):
        assert said in words
    assert any("embed/" in finding for finding in dataset.findings) and len(dataset.trainable) == 12


def test_equal_bytes_under_two_names_are_noted(root):
    features(root, "v1", matrix(50))
    features(root, "v0", matrix(50))
    assert "equal byte for byte under 2 names: v0, v1" in told(scan(root, probe=probe))


def test_constant_columns_are_a_note_and_constant_features_an_error(root):
    for name, n in TEN.items():
        values = matrix(n)
        values[:, [2, 5]] = 1.5
        features(root, name, values)
    dataset = scan(root, probe=probe)
    assert "columns 2, 5 (2 of 8) never change" in told(dataset) and len(dataset.trainable) == 12
    for name, n in TEN.items():
        features(root, name, np.ones((n, 8), np.float32))
    dataset = scan(root, probe=probe)
    assert "do not vary" in told(dataset) and not dataset.trainable


def test_mostly_zero_rows_are_said(root):
    values = matrix(50)
    values[:30] = 0
    features(root, "v0", values)
    assert "30 of 50 rows are zero" in told(scan(root, probe=probe))


@pytest.mark.parametrize("message", ["no such folder", "is a file", "no features, labels or videos"])
def test_folders_that_are_refused(tmp_path, message):
    places = {"no such folder": tmp_path / "none", "is a file": write(tmp_path / "f", "x")}
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=message):
        scan(places.get(message, tmp_path / "empty"), probe=probe)


def test_a_folder_that_cannot_be_read_is_an_input_error(root, monkeypatch):
    real = Path.iterdir

    def iterdir(path):
        if path == root:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    with pytest.raises(InputError, match="permission denied"):
        scan(root, probe=probe)


def test_a_folder_below_that_cannot_be_read_is_a_row(root, monkeypatch):
    real = os.scandir

    def scandir(path):
        if Path(path) == root / "groundTruth":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(files.os, "scandir", scandir)
    dataset = scan(root, probe=probe)
    assert "groundTruth: permission denied; skipped." in told(dataset) and len(dataset.trainable) == 12


def test_files_that_cannot_be_read_are_rows(root, monkeypatch):
    real = foreign._without_waiting

    def opened(path, flags):
        if Path(path).name == "v3.npy":
            raise PermissionError(13, "Permission denied", path)
        return real(path, flags)

    monkeypatch.setattr(foreign, "_without_waiting", opened)
    dataset = scan(root, probe=probe)
    assert "features/v3.npy: permission denied" in told(dataset) and len(dataset.trainable) == 11


def test_links_out_of_the_dataset_are_not_followed(root, tmp_path):
    save(tmp_path / "elsewhere" / "w.npy", matrix(40))
    (root / "features" / "w.npy").symlink_to(tmp_path / "elsewhere" / "w.npy")
    (root / "features" / "more").symlink_to(tmp_path / "elsewhere")
    (root / "videos").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(root / "features" / "pipe.npy")
    dataset = scan(root, probe=probe)
    for place in ("features/w.npy", "features/more", "videos"):
        assert f"{place}: leads outside the dataset" in told(dataset)
    assert "features/pipe.npy: is not a regular file" in told(dataset) and len(dataset.videos) == 12


def test_a_name_that_is_no_text_is_a_row(root):
    with open(os.fsencode(root / "features") + b"/\xff.npy", "wb") as file:
        np.save(file, matrix(9))
    dataset = scan(root, probe=probe)
    assert "a name is not UTF-8" in told(dataset) and len(dataset.videos) == 12


@pytest.mark.parametrize("name", ["-v", "with blank", "🎬", "\u202ertl", "two\nlines", "a.b.c", "CON", "x" * 240])
def test_names_of_any_kind_open(tmp_path, name):
    save(tmp_path / "features" / f"{name}.npy", matrix(9))
    save(tmp_path / "features" / "other.npy", matrix(12))
    assert name in [v.id for v in scan(tmp_path, probe=probe).trainable]


def test_partners_that_are_missing_are_notes(root):
    write(root / "groundTruth" / "lonely.txt", "\n".join(frame_labels(20)))
    (root / "groundTruth" / "v0.txt").unlink()
    dataset = scan(root, probe=probe)
    assert "groundTruth/lonely.txt: has no features" in told(dataset)
    assert "features/v0.npy: has no ground truth." in told(dataset)
    assert len(dataset.videos) == 13 and len(dataset.trainable) == 12


def test_no_ground_truth_at_all_is_one_sentence(tmp_path):
    for i in range(3):
        save(tmp_path / "features" / f"v{i}.npy", matrix(10 + i))
    dataset = scan(tmp_path, probe=probe)
    assert not dataset.problems and not dataset.actions and len(dataset.trainable) == 3
    assert any("No ground truth" in finding for finding in dataset.findings)


def test_a_video_of_one_picture_opens_and_a_broken_one_is_a_row(tmp_path):
    def one(path):
        if path.stem == "broken":
            raise MediaError("holds no video.")
        n = 0 if path.stem == "nothing" else 1
        return MediaInfo(np.arange(n), Fraction(1, 30), n, Fraction(30), False, 32, 24)

    for name in ("single", "broken", "nothing"):
        write(tmp_path / f"{name}.mp4", "")
    dataset = scan(tmp_path, probe=one)
    assert [(v.id, v.timebase.n_frames) for v in dataset.videos] == [("single", 1)]
    assert "broken.mp4: holds no video." in told(dataset) and "nothing.mp4: holds no picture." in told(dataset)


def test_nothing_that_opens_is_refused_with_the_reasons(tmp_path):
    write(tmp_path / "features" / "a.txt", "1 2\n3\n")
    with pytest.raises(InputError, match=r"nothing in it can be opened: features/a\.txt, line 2"):
        scan(tmp_path, probe=probe)


def test_files_beside_their_folder_are_said(root):
    save(root / "stray.npy", matrix(10))
    assert "stray.npy: lies beside the folder of its kind" in told(scan(root, probe=probe))


def test_one_label_file_longer_than_its_video(tmp_path):
    root = layout(tmp_path / "set", "D", lengths={"clip_01": 24, "clip_02": 31, "clip_03": 40})
    write(root / "groundTruth" / "clip_02.txt", "\n".join(frame_labels(60)))
    save(root / "features" / "clip_02.npy", matrix(60))
    dataset = scan(root, probe=probe)
    assert "labels and pictures have no common ratio" in told(dataset) or "video 31 pictures, labels 60" in told(
        dataset
    )
    assert dataset.videos[1].timebase.n_frames == 60
