"""Damaged files of a dataset are told as rows or one InputError: never another error, a hang, or a changed file."""

from __future__ import annotations

import gzip
import io
import shutil

import numpy as np
import pytest
from datasets import layout, matrix, probe, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.layouts import scan
from core.errors import InputError

KINDS = ("npy", "npz", "txt", "txt.gz", "mapping", "labels", "segments", "columns", "features.json", "bundle")


def content(kind: str) -> tuple[str, bytes]:
    """Place and whole content of one file of a dataset."""
    stream = io.BytesIO()
    if kind == "npy":
        np.save(stream, matrix(24))
    elif kind == "npz":
        np.savez_compressed(stream, matrix(24))
    elif kind.startswith("txt"):
        np.savetxt(stream, matrix(24), fmt="%.4e")
    places = {
        "mapping": ("mapping/mapping.txt", b"0 reach\n1 turn\n2 place\n"),
        "labels": ("groundTruth/clip_01.txt", b"reach\n" * 12 + b"place\n" * 12),
        "segments": ("groundTruth/clip_01.txt", b"1, 10, reach, 0\n11, 24, place, 2\n"),
        "columns": ("groundTruth/clip_01.txt", b"1 0 0\n" * 12 + b"0 0 1\n" * 12),
        "features.json": ("features/features.json", b'{"stride": "6", "dimensions": 8, "row": "mean", "rate": 5}'),
        "bundle": ("splits/train.bundle", b"clip_01.txt\nclip_02.txt\n"),
    }
    if kind in places:
        return places[kind]
    whole = stream.getvalue()
    return f"features/clip_01.{kind}", gzip.compress(whole, mtime=0) if kind.endswith("gz") else whole


@pytest.fixture
def root(tmp_path):
    return layout(tmp_path / "set", "F")


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_a_damaged_file_is_told(root, kind, data):
    place, whole = content(kind)
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(damaged) - 1)))
        match data.draw(st.sampled_from(["flip", "cut", "drop", "add", "number"])):
            case "flip" if damaged:
                damaged[at] ^= data.draw(st.integers(1, 255))
            case "cut":
                del damaged[at:]
            case "drop":
                del damaged[at : at + data.draw(st.integers(1, 20))]
            case "add":
                damaged[at:at] = data.draw(st.binary(min_size=1, max_size=8))
            case "number":
                damaged[at:at] = data.draw(
                    st.sampled_from([b"-", b"99999999999999999999", b"1e999", b"nan", b"\xff\xfe"])
                )
    for path in (root / "features").glob("clip_01.*"):
        path.unlink()
    for folder in ("mapping", "splits"):
        shutil.rmtree(root / folder, ignore_errors=True)
    (root / "features" / "features.json").unlink(missing_ok=True)
    write(root / "groundTruth" / "clip_01.txt", "reach\n" * 24)
    if not place.startswith("features/clip"):
        np.save(root / "features" / "clip_01.npy", matrix(24))
    (root / place).parent.mkdir(exist_ok=True)
    (root / place).write_bytes(damaged)
    try:
        dataset = scan(root, probe=probe)
    except InputError as error:
        assert str(error)
    else:
        assert dataset.videos and all(str(problem) for problem in dataset.problems)
    assert (root / place).read_bytes() == damaged
