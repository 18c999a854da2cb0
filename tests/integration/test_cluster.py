"""Pieces of work on worker processes: the results of this process, and a clear end when one is stopped or dies."""

from __future__ import annotations

import os
from collections.abc import Iterator

import cluster_work
import pytest

from core.cluster import LOCAL, run_all
from core.errors import ConfigError, JobError
from core.events import JobCancelled, Progress, StopKind, ignore, never_stop

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
    assert [each.done for each in told] == list(range(21))


def test_an_error_of_the_work_comes_back_as_it_was_raised(scheduler) -> None:
    with pytest.raises(ValueError, match="not 3"):
        run_all(cluster_work.refuse, [3], cluster=scheduler, report=ignore, should_stop=never_stop)


def test_a_stop_is_heard_while_the_workers_are_busy(scheduler) -> None:
    asked: list[int] = []

    def should_stop() -> StopKind | None:
        asked.append(1)
        return StopKind.DISCARD if len(asked) > 2 else None

    with pytest.raises(JobCancelled):
        run_all(cluster_work.hang, [1], cluster=scheduler, report=ignore, should_stop=should_stop)


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


def test_nobody_at_an_address_is_wrong_input() -> None:
    with pytest.raises(ConfigError, match="No Dask scheduler answers"):
        run_all(cluster_work.twice, [1], cluster="no-address", report=ignore, should_stop=never_stop)
