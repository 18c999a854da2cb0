"""Damaged files of every format are read or refused: no crash, no hang, no bare error, no silent change (F12)."""

from __future__ import annotations

from pathlib import Path

import pytest
from faults import mutants
from onnx_files import average_pool

from core.errors import InputError
from core.extract import onnx_trial


def test_a_damaged_file_of_any_format_is_read_or_refused(tmp_path: Path) -> None:
    assert mutants.every_format(25, 1, tmp_path).failures == ()


def test_a_damaged_project_never_shows_other_labels(tmp_path: Path) -> None:
    found = mutants.projects(250, 1, tmp_path)
    assert found.failures == ()


def test_the_runner_sees_crashes_hangs_and_bare_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a reader that does all of it."""
    import os
    import signal

    monkeypatch.setattr(mutants, "WALL_S", 0.5)

    def read(path: Path) -> None:
        match int(path.with_name("turn").read_text()):
            case 0:
                os.kill(os.getpid(), signal.SIGSEGV)
            case 1:
                signal.pause()
            case 2:
                raise IndexError("bare")
            case 3:
                raise InputError(path, "refused as it should be")

    def prepare(folder: Path) -> None:
        turn = folder / "turn"
        turn.write_text(str(int(turn.read_text()) + 1) if turn.exists() else "0")

    found, ends, _ = mutants.run(mutants.Target("x", "x", b"whole", read, prepare), 5, 0, tmp_path)
    assert [words for text in found for words in ("signal 11", "no answer", "IndexError") if words in text] == [
        "signal 11",
        "no answer",
        "IndexError",
    ]
    assert ends["refused"] == 1 and ends["read"] == 1


def test_a_network_that_kills_its_reader_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three of 300 damaged ONNX files ended OpenCV with a signal, and the program with it."""
    path = average_pool(tmp_path / "n.onnx")
    onnx_trial.check(path, (1, 3, 32, 48))
    monkeypatch.setattr(onnx_trial, "_TRY", "import os; os.abort()")
    with pytest.raises(InputError, match="crashed"):
        onnx_trial.check(path, (1, 3, 32, 48))
