"""Pieces of work one after another here, or on the workers of a Dask cluster: the same function either way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from .errors import ConfigError, JobError
from .events import JobCancelled, Progress, Report, ShouldStop

Item = TypeVar("Item")
Result = TypeVar("Result")

LOCAL = "local"
"""An address for a cluster of this machine's cores, started for the purpose."""
POLL_S = 0.2
MISSING = "A cluster needs Dask. Install it with: pip install 'totgui[cluster]'"


def run_all(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    cluster: str = "",
    text: str = "Working",
    report: Report,
    should_stop: ShouldStop,
) -> list[Result]:
    """What `work` gives for each item, in the order of the items, with progress as each one ends.

    Args:
        work: a function of a module, so that a worker can import it; its items and results are plain values. Paths in
            them must mean the same on every worker.
        cluster: empty works here; `LOCAL` starts a Dask cluster on this machine; else the address of a scheduler, such
            as ``tcp://10.0.0.5:8786``. Dask's messages can carry code: use a cluster that only you can reach.
    Raises:
        ConfigError: Dask is not installed, or nobody answers at the address.  JobCancelled: `should_stop` answered;
        what is under way is given up.  What `work` raises; JobError where a worker is lost too often.
    """
    found: dict[int, Result] = {}
    report(Progress(done=0, total=len(items), text=text))
    for place, result in _here(work, items) if not cluster else _there(work, items, cluster, should_stop):
        found[place] = result
        report(Progress(done=len(found), total=len(items), text=text))
        if should_stop() is not None:
            raise JobCancelled
    return [found[place] for place in range(len(items))]


def _here(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[tuple[int, Result]]:
    for place, item in enumerate(items):
        yield place, work(item)


def _there(
    work: Callable[[Item], Result], items: Sequence[Item], cluster: str, should_stop: ShouldStop
) -> Iterator[tuple[int, Result]]:
    try:
        import distributed
    except ImportError as error:
        raise ConfigError(MISSING) from error
    dask: Any = distributed  # its functions carry no types
    with _client(dask, cluster) as client:
        left = {client.submit(work, item, pure=False): place for place, item in enumerate(items)}
        try:
            while left:
                for future in _finished(dask, left):
                    yield left.pop(future), future.result()
                if left and should_stop() is not None:
                    raise JobCancelled
        except dask.KilledWorker as error:
            raise JobError(
                "A worker of the cluster ended again and again at the same piece of work.",
                kind="worker-died",
                hint="It may have run out of memory: look at its log, give it more, or take a smaller batch.",
            ) from error
        finally:
            client.cancel(list(left), force=True)


def _finished(dask: Any, futures: Iterable[Any]) -> list[Any]:
    """Those that have ended, as soon as one has; none after a moment, so that a stop is heard in between."""
    try:
        return list(dask.wait(list(futures), timeout=POLL_S, return_when="FIRST_COMPLETED").done)
    except TimeoutError:
        return []


@contextmanager
def _client(dask: Any, cluster: str) -> Iterator[Any]:
    """A client of a cluster; `LOCAL` is started for it, a process a core, and ended with it. Raises ConfigError."""
    own: Any = None
    try:
        if cluster == LOCAL:
            own = dask.LocalCluster(processes=True, threads_per_worker=1, dashboard_address=":0", silence_logs=50)
        client = dask.Client(own or cluster, timeout="10s")
    except (OSError, ValueError) as error:
        if own is not None:
            own.close()
        raise ConfigError(f'No Dask scheduler answers at "{cluster}" ({error}).') from error
    try:
        yield client
    finally:
        client.close()
        if own is not None:
            own.close()
