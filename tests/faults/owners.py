"""F10 and F11: two owners of one project, dead owners, owners elsewhere; and nobody but the store opens it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ProjectLockedError
from core.project import Project
from core.store import lock
from core.store.check import read_all

from .kills import a_full_project
from .outcome import ROOT, Outcome, environment, private_data, python

_HOLD = """
import sys; from pathlib import Path; from core.project import Project
p = Project.open(Path(sys.argv[1])); print("open", flush=True); sys.stdin.read(); p.close()
"""


def owners(count: int, seed: int, folder: Path) -> Outcome:
    """Every case once."""
    failures: list[str] = []
    cases = (
        _second_process, _second_in_this_process, _killed_owner, _number_used_again, _another_computer, _other_user,
        _written_by_a_second_process,
    )  # fmt: skip
    done = []
    folder.chmod(0o755)  # for the other user
    with private_data(folder):
        for case in cases:
            place = folder / case.__name__
            place.mkdir()
            place.chmod(0o755)
            problem = case(a_full_project(place / "a.tot"))
            if problem is None:
                continue
            done.append(case.__name__[1:].replace("_", " "))
            failures += [f"{done[-1]}: {problem}"] if problem else []
    return Outcome(len(done), tuple(failures), {"cases": ", ".join(done)})


def _holder(path: Path) -> subprocess.Popen[bytes]:
    surroundings = environment(path.parent)
    child = subprocess.Popen(
        python("-c", _HOLD, path), cwd=ROOT, env=surroundings, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None and child.stdout.readline().strip() == b"open"
    return child


def _end(child: subprocess.Popen[bytes]) -> None:
    child.communicate(timeout=300)


def _refusal(path: Path) -> str:
    try:
        Project.open(path).close()
    except ProjectLockedError as error:
        return str(error)
    return ""


def _second_process(path: Path) -> str:
    child = _holder(path)
    try:
        words = _refusal(path)
        wanted = rf"open in another program \(.+, process {child.pid} \(.+\), since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\)"
        if not re.search(wanted, words) or "copy" not in words:
            return f"it says {words!r}"
        with Project.open_copy(path) as copy:
            return "" if copy.read_only else "the copy can be written"
    finally:
        _end(child)


def _second_in_this_process(path: Path) -> str:
    with Project.open(path):
        return "" if f"process {os.getpid()}" in _refusal(path) else "it opens twice"


def _killed_owner(path: Path) -> str:
    child = _holder(path)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    began = time.monotonic()
    Project.open(path).close()
    return "" if time.monotonic() - began < 1 else "the lock of a dead owner is free only after a second"


def _number_used_again(path: Path) -> str:
    side = path.with_name(path.name + ".lock")
    side.write_text(f" {os.uname().nodename}, process {os.getppid()} (totgui), since 2020-01-01 00:00:00\n")
    return _refusal(path)  # the text of an owner that is gone means nothing: the lock itself counts


def _another_computer(path: Path) -> str:
    side = path.with_name(path.name + ".lock")
    child = _holder(path)
    try:
        with side.open("r+b") as stream:  # what a holder on another computer writes there
            stream.write(b" elsewhere.example, process 7 (totgui), since 2020-01-01 00:00:00\n")
        return "" if "elsewhere.example, process 7" in _refusal(path) else "it does not name the other computer"
    finally:
        _end(child)


def _other_user(path: Path) -> str | None:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return None
    for above in path.parents:
        if above.stat().st_mode & 0o005 != 0o005:
            return None
    child = _holder(path)
    code = "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)"
    words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c", code]
    try:
        ended = subprocess.run([*words, f"{path}.lock"], capture_output=True, text=True, cwd="/")
        return "" if "BlockingIOError" in ended.stderr or "unavailable" in ended.stderr else ended.stderr[-200:]
    finally:
        _end(child)


_WRITE = """
import sqlite3, sys
c = sqlite3.connect(sys.argv[1], timeout=0.2, isolation_level=None)
try:
    c.execute("BEGIN IMMEDIATE"); c.execute("UPDATE edit SET text='x'"); c.execute("COMMIT"); print("written")
except sqlite3.OperationalError as error:
    print("refused:", error)
"""


def write_from_outside(path: Path) -> str:
    """What a second process says that writes into a project without asking for its lock."""
    ended = subprocess.run(python("-c", _WRITE, path), capture_output=True, text=True, cwd=ROOT, timeout=300)
    return ended.stdout.strip()


def _written_by_a_second_process(path: Path) -> str:
    """F11: after checkpoint, backup, copy, check of another file and saving, SQLite's own lock still holds."""
    other = a_full_project(path.with_name("b.tot"))
    with opened_by_others() as opened, Project.open(path) as project:
        project.keep_backups(lambda text: None)
        project.undo()
        project.flush()
        project.checkpoint("mine")
        project.back_up("before a test")
        project.save_copy(path.with_name("c.tot"))
        read_all(other)
        found = write_from_outside(path)
    if opened:
        return f"opened while it was held: {opened}"
    return "" if found.startswith("refused") else f"a second process says {found!r}"


# --- nobody but the store ------------------------------------------------------------------------------------------

_watching: list[list[str]] = []
_hooked = False


@contextmanager
def opened_by_others() -> Iterator[list[str]]:
    """The plain openings of a project that this process holds: each would have dropped SQLite's lock (POSIX)."""
    global _hooked
    if not _hooked:
        sys.addaudithook(_on_event)  # it can never be taken off again
        _hooked = True
    found: list[str] = []
    _watching.append(found)
    try:
        yield found
    finally:
        _watching.remove(found)


def _on_event(event: str, values: tuple[object, ...]) -> None:
    if event != "open" or not _watching or not isinstance(values[0], str | bytes):
        return
    name = os.fsdecode(values[0])
    if name.endswith(".tot") and lock.is_ours(Path(name)):
        frame, place = sys._getframe(1), []
        while frame is not None and len(place) < 5:
            place.append(f"{Path(frame.f_code.co_filename).name}:{frame.f_code.co_name}")
            frame = frame.f_back  # type: ignore[assignment]
        if {"file.py:_open", "file.py:_take_lock"} & set(place):
            return  # the store looks at the header before SQLite has the file
        for found in _watching:
            found.append(f"{name} by {' < '.join(place)}")
