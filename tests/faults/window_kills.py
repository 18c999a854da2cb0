"""F3: the whole window is killed under load and started again: it says how many edits came back, and it is true."""

from __future__ import annotations

import random
import re
import select
import signal
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import IO

from projects import V, a_project, with_run

from core.annotation import commands
from core.store.check import read_all

from .outcome import ROOT, Outcome, environment, progress, python


def window(count: int, seed: int, folder: Path) -> Outcome:
    """Kill the window at random moments; count what the log holds, and compare with the banner."""
    dice, failures, restored = random.Random(seed), [], 0
    path = folder / "a.tot"
    with a_project(path) as project:
        with_run(project)
        project.edit(commands.start_from_ground_truth(project.document, V))
    surroundings = environment(folder)
    for kill in range(count):
        saved = _killed(path, dice, surroundings)
        truth, head = _edits_of_the_last_launch(path, folder)
        words = python("-m", "faults.window_child", "look", path)
        looked = subprocess.run(words, env=surroundings, cwd=ROOT, capture_output=True, text=True, timeout=300)
        if looked.returncode:
            failures.append(f"kill {kill}: it does not start again: {looked.stderr[-400:]}")
            break
        seq, counted, bar = looked.stdout.split("\n", 2)
        said = re.search(r"Restored ([\d,]+) edits", bar)
        banner = int(said[1].replace(",", "")) if said else 0
        restored += banner
        if int(seq) < saved:
            failures.append(f"kill {kill}: row {saved} was called saved; {seq} are there")
        if banner != truth or int(counted) != truth or int(seq) != head:
            failures.append(f"kill {kill}: the banner says {banner}, the log of the killed launch has {truth}")
        read_all(path)
        if kill % 10 == 9:
            progress(f"F3: {kill + 1} kills, {len(failures)} failures")
    return Outcome(count, tuple(failures), {"edits that banners counted": restored})


def _killed(path: Path, dice: random.Random, surroundings: dict[str, str]) -> int:
    """The newest row that the window had called saved when it was killed."""
    words = python("-m", "faults.window_child", "work", path, dice.randrange(1 << 30))
    with subprocess.Popen(words, env=surroundings, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None and child.stderr is not None
        lines = _lines_for(child.stdout, dice.uniform(0.05, 1.0))
        child.send_signal(signal.SIGKILL)
        rest = (lines + child.stdout.read()).split(b"\n")[:-1]
        assert b"open" in rest, child.stderr.read().decode()[-800:]
    numbers = [int(line) for line in rest if line.isdigit()]
    return numbers[-1] if numbers else 0


def _lines_for(stream: IO[bytes], seconds: float) -> bytes:
    """What a child says in so many seconds after its first word."""
    data, end = b"", time.monotonic() + 300
    while (left := end - time.monotonic()) > 0:
        if select.select([stream], [], [], left)[0]:
            more = stream.read1(1 << 16)  # type: ignore[attr-defined]
            if not more:
                break
            if not data:
                end = time.monotonic() + seconds
            data += more
    return data


def _edits_of_the_last_launch(path: Path, folder: Path) -> tuple[int, int]:
    """Counted by plain SQL in a copy with its journal, without the store."""
    copy = folder / "counted.tot"
    copy.write_bytes(path.read_bytes())
    journal = path.with_name(path.name + "-journal")
    copy.with_name(copy.name + "-journal").write_bytes(journal.read_bytes() if journal.exists() else b"")
    connection = sqlite3.connect(copy)
    try:
        head = connection.execute("SELECT coalesce(max(seq), 0) FROM edit").fetchone()[0]
        launch, clean = connection.execute("SELECT id, clean_close FROM launch ORDER BY id DESC").fetchone()
        count = connection.execute("SELECT count(*) FROM edit WHERE launch=?", (launch,)).fetchone()[0]
        return 0 if clean else int(count), int(head)
    finally:
        connection.close()
