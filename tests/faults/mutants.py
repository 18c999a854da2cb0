"""F12: damaged files of every format the program reads, opened in a child that may die, hang, or raise anything.

A mutant passes when it is read, told as a row of the list of problems, or refused by an error of the tree. A signal,
more than 5 s of the processor, any other exception, or (for a project) other values than before are failures.
"""

from __future__ import annotations

import faulthandler
import gzip
import io
import os
import random
import resource
import select
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from datasets import layout, matrix, probe, write

from core.errors import TotError

from .outcome import Outcome, private_data, progress

CPU_S, WALL_S, MEMORY = 5.0, 90.0, 6 << 30
_NUMBERS = (
    b"-", b"-1", b"0", b"99999999999999999999", b"1e999", b"nan", b"\xff\xfe", b"\x00", b"1e-400", b"4294967296", b"[",
    b"{", b'"', b"<", b"&x;", b"\n", b"\r", b"\t", b",", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"--", b"../../",
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """One format: its whole file and what reads it. `place` is the file's name below a folder of its own."""

    name: str
    place: str
    content: bytes
    read: Callable[[Path], Any]
    prepare: Callable[[Path], None] = lambda folder: None


def mutant(data: bytes, dice: random.Random) -> bytes:
    """A copy with one to eight harms: bits, bytes, stretches, numbers, the end; headers as often as the rest."""
    harmed = bytearray(data)
    for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
        size = len(harmed)
        at = dice.randrange(min(size, 256) if size and dice.random() < 0.4 else size or 1)
        match dice.randrange(8):
            case 0 if size:
                harmed[at] ^= 1 << dice.randrange(8)
            case 1 if size:
                harmed[at] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
            case 2:
                del harmed[at : at + dice.choice((1, 2, 16, 300))]
            case 3:
                harmed[at:at] = dice.choice(_NUMBERS)
            case 4:
                harmed[at:at] = harmed[at : at + dice.choice((1, 8, 64, 1000))]
            case 5 if dice.random() < 0.5:
                del harmed[at:]
            case 6:
                n = dice.choice((1, 2, 4, 8, 64))
                harmed[at : at + n] = dice.choice((b"\0", b"\xff", b"9", b" ")) * n
            case _:
                other = dice.randrange(size or 1)
                n = dice.choice((2, 8, 64))
                harmed[at : at + n], harmed[other : other + n] = harmed[other : other + n], harmed[at : at + n]
    return bytes(harmed)


def run(target: Target, count: int, seed: int, folder: Path) -> tuple[list[str], Counter[str], float]:
    """Failures, how the mutants ended, and the most seconds of the processor that one took."""
    failures, ends, slowest, first = [], Counter[str](), 0.0, 0
    while first < count:
        done, cause, seconds = _batch(target, first, count, seed, folder, ends, failures)
        slowest = max(slowest, seconds)
        if done == count:
            break
        failures.append(f"{target.name} mutant {done}: {cause}")
        ends[cause.split(":")[0]] += 1
        first = done + 1
    return failures, ends, slowest


def _batch(
    target: Target, first: int, count: int, seed: int, folder: Path, ends: Counter[str], failures: list[str]
) -> tuple[int, str, float]:
    """Up to where a child came, and why it ended there."""
    read, out = os.pipe()
    child = os.fork()
    if child == 0:
        _work(target, first, count, seed, folder, read, out)
    os.close(out)
    done, slowest, rest = first, 0.0, b""
    try:
        while True:
            if not select.select([read], [], [], WALL_S)[0]:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return done, f"no answer in {WALL_S:.0f} s", slowest
            more = os.read(read, 1 << 16)
            if not more:
                break
            *lines, rest = (rest + more).split(b"\n")
            for line in lines:
                kind, seconds, words = line.decode(errors="replace").split(" ", 2)
                ends[kind] += 1
                slowest = max(slowest, float(seconds))
                if kind == "raised" or float(seconds) > CPU_S:
                    failures.append(f"{target.name} mutant {done}: {kind} {words} ({float(seconds):.1f} s)")
                done += 1
    finally:
        os.close(read)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return done, (f"died by signal {-code}" if code < 0 else f"ended with {code}"), slowest


def _work(target: Target, first: int, count: int, seed: int, folder: Path, read: int, out: int) -> None:
    code = 1
    try:
        os.close(read)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        faulthandler.disable()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        for number in range(first, count):
            os.write(out, f"{_one(target, number, seed, folder)}\n".encode(errors="replace"))
        code = 0
    finally:
        os._exit(code)


def _one(target: Target, number: int, seed: int, folder: Path) -> str:
    path = folder / target.place
    target.prepare(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    harmed = mutant(target.content, random.Random(f"{seed} {target.name} {number}"))
    path.write_bytes(harmed)
    began = time.process_time()
    try:
        kind, words = ("told" if target.read(path) else "read"), ""
    except TotError as error:
        kind, words = "refused", ""
        if not str(error).strip():
            kind, words = "raised", "an error without a word"
    except BaseException as error:
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        place = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else ""
        kind, words = "raised", f"{type(error).__name__}: {str(error)[:120]!r} at {place}"
    seconds = time.process_time() - began
    if target.name != "project" and path.exists() and path.read_bytes() != harmed:
        kind, words = "raised", "the file was changed"
    return f"{kind} {seconds:.3f} {words}".replace("\n", " ")


# --- the formats --------------------------------------------------------------------------------------------------


def _dataset(name: str, place: str, content: bytes) -> Target:
    """A file of a dataset, found by a scan; what it leaves usable is loaded."""
    from core.data.features import load_matrix
    from core.data.labels import load_ground_truth
    from core.data.layouts import scan

    def prepare(root: Path) -> None:
        shutil.rmtree(root, ignore_errors=True)
        layout(root, "F", lengths={"clip_01": 24})
        if place.startswith("features/clip"):
            (root / "features" / "clip_01.npy").unlink()
        write(root / "groundTruth" / "clip_01.txt", "reach\n" * 24)

    def read(path: Path) -> int:
        root = path.parents[1]
        dataset = scan(root, probe=probe)
        for video in dataset.videos:
            if video.features is not None and video.is_trainable:
                load_matrix(video)
            if video.ground_truth is not None:
                load_ground_truth(dataset, video)
        return sum(problem.severity == "error" for problem in dataset.problems)

    return Target(name, place, content, read, prepare)


def _datasets() -> list[Target]:
    stream, packed = io.BytesIO(), io.BytesIO()
    np.save(stream, matrix(24))
    np.savez_compressed(packed, matrix(24))
    text = io.BytesIO()
    np.savetxt(text, matrix(24), fmt="%.4e")
    labels = b"reach\n" * 12 + b"place\n" * 12
    files = {
        "npy": ("features/clip_01.npy", stream.getvalue()),
        "npz": ("features/clip_01.npz", packed.getvalue()),
        "txt": ("features/clip_01.txt", text.getvalue()),
        "txt.gz": ("features/clip_01.txt.gz", gzip.compress(text.getvalue(), mtime=0)),
        "mapping": ("mapping/mapping.txt", b"0 reach\n1 turn\n2 place\n"),
        "labels": ("groundTruth/clip_01.txt", labels),
        "segments": ("groundTruth/clip_01.txt", b"1, 10, reach, 0\n11, 24, place, 2\n"),
        "features.json": ("features/features.json", b'{"stride": "6", "dimensions": 8, "row": "mean", "rate": 5}'),
        "split": ("splits/train.bundle", b"clip_01.txt\nclip_02.txt\n"),
    }
    return [_dataset(name, place, content) for name, (place, content) in files.items()]


def _exchange(folder: Path) -> list[Target]:
    from format_tracks import some_tracks

    from core.formats.registry import FORMATS

    found = []
    for name, form in FORMATS.items():
        if form.decode is None:
            continue
        out = folder / name
        out.mkdir(parents=True)
        form.write(some_tracks(), out)
        files = sorted(
            (p for p in out.rglob("*") if p.is_file()), key=lambda p: (p.name in ("README.txt", "labels.json"), p)
        )
        place = str(files[0].relative_to(out))

        def read(path: Path, form: Any = form) -> int:
            return len([str(problem) for problem in form.read([path]).problems])

        found.append(Target(name, place, files[0].read_bytes(), read))
    return found


def _weights(folder: Path) -> Target:
    import torch

    from core.tot import weights
    from core.tot.config import TrainConfig
    from core.tot.network import Network, Shape
    from core.tot.scaling import Scaling
    from core.tot.trained import Trained

    torch.set_num_threads(1)
    config = TrainConfig(n_clusters=3)
    scaling = Scaling(config.standardise, np.zeros(6), np.ones(6))
    path = folder / "w.safetensors"
    weights.save(Trained(Network(Shape.of(config, 6), device="cpu"), scaling, config, 6, device="cpu"), path)
    return Target("safetensors", "w.safetensors", path.read_bytes(), weights.load)


def _videos(folder: Path) -> list[Target]:
    from numbered_clips import make_clip

    from core.media.index import read_index
    from core.media.reader import FrameReader

    def read(path: Path) -> None:
        index = read_index(path)
        with FrameReader(path) as reader:
            for picture in {0, index.info.n_pictures // 2, index.info.n_pictures - 1, 7 % index.info.n_pictures}:
                with suppress(TotError):
                    reader.read(picture, height=48)

    folder.mkdir(parents=True, exist_ok=True)
    names = {"mp4": "b_frames.mp4", "mkv": "late.mkv", "avi": "old.avi"}
    return [Target(kind, name, make_clip(folder / name).read_bytes(), read) for kind, name in names.items()]


def _others(folder: Path) -> list[Target]:
    from onnx_files import average_pool

    from core.extract.onnx import OnnxBackbone
    from core.run_folder import read_manifest
    from core.score_files import score_files
    from core.store.emergency import EmergencyFile

    def score(path: Path) -> None:
        score_files(path, path)

    def emergency(path: Path) -> None:
        file = EmergencyFile("uid", Path("/x/a.tot"))
        file.path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, file.path)
        file.read()

    held = EmergencyFile("uid", Path("/x/b.tot"))
    held.hold([(n, 1.0, 1, "edit", "text", None, b"swaps", None) for n in range(1, 9)])
    manifest = b'{"version":1,"finished":"2026-01-01T10:00:00+00:00","size":0,"sha256":"","result":{"weights":"w"}}'
    return [
        Target("onnx", "n.onnx", average_pool(folder / "n.onnx").read_bytes(), OnnxBackbone),
        Target("score files", "l.txt", b"reach\n" * 12 + b"place\n" * 12, score),
        Target("emergency", "e.jsonl", held.path.read_bytes(), emergency),
        Target("manifest", "run.json", manifest, lambda path: read_manifest(path.parent)),
    ]


def targets(folder: Path) -> list[Target]:
    """Every format but the project."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        *_datasets(),
        *_exchange(folder / "exchange"),
        _weights(folder),
        *_videos(folder / "clips"),
        *_others(folder),
    ]


def project(folder: Path) -> Target:
    """A project is more: what opens must show what it was, and what is refused must stay as it is."""
    from core.project import Project
    from core.store.check import differences

    from .kills import a_full_project

    path = a_full_project(folder / "whole.tot")
    content = path.read_bytes()
    with Project.open(path, read_only=True) as whole:
        before, done = whole.document, [(step.seq, step.text) for step in whole.history.done]

    def prepare(place: Path) -> None:
        for left in place.glob("m.tot*"):
            left.unlink()

    def read(path: Path) -> None:
        data = path.read_bytes()
        try:
            opened = Project.open(path)
        except TotError:
            if path.read_bytes() != data:
                raise AssertionError("refused, but changed") from None
            raise
        try:
            changed = differences(before, opened.document)
            steps = [(step.seq, step.text) for step in opened.history.done]
            if changed or steps != done or opened.document.dataset.root != before.dataset.root:
                raise AssertionError(f"silently other: {changed or 'history'}")
            for run in opened.document.runs:
                with suppress(TotError):
                    opened.weights(run)
        finally:
            opened.close()

    return Target("project", "m.tot", content, read, prepare)


def every_format(count: int, seed: int, folder: Path) -> Outcome:
    """`count` mutants of each format."""
    return _all(targets, count, seed, folder)


def projects(count: int, seed: int, folder: Path) -> Outcome:
    """`count` mutants of a project."""
    return _all(lambda place: [project(place)], count, seed, folder)


def _all(make: Callable[[Path], list[Target]], count: int, seed: int, folder: Path) -> Outcome:
    failures: list[str] = []
    figures: dict[str, Any] = {}
    with private_data(folder):
        (folder / "made").mkdir()
        known = make(folder / "made")
        for target in known:
            place = folder / f"of {target.name}"
            place.mkdir()
            found, ends, slowest = run(target, count, seed, place)
            failures += found
            told = ends["refused"] + ends["told"]
            figures[target.name] = f"{ends['read']:,} read, {told:,} told or refused, slowest {slowest:.2f} s"
            progress(f"F12: {target.name}: {figures[target.name]}, {len(found)} failures")
            shutil.rmtree(place, ignore_errors=True)
    return Outcome(count * len(known), tuple(failures), figures)
