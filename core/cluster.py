"""Pieces of work one after another here, or on the workers of a Dask cluster: the same function either way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from .errors import ConfigError, JobError
from .events import JobCancelled, Progress, Report, ShouldStop

Item = TypeVar("Item")
Result = TypeVar("Result")

LOCAL = "local"
"""An address for a cluster of this machine's cores, started for the purpose."""
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
        ConfigError: Dask is not installed, or nobody answers at the address.  JobCancelled: `should_stop` answered.
        What `work` raises; JobError where a worker is lost too often.
    """
    found: dict[int, Result] = {}
    report(Progress(done=0, total=len(items), text=text))
    for place, result in _here(work, items) if not cluster else _there(work, items, cluster):
        found[place] = result
        report(Progress(done=len(found), total=len(items), text=text))
        if should_stop() is not None:
            raise JobCancelled
    return [found[place] for place in range(len(items))]


def _here(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[tuple[int, Result]]:
    for place, item in enumerate(items):
        yield place, work(item)


def _there(work: Callable[[Item], Result], items: Sequence[Item], cluster: str) -> Iterator[tuple[int, Result]]:
    try:
        import distributed
    except ImportError as error:
        raise ConfigError(MISSING) from error
    dask: Any = distributed  # its functions carry no types
    own: Any = None
    try:
        own = dask.LocalCluster(threads_per_worker=1, dashboard_address=None) if cluster == LOCAL else None
        client = dask.Client(own or cluster, timeout="10s")
    except (OSError, ValueError) as error:
        raise ConfigError(f'No Dask scheduler answers at "{cluster}" ({error}).') from error
    try:
        places = {client.submit(work, item, pure=False): place for place, item in enumerate(items)}
        for future in dask.as_completed(places):
            yield places[future], future.result()
    except dask.KilledWorker as error:
        raise JobError(f"A worker of the cluster was lost too often ({error}).") from error
    finally:
        client.close()
        if own is not None:
            own.close()
