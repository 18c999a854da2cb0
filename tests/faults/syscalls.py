"""F6: one system call on the project fails, the n-th of its kind, for every kind, error and n until none is reached."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections import Counter
from pathlib import Path

from core.errors import StoreError
from core.project import Project
from core.store.check import read_all

from .kills import a_full_project, state, state_at
from .outcome import ROOT, Outcome, environment, private_data, progress, python

CALLS = ("pwrite64", "write", "fsync", "fdatasync", "ftruncate", "openat", "unlink", "rename", "link", "pread64")
ERRORS = ("ENOSPC", "EIO", "EDQUOT", "EROFS")
EDITS = 6


def works() -> bool:
    """Whether strace can inject faults here."""
    if shutil.which("strace") is None:
        return False
    words = ["strace", "-qq", "-o", "/dev/null", "-e", "inject=getppid:error=EIO", "true"]
    return subprocess.run(words, capture_output=True).returncode == 0


def every_call(count: int, seed: int, folder: Path) -> Outcome:
    """Every (call, error, n) until the n-th call is not reached any more; at most `count` tries."""
    if not works():
        return Outcome(0, skipped="strace with fault injection is not there")
    return _run([(call, error) for error in ERRORS for call in CALLS], count, folder, in_order=True, seed=seed)


def some_calls(count: int, seed: int, folder: Path) -> Outcome:
    """`count` of them by the dice."""
    if not works():
        return Outcome(0, skipped="strace with fault injection is not there")
    calls = [(call, error) for error in ERRORS for call in ("pwrite64", "fsync", "fdatasync", "openat", "ftruncate")]
    return _run(calls, count, folder, in_order=False, seed=seed)


def _run(kinds: list[tuple[str, str]], count: int, folder: Path, *, in_order: bool, seed: int) -> Outcome:
    dice, failures = random.Random(seed), []
    seen: Counter[str] = Counter()
    whole = a_full_project(folder / "whole.tot")
    tries = 0
    with private_data(folder):
        while tries < count and kinds:
            call, error = kinds[0] if in_order else dice.choice(kinds)
            for n in range(1, 400) if in_order else [dice.randrange(1, 12)]:
                tries += 1
                problem, what = one_fault(whole, folder / "work", call, error, n)
                if what == "not reached":
                    break
                seen[what] += 1
                failures += [f"{call} {error} #{n}: {problem}"] if problem else []
                if tries >= count:
                    break
            if in_order:
                progress(f"F6: {call} {error}: up to #{n}; {tries} faults, {len(failures)} failures")
                kinds = kinds[1:]
    return Outcome(tries, tuple(failures), dict(sorted(seen.items())))


def one_fault(whole: Path, folder: Path, call: str, error: str, n: int) -> tuple[str, str]:
    """What is wrong after one fault (empty: nothing), and how the program took it."""
    shutil.rmtree(folder, ignore_errors=True)
    place = folder / "project"
    place.mkdir(parents=True)
    path = Path(shutil.copyfile(whole, place / "a.tot"))
    log = folder / "strace"
    watched = [
        word for name in ("a.tot", "a.tot-journal", "a.tot.lock", "a.tot-wal", "") for word in ("-P", str(place / name))
    ]
    trace = [
        "strace",
        "-f",
        "-qq",
        "-o",
        str(log),
        *watched,
        "-e",
        f"trace={call}",
        "-e",
        f"inject={call}:error={error}:when={n}",
    ]
    words = [*trace, *python("-m", "faults.editor", path, EDITS, n)]
    surroundings = environment(folder)
    try:
        ended = subprocess.run(words, env=surroundings, cwd=ROOT, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        return "it hangs", "hang"
    if "(INJECTED)" not in log.read_text(errors="replace"):
        return "", "not reached"
    lines = ended.stdout.splitlines()
    if ended.returncode:
        return f"ended with {ended.returncode}: {ended.stderr[-300:]}", "crash"
    return _judge(path, lines)


def _judge(path: Path, lines: list[str]) -> tuple[str, str]:
    said = [line.split() for line in lines if line.strip()]
    accepted = [(int(words[1]), words[2]) for words in said if words[0] == "accepted"]
    failed = any(words[0] == "state" and words[1] == "not-saved" for words in said)
    if said and said[0][0] in ("refused", "read-only"):
        what = f"{said[0][0]} with a reason"
    elif failed:
        what = "said NOT SAVED, then saved" if said[-1] == ["closed"] else "said NOT SAVED"
    else:
        what = "nothing to say: SQLite or the kernel did without it"
    if not said or (said[0][0] == "open" and said[-1][0] not in ("closed", "not")):
        return f"it ended without a word: {lines[-3:]}", what
    if said[-1][0] == "not":
        what = "said so when closing; edits came back from the emergency file"
    try:
        with Project.open(path) as project:  # the fault is over; held edits come back
            now, head = state(project.document), project._seq
        read_all(path)
    except StoreError as error:
        return f"it does not open any more: {error}", what
    if accepted and (head < accepted[-1][0] or state_at(path, accepted[-1][0]) != accepted[-1][1]):
        return f"edit {accepted[-1][0]} was accepted; the file ends at {head} ({now})", what
    return "", what
