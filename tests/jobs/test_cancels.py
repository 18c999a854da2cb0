"""Jobs stopped at random moments. A few here; `TOT_CANCELS=200` runs the release figure (tests/README.md)."""

from __future__ import annotations

import os
import random
import threading
import time
from pathlib import Path

import pytest

from core.events import Cancelled, Finished, StopKind

CANCELS = int(os.environ.get("TOT_CANCELS", "5"))


@pytest.mark.timeout(600 + 10 * CANCELS)
@pytest.mark.parametrize("work", ["training", "extraction"])
def test_a_stop_at_any_moment_ends_the_job_and_the_next_one_runs(
    runner,
    recorder,
    make_request,
    make_extraction,
    is_whole,
    tmp_path,
    work,
):
    draw, took = random.Random(0), []
    out = tmp_path / "made"
    runner.start(make_request("first", iterations=2))  # the imports of torch and of its optimiser are over
    assert isinstance(recorder.ending(), Finished)
    pid = runner.pid
    for number in range(CANCELS):
        job = f"{work}-{number}"
        folder = tmp_path / job
        if work == "training":
            request = make_request(job, out=folder, iterations=1_000_000)
        else:
            request = make_extraction(job, rate=str(30 - number % 20))
        runner.start(request)
        threading.Event().wait(draw.uniform(0, 0.8))
        kind = draw.choice(list(StopKind))
        began = time.perf_counter()
        runner.stop(kind)
        ending = recorder.ending()
        took.append(time.perf_counter() - began)
        assert ending.job == job
        assert isinstance(ending, Cancelled | Finished), ending
        if kind is StopKind.DISCARD and isinstance(ending, Cancelled):
            assert not folder.exists()
        assert runner.pid == pid, "the engine had to be ended"
        assert not [p for p in Path(out).rglob("*") if p.name.endswith(".part")]
    assert len(recorder.endings) == CANCELS + 1
    runner.start(make_extraction("last", rate="30") if work == "extraction" else make_request("last", iterations=20))
    assert isinstance(recorder.ending(), Finished)
    if work == "extraction":
        assert is_whole(out)
    print(f"\n{CANCELS} stops of {work}: slowest answer {max(took):.2f} s")
