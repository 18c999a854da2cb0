"""Pieces of work on worker processes: the results of this process, and a clear end when one is stopped or dies."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cluster_work
import pytest

from core.cluster import LOCAL, outcomes, run_all
from core.device import choose_device
from core.errors import ConfigError, InputError, JobError
from core.events import Event, JobCancelled, LogLine, Progress, StopKind, ignore, never_stop

distributed = pytest.importorskip("distributed", reason="Dask is an extra: pip install totgui[cluster]")


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a cluster of two worker processes that are not started again."""
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster,
    ):
        yield cluster.scheduler_address


def test_worker_processes_give_what_this_process_gives_in_the_order_of_the_items(scheduler) -> None:
    told: list[Progress] = []
    items = list(range(20))
    there = run_all(cluster_work.twice, items, cluster=scheduler, report=told.append, should_stop=never_stop)
    here = run_all(cluster_work.twice, items, report=ignore, should_stop=never_stop)
    assert [value for value, _ in there] == [value for value, _ in here] == [2 * n for n in items]
    assert os.getpid() not in {process for _, process in there}
    assert [each.done for each in told] == list(range(21)), "what is said of items that have no name is not passed on"


def test_an_error_of_the_work_comes_back_as_it_was_raised(scheduler) -> None:
    with pytest.raises(InputError) as caught:
        run_all(cluster_work.refuse, [3], cluster=scheduler, report=ignore, should_stop=never_stop)
    assert str(caught.value) == "a/file.npy, row 7: it holds 3. Take another." and caught.value.where == "row 7"


@pytest.mark.parametrize("cluster", ["", "scheduler"])
def test_an_error_of_one_item_leaves_the_others(cluster, scheduler) -> None:
    items = [1, 3, 5]
    found = dict(
        outcomes(cluster_work.refuse, items, cluster=cluster and scheduler, report=ignore, should_stop=never_stop)
    )
    assert found[0] == 1 and found[2] == 5 and isinstance(found[1], InputError)


@pytest.mark.parametrize("cluster", ["", "scheduler"])
def test_what_is_said_of_an_item_comes_under_its_name(cluster, scheduler) -> None:
    told: list[Event] = []
    with contextlib.closing(
        outcomes(
            cluster_work.twice,
            [1, 2],
            cluster=cluster and scheduler,
            names=["tea", "coffee"],
            report=told.append,
            should_stop=never_stop,
        )
    ) as each:
        assert dict(each).keys() == {0, 1}
    lines = {each.text for each in told if isinstance(each, LogLine)}
    assert lines == {"tea: 1 is doubled", "coffee: 2 is doubled"}
    assert "tea: Doubling" in {each.text for each in told if isinstance(each, Progress)}


def test_a_stop_is_heard_while_the_workers_are_busy_and_they_stop_too(scheduler, tmp_path) -> None:
    def should_stop() -> StopKind | None:
        return StopKind.DISCARD if (tmp_path / "began").exists() else None

    with pytest.raises(JobCancelled):
        run_all(
            cluster_work.work_until_stopped, [str(tmp_path)], cluster=scheduler, report=ignore, should_stop=should_stop
        )
    _wait_for(tmp_path / "stopped")


def test_workers_stop_when_the_process_that_asked_is_killed(scheduler, tmp_path) -> None:
    script = (
        "import cluster_work, sys\n"
        "from core.cluster import run_all\n"
        "from core.events import ignore, never_stop\n"
        "run_all(cluster_work.work_until_stopped, [sys.argv[2]], cluster=sys.argv[1], report=ignore,"
        " should_stop=never_stop)\n"
    )
    asking = _python(script, scheduler, str(tmp_path))
    try:
        _wait_for(tmp_path / "began")
    finally:
        asking.kill()
        asking.wait()
    _wait_for(tmp_path / "stopped")


def test_a_scheduler_that_is_lost_ends_the_work_in_a_sentence(tmp_path) -> None:
    script = (
        "import distributed, sys\n"
        "if __name__ == '__main__':\n"
        "    options = {'threads_per_worker': 1, 'processes': False, 'protocol': 'tcp://', 'dashboard_address': ':0'}\n"
        "    print(distributed.LocalCluster(1, **options).scheduler_address, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    own = _python(script, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert own.stdout is not None and own.stdin is not None

    def lose_it() -> None:
        _wait_for(tmp_path / "began")
        own.kill()

    losing = threading.Thread(target=lose_it)
    try:
        address = own.stdout.readline().strip()
        losing.start()
        with pytest.raises(JobError, match="scheduler was lost"):
            run_all(
                cluster_work.work_until_stopped, [str(tmp_path)], cluster=address, report=ignore, should_stop=never_stop
            )
    finally:
        own.kill()
        losing.join()
        own.communicate()


def _python(script: str, *arguments: str, **options: Any) -> subprocess.Popen[Any]:
    """A process of its own that finds the modules that this one does."""
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments], env={**os.environ, "PYTHONPATH": paths}, **options
    )


def _wait_for(path: Path) -> None:
    """Until a file of the worker is there; pytest's time limit is the end of patience."""
    watch = threading.Event()
    while not path.exists():
        watch.wait(0.02)


def test_workers_of_one_computer_take_its_gpus_in_turn(scheduler, monkeypatch) -> None:
    with distributed.Client(scheduler) as client:
        client.wait_for_workers(2)
    found = run_all(cluster_work.where, [0, 1, 2, 3], cluster=scheduler, report=ignore, should_stop=never_stop)
    assert len(set(found)) == 2 and {place for place, _ in found} == {0, 1}, "each process has a place of its own"
    there = {"cuda:0": "a GPU", "cuda:1": "another", "cpu": "the processor"}
    monkeypatch.setattr("core.tot.devices.available", lambda: there)
    for place, wanted in ((0, "cuda:0"), (1, "cuda:1"), (2, "cuda:0")):
        monkeypatch.setattr("core.device.place", lambda place=place: place)
        assert choose_device("auto")[0] == choose_device("cuda")[0] == wanted
        assert choose_device("cuda:0")[0] == "cuda:0", "a number is an order"


def test_a_worker_that_dies_ends_the_work_in_a_sentence(scheduler) -> None:
    with pytest.raises(JobError, match="ended again and again") as caught:
        run_all(cluster_work.die, [1], cluster=scheduler, report=ignore, should_stop=never_stop)
    assert "memory" in caught.value.hint
    after = run_all(cluster_work.twice, [4], cluster=scheduler, report=ignore, should_stop=never_stop)
    assert after[0][0] == 8, "the others go on"


def test_local_starts_processes_of_its_own_and_ends_them() -> None:
    import psutil

    found = run_all(cluster_work.twice, [1, 2, 3], cluster=LOCAL, report=ignore, should_stop=never_stop)
    assert [value for value, _ in found] == [2, 4, 6]
    assert not any(psutil.pid_exists(process) for _, process in found)


def test_work_of_a_worker_that_died_is_done_by_another(tmp_path) -> None:
    import dask

    with dask.config.set({"distributed.scheduler.allowed-failures": 3}):
        found = run_all(cluster_work.die_once, [str(tmp_path)], cluster=LOCAL, report=ignore, should_stop=never_stop)
    assert found == ["done"] and (tmp_path / "died").exists()


def test_nobody_at_an_address_is_wrong_input() -> None:
    with pytest.raises(ConfigError, match="No Dask scheduler answers"):
        run_all(cluster_work.twice, [1], cluster="no-address", report=ignore, should_stop=never_stop)
