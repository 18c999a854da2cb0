"""Extraction in a real engine: its result, each way to stop it, its death; finished videos are never lost."""

from __future__ import annotations

import os
import signal

import pytest

from core.events import Cancelled, Failed, Finished, LogLine, Progress, Started, StopKind

N_VIDEOS, N_PICTURES = 4, 240  # of the fixtures


def test_an_extraction_in_the_engine(runner, recorder, make_extraction, tmp_path, is_whole):
    runner.start(make_extraction("x1"))
    ending = recorder.ending()
    assert isinstance(ending, Finished), ending
    assert set(ending.result["videos"]) == {f"v{n}" for n in range(N_VIDEOS)} and not ending.result["failed"]
    assert is_whole(tmp_path / "made")
    assert recorder.of(Started)[0].device_reason == "this extractor runs on the processor"
    assert recorder.of(Progress)[-1].done == N_VIDEOS * N_PICTURES


def test_a_network_runs_in_the_engine(runner, recorder, make_extraction):
    runner.start(make_extraction("n1", "efficientnet-lite0", "1"))
    ending = recorder.ending()
    assert isinstance(ending, Finished), ending
    assert {v["dimensions"] for v in ending.result["videos"].values()} == {1280}


@pytest.mark.parametrize("kind", StopKind)
def test_a_stopped_extraction_keeps_finished_videos_and_goes_on(
    runner, recorder, make_extraction, tmp_path, kind, is_whole
):
    runner.start(make_extraction("s1"))
    recorder.wait_until(lambda: (tmp_path / "made" / "v0.npy").exists())
    runner.stop(kind)
    ending = recorder.ending()
    assert isinstance(ending, Cancelled if kind is StopKind.DISCARD else Finished), ending
    assert is_whole(tmp_path / "made") and (tmp_path / "made" / "v0.npy").exists()
    runner.start(make_extraction("s2"))
    ending = recorder.ending()
    assert isinstance(ending, Finished) and ending.result["videos"]["v0"]["reused"]
    assert set(ending.result["videos"]) == {f"v{n}" for n in range(N_VIDEOS)}


def test_a_death_while_extracting_keeps_finished_videos(runner, recorder, make_extraction, tmp_path, is_whole):
    runner.start(make_extraction("d1"))
    recorder.wait_until(lambda: (tmp_path / "made" / "v0.npy").exists())
    os.kill(runner.pid, signal.SIGKILL)
    ending = recorder.ending()
    assert isinstance(ending, Failed) and "memory ran out" in ending.message and "keep their features" in ending.hint
    runner.start(make_extraction("d2"))
    ending = recorder.ending()
    assert isinstance(ending, Finished) and ending.result["videos"]["v0"]["reused"]
    assert is_whole(tmp_path / "made")


def test_a_crash_is_reported_with_its_last_words(runner, recorder, make_extraction):
    runner.start(make_extraction("c1"))
    recorder.until(Progress)
    os.kill(runner.pid, signal.SIGSEGV)
    ending = recorder.ending()
    assert isinstance(ending, Failed) and "a crash in a library" in ending.message
    assert any("Segmentation fault" in line for line in ending.log), ending.log


def test_the_cause_of_a_crash_is_kept_however_deep_the_calls_were():
    from totgui.jobs.runner import LOG_LINES, worth_keeping

    calls = [f"  File x.py, line {n} in f" for n in range(500)]
    crash = ["Fatal Python error: Segmentation fault", "", "Current thread 0x1 (most recent call first):", *calls]
    assert worth_keeping(["started", *crash]) == crash[:LOG_LINES]
    assert worth_keeping(calls) == calls[-LOG_LINES:]


def test_an_engine_that_says_nothing_is_told(recorder, make_extraction):
    from totgui.jobs.runner import Runner

    runner = Runner(recorder, quiet_s=0.5)
    try:
        runner.start(make_extraction("q1"))
        recorder.until(Progress)
        os.kill(runner.pid, signal.SIGSTOP)
        recorder.wait_until(lambda: any("said nothing" in e.text for e in recorder.of(LogLine)))
        os.kill(runner.pid, signal.SIGCONT)
        assert isinstance(recorder.ending(), Finished)
    finally:
        runner.close()


def test_closing_while_extracting_leaves_nothing_half_done(recorder, make_extraction, tmp_path, is_whole):
    from totgui.jobs.runner import Runner

    runner = Runner(recorder)
    runner.start(make_extraction("e1"))
    recorder.wait_until(lambda: (tmp_path / "made" / "v0.npy").exists())
    pid = runner.pid
    runner.close()
    assert is_whole(tmp_path / "made")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert isinstance(recorder.ending(), Cancelled)
