"""Converted features: once, in parallel, whole or not at all, within a budget; packed files are checked first."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from datasets import matrix

from core import cache
from core.data import conversion, feature_cache
from core.data.feature_cache import convert_all, entry_of, matrix_path
from core.data.features import check_values, open_features
from core.errors import InputError, JobError
from core.events import JobCancelled, Progress, StopKind


@pytest.fixture(autouse=True)
def room(tmp_path, monkeypatch) -> Path:
    """A cache of this test's own."""
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "features"


@pytest.fixture
def texts(tmp_path) -> list[Path]:
    paths = [tmp_path / f"v{i}.txt" for i in range(5)]
    for i, path in enumerate(paths):
        np.savetxt(path, matrix(40 + i, seed=i))
    return paths


@pytest.fixture
def parallel(monkeypatch):
    """Child processes, however little there is to read."""
    monkeypatch.setattr(feature_cache, "ALONE_BYTES", 0)
    monkeypatch.setattr(feature_cache, "_n_cores", lambda: 2)


def check(paths: list[Path]) -> None:
    for i, path in enumerate(paths):
        np.testing.assert_allclose(open_features(path), matrix(40 + i, seed=i), rtol=1e-6)


def npy(values: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values, allow_pickle=values.dtype.hasobject)
    return stream.getvalue()


def test_alone_and_in_parallel_are_equal(texts, parallel, room, monkeypatch):
    reported: list[Progress] = []
    assert not convert_all(texts, report=reported.append)
    check(texts)
    assert reported[-1].done == reported[-1].total and "text features" in reported[-1].text
    first = {p.name: p.read_bytes() for p in room.iterdir()}
    for path in room.iterdir():
        path.unlink()
    monkeypatch.setattr(feature_cache, "ALONE_BYTES", 1 << 30)
    assert not convert_all(texts)
    assert {p.name: p.read_bytes() for p in room.iterdir()} == first


def test_wrong_files_are_named_and_the_rest_is_converted(texts, parallel, room):
    texts[1].write_text("1 2\n3\n")
    missing = texts[0].with_name("none.txt")
    failed = convert_all([*texts, missing])
    assert set(failed) == {texts[1], missing} and "line 2: 1 numbers" in str(failed[texts[1]])
    assert len(list(room.iterdir())) == 4


def test_a_file_is_parsed_once_and_again_after_it_changed(texts, room, monkeypatch):
    convert_all(texts)
    with monkeypatch.context() as patched:
        patched.setattr(feature_cache, "convert_into", lambda *_: pytest.fail("was parsed twice"))
        convert_all(texts)
        check(texts)
    np.savetxt(texts[0], matrix(9))
    os.utime(texts[0], ns=(1, 1))
    assert open_features(texts[0]).shape == (9, 8)


def test_a_cancel_leaves_only_whole_entries(texts, parallel, room):
    with pytest.raises(JobCancelled):
        convert_all(texts, should_stop=lambda: StopKind.DISCARD)
    assert not [p for p in room.glob("*") if p.suffix != ".npy"]
    convert_all(texts)
    check(texts)


def test_a_cancel_ends_a_child_that_does_not_answer(texts, parallel, monkeypatch):
    children = []

    def start():
        command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
        children.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        return children[-1]

    asked = iter(range(100))
    monkeypatch.setattr(feature_cache, "_start_child", start)
    with pytest.raises(JobCancelled):
        convert_all(texts, should_stop=lambda: StopKind.DISCARD if next(asked) > 2 else None)
    assert [child.poll() for child in children] == [-9, -9]


def test_a_cancel_alone_leaves_only_whole_entries(texts, room):
    with pytest.raises(JobCancelled):
        convert_all(texts, should_stop=lambda: StopKind.DISCARD)
    assert not list(room.glob("*"))


def test_a_child_that_dies_is_an_error_and_no_hang(texts, parallel, monkeypatch):
    real = feature_cache._start_child

    def start():
        child = real()
        child.kill()
        return child

    monkeypatch.setattr(feature_cache, "_start_child", start)
    with pytest.raises(JobError, match="ended"):
        convert_all(texts)


def test_without_children_it_is_done_here(texts, parallel, monkeypatch):
    def none():
        raise OSError("no more processes")

    monkeypatch.setattr(feature_cache, "_start_child", none)
    assert not convert_all(texts)
    check(texts)


def test_a_cache_that_cannot_be_written_is_no_fault_of_the_file(texts, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(conversion, "publish", full)
    with pytest.raises(JobError, match="no space left"):
        convert_all(texts)


def test_the_oldest_entries_go_and_those_in_use_stay(texts, room, monkeypatch):
    convert_all(texts[:3])
    for age, path in enumerate(texts[:3]):
        os.utime(entry_of(path), (1000 + age, 1000 + age))
    convert_all([texts[1]])  # used again
    monkeypatch.setattr(feature_cache, "BUDGET_BYTES", 2 * 1500 + 100)
    convert_all([texts[3]])
    assert {p for p in texts if entry_of(p).exists()} == {texts[1], texts[3]}
    monkeypatch.setattr(feature_cache, "BUDGET_BYTES", 0)
    convert_all(texts)
    assert all(entry_of(p).exists() for p in texts)


def test_left_overs_of_dead_writers_go(room):
    room.mkdir(parents=True)
    old, fresh = room / "a.1.tmp", room / "b.2.tmp"
    for path in (old, fresh):
        path.write_bytes(b"x")
    os.utime(old, (1, 1))
    cache.reclaim("features", budget_bytes=1 << 30)
    assert not old.exists() and fresh.exists()


@pytest.mark.parametrize("kind", [".npz", "stored.npz", ".txt.gz", ".csv.gz", ".npy.gz", ".csv"])
def test_packed_matrices(tmp_path, kind):
    values, path = matrix(30), tmp_path / f"a{kind}"
    text = io.StringIO()
    np.savetxt(text, values, delimiter="," if "csv" in kind else " ")
    if kind == ".npz":
        np.savez_compressed(path, values)
    elif kind.endswith(".npz"):
        np.savez(path, features=values)
    elif kind == ".csv":
        path.write_text(text.getvalue())
    else:
        path.write_bytes(gzip.compress(npy(values) if "npy" in kind else text.getvalue().encode()))
    np.testing.assert_allclose(open_features(path), values, rtol=1e-6)


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


HEADER = npy(matrix(4))
BOMB = npy(np.zeros((4_000_000, 1), np.float32))


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"a.npy": HEADER, "b.npy": HEADER}, "holds 2 arrays (a.npy, b.npy); wanted exactly one matrix"),
        ({}, "holds 0 arrays"),
        ({"../a.txt": b"1 2"}, "wanted exactly one matrix"),
        ({"a.npy": BOMB}, "unpacks to over 100 times its size"),
        ({"a.npy": HEADER[:-8]}, "the header says"),
        ({"a.npy": HEADER + bytes(8)}, "the header says"),
        ({"a.npy": npy(np.array([{}], object))}, "Python objects"),
        ({"a.npy": b"no numpy"}, "is not a .npy matrix"),
    ],
)
def test_archives_that_are_refused_leave_nothing(tmp_path, room, members, said):
    with pytest.raises(InputError) as caught:
        matrix_path(zipped(tmp_path / "a.npz", members))
    assert said in str(caught.value) and not list(room.glob("*"))


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.txt.gz", b"0 " * 30_000_000), ("a.npy.gz", BOMB)],
)
def test_a_gzip_bomb_stops_early(tmp_path, room, name, content):
    (tmp_path / name).write_bytes(gzip.compress(content))
    with pytest.raises(InputError, match=r"100 times|longer than 16 MB"):
        matrix_path(tmp_path / name)
    assert not list(room.glob("*"))


def test_too_much_for_one_file(tmp_path, monkeypatch):
    monkeypatch.setattr(conversion, "MAX_BYTES", 1000)
    np.savetxt(tmp_path / "a.txt", matrix(40))
    with pytest.raises(InputError, match="are read"):
        matrix_path(tmp_path / "a.txt")
    zipped(tmp_path / "b.npz", {"a.npy": npy(matrix(40))})
    with pytest.raises(InputError, match="are read"):
        matrix_path(tmp_path / "b.npz")


@pytest.mark.parametrize("cut", [10, 100, -3])
def test_truncated_archives_are_input_errors(tmp_path, cut):
    path = zipped(tmp_path / "a.npz", {"a.npy": npy(matrix(40))})
    path.write_bytes(path.read_bytes()[:cut])
    packed = tmp_path / "b.txt.gz"
    packed.write_bytes(gzip.compress(os.urandom(500).hex(" ").encode())[:cut])
    for broken in (path, packed):
        with pytest.raises(InputError):
            matrix_path(broken)


def test_values_in_many_pieces(monkeypatch):
    values = matrix(10_000, 3)
    values[[5, 9000]] = 0
    values[8200, 1], values[9999, 2] = np.nan, np.inf
    values[:, 0] = 0
    found = check_values(values)
    assert (found.n_bad, found.first_bad, found.n_zero, found.bad_kind) == (2, 8200, 2, "NaN and Inf")
    assert found.low[0] == found.high[0] == 0
    good = values[np.isfinite(values).all(axis=1)]
    np.testing.assert_array_equal(found.low, good.min(axis=0))
    np.testing.assert_array_equal(found.high, good.max(axis=0))
