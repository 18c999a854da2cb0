"""A real engine: one training, a stop of each kind, a death. Each job has exactly one ending."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from core.errors import JobError
from core.events import Cancelled, Failed, Finished, MatrixSnapshot, Progress, Started, StopKind, TrainingMetrics
from core.run_folder import read_manifest
from totgui.jobs import engine
from totgui.jobs import runner as runner_module
from totgui.jobs.background import Background
from totgui.jobs.protocol import EvaluateRequest, SegmentRequest, encode


def test_a_training_is_segmented_and_scored(runner, recorder, make_request, tmp_path):
    request = make_request("t1", iterations=150)
    runner.start(request)
    with pytest.raises(JobError):
        runner.start(request)
    ending = recorder.ending()
    assert isinstance(ending, Finished), ending
    assert ending.job == "t1" and not ending.stopped_early
    result = ending.result
    assert Path(result["weights"]).stat().st_size > 0
    assert result["iterations"] == 150 and result["config"]["n_clusters"] == 3
    assert recorder.of(Started)[0].device == "cpu"
    metrics = recorder.of(TrainingMetrics)
    assert metrics[-1].iteration == 150
    snapshots = recorder.of(MatrixSnapshot)
    assert {s.source for s in snapshots} == {"posterior", "plan", "prior"} and {s.video for s in snapshots} == {"v1"}
    last = snapshots[-1]
    assert np.frombuffer(last.data, "<f4").reshape(last.rows, last.columns).shape == (90, 3)
    assert len(np.frombuffer(last.path, "<u2")) == 90

    runner.start(
        SegmentRequest(
            job="s1", run="r1", videos=request.videos, weights=result["weights"], out=str(tmp_path / "s1"), device="cpu"
        )
    )
    ending = recorder.ending()
    assert isinstance(ending, Finished), ending
    videos = ending.result["videos"]
    assert set(videos) == {"v0", "v1", "v2"}
    for entry in videos.values():
        assert entry["starts"][0] == 0 and max(entry["starts"]) < 180
        assert len(set(entry["labels"])) == 3
        for name in ("posterior", "plan", "prior"):
            assert np.load(entry[name]).shape == (90, 3)

    runner.start(
        EvaluateRequest(
            job="e1",
            videos=request.videos,
            actions={0: "a", 1: "b", 2: "c"},
            n_clusters=3,
            predictions={v: (e["starts"], e["labels"]) for v, e in videos.items()},
        )
    )
    ending = recorder.ending()
    assert isinstance(ending, Finished), ending
    assert ending.result["mof"] == pytest.approx(result["metrics"]["mof"])
    assert [event.job for event in recorder.endings] == ["t1", "s1", "e1"]


def test_the_same_seed_gives_the_same_weights(runner, recorder, make_request):
    for job in ("a", "b"):
        runner.start(make_request(job))
        assert isinstance(recorder.ending(), Finished)
    one, two = (load_file(e.result["weights"]) for e in recorder.endings)  # the order of the header is free
    assert one.keys() == two.keys() and all(np.array_equal(one[name], two[name]) for name in one)


def test_a_discarded_job_leaves_nothing(runner, recorder, make_request, tmp_path):
    runner.start(make_request("d1", iterations=1_000_000))
    recorder.until(TrainingMetrics)
    runner.stop(StopKind.DISCARD)
    assert isinstance(recorder.ending(), Cancelled)
    assert not (tmp_path / "d1").exists()
    assert not runner.busy
    runner.start(make_request("d2"))
    assert isinstance(recorder.ending(), Finished)
    assert len(recorder.endings) == 2


def test_stop_and_keep_finishes_with_what_was_learned(runner, recorder, make_request):
    runner.start(make_request("k1", iterations=1_000_000))
    recorder.until(TrainingMetrics)
    runner.stop(StopKind.KEEP)
    ending = recorder.ending()
    assert isinstance(ending, Finished) and ending.stopped_early
    assert 0 < ending.result["iterations"] < 1_000_000
    assert Path(ending.result["weights"]).is_file()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="reads the priority of every thread from Linux")
def test_every_thread_of_the_engine_gives_way_to_the_window(runner, recorder, make_request, monkeypatch):
    monkeypatch.setattr(engine, "NICENESS", 1)  # less than in the program: other programs may be busy here
    runner.start(make_request("n1", iterations=1_000_000))
    recorder.until(TrainingMetrics)
    threads = [int(task.name) for task in Path(f"/proc/{runner.pid}/task").iterdir()]
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    assert {os.getpriority(os.PRIO_PROCESS, thread) for thread in threads} == {min(19, mine + 1)}
    runner.stop(StopKind.DISCARD)
    assert isinstance(recorder.ending(), Cancelled)


def test_the_death_of_the_engine_is_a_failure_and_the_next_job_runs(runner, recorder, make_request):
    runner.start(make_request("x1", iterations=1_000_000))
    recorder.until(TrainingMetrics)
    os.kill(runner.pid, signal.SIGKILL)
    ending = recorder.ending()
    assert isinstance(ending, Failed) and ending.job == "x1"
    assert "ended from outside" in ending.message and ending.log
    runner.start(make_request("x2"))
    assert isinstance(recorder.ending(), Finished)
    assert [e.job for e in recorder.endings] == ["x1", "x2"]


def test_an_engine_that_does_not_answer_is_ended_and_the_job_is_cancelled(runner, recorder, make_request, tmp_path):
    runner._grace_s = 0.5
    runner.start(make_request("h1", iterations=1_000_000))
    recorder.until(TrainingMetrics)
    (tmp_path / "h1").mkdir(exist_ok=True)
    os.kill(runner.pid, signal.SIGSTOP)
    runner.stop(StopKind.DISCARD)
    assert isinstance(recorder.ending(), Cancelled)
    assert not (tmp_path / "h1").exists()
    assert len(recorder.endings) == 1


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be held here")
def test_an_engine_that_was_killed_is_not_taken_for_one_that_cannot_be(
    runner, recorder, make_request, tmp_path, monkeypatch
):
    """While one thread takes the end of a process, `is_alive` says to others that it lives: its folder was left."""
    runner._grace_s = 0.5
    runner.start(make_request("h1", iterations=1_000_000))
    recorder.until(TrainingMetrics)
    (tmp_path / "h1").mkdir(exist_ok=True)
    monkeypatch.setattr(runner._child.process, "is_alive", lambda: True)
    overdue, remove, is_over = runner._overdue, runner._job.remove_folder, threading.Event()
    told: list[int] = []

    def removes() -> None:
        is_over.wait(30)
        told.append(len(recorder.endings))
        remove()

    monkeypatch.setattr(runner, "_overdue", lambda *what: (overdue(*what), is_over.set()))
    monkeypatch.setattr(runner._job, "remove_folder", removes)
    os.kill(runner.pid, signal.SIGSTOP)
    runner.stop(StopKind.DISCARD)
    assert isinstance(recorder.ending(), Cancelled)
    runner.close(30)
    assert told == [0] and not (tmp_path / "h1").exists()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be held here")
def test_an_engine_that_cannot_even_be_killed_is_left_behind(runner, recorder, make_request, monkeypatch):
    """Where its drive is gone a process may not hear of signals: the job never ended, and no other could begin."""
    monkeypatch.setattr(runner_module, "CLOSE_S", 0.01)
    monkeypatch.setattr(runner, "_grace_s", 0.01)
    runner.start(make_request("a", iterations=1_000_000))
    recorder.until(TrainingMetrics)
    held, ended = runner._child, []
    monkeypatch.setattr(held, "end", lambda: ended.append(1))
    os.kill(runner.pid, signal.SIGSTOP)
    runner.stop(StopKind.DISCARD)
    assert isinstance(recorder.ending(), Cancelled) and ended and not runner.busy
    monkeypatch.undo()
    runner.warm_up()
    assert runner.pid not in (None, held.process.pid)
    held.end()
    held.process.join(30)
    assert len(recorder.endings) == 1 and runner.pid != held.process.pid


def test_wrong_settings_and_files_fail_with_a_message(runner, recorder, make_request, tmp_path):
    runner.start(make_request("w1", n_clusters=500))
    ending = recorder.ending()
    assert isinstance(ending, Failed) and "500 clusters" in ending.message
    (tmp_path / "v0.npy").unlink()
    runner.start(make_request("w2"))
    ending = recorder.ending()
    assert isinstance(ending, Failed) and "v0" in ending.message


def test_the_pinned_video_can_change(runner, recorder, make_request):
    runner.start(make_request("p1", iterations=1_000_000))
    recorder.until(MatrixSnapshot)
    runner.pin("v2")
    recorder.wait_until(lambda: any(s.video == "v2" for s in recorder.of(MatrixSnapshot)))
    runner.stop(StopKind.DISCARD)
    assert isinstance(recorder.ending(), Cancelled)


def test_metrics_come_at_most_ten_times_a_second(runner, recorder, make_request):
    runner.start(make_request("m1", iterations=400))
    ending = recorder.ending()
    assert isinstance(ending, Finished)
    metrics = recorder.of(TrainingMetrics)
    in_time = [b.seconds - a.seconds for a, b in itertools.pairwise(metrics) if b.iteration != 400]
    assert all(gap > 0.09 for gap in in_time)


def test_background_work_has_one_ending_each(recorder):
    background = Background(recorder)

    def fail(report, should_stop):
        raise ValueError("no")

    def work(report, should_stop):
        report(Progress(done=1, total=1))
        return {"value": object}

    background.start("b1", "One", work)
    background.start("b2", "Two", fail)
    recorder.wait_until(lambda: len(recorder.endings) == 2)
    background.close()
    assert [type(e) for e in recorder.endings] == [Finished, Failed]
    assert recorder.of(Progress)[0].job == "b1"


_WINDOW = """
import sys
from pathlib import Path
from core.events import TrainingMetrics
from totgui.jobs import engine
from totgui.jobs.protocol import decode_request
from totgui.jobs.runner import Runner
engine.NICENESS = 0
runner = Runner(lambda event: print("learns", flush=True) if isinstance(event, TrainingMetrics) else None)
runner.start(decode_request(Path(sys.argv[1]).read_bytes()))
sys.stdin.read()
"""


def test_a_training_whose_window_died_keeps_what_it_learned(make_request, tmp_path):
    (tmp_path / "request").write_bytes(encode(make_request("train-1", iterations=1_000_000)))
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", _WINDOW, str(tmp_path / "request")]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout.readline() == "learns\n"
        window.kill()
        window.stdout.read()  # closed when the engine, who inherited it, has ended as well
    result = read_manifest(tmp_path / "train-1")
    assert result is not None and result["stopped_early"] and 0 < result["iterations"] < 1_000_000
    Path(result["weights"]).write_bytes(b"torn")
    assert read_manifest(tmp_path / "train-1") is None


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be held here")
def test_a_request_larger_than_a_pipe_is_taken_while_the_engine_does_not_read(runner, recorder, make_request):
    """With 1,712 videos one is 370 kB: a training that was asked for at once held the window until the engine stood."""
    request = make_request("t1", iterations=20)
    cuts = list(range(100_000))
    large = EvaluateRequest(job="e1", videos=request.videos, actions={0: "a"}, n_clusters=1,
                            predictions={"v0": (cuts, cuts)})  # fmt: skip
    assert len(encode(large)) > 1 << 18
    runner.warm_up()
    os.kill(runner.pid, signal.SIGSTOP)
    try:
        taken = threading.Thread(target=runner.start, args=(large,), daemon=True)
        taken.start()
        taken.join(30)
        assert not taken.is_alive() and runner.busy
        assert not recorder.of(Started)
    finally:
        os.kill(runner.pid, signal.SIGCONT)
    assert isinstance(recorder.ending(), Failed)  # the tracks are longer than the video: it was read whole
    runner.start(request)
    assert isinstance(recorder.ending(), Finished)
