"""Opening datasets: known answers on generated folders and on the samples."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core.data.features import load_matrix
from core.data.labels import load_ground_truth
from core.data.layouts import scan
from core.data.timebase import MediaInfo
from core.errors import InputError

DATA = Path(__file__).parents[3] / ".." / "shared" / "data"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


def probe(path: Path) -> MediaInfo:
    """A video with as many pictures as labels beside it."""
    label = path.parents[1] / "groundTruth" / f"{path.stem}.txt"
    n = len(label.read_text().split()) if label.exists() else 30
    return MediaInfo(np.arange(n), Fraction(1, 30), n, Fraction(30), False, 32, 24)


def make(root: Path, *, turned: bool = False, text: bool = False, lengths=(20, 31, 44)) -> Path:
    random = np.random.default_rng(0)
    for folder in ("features", "groundTruth", "mapping"):
        (root / folder).mkdir(parents=True)
    (root / "mapping" / "mapping.txt").write_text("0 a\n1 b c\n2 never\n")
    for number, n in enumerate(lengths):
        matrix = random.normal(size=(n, 6)).astype(np.float32)
        stored = matrix.T if turned else matrix
        if text:
            np.savetxt(root / "features" / f"v{number}.txt", stored)
        else:
            np.save(root / "features" / f"v{number}.npy", stored)
        (root / "groundTruth" / f"v{number}").write_text("\n".join(["a"] * (n // 2) + ["b c"] * (n - n // 2)))
    return root


@pytest.mark.parametrize(("turned", "text"), [(False, False), (True, False), (False, True), (True, True)])
def test_turning_and_text_leave_the_dataset_equal(tmp_path, turned, text):
    plain = scan(make(tmp_path / "p"), probe=probe)
    other = scan(make(tmp_path / "q", turned=turned, text=text), probe=probe)
    assert not other.problems and len(other.trainable) == 3 and len(other.actions) == 2
    for one, two in zip(plain.videos, other.videos, strict=True):
        np.testing.assert_allclose(load_matrix(one), load_matrix(two), rtol=1e-6)
        np.testing.assert_array_equal(load_ground_truth(plain, one), load_ground_truth(other, two))


def test_bad_files_are_rows_and_the_rest_opens(tmp_path):
    root = make(tmp_path / "p", lengths=(20, 31, 44, 50, 60, 70))
    bad = np.ones((20, 6), np.float32)
    bad[3, 2] = np.nan
    np.save(root / "features" / "v0.npy", bad)
    np.save(root / "features" / "v1.npy", np.array([{}], object), allow_pickle=True)
    (root / "features" / "v2.npy").unlink()
    (root / "features" / "v2.txt").write_text("1 2 3\n1 2\n")
    (root / "groundTruth" / "v3").write_text("\n".join(["a"] * 49 + ["typo"]))
    (root / "groundTruth" / "v4").unlink()
    dataset = scan(root, probe=probe)
    told = "\n".join(map(str, dataset.problems))
    for words in (
        "hold NaN (first: row 3)",
        "Python objects",
        "v2.txt, line 2: 2 numbers",
        "line 50",
        "has no ground truth",
    ):
        assert words in told
    assert len(dataset.videos) == 6 and [v.name for v in dataset.trainable] == ["v3", "v4", "v5"]


def test_different_lengths_wait_for_a_choice(tmp_path):
    root = make(tmp_path / "p", lengths=tuple(range(50, 62)))
    (root / "groundTruth" / "v5").write_text("\n".join(["a"] * 90))
    assert len(scan(root, probe=probe).trainable) == 11
    trimmed = scan(root, probe=probe, lengths="trim")
    assert len(trimmed.trainable) == 12 and trimmed.videos[5].timebase.n_frames == 55


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="no features, labels or videos"):
        scan(tmp_path, probe=probe)


def test_only_videos_open(tmp_path):
    (tmp_path / "a.mp4").touch()
    dataset = scan(tmp_path, probe=probe)
    assert dataset.layout == "E" and dataset.videos[0].timebase.n_frames == 30 and not dataset.trainable


@pytest.mark.skipif(not (DATA / "coffee5").exists(), reason="sample not here")
def test_coffee5():
    dataset = scan(DATA / "coffee5", probe=probe)
    assert (dataset.layout, dataset.activity, len(dataset.videos), len(dataset.actions)) == ("A", "coffee", 5, 5)
    assert sum(v.timebase.n_frames for v in dataset.videos) == 3350
    assert all(v.n_dimensions == 64 and v.is_trainable and v.timebase.rate is None for v in dataset.videos)
    assert sum(int((load_matrix(v) == 0).all(axis=1).sum()) for v in dataset.videos) == 68


@pytest.mark.skipif(not (DATA / "g1_bottle").exists(), reason="sample not here")
def test_g1_bottle():
    dataset = scan(DATA / "g1_bottle", probe=probe)
    assert (dataset.layout, len(dataset.trainable), len(dataset.actions)) == ("D", 20, 6)
    assert not dataset.problems
    assert all(v.timebase.stride == 6 and v.timebase.rate == 30 and v.n_dimensions == 1280 for v in dataset.videos)
    assert sum(len(load_ground_truth(dataset, v)) for v in dataset.videos) == 6814


def test_a_file_that_lost_rows_since_is_said_and_not_read_past_its_end(tmp_path):
    dataset = scan(make(tmp_path / "p"), probe=probe)
    video = dataset.videos[1]
    np.save(video.features, np.ones((30, 6), np.float32))
    with pytest.raises(InputError, match="has 30 rows now; the project counts on 31"):
        load_matrix(video)
    np.save(video.features, np.ones((40, 6), np.float32))
    assert load_matrix(video).shape == (31, 6)  # rows after the labels end are not used
