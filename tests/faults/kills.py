"""F1 and F2: the process is killed with -9 while it edits, undoes, backs up, exports, migrates or trains."""

from __future__ import annotations

import gzip
import random
import shutil
import signal
import time
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from projects import V, a_project, with_edits, with_run

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.segmentation import Segmentation
from core.errors import EditError, StoreError, TotError
from core.project import Project
from core.store import backup, pack
from core.store.check import differences, read_all, read_document
from core.store.salvage import salvage
from core.store.schema import connect, read_header

from .forks import Ended, killed_at_random
from .outcome import ROOT, Outcome, private_data, progress

OLD = ROOT / "tests" / "store" / "data" / "format-1.tot.gz"
Say = Callable[[str], None]


def a_full_project(path: Path) -> Path:
    """A project with a run, a corrected track and some edits, closed."""
    with a_project(path) as project:
        with_run(project)
        with_edits(project)
    return path


def random_edit(project: Project, dice: random.Random) -> bool:
    """One accepted edit of many kinds; False when the dice asked for one that is refused."""
    document = project.document
    track = document.corrected.get(V)
    if track is None:
        project.edit(commands.start_unlabelled(document, V))
        return True
    frame = dice.randrange(track.n_frames)
    try:
        match dice.randrange(6):
            case 0:
                project.edit(commands.relabel(document, V, frame, min(track.n_frames, frame + 9), dice.randrange(4)))
            case 1:
                project.edit(commands.move_boundary(document, V, dice.randrange(len(track)), frame))
            case 2:
                project.edit(commands.split(document, V, frame, dice.randrange(4)))
            case 4:
                project.edit(commands.add_comment(document, V, frame, frame + 1, f"comment {dice.random()}"))
            case 3:
                project.edit(commands.add_action(document, f"action {dice.random()}")[0])
            case _:
                project.undo() or project.redo()
    except EditError:
        return False
    return True


def edit_for_ever(path: Path, seed: int, say: Say) -> None:
    """Edit in bursts; each line is the number of a row on disk and a check sum of what it must hold."""
    dice = random.Random(seed)
    project = Project.open(path)
    say(f"open {project.restored_edits}")
    while True:
        for _ in range(dice.randrange(1, 4)):
            random_edit(project, dice)
        if project.flush():
            say(f"{project._seq} {state(project.document)}")


def state(document: Document) -> str:
    """A few digits for everything that edits change."""
    values = (document.corrected, document.actions, document.reviews, document.label_maps)
    return f"{zlib.crc32(repr([sorted((str(k), pack_of(v)) for k, v in part.items()) for part in values]).encode()):x}"


def pack_of(value: Any) -> Any:
    """A value as bytes or plain values, flags of segments included."""
    return pack.pack_track(value) if isinstance(value, Segmentation) else pack.plain(value)


def state_at(path: Path, seq: int) -> str:
    """`state` of a closed project as it was after a row of the log, found by taking the later rows back."""
    connection = connect(path, read_only=True)
    try:
        document = read_document(connection)
        videos = list(document.videos)
        for kind, swaps in connection.execute("SELECT kind, swaps FROM edit WHERE seq > ? ORDER BY seq DESC", (seq,)):
            document.apply(pack.unpack_edit(swaps, "", "redo" if kind == "undo" else "undo", document, videos))
    finally:
        connection.close()
    return state(document)


def acknowledged(ended: Ended) -> tuple[int, str]:
    """The newest row that the child called saved, and the state of the document then."""
    rows = [line.split() for line in ended.lines if line[:1].isdigit()]
    return (int(rows[-1][0]), rows[-1][1]) if rows else (0, "")


# --- F1 and F1b -------------------------------------------------------------------------------------------------------


def edits(count: int, seed: int, folder: Path) -> Outcome:
    """Killed while editing: every acknowledged row is there, the log leads to the tracks, check sums hold.

    After each kill the main file is also taken alone, without its journal: what a person copies who takes
    "the project file". Where that alone is torn, salvage must find every acknowledged row.
    """
    dice, failures, seen = random.Random(seed), [], 0
    alone_direct = alone_salvaged = 0
    with private_data(folder):
        path = a_full_project(folder / "a.tot")
        for kill in range(count):
            turn = dice.randrange(1 << 30)
            ended = killed_at_random(
                partial(edit_for_ever, path, turn),
                dice,
                after_lines=dice.randrange(2, 6),
                within_s=0.05,
            )
            wanted = acknowledged(ended)
            seen += sum(line[:1].isdigit() for line in ended.lines)
            direct, problem = _alone(path, folder / "alone", wanted[0])
            alone_direct, alone_salvaged = alone_direct + direct, alone_salvaged + (not direct)
            failures += [f"kill {kill}, main file alone: {problem}"] if problem else []
            failures += [f"kill {kill}: {problem}" for problem in _whole(path, wanted)]
            if kill % 50 == 49:
                progress(f"F1: {kill + 1} kills, {len(failures)} failures")
            if kill % 100 == 99:  # a fresh file now and then: opening costs by the length of the log
                path.unlink()
                path = a_full_project(folder / "a.tot")
    return Outcome(
        count,
        tuple(failures),
        {
            "acknowledgements seen": seen,
            "main file alone: opened as it was": alone_direct,
            "main file alone: torn, salvaged with every acknowledged row": alone_salvaged,
        },
    )


def _whole(path: Path, wanted: tuple[int, str]) -> list[str]:
    """Open as the program does after a kill, read every row, follow the log back; what is wrong then."""
    seq, was = wanted
    problems = []
    try:
        with Project.open(path) as project:
            if project._seq < seq:
                problems.append(f"row {seq} was called saved; the file ends at {project._seq}")
        read_all(path)
        if was and not problems and state_at(path, seq) != was:
            problems.append(f"row {seq} leads to another state than the one that was called saved")
    except StoreError as error:
        problems.append(f"it does not open: {error}")
    return problems


def _alone(path: Path, folder: Path, wanted: int) -> tuple[bool, str]:
    """Whether a copy of the main file alone opens; what is lost, also after salvage."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    copy = Path(shutil.copyfile(path, folder / "a.tot"))
    try:
        found = read_all(copy)
    except StoreError:
        try:
            saved = salvage(copy, folder / "saved.tot")
        except TotError as error:
            return False, f"neither opened nor salvaged: {error}"
        lost = [text for text in saved.lost if "rows of the log" in text]
        return False, f"salvaged {saved.edits} of {wanted} rows" if saved.edits < wanted or lost else ""
    return True, f"{found} of {wanted} rows" if found < wanted else ""


# --- F2 ---------------------------------------------------------------------------------------------------------------


def undo_storm(count: int, seed: int, folder: Path) -> Outcome:
    """Killed while undoing and redoing a long history."""
    dice, failures = random.Random(seed), []

    def storm(turn: int, say: Say) -> None:
        own, project = random.Random(turn), Project.open(folder / "a.tot")
        say("open")
        while True:
            for _ in range(own.randrange(1, 6)):
                project.undo() if own.random() < 0.5 else project.redo()
            if project.flush():
                say(f"{project._seq} {state(project.document)}")

    with private_data(folder):
        path = a_full_project(folder / "a.tot")
        for kill in range(count):
            turn = dice.randrange(1 << 30)
            ended = killed_at_random(
                partial(storm, turn),
                dice,
                after_lines=dice.randrange(2, 5),
                within_s=0.05,
            )
            failures += [f"kill {kill}: {problem}" for problem in _whole(path, acknowledged(ended))]
    return Outcome(count, tuple(failures))


def backups(count: int, seed: int, folder: Path) -> Outcome:
    """Killed while backups are made: every one that has its name is whole, and the project is untouched."""
    dice, failures, made = random.Random(seed), [], 0

    def keep(turn: int, say: Say) -> None:
        own, project = random.Random(turn), Project.open(folder / "a.tot")
        project.keep_backups(lambda text: say(f"problem {text}"))
        say("open")
        while True:
            random_edit(project, own)
            project.back_up("before a test")
            project.checkpoint("mine")
            say(f"{project._seq} {state(project.document)}")

    with private_data(folder):
        path = a_full_project(folder / "a.tot")
        for kill in range(count):
            turn = dice.randrange(1 << 30)
            ended = killed_at_random(
                partial(keep, turn),
                dice,
                after_lines=dice.randrange(1, 3),
                within_s=0.1,
            )
            failures += [f"kill {kill}: {line}" for line in ended.lines if line.startswith("problem")]
            failures += [f"kill {kill}: {problem}" for problem in _whole(path, acknowledged(ended))]
            for one in backup.listing(path):
                made += 1
                try:
                    read_all(one.path)
                except StoreError as error:
                    failures.append(f"kill {kill}: the backup {one.path.name} is not whole: {error}")
            shutil.rmtree(backup.folder_of(path), ignore_errors=True)
    return Outcome(count, tuple(failures), {"named backups checked": made})


def migration(count: int, seed: int, folder: Path) -> Outcome:
    """Killed while a project of the first format is brought to this one: the old file or the new one, both whole."""
    dice, failures, states = random.Random(seed), [], {"old": 0, "new": 0}
    with private_data(folder):
        path = folder / "a.tot"

        def open_it(say: Say) -> None:
            say("start")
            project = Project.open(path)
            say("open")
            project.close()

        path.write_bytes(gzip.decompress(OLD.read_bytes()))
        with Project.open(path, read_only=True) as project:
            before = project.document
        for kill in range(count):
            path.unlink()
            path.write_bytes(gzip.decompress(OLD.read_bytes()))
            shutil.rmtree(backup.folder_of(path), ignore_errors=True)
            killed_at_random(open_it, dice, after_lines=1, within_s=0.12)
            try:
                with Project.open(path, read_only=True) as project:
                    changed = differences(before, project.document)
                state = "old" if _version(path) == 1 else "new"
                states[state] += 1
                if changed:
                    failures.append(f"kill {kill}: {', '.join(changed)} changed")
                with Project.open(path) as project:
                    pass
                read_all(path)
            except StoreError as error:
                failures.append(f"kill {kill}: {error}")
            _remove_journal(path)
    return Outcome(count, tuple(failures), {"left in the old format": states["old"], "in the new": states["new"]})


def _version(path: Path) -> int:
    journal = path.with_name(path.name + "-journal")
    return read_header(path) if not journal.exists() else 1


def _remove_journal(path: Path) -> None:
    path.with_name(path.name + "-journal").unlink(missing_ok=True)


def exports(count: int, seed: int, folder: Path) -> Outcome:
    """Killed while exporting over an earlier export: what lies there is the old one or the new one, never a mixture."""
    from core.export_work import export_tracks

    dice, failures, states = random.Random(seed), [], {"whole": 0, "none yet": 0}
    names, tracks = ("csv", "json", "textgrid", "frames", "vtt-chapters", "srt"), ("corrected", "ground-truth")
    with private_data(folder):
        path = a_full_project(folder / "a.tot")
        project = Project.open(path, read_only=True)

        def write(name: str, out: Path, track: str) -> None:
            export_tracks(project, name, out, track=track, videos="all", run=None, unlabelled_as_background=True)

        wanted = {}
        for name in names:
            for track in tracks:
                write(name, folder / f"{track}-{name}", track)
            wanted[name] = [_content(folder / f"{track}-{name}") for track in tracks]
            assert wanted[name][0] != wanted[name][1]
        project.close()
        there: set[str] = set()
        for kill in range(count):
            name = sorted(wanted)[kill % len(wanted)]
            out = folder / f"out-{name}"

            def export(say: Say, name: str = name, out: Path = out) -> None:
                nonlocal project
                project = Project.open(path, read_only=True)
                say("open")
                while True:
                    for track in tracks:
                        write(name, out, track)

            killed_at_random(export, dice, after_lines=1, within_s=0.03)
            found = _content(out)
            if found in wanted[name]:
                there.add(name)
                states["whole"] += 1
            elif not found:  # the first export was under way, or the older one lies beside under a telling name
                states["none yet"] += 1
                if name in there and not list(folder.glob(f"out-{name}.replaced-*")):
                    failures.append(f"kill {kill}: the earlier {name} export is gone")
            else:
                failures.append(f"kill {kill}: the {name} export is neither whole nor absent")
            failures += [f"kill {kill}: {problem}" for problem in _whole(path, (0, ""))]
    return Outcome(count, tuple(failures), {"whole": states["whole"], "not there yet": states["none yet"]})


def _content(out: Path) -> Any:
    """The files of an export; temporary ones of a killed writer have hidden names of their own."""
    if out.is_file():
        return out.read_bytes()
    return {p.name: p.read_bytes() for p in sorted(out.rglob("[!.]*")) if p.is_file()} if out.is_dir() else None


PHASES = {
    "after it had closed": "closed",
    "run on disk, closing": "arrived",
    "trained, run on its way": "trained",
    "training": "begun",
    "before the first step": "open",
}
"""How far a training was when it was killed, by the last of its lines."""


def trainings(count: int, seed: int, folder: Path) -> Outcome:
    """Killed while training, from its start until its run is on disk: labels and earlier runs are what they were."""
    import numpy as np
    import torch

    from core import api
    from core.data.dataset import VideoId
    from core.events import TrainingMetrics
    from core.run_work import forget_run, left_runs
    from core.work import training

    dice, failures = random.Random(seed), []
    states = dict.fromkeys(
        (*map("killed {}".format, reversed(PHASES)), "runs on disk", "ended, offered at the next start"), 0
    )
    with private_data(folder):
        root, path = folder / "set", folder / "a.tot"
        for name in ("features", "groundTruth", "mapping"):
            (root / name).mkdir(parents=True, exist_ok=True)
        (root / "mapping" / "mapping.txt").write_text("0 reach\n1 turn\n2 place\n")
        generator = np.random.default_rng(0)
        for video in ("a", "b"):
            truth = np.repeat([0, 1, 2], 20)
            matrix = np.eye(3)[truth] @ generator.normal(size=(3, 6)) + generator.normal(size=(60, 6)) * 0.1
            np.save(root / "features" / f"{video}.npy", matrix.astype(np.float32))
            (root / "groundTruth" / video).write_text("\n".join(["reach", "turn", "place"][i] for i in truth) + "\n")
        with api.create_project(path, api.open_dataset(root)) as project:
            project.edit(commands.start_from_ground_truth(project.document, VideoId("a")))
            before = dict(project.document.corrected)
            config = api.configure(project.document.dataset, n_clusters=3, iterations=20)
            threads = torch.get_num_threads()
            torch.set_num_threads(1)  # no pool of threads that a fork would lose
            api.train_project(project, config, device="cpu")  # the children inherit all that was loaded for it
            assert project.flush(60)

        def train(say: Say, *, stays: bool = True) -> None:
            at: list[float] = []
            write = training.write_manifest

            def written(result: Any) -> None:
                write(result)
                at[:] = [time.monotonic()]
                say("trained")

            training.write_manifest = written  # this process does nothing else

            def report(event: object) -> None:
                say("begun" if isinstance(event, TrainingMetrics) else "more")

            with Project.open(path) as project:
                say("open")
                api.train_project(project, config, device="cpu", report=report)
                say("arrived")
            say("closed")
            if stays:
                signal.pause()
            say(str(time.monotonic() - at[0]))

        def fresh() -> None:
            path.unlink(missing_ok=True)
            with api.create_project(path, api.open_dataset(root)) as project:
                project.edit(commands.start_from_ground_truth(project.document, VideoId("a")))

        spans, lines, ends, runs = [], [], [], 0
        fresh()
        for _ in range(3):  # how long it takes, and what it says, from the opening to the closing
            began = time.monotonic()
            whole = killed_at_random(partial(train, stays=False), dice, after_lines=1 << 30, within_s=0.0)
            spans.append(time.monotonic() - began)
            lines.append(len(whole.lines))
            ends.append(float(whole.lines[-1]) * 1.2)
        fresh()
        for kill in range(count):
            if kill % 4 < 2:  # over all of its time
                when = {"after_lines": 1, "within_s": sorted(spans)[1]}
            elif kill % 4 == 2:  # shortly after any of its words
                when = {"after_lines": dice.randint(1, min(lines)), "within_s": 0.03}
            else:  # while the run is written into the project, which is short
                when = {"after_lines": 1, "after": "trained", "within_s": sorted(ends)[1]}
            ended = killed_at_random(train, dice, **when)  # type: ignore[arg-type]
            said = set(ended.lines)
            states[next(f"killed {name}" for name, line in PHASES.items() if line in said)] += 1
            try:
                with Project.open(path) as project:
                    came = len(project.document.runs) - runs
                    runs += came
                    if "arrived" in said and came != 1:
                        failures.append(f"kill {kill}: the run was said to be there, and is not")
                    if came and "trained" not in said:
                        failures.append(f"kill {kill}: {came} runs came of a training that had not ended")
                    left = left_runs(project)
                    if "trained" in said and not came and not left:
                        failures.append(f"kill {kill}: a training that had ended is nowhere")
                    states["runs on disk"] += came
                    states["ended, offered at the next start"] += len(left)
                    for result in left:
                        forget_run(result)
                    if dict(project.document.corrected) != before:
                        failures.append(f"kill {kill}: the corrected labels changed")
                    for run in project.document.runs:
                        project.weights(run)
                read_all(path)
            except StoreError as error:
                failures.append(f"kill {kill}: {error}")
            if runs > 40:
                fresh()
                runs = 0
    torch.set_num_threads(threads)
    return Outcome(count, tuple(failures), states)
