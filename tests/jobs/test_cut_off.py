"""A real engine that is killed in the middle of a training: where it stood is there, and the training goes on."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest
from changed_children import save_soon
from msgspec import structs
from safetensors.numpy import load_file

from core import cut_off, run_work
from core.events import Cancelled, Failed, Finished, StopKind


@pytest.fixture(autouse=True)
def saved_soon(monkeypatch, tmp_path):
    save_soon(monkeypatch, tmp_path / "site")


def test_a_killed_training_goes_on_and_is_the_one_that_was_never_killed(runner, recorder, make_request, tmp_path):
    runner.start(make_request("whole", iterations=3000))
    whole = recorder.ending()
    request = make_request("part", iterations=3000)
    runner.start(request)
    folder = tmp_path / "part"
    recorder.wait_until(lambda: cut_off.read_note(folder / cut_off.STATE) is not None)
    assert cut_off.is_held(folder), "another window does not take it for one that was cut off"
    os.kill(runner.pid, signal.SIGKILL)
    assert isinstance(recorder.ending(), Failed)
    left = cut_off.read(folder)
    assert left is not None and 0 < left.note.iteration < 3000 and not cut_off.is_held(folder)
    assert left.request == structs.replace(request, job=""), "settings, videos and corrections as they were asked for"

    runner.start(structs.replace(run_work.go_on_request(left), job="rest"))
    rest = recorder.ending()
    assert isinstance(whole, Finished) and isinstance(rest, Finished) and not rest.stopped_early
    one, other = load_file(whole.result["weights"]), load_file(rest.result["weights"])
    assert one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)
    assert cut_off.read(folder) is None and not (folder / cut_off.STATE).exists()


def test_one_that_goes_on_and_is_discarded_leaves_nothing(runner, recorder, make_request, tmp_path):
    runner.start(make_request("a", iterations=1_000_000))
    folder = tmp_path / "a"
    recorder.wait_until(lambda: (folder / cut_off.STATE).exists())
    os.kill(runner.pid, signal.SIGKILL)
    recorder.ending()
    runner.start(structs.replace(run_work.go_on_request(cut_off.read(folder)), job="b"))
    recorder.wait_until(lambda: cut_off.is_held(folder))
    runner.stop(StopKind.DISCARD)
    assert isinstance(recorder.ending(), Cancelled)
    assert not folder.exists()
