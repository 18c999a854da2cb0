"""F7 and F9: a disk that fills up, and places that cannot be written, go away, or are another's now. Needs root."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from projects import V

from core.annotation import commands
from core.errors import EditError, StoreError, TotError
from core.project import Project
from core.store import backup, writer
from core.store.check import read_all

from . import network
from .kills import OLD, a_full_project, random_edit, state, state_at
from .outcome import Outcome, private_data

WHY = "needs root on Linux, to mount a small file system"


def can_mount() -> bool:
    """Whether a small file system can be mounted."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount") is not None


@contextlib.contextmanager
def a_small_disk(place: Path, size: str = "8m", *options: str) -> Iterator[Path]:
    """A file system of its own in memory."""
    place.mkdir(parents=True, exist_ok=True)
    words = ",".join([f"size={size}", *options])
    subprocess.run(["mount", "-t", "tmpfs", "-o", words, "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def fill(place: Path, leave: int) -> Path:
    """Ballast that leaves about `leave` bytes."""
    ballast, block = place / "ballast", b"\0" * 4096
    free = os.statvfs(place).f_bavail * os.statvfs(place).f_bsize
    with contextlib.suppress(OSError), ballast.open("wb") as stream:
        for _ in range(max(0, (free - leave) // 4096)):
            stream.write(block)
    return ballast


# --- F7 ---------------------------------------------------------------------------------------------------------------


def disk_full(count: int, seed: int, folder: Path) -> Outcome:
    """A disk of 8 MB runs full in the middle of an edit, a backup, an export, an arriving run, a migration."""
    if not can_mount():
        return Outcome(0, skipped=WHY)
    dice, failures, retry = random.Random(seed), [], writer._RETRY_S
    held = 0
    writer._RETRY_S = 0.05
    try:
        with private_data(folder):
            for turn in range(count):
                for work in (_edit, _backup, _export, _run, _migrate):
                    with a_small_disk(folder / "disk") as disk:
                        shutil.rmtree(folder / "data", ignore_errors=True)
                        problem, kept = work(disk, folder, dice)
                        held += kept
                        failures += [f"{work.__name__[1:]} {turn}: {problem}"] if problem else []
    finally:
        writer._RETRY_S = retry
    return Outcome(count * 5, tuple(failures), {"edits held in the emergency file": held})


def _fill_while(project: Project, disk: Path, dice: random.Random) -> Path:
    return fill(disk, dice.randrange(0, 6 << 10))


def _edit(disk: Path, folder: Path, dice: random.Random) -> tuple[str, int]:
    path, held = a_full_project(disk / "a.tot"), 0
    project = Project.open(path)
    ballast = _fill_while(project, disk, dice)
    saved = (0, "")
    for _ in range(40):
        random_edit(project, dice)
        if project.flush(0.05):
            saved = (project._seq, state(project.document))
    was = (project._seq, state(project.document))
    found = project.saved_state()
    if not project.flush(0.3):
        while (found := project.saved_state()).kind != "not-saved" or found.held < found.pending:
            project.flush(0.05)
        held = found.held
        if "full" not in found.reason and "space" not in found.reason.lower() and "I/O" not in found.reason:
            return f"the reason is {found.reason!r}", held
    copy = folder / "copy.tot"
    copy.unlink(missing_ok=True)
    project.save_copy(copy)  # to another disk, with everything
    if state_at(copy, read_all(copy)) != was[1]:
        return "the copy on another disk is not what was edited", held
    ballast.unlink()
    if not project.flush(20):
        return "space is free again, but edits stay unsaved", held
    project.close()
    read_all(path)
    if state_at(path, saved[0]) != saved[1] if saved[0] else False:
        return "an acknowledged edit is not what it was", held
    return ("" if state_at(path, was[0]) == was[1] else "an edit is lost"), held


def _backup(disk: Path, folder: Path, dice: random.Random) -> tuple[str, int]:
    path, told = a_full_project(disk / "a.tot"), []
    with Project.open(path) as project:
        fill(disk, dice.randrange(0, path.stat().st_size))
        project.keep_backups(told.append)
        try:
            project.checkpoint("mine")
        except StoreError as error:
            told.append(str(error))
    left = list(backup.folder_of(path).glob(".partial-*")) if backup.folder_of(path).exists() else []
    for made in backup.listing(path):
        read_all(made.path)
    read_all(path)
    return ("" if told and not left else f"told {told}, left {left}"), 0


def _export(disk: Path, folder: Path, dice: random.Random) -> tuple[str, int]:
    from core.export_work import export_tracks

    path, out = a_full_project(folder / "outside.tot"), disk / "out.csv"
    with Project.open(path) as project:
        words = {"videos": "all", "run": None, "unlabelled_as_background": True}
        export_tracks(project, "csv", out, track="corrected", **words)  # type: ignore[arg-type]
        before = out.read_bytes()
        fill(disk, 0)
        try:
            export_tracks(project, "csv", out, track="ground-truth", **words)  # type: ignore[arg-type]
            found = ""
        except (TotError, OSError) as error:
            found = str(error)
    path.unlink()
    whole = out.read_bytes() == before and not [p for p in disk.iterdir() if p.name not in ("out.csv", "ballast")]
    return ("" if found and whole else f"error {found!r}, earlier export whole: {whole}"), 0


def _run(disk: Path, folder: Path, dice: random.Random) -> tuple[str, int]:
    from core.annotation.values import LabelMap, Run
    from core.data.dataset import RunId

    path = a_full_project(disk / "a.tot")
    project = Project.open(path)
    ballast = fill(disk, 100 << 10)
    run = Run(RunId("r2"), 2, {"n_clusters": 3}, "cpu", 1.5, 10, False, "now", {"ce": 1.0}, ((1, None, 2.0),))
    arrived: list[int] = []
    project.add_run(run, LabelMap(RunId("r2"), 3), dice.randbytes(400 << 10), then=lambda: arrived.append(1))
    random_edit(project, dice)
    said = not project.flush(0.2) and not arrived
    ballast.unlink()
    if not project.flush(20) or not arrived:
        return "the run does not arrive when space is free again", 0
    project.close()
    with Project.open(path) as again:
        again.weights(RunId("r2"))
        again.weights(next(iter(again.document.runs)))
    read_all(path)
    return ("" if said else "400 KB fit into 100 KB"), 0


def _migrate(disk: Path, folder: Path, dice: random.Random) -> tuple[str, int]:
    import gzip

    path = disk / "old.tot"
    path.write_bytes(gzip.decompress(OLD.read_bytes()))
    before = path.read_bytes()
    fill(disk, dice.randrange(0, 60 << 10))
    try:
        project = Project.open(path)
        read_only = project.read_only
        project.close()
        if read_only and path.read_bytes() != before:
            return "opened for reading, but changed", 0
    except StoreError:
        if path.read_bytes() != before:
            return "refused, but changed", 0
    read_all(path)
    return "", 0


# --- F9 ---------------------------------------------------------------------------------------------------------------


def awkward_places(count: int, seed: int, folder: Path) -> Outcome:
    """Every case once: read-only file, folder and mount; folder removed; file replaced; drive pulled."""
    failures = []
    cases: list[Callable[[Path], str]] = [_file_replaced, _folder_removed]
    if can_mount():
        cases += [_read_only_mount, _drive_pulled]
    if network.can_mount_a_network():
        cases += [network.works, network.hangs, network.cut_off]
    if os.geteuid() != 0:
        cases += [_read_only_file, _read_only_folder]
    with private_data(folder):
        for case in cases:
            place = folder / case.__name__
            place.mkdir()
            problem = case(place)
            failures += [f"{_name(case)}: {problem}"] if problem else []
    done = ", ".join(map(_name, cases))
    return Outcome(len(cases), tuple(failures), {"cases": done})


def _name(case: Callable[[Path], str]) -> str:
    room = "network drive " if case.__module__.endswith("network") else ""
    return room + case.__name__.strip("_").replace("_", " ")


def _stays_readable(path: Path) -> str:
    with Project.open(path) as project:
        if not project.read_only or not project.notes:
            return "it was opened for writing, or nothing was said"
        try:
            project.edit(commands.relabel(project.document, V, 0, 9, 3))
            return "an edit was taken"
        except EditError:
            pass
        copy = path.parent.parent / f"copy of {path.parent.name}.tot"
        project.save_copy(copy)
    read_all(copy)
    return ""


def _read_only_file(place: Path) -> str:
    path = a_full_project(place / "a.tot")
    path.chmod(0o444)
    return _stays_readable(path)


def _read_only_folder(place: Path) -> str:
    path = a_full_project(place / "a.tot")
    place.chmod(0o555)
    try:
        return _stays_readable(path)
    finally:
        place.chmod(0o755)


def _read_only_mount(place: Path) -> str:
    with a_small_disk(place / "disk") as disk:
        path = a_full_project(disk / "a.tot")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        return _stays_readable(path)


def _goes_red(project: Project, what: str) -> str:
    project.edit(commands.relabel(project.document, V, 0, 9, 3))
    while (found := project.saved_state()).kind == "saving" or (found.kind == "saved" and found.pending):
        project.flush(0.05)
    if found.kind != "not-saved":
        return f"{what}, and the state is {found.kind}"
    while project.saved_state().held < 1:
        project.flush(0.05)
    return ""


def _drive_pulled(place: Path) -> str:
    with a_small_disk(place / "disk") as disk:
        path = a_full_project(disk / "a.tot")
        project = Project.open(path)
        subprocess.run(["umount", "-l", str(disk)], check=True)
        problem = _goes_red(project, "the drive is gone")
        with contextlib.suppress(StoreError):
            project.close(0.2)
    return problem


def _folder_removed(place: Path) -> str:
    path = a_full_project(place / "in" / "a.tot") if (place / "in").mkdir() is None else place
    project = Project.open(path)
    shutil.rmtree(place / "in")
    problem = _goes_red(project, "the folder is gone")
    if not problem and project.save_copy(place / "copy.tot"):
        problem = "the copy misses something"
    with contextlib.suppress(StoreError):
        project.close(0.2)
    read_all(place / "copy.tot")
    return problem


def _file_replaced(place: Path) -> str:
    path, told = a_full_project(place / "a.tot"), []
    other = a_full_project(place / "b.tot")
    project = Project.open(path)
    os.replace(other, path)
    content = path.read_bytes()
    project.keep_backups(told.append)
    project.back_up("before a test")
    problem = _goes_red(project, "another file is in the place")
    with contextlib.suppress(StoreError):
        project.close(0.2)
    if path.read_bytes() != content:
        return "the other project was written into"
    if backup.listing(path) or not told:
        return f"a backup was made beside another's project, or nothing was said ({told})"
    return problem
