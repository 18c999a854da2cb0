"""A device that is full, in the real engine: what was learned is a whole run, and the engine goes on."""

from __future__ import annotations

from pathlib import Path

from full_device import fill_device_at
from safetensors.numpy import load_file

from core.events import Failed, Finished, LogLine
from core.run_folder import read_manifest


def test_in_the_middle_what_was_learned_is_kept(runner, recorder, make_request, monkeypatch, tmp_path):
    fill_device_at(monkeypatch, tmp_path / "site", 38)
    runner.start(make_request("t1"))
    ending = recorder.ending()
    assert isinstance(ending, Finished) and ending.stopped_early, ending
    assert ending.result["iterations"] == 37
    found = ending.result["out_of_memory"]
    assert (found["device"], found["half_batch"], found["can_go_on"]) == ("cpu", 16, True)
    assert "iteration 38 of 60 with a batch of 32, 20.00 GiB were wanted" in found["what"]
    assert [line.text for line in recorder.of(LogLine) if line.level == "warning"] == [found["what"]]
    assert read_manifest(Path(ending.result["weights"]).parent) is not None
    assert any(name.startswith("training_state.") for name in load_file(ending.result["weights"]))

    runner.start(make_request("t2", batch=found["half_batch"]))
    ending = recorder.ending()
    assert isinstance(ending, Finished) and ending.result["iterations"] == 60, ending
    assert ending.result["out_of_memory"] is None


def test_at_the_first_step_the_job_fails_in_one_sentence_and_the_next_one_runs(
    runner, recorder, make_request, monkeypatch, tmp_path
):
    fill_device_at(monkeypatch, tmp_path / "site", 1)
    runner.start(make_request("t1"))
    ending = recorder.ending()
    assert isinstance(ending, Failed), ending
    assert ending.kind == "out-of-memory" and ending.hint == "Halve the batch, or close other programs."
    assert ending.message == "cpu ran out of memory with a batch of 32, 20.00 GiB were wanted."
    process = runner.pid
    runner.start(make_request("t2", batch=16))
    assert isinstance(recorder.ending(), Finished) and runner.pid == process
