"""An answer of `tot` whose reader has seen enough, as with `| head`: no traceback, and the exit code of the verb."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A dataset of one video, its labels beside its features."""
    for folder in ("features", "groundTruth", "mapping"):
        (tmp_path / "data" / folder).mkdir(parents=True)
    np.save(tmp_path / "data" / "features" / "a.npy", np.zeros((20, 4), np.float32))
    (tmp_path / "data" / "groundTruth" / "a.txt").write_text("reach\n" * 10 + "turn\n" * 10)
    (tmp_path / "data" / "mapping" / "mapping.txt").write_text("0 reach\n1 turn\n")
    return tmp_path / "data"


def unread(*words: object, unbuffered: str) -> tuple[int, str]:
    """Exit code and standard error of a command whose output nobody reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "core.cli", *map(str, words)]
    try:
        done = subprocess.run(
            command,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
            check=False,
        )
    finally:
        os.close(writing)
    return done.returncode, done.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another error for a pipe without a reader")
def test_a_reader_that_has_seen_enough_is_no_error(labels: Path, unbuffered: str) -> None:
    for form in ((), ("--json",)):
        code, progress = unread("info", labels, *form, unbuffered=unbuffered)
        assert code == 0 and "BrokenPipe" not in progress and "Traceback" not in progress


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another error for a pipe without a reader")
def test_wrong_input_is_still_said(tmp_path: Path) -> None:
    code, error = unread("info", tmp_path / "nowhere", unbuffered="")
    assert code == 2 and error.startswith("tot: ") and "Traceback" not in error
