"""F8: what fails at random: a few of a hundred disk operations, a process that is stopped, a clock that jumps."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from core.errors import StoreError
from core.project import Project
from core.store.check import read_all

from .kills import a_full_project, state, state_at
from .outcome import ROOT, Outcome, environment, private_data, progress, python

_NAMES = (
    "posix/io/rw/write",
    "posix/io/rw/pwrite",
    "posix/io/sync/fsync",
    "posix/io/sync/fdatasync",
    "posix/io/oc/open",
)


def has_fiu() -> bool:
    """Whether faults can be switched on in a running child."""
    return shutil.which("fiu-run") is not None and shutil.which("fiu-ctrl") is not None


def disk(count: int, seed: int, folder: Path) -> Outcome:
    """1 to 5 % of the writes, syncs and openings fail at random while edits are made, then none does any more."""
    if not has_fiu():
        return Outcome(0, skipped="fiu-run is not there")
    dice, failures, red = random.Random(seed), [], 0
    whole = a_full_project(folder / "whole.tot")
    with private_data(folder / "work"):
        for turn in range(count):
            problem, was_red = _one(whole, folder / "work", dice)
            red += was_red
            failures += [f"run {turn}: {problem}"] if problem else []
            if turn % 20 == 19:
                progress(f"F8: {turn + 1} runs, {len(failures)} failures")
    return Outcome(count, tuple(failures), {"runs that said NOT SAVED": red})


def _one(whole: Path, folder: Path, dice: random.Random) -> tuple[str, bool]:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "fiu").mkdir(parents=True)
    path = Path(shutil.copyfile(whole, folder / "a.tot"))
    control = folder / "fiu" / "c"
    words = [
        "fiu-run",
        "-x",
        "-f",
        str(control),
        *python("-m", "faults.editor", path, 12, dice.randrange(1 << 30), "--wait"),
    ]
    lines: list[str] = []
    pipe = subprocess.PIPE
    with subprocess.Popen(
        words, cwd=ROOT, env=environment(folder), stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as child:
        assert child.stdin is not None and child.stdout is not None
        lines.append(child.stdout.readline())
        pid = _program(child.pid)
        for number in range(12):
            if number == 1:
                for name in _NAMES:
                    _control(control, pid, f"enable_random name={name},probability={dice.uniform(0.01, 0.05):.3f}")
            if number == 10:
                for name in _NAMES:
                    _control(control, pid, f"disable name={name}")
            with suppress(BrokenPipeError):  # it ended early: what it said last tells why
                child.stdin.write("go\n")
                child.stdin.flush()
        with suppress(BrokenPipeError):
            child.stdin.close()
        child.stdin = None
        out, errors = child.communicate(timeout=300)
    lines += out.splitlines()
    said = [line.split() for line in lines if line.strip()]
    accepted = [(int(w[1]), w[2]) for w in said if w[0] == "accepted"]
    if child.returncode:
        return f"ended with {child.returncode}: {errors[-400:]}", False
    if len(accepted) != 12:
        return f"{len(accepted)} of 12 edits were accepted: {lines[-2:]}", False
    red = any(w[:2] == ["state", "not-saved"] for w in said)
    return _judge(path, accepted[-1]), red


def _judge(path: Path, last: tuple[int, str]) -> str:
    try:
        with Project.open(path):
            pass
        head = read_all(path)
    except StoreError as error:
        return f"it does not open any more: {error}"
    return "" if head >= last[0] and state_at(path, last[0]) == last[1] else f"edit {last[0]} is lost ({head})"


def _program(pid: int) -> int:
    """`fiu-run` is a script that becomes, or starts, the program."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else pid


def _control(control: Path, pid: int, command: str) -> None:
    subprocess.run(["fiu-ctrl", "-c", command, "-f", str(control), str(pid)], check=True, capture_output=True)


def stops(count: int, seed: int, folder: Path) -> Outcome:
    """Stopped with SIGSTOP in the middle of edits and let go again: nothing is lost, nothing is said twice."""
    dice, failures = random.Random(seed), []
    whole = a_full_project(folder / "whole.tot")
    with private_data(folder / "work"):
        for turn in range(count):
            shutil.rmtree(folder / "work", ignore_errors=True)
            (folder / "work").mkdir()
            path = Path(shutil.copyfile(whole, folder / "work" / "a.tot"))
            words = python("-m", "faults.editor", path, 15, dice.randrange(1 << 30))
            surroundings = environment(folder / "work")
            with subprocess.Popen(words, cwd=ROOT, env=surroundings, stdout=subprocess.PIPE, text=True) as child:
                assert child.stdout is not None
                lines = [child.stdout.readline()]
                for _ in range(4):
                    time.sleep(dice.uniform(0, 0.04))
                    child.send_signal(signal.SIGSTOP)
                    time.sleep(dice.uniform(0, 0.05))
                    child.send_signal(signal.SIGCONT)
                lines += child.stdout.read().splitlines()
            accepted = [line.split() for line in lines if line.startswith("accepted")]
            if child.returncode or len(accepted) != 15:
                failures.append(f"run {turn}: {lines[-2:]}")
                continue
            problem = _judge(path, (int(accepted[-1][1]), accepted[-1][2]))
            failures += [f"run {turn}: {problem}"] if problem else []
    return Outcome(count, tuple(failures))


def clocks(count: int, seed: int, folder: Path) -> Outcome:
    """The clock jumps by a day, back and forth, between edits: the order of the log is that of the edits."""
    from unittest import mock

    from core.store import log

    from .kills import random_edit

    dice, failures = random.Random(seed), []
    with private_data(folder):
        for turn in range(count):
            path = folder / "a.tot"
            path.unlink(missing_ok=True)
            a_full_project(path)
            now = time.time()
            with mock.patch.object(log, "now", lambda now=now: now + dice.choice((-86_400, 0, 86_400, -40 * 86_400))):
                states = []
                for _ in range(2):
                    with Project.open(path) as project:
                        for _ in range(6):
                            random_edit(project, dice)
                            states.append((project._seq, state(project.document)))
                        project.flush()
            wrong = [seq for seq, was in states if state_at(path, seq) != was]
            if wrong or read_all(path) != states[-1][0]:
                failures.append(f"run {turn}: rows {wrong}")
    return Outcome(count, tuple(failures))
