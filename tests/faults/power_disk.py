"""F5 on a real file system: it is shut down in the middle, without writing anything more, and mounted again.

The kernel's own switch for this (`EXT4_IOC_SHUTDOWN`, `XFS_IOC_GOINGDOWN`, which the testers of file systems use) drops
what was not synced, as a power cut does with a disk that keeps what it said that it had written. So this holds for all
files that the program promises: project, journal, backups, exports, emergency file.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from projects import R

from core.errors import StoreError
from core.project import Project
from core.store import backup, log, waiting, writer
from core.store.check import read_all

from .forks import killed_at_random
from .kills import Say, a_full_project, acknowledged, edit_for_ever, random_edit, state, state_at
from .outcome import Outcome, progress
from .places import can_mount

_SHUTDOWN, _NO_FLUSH, _CLONE_NEWNS = 0x8004587D, 2, 0x20000
KINDS = ("ext4", "ext4 data=writeback", "ext4 data=journal", "xfs")
FRESH = 20
"""Crashes of one file system, before a new one is made."""


@contextmanager
def a_disk(folder: Path, kind: str) -> Iterator[Disk]:
    """A small file system of a kind, mounted."""
    name, _, options = kind.partition(" ")
    image, place = folder / f"{name}.img", folder / "disk"
    place.mkdir(exist_ok=True)
    with image.open("wb") as stream:
        stream.truncate((320 if name == "xfs" else 48) << 20)
    words = ["mkfs.xfs", "-q", "-f"] if name == "xfs" else ["mkfs.ext4", "-q", "-F"]
    subprocess.run([*words, str(image)], check=True, capture_output=True)
    disk = Disk(image, place, options)
    disk.mount()
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)
        image.unlink()


class Disk:
    """A file with a file system in it."""

    def __init__(self, image: Path, place: Path, options: str) -> None:
        self.image, self.place, self.options = image, place, options

    def mount(self) -> None:
        words = ",".join(filter(None, ("loop", self.options)))
        subprocess.run(["mount", "-o", words, str(self.image), str(self.place)], check=True)

    def cut(self) -> None:
        """The power goes."""
        handle = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, _SHUTDOWN, struct.pack("I", _NO_FLUSH))
        finally:
            os.close(handle)

    def back(self) -> None:
        """The power is back, and the system has started again."""
        subprocess.run(["umount", str(self.place)], check=True)
        self.mount()


def can_cut(kind: str) -> bool:
    """Whether such a file system can be made and shut down here."""
    return can_mount() and shutil.which(f"mkfs.{kind.partition(' ')[0]}") is not None and os.path.exists("/dev/loop0")


# --- what is under way when the power goes --------------------------------------------------------------------------


def _back_up(path: Path, seed: int, say: Say) -> None:
    """Checkpoints, each said when it is there."""
    dice, project = random.Random(seed), Project.open(path)
    say("open")
    while True:
        random_edit(project, dice)
        name = project.checkpoint("mine").name
        say(f"kept {state(project.document)} {name}")


def _export(path: Path, _seed: int, say: Say) -> None:
    """The same export again and again, of other content each time, each said when it is there."""
    project = Project.open(path, read_only=True)
    say("open")
    while True:
        for number in range(len(TRACKS)):
            export(project, path.parent, number)
            say(f"exported {number}")


def _hold(path: Path, seed: int, say: Say) -> None:
    """The project cannot be written; edits are held in the emergency file."""
    dice = random.Random(seed)
    project = Project.open(path)
    waiting._SAVING_S, waiting._NOT_SAVED_S, writer._RETRY_S = 0.005, 0.01, 0.05

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    log.append = full  # type: ignore[assignment]  # this process does nothing else
    say("open")
    while True:
        random_edit(project, dice)
        while (found := project.saved_state()).pending and found.held < found.pending:
            project.flush(0.005)
        say(f"{project._seq} {state(project.document)}")


TRACKS = (("corrected", None), ("ground-truth", None), ("prediction", R))


def export(project: Project, folder: Path, number: int) -> None:
    """One of the exports, as a file and as a folder."""
    from core.export_work import export_tracks

    track, run = TRACKS[number]
    for name in ("csv", "frames"):
        export_tracks(
            project, name, folder / f"out-{name}", track=track, videos="all", run=run, unlabelled_as_background=True
        )


def digest(folder: Path, name: str) -> str:
    """What lies there now; files of an unfinished writer have hidden names."""
    out = folder / f"out-{name}"
    files = [out] if out.is_file() else sorted(p for p in out.rglob("[!.]*") if p.is_file())
    return hashlib.sha256(b"".join(p.name.encode() + p.read_bytes() for p in files)).hexdigest() if files else ""


# --- the row ----------------------------------------------------------------------------------------------------------


def power_cuts(count: int, seed: int, folder: Path, kinds: tuple[str, ...] = KINDS) -> Outcome:
    """`count` cuts while editing, backing up, exporting, holding edits; nothing that was said to be there is lost."""
    kinds = tuple(kind for kind in kinds if can_cut(kind))
    if sys.platform != "linux" or not kinds:
        return Outcome(0, skipped="needs root on Linux, mkfs and loop devices, to mount a file system of its own")
    _own_mounts()
    dice, failures, cuts = random.Random(seed), [], 0
    told = dict.fromkeys(("edits", "backups", "exports", "edits in the emergency file"), 0)
    by_kind = dict.fromkeys(kinds, 0)
    while cuts < count:
        kind = kinds[cuts // FRESH % len(kinds)]
        with a_disk(folder, kind) as disk, _data_on(disk.place / "data"):
            trial = _Trial(disk, dice, told)
            for _ in range(min(FRESH, count - cuts)):
                failures += [f"cut {cuts}, {kind}: {problem}" for problem in trial.one(cuts)]
                by_kind[kind], cuts = by_kind[kind] + 1, cuts + 1
        progress(f"F5-disk: {cuts} cuts, {len(failures)} failures {failures[-1:]}")
    n_control = max(4, count // 10)
    harmed = control(n_control, seed, folder)
    if not harmed:
        failures.append("the control lost nothing with synchronous=OFF: the cuts prove nothing")
    figures: dict[str, object] = {f"on {kind}": n for kind, n in by_kind.items()}
    figures |= {f"said to be there: {name}": n for name, n in told.items()}
    figures[f"control, synchronous=OFF, of {n_control}: harmed"] = harmed
    return Outcome(cuts, tuple(failures), figures)


def _own_mounts() -> None:
    """What is mounted from here on is seen by this process and its children only.

    A process elsewhere that takes a copy of the mounts would keep a file system alive that is unmounted here.
    """
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNS) == 0:
        subprocess.run(["mount", "--make-rprivate", "/"], check=True)


class _Trial:
    """One project on one disk, cut again and again."""

    def __init__(self, disk: Disk, dice: random.Random, told: dict[str, int]) -> None:
        self.disk, self.dice, self.told = disk, dice, told
        self.path = a_full_project(disk.place / "a.tot")
        self.kept: dict[str, str] = {}
        self.wanted: list[dict[str, str]] = []
        self.at = 0
        self._prepare()

    def _prepare(self) -> None:
        """What each export of the present labels is; one of them lies on the disk, for long."""
        scratch = self.disk.image.parent / "scratch"
        with Project.open(self.path, read_only=True) as project:
            self.wanted = []
            for number in range(len(TRACKS)):
                shutil.rmtree(scratch, ignore_errors=True)
                scratch.mkdir()
                export(project, scratch, number)
                self.wanted.append({name: digest(scratch, name) for name in ("csv", "frames")})
            export(project, self.disk.place, self.at)
        os.sync()

    def one(self, number: int) -> list[str]:
        """The problems after one more cut."""
        works: tuple[Callable[[Path, int, Say], None], ...] = (edit_for_ever, _back_up, _export, _hold)
        work = works[number % len(works)]
        turn, path = self.dice.randrange(1 << 30), self.path
        ended = killed_at_random(
            partial(work, path, turn), self.dice, after_lines=self.dice.randrange(1, 6), within_s=0.05,
            then=self.disk.cut,
        )  # fmt: skip
        self.disk.back()
        problems, coming = [], 0  # each child begins with the first of the exports
        for line in ended.lines:
            if line.startswith("kept "):
                _, was, name = line.split(" ", 2)
                self.kept[name] = was
                self.told["backups"] += 1
            elif line.startswith("exported "):
                self.at = int(line.split()[1])
                coming = (self.at + 1) % len(TRACKS)
                self.told["exports"] += 1
        problems += self._exports([self.at, coming] if work is _export else [self.at])
        wanted = acknowledged(ended) if work in (edit_for_ever, _hold) else (0, "")
        self.told["edits" if work is edit_for_ever else "edits in the emergency file"] += sum(
            line[:1].isdigit() for line in ended.lines
        )
        problems += self._project(*wanted)
        problems += self._backups()
        self._prepare()
        return problems

    def _project(self, seq: int, was: str) -> list[str]:
        try:
            with Project.open(self.path) as project:
                found = project._seq
                assert project.flush(10)
            read_all(self.path)
            if found < seq:
                return [f"row {seq} was said to be safe; it ends at {found}"]
            if was and state_at(self.path, seq) != was:
                return [f"row {seq} leads to another state than the one that was said to be safe"]
        except StoreError as error:
            return [f"it does not open: {error}"]
        return []

    def _backups(self) -> list[str]:
        problems, there = [], {one.path.name: one.path for one in backup.listing(self.path)}
        for name, was in list(self.kept.items())[-6:]:
            try:
                if name not in there:
                    problems.append(f"the backup {name} is gone")
                elif state_at(there[name], read_all(there[name])) != was:
                    problems.append(f"the backup {name} holds another state")
            except StoreError as error:
                problems.append(f"the backup {name} is not whole: {error}")
        if len(self.kept) > 30:  # the disk is small
            shutil.rmtree(backup.folder_of(self.path), ignore_errors=True)
            self.kept.clear()
        return problems

    def _exports(self, allowed: list[int]) -> list[str]:
        """Each export is the last one that was said to be there, or, while one was written, the next one whole."""
        problems = []
        for name in ("csv", "frames"):
            found = digest(self.disk.place, name)
            aside = list(self.disk.place.glob(f"out-{name}.replaced-*"))
            if found not in [self.wanted[number][name] for number in allowed] and not (not found and aside):
                what = "gone" if not found else "an older one" if found in [w[name] for w in self.wanted] else "torn"
                problems.append(f"the {name} export is {what}")
            for path in (*aside, *self.disk.place.glob(f".*{name}*")):
                shutil.rmtree(path, ignore_errors=True)
        return problems


def control(count: int, seed: int, folder: Path) -> int:
    """How many cuts do harm when the store does not sync."""
    dice, harmed = random.Random(seed), 0

    def careless(path: Path, turn: int, say: Say) -> None:
        import core.store.schema as schema

        real = sqlite3.connect

        class Careless(sqlite3.Connection):
            def execute(self, text: str, *rest: object) -> sqlite3.Cursor:
                return super().execute(text.replace("synchronous=FULL", "synchronous=OFF"), *rest)  # type: ignore[arg-type]

        schema.sqlite3.connect = partial(real, factory=Careless)  # type: ignore[attr-defined]
        edit_for_ever(path, turn, say)

    with a_disk(folder, "ext4") as disk, _data_on(disk.place / "data"):
        for turn in range(count):
            path = a_full_project(disk.place / f"{turn}.tot")
            os.sync()
            ended = killed_at_random(
                partial(careless, path, dice.randrange(1 << 30)), dice, after_lines=6, within_s=0.05, then=disk.cut
            )
            disk.back()
            seq, was = acknowledged(ended)
            try:
                with Project.open(path) as project:
                    lost = project._seq < seq
                read_all(path)
                harmed += lost or state_at(path, seq) != was
            except (StoreError, sqlite3.Error):
                harmed += 1
    return harmed


@contextmanager
def _data_on(place: Path) -> Iterator[None]:
    kept = {name: os.environ.get(name) for name in ("TOT_DATA_DIR", "TOT_CACHE_DIR")}
    os.environ.update(TOT_DATA_DIR=str(place), TOT_CACHE_DIR=str(place / "cache"))
    try:
        yield
    finally:
        for name, value in kept.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
