"""A child that edits a project while something happens to its disk, and says what it sees.

python -m faults.editor PROJECT EDITS SEED [--wait]

Lines: ``open``, ``accepted SEQ`` for each edit that was taken, ``saved SEQ STATE`` when it is on disk, ``state KIND
REASON`` whenever the status line changes, ``refused TEXT``, ``closed`` or ``not closed TEXT``. With --wait it goes on
after each edit when a line comes on standard input.
"""

from __future__ import annotations

import os
import random
import sys
from contextlib import suppress
from pathlib import Path

from core.errors import StoreError
from core.project import Project
from core.store import writer

from .kills import random_edit, state

writer._RETRY_S = 0.05  # the person waits a second; a thousand tests do not


def say(*words: object) -> None:
    """One line in one write, from any thread, also where writing fails now and then."""
    line = (" ".join(map(str, words)).replace("\n", " ") + "\n").encode()
    while True:
        with suppress(OSError):
            os.write(1, line)
            return


def main(path: Path, count: int, seed: int, wait: bool) -> None:
    """Open, edit, close."""
    dice = random.Random(seed)
    try:
        project = Project.open(path)
    except StoreError as error:
        say("refused", str(error))
        return
    if project.read_only:
        say("read-only", *project.notes)
        project.close()
        return
    project.on_saved = lambda found: say("state", found.kind, found.held, found.reason)
    say("open", *project.recovered)
    for _ in range(count):
        if wait and not sys.stdin.readline():
            break
        before = project._seq
        while project._seq == before:
            random_edit(project, dice)
        say("accepted", project._seq, state(project.document))
        if project.flush(0.4 if wait else 3.0):
            say("saved", project._seq, state(project.document))
    try:
        project.close(3.0)
    except StoreError as error:
        say("not closed", str(error))
        return
    say("closed")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), "--wait" in sys.argv)
