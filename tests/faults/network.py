"""F9 on a drive over a network: sshfs to a server of our own, which works, hangs, and is cut off."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from projects import V

from core.annotation import commands
from core.errors import StoreError
from core.project import Project
from core.store import backup
from core.store.check import read_all

from .kills import a_full_project, state

_SERVER = Path("/usr/lib/openssh/sftp-server")


def can_mount_a_network() -> bool:
    """Whether a drive over the network's protocol can be mounted here, without a network."""
    there = shutil.which("sshfs") is not None and _SERVER.exists() and os.path.exists("/dev/fuse")
    return sys.platform == "linux" and os.geteuid() == 0 and there


class Drive:
    """A folder that is served over sftp and mounted; the server can be frozen or killed."""

    def __init__(self, folder: Path) -> None:
        self.remote, self.place = folder / "remote", folder / "mounted"
        for each in (self.remote, self.place):
            each.mkdir(exist_ok=True)
        ours, theirs = os.pipe(), os.pipe()
        self.server = subprocess.Popen([str(_SERVER)], stdin=ours[0], stdout=theirs[1])
        words = ["sshfs", "-f", "-o", "passive", f":{self.remote}", str(self.place)]
        self.client = subprocess.Popen(words, stdin=theirs[0], stdout=ours[1], stderr=subprocess.DEVNULL)
        for end in (*ours, *theirs):
            os.close(end)
        until = time.monotonic() + 120
        while not os.path.ismount(self.place):
            assert time.monotonic() < until and self.client.poll() is None, "sshfs did not mount"
            time.sleep(0.02)

    def __enter__(self) -> Drive:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            self.server.send_signal(signal.SIGCONT)
        subprocess.run(["umount", "-l", str(self.place)], check=False, capture_output=True)
        for process in (self.client, self.server):
            process.kill()
            process.wait()

    def freeze(self, is_frozen: bool) -> None:
        """The network stands still, or goes on."""
        self.server.send_signal(signal.SIGSTOP if is_frozen else signal.SIGCONT)

    def cut(self) -> None:
        """The server is gone for good."""
        self.server.kill()
        self.server.wait()


def works(place: Path) -> str:
    """A project on it is opened with a word about it, edited, backed up on this computer, closed, whole."""
    with Drive(place) as drive:
        path = Path(shutil.copyfile(a_full_project(place / "a.tot"), drive.place / "a.tot"))  # it is said once
        with Project.open(path) as project:
            project.keep_backups(lambda text: None)
            for frame in range(5):
                project.edit(commands.relabel(project.document, V, frame * 9, frame * 9 + 5, 3))
            if not project.flush(120):
                return "edits do not reach it"
            project.checkpoint("mine")
            said, was = " ".join(project.notes), state(project.document)
        read_all(path)
        with Project.open(path) as project:
            if state(project.document) != was:
                return "it holds something else"
        if "network" not in said:
            return f"nothing is said of the network: {said!r}"
        return (
            "" if not backup.folder_of(path).is_relative_to(drive.place) and backup.listing(path) else "no local backup"
        )


def hangs(place: Path) -> str:
    """While it stands still edits are taken at once and held; when it goes on they are saved."""
    with Drive(place) as drive:
        path = a_full_project(drive.place / "a.tot")
        project = Project.open(path)
        drive.freeze(True)
        began = time.monotonic()
        for frame in range(3):
            project.edit(commands.relabel(project.document, V, frame * 9, frame * 9 + 5, 3))
        took, was = time.monotonic() - began, state(project.document)
        problem = _held(project, 3)
        drive.freeze(False)
        if not project.flush(120):
            problem = problem or "the network is back, and edits stay unsaved"
        project.close(30)
        read_all(path)
        with Project.open(path) as again:
            if state(again.document) != was:
                problem = problem or "an edit is lost"
        # As long as the drive stands still they would wait for it; a busy machine takes its time as well.
        return problem or ("" if took < 10 else f"three edits held up the person for {took:.1f} s")


def cut_off(place: Path) -> str:
    """It is gone in the middle: edits are held, closing comes back, and the next opening has them all."""
    with Drive(place) as drive:
        path = a_full_project(drive.place / "a.tot")
        project = Project.open(path)
        drive.cut()
        project.edit(commands.relabel(project.document, V, 0, 9, 3))
        was = state(project.document)
        problem = _held(project, 1)
        with suppress(StoreError):
            project.close(1)
    with Drive(place) as drive, Project.open(path) as again:
        if state(again.document) != was:
            problem = problem or "the edit that was held is not there again"
    return problem


def _held(project: Project, count: int) -> str:
    until = time.monotonic() + 120
    while (found := project.saved_state()).kind != "not-saved" or found.held < count:
        if time.monotonic() > until:
            return f"after two minutes the state is {found.kind}, {found.held} of {found.pending} edits are held"
        time.sleep(0.02)
    return ""
