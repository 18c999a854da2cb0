"""Threads beside the window: they end with it, whatever a drive does, and their errors are heard."""

from __future__ import annotations

import subprocess
import sys
import threading

from totgui.session.beside import Beside

HANGS = """
import threading
from totgui.session.beside import Beside
pool, begun = Beside(1, "files"), threading.Event()
pool.do(lambda: (begun.set(), threading.Event().wait()))  # as a look at a drive that is away
begun.wait()
pool.close(wait=False)
print("left")
"""


def test_the_program_ends_while_a_drive_does_not_answer():
    """Threads of the standard library's executor are waited for when the program ends: it stayed, without a window."""
    done = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=500)
    assert (done.returncode, done.stdout, done.stderr) == (0, "left\n", "")


def test_what_runs_is_waited_for_and_what_waits_is_left_out():
    pool, begun, may_end, done = Beside(1, "numbers"), threading.Event(), threading.Event(), []
    pool.do(lambda: (begun.set(), may_end.wait(), done.append("first")))
    pool.do(done.append, "second")
    begun.wait()

    def end_once_it_closes() -> None:
        while not pool._closed:
            threading.Event().wait(0.01)
        may_end.set()

    threading.Thread(target=end_once_it_closes).start()
    pool.close()
    pool.do(done.append, "third")
    assert done == ["first"]


def test_two_threads_work_side_by_side_and_no_more():
    pool, both = Beside(2, "numbers"), threading.Barrier(2)
    seen = []
    for _ in range(4):
        pool.do(lambda: (both.wait(30), seen.append(threading.current_thread().name)))
    pool.do(lambda: None)
    while len(seen) < 4:
        threading.Event().wait(0.01)
    pool.close()
    assert set(seen) == {"numbers_0", "numbers_1"}
