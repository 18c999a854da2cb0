"""Threads beside the window: they end with it, whatever a drive does, and their errors are heard."""

from __future__ import annotations

import subprocess
import sys
import threading

from totgui.jobs.beside import Beside

HANGS = """
import threading
from totgui.jobs.beside import Beside
pool, begun = Beside(1, "files"), threading.Event()
pool.do(lambda: (begun.set(), threading.Event().wait()))  # as a look at a drive that is away
begun.wait()
pool.close(0.0)
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
        while not pool._is_closed:
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


def test_one_that_is_late_does_not_hold_up_those_that_wait_and_is_heard_when_it_comes():
    """Looking for the files of a project on a drive that was gone kept those of every later one from being found."""
    pool, answers, done = Beside(1, "files", late_s=0.01), threading.Event(), []
    late = pool.do(lambda: (answers.wait(60), done.append("late")))
    pool.do(done.append, "next").wait(30)
    assert done == ["next"]
    answers.set()
    assert late.wait(30) and done == ["next", "late"]
    pool.close()


def test_what_was_left_is_not_begun_and_its_thread_is_replaced():
    pool, begun, answers, done = Beside(1, "files"), threading.Event(), threading.Event(), []
    hangs = pool.do(lambda: (begun.set(), answers.wait(60)))
    never = pool.do(done.append, "never")
    assert begun.wait(30)
    pool.leave(never)
    pool.leave(hangs)
    assert pool.do(done.append, "next").wait(30) and done == ["next"]
    assert pool.close(30.0), "closing waits for those at work and not for the one that was left"
    answers.set()
    assert hangs.wait(30)


def test_with_a_thread_for_each_piece_closing_leaves_none_out():
    """A project that is being given back as the window closes must be."""
    for _ in range(50):
        pool, done = Beside(None, "opening"), []
        for name in "abc":
            pool.do(done.append, name)
        assert pool.close(30.0) and sorted(done) == ["a", "b", "c"]
