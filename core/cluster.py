"""Pieces of work one after another here, or on the workers of a Dask cluster: the same function either way."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from queue import Empty, SimpleQueue
from typing import Any, TypeVar
from uuid import uuid4

import msgspec

from .errors import ConfigError, JobError
from .events import Event, JobCancelled, LogLine, Progress, Report, ShouldStop, Started, StopKind, ignore

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[..., Result]
"""``work(item, *, report, should_stop)``, a function of a module, so that a worker can import it."""

LOCAL = "local"
"""An address for a cluster of this machine's cores, started for the purpose."""
POLL_S = 0.2
TOLD_EVERY_S = 1.0
"""How often a worker says how far it is."""
WORKERS_LOOKED_AT_EVERY_S = 5.0
MISSING = "A cluster needs Dask. Install it with: pip install 'totgui[cluster]'"
DIED = "A worker of the cluster ended again and again at the same piece of work."
SAME_VERSION = "Install the same version of totgui for its scheduler and on every worker."
LOOK_AT_IT = "It may have run out of memory: look at its log, give it more, or take a smaller batch."


def run_all(
    work: Work[Result],
    items: Sequence[Item],
    *,
    cluster: str = "",
    text: str = "Working",
    workers: int | None = None,
    report: Report,
    should_stop: ShouldStop,
) -> list[Result]:
    """What `work` gives for each item, in the order of the items, with progress as each one ends.

    Arguments and errors as `outcomes`; what `work` raises is raised.
    """
    found: dict[int, Result] = {}
    found_one_by_one = outcomes(
        work, items, cluster=cluster, text=text, workers=workers, report=report, should_stop=should_stop
    )
    with closing(found_one_by_one) as each:
        for place, outcome in each:
            if isinstance(outcome, Exception):
                raise outcome
            found[place] = outcome
    return [found[place] for place in range(len(items))]


def outcomes(
    work: Work[Result],
    items: Sequence[Item],
    *,
    cluster: str = "",
    text: str = "Working",
    names: Sequence[str] = (),
    workers: int | None = None,
    report: Report,
    should_stop: ShouldStop,
) -> Generator[tuple[int, Result | Exception]]:
    """The place of each item and what `work` gave for it, or the error that it raised, as each one ends.

    Args:
        work: its items and results are plain values. Paths in them must mean the same on every worker.
        cluster: empty works here; `LOCAL` starts a Dask cluster on this machine; else the address of a scheduler, such
            as ``tcp://10.0.0.5:8786``. Dask's messages can carry code: use a cluster that only you can reach.
        names: of the items. With names what `work` reports of an item is passed on under its name, else nothing is.
        workers: processes of a `LOCAL` cluster; None is one a core.
    Raises:
        ConfigError: Dask is not installed, or nobody answers at the address.  JobCancelled: `should_stop` answered;
        what is under way on workers is given up.  A worker that is lost too often is an outcome, a JobError.
    """
    ended, count = 0, report if len(items) > 1 or not names else ignore
    count(Progress(done=0, total=len(items), text=text))
    tell = _by_name(names, report) if names else lambda place, event: None
    if cluster:
        most = len(items) if workers is None else min(workers, len(items))
        found = _there(work, items, cluster, max(1, most) if workers else None, report, tell, should_stop)
    else:
        found = _here(work, items, tell, should_stop)
    with closing(found) as each:
        for place, outcome in each:
            ended += 1
            yield place, outcome
            count(Progress(done=ended, total=len(items), text=text))
            if ended < len(items) and should_stop() is not None:
                raise JobCancelled


def place() -> int:
    """Which of the workers of its computer this process is, from 0; 0 outside a cluster."""
    dask: Any = sys.modules.get("distributed")
    if dask is None:
        return 0
    try:
        address = dask.get_worker().address
    except ValueError:
        return 0
    known = dask.get_client().scheduler_info()["workers"]
    if address not in known:
        return 0
    return sorted(other for other, of in known.items() if of["host"] == known[address]["host"]).index(address)


def _by_name(names: Sequence[str], report: Report) -> Callable[[int, Event], None]:
    """Passes on what is said of an item: its texts begin with its name, where there are several."""

    def tell(place: int, event: Event) -> None:
        if len(names) > 1 and isinstance(event, Progress | LogLine | Started):
            event = msgspec.structs.replace(event, text=f"{names[place]}: {event.text}")
        report(event)

    return tell


def _here(
    work: Work[Result], items: Sequence[Item], tell: Callable[[int, Event], None], should_stop: ShouldStop
) -> Generator[tuple[int, Result | Exception]]:
    for number, item in enumerate(items):

        def said(event: Event, number: int = number) -> None:
            tell(number, event)

        outcome: Result | Exception
        try:
            outcome = work(item, report=said, should_stop=should_stop)
        except JobCancelled:
            raise
        except Exception as error:  # an outcome like any other; the caller raises it
            outcome = error
        yield number, outcome


def _there(
    work: Work[Result],
    items: Sequence[Item],
    cluster: str,
    workers: int | None,
    report: Report,
    tell: Callable[[int, Event], None],
    should_stop: ShouldStop,
) -> Generator[tuple[int, Result | Exception]]:
    try:
        import distributed
    except ImportError as error:
        raise ConfigError(MISSING) from error
    dask: Any = distributed  # its functions carry no types
    with _silence(), _client(dask, cluster, workers) as client:
        topic, heard = f"totgui-{uuid4().hex}", SimpleQueue[Any]()
        client.subscribe_topic(topic, lambda event: heard.put(event[1]))
        left = {
            client.submit(_on_worker, work, item, number, topic, pure=False): number
            for number, item in enumerate(items)
        }
        watch = _Watch(client, report)
        try:
            while left:
                for future in _finished(dask, left):
                    yield left.pop(future), _outcome(dask, future)
                for number, event in _drained(heard):
                    tell(number, event)
                if left and should_stop() is not None:
                    raise JobCancelled
                watch.look()
        finally:
            client.cancel(list(left), force=True)
            client.unsubscribe_topic(topic)


def _on_worker(work: Work[Result], item: Any, number: int, topic: str) -> Result:
    """One item on a worker: says how far it is, and stops when nobody wants its result any more."""
    import distributed

    dask: Any = distributed
    worker = dask.get_worker()
    key = worker.get_current_task()
    told = float("-inf")

    def report(event: Event) -> None:
        nonlocal told
        if isinstance(event, Progress):
            if time.monotonic() - told < TOLD_EVERY_S:
                return
            told = time.monotonic()
        if isinstance(event, Progress | LogLine | Started):
            worker.log_event(topic, [number, msgspec.to_builtins(event)])

    def should_stop() -> StopKind | None:
        # Also when the process that asked has died: the scheduler forgets its wishes.
        task = worker.state.tasks.get(key)
        return StopKind.DISCARD if task is None or task.state == "cancelled" else None

    return work(item, report=report, should_stop=should_stop)


def _outcome(dask: Any, future: Any) -> Any:
    """What a piece of work gave, or the error it ended with."""
    try:
        return future.result()
    except dask.KilledWorker:
        return JobError(DIED, kind="worker-died", hint=LOOK_AT_IT)
    except dask.CancelledError:
        return JobError("The cluster's scheduler was lost.", kind="worker-died", hint="Look at its log.")
    except Exception as error:  # an outcome like any other; the caller raises it
        # The scheduler says so itself; on a worker the function or one of its values is not there.
        if isinstance(error, ImportError | AttributeError) or "deserialization of the task" in str(error):
            what = f"The cluster could not begin: {str(error.__cause__ or error).splitlines()[0]}."
            return JobError(what, kind="worker-differs", hint=SAME_VERSION)
        return error


def _drained(heard: SimpleQueue[Any]) -> Iterator[tuple[int, Event]]:
    while True:
        try:
            number, plain = heard.get_nowait()
        except Empty:
            return
        yield number, msgspec.convert(plain, Progress | LogLine | Started)


class _Watch:
    """Says once that no worker is there; the work waits for one."""

    def __init__(self, client: Any, report: Report) -> None:
        self._client, self._report = client, report
        self._looked = time.monotonic()
        self._missed = 0

    def look(self) -> None:
        if time.monotonic() - self._looked < WORKERS_LOOKED_AT_EVERY_S:
            return
        self._looked = time.monotonic()
        there = bool(self._client.nthreads())
        self._missed = 0 if there else self._missed + 1
        if self._missed == 2:  # a worker that is only busy may be missed once
            text = "No worker is connected to the cluster. Waiting for one; Ctrl+C gives up."
            self._report(LogLine(text=text, level="warning"))


def _finished(dask: Any, futures: Iterable[Any]) -> list[Any]:
    """Those that have ended, as soon as one has; none after a moment, so that a stop is heard in between."""
    futures = list(futures)
    try:
        return list(dask.wait(futures, timeout=POLL_S, return_when="FIRST_COMPLETED").done)
    except TimeoutError:
        return []
    except dask.CancelledError:  # not by us: the scheduler is lost
        return [future for future in futures if future.cancelled()]


@contextmanager
def _silence() -> Iterator[None]:
    """Dask logs nothing meanwhile: what goes wrong is said in a sentence."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def dask_setup(_worker: Any) -> None:
    """Called by Dask in each process of a `LOCAL` cluster: Ctrl+C is heard by the one that asked, which ends them."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _client(dask: Any, cluster: str, workers: int | None) -> Iterator[Any]:
    """A client of a cluster; `LOCAL` is started for it, and ended with it. Raises ConfigError."""
    own: Any = None
    try:
        if cluster == LOCAL:
            # No limit of memory: rows that are read from a file as they are needed would count.
            own = dask.LocalCluster(
                workers,
                processes=True,
                threads_per_worker=1,
                memory_limit=0,
                preload=[__name__],
                dashboard_address=":0",
                silence_logs=50,
            )
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
