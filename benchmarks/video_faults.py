"""What damaged videos do to the decoder, and what decoding in a child process would cost.

    python benchmarks/video_faults.py [MUTANTS_PER_KIND]

Every kind of clip of tests/video_kinds.py is damaged at random (bytes changed, cut out, cut off) and read whole by the
product's reader in a child process. Printed: how many children died by a signal, hung for more than 20 s, raised
anything but MediaError, or gave one picture in two ways without saying that it is doubtful (WRONG). Then the time of
one picture from a child through shared memory beside the reader's own.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing import shared_memory
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from clips import make_clip  # noqa: E402
from video_kinds import KINDS, make  # noqa: E402
from video_mutants import BLIND, GOOD, damaged, outcomes  # noqa: E402

from core.media.reader import FrameReader  # noqa: E402


def faults(per_kind: int, folder: Path) -> None:
    """Prints the counts of all mutants; those that went wrong are kept in the folder for temporary files."""
    rng = random.Random(1)
    counts: dict[str, int] = {}
    slowest, began = 0.0, time.perf_counter()

    def mutants() -> Iterator[Path]:
        nonlocal began
        for kind in KINDS:
            data = make(folder, kind).read_bytes()
            for number in range(per_kind):
                path = folder / f"mutant_{kind}_{number}{KINDS[kind].suffix}"
                path.write_bytes(damaged(data, rng))
                began = time.perf_counter()
                yield path

    for path, outcome in outcomes(mutants()):
        slowest = max(slowest, time.perf_counter() - began)
        if outcome.startswith("WRONG") and KINDS[path.stem.split("_", 1)[1].rpartition("_")[0]].codec in BLIND:
            outcome = "wrong, in a codec whose decoder cannot tell"
        if outcome not in GOOD and not outcome.startswith("wrong"):
            print(f"  {outcome}: {path.name}")
            path.rename(Path(tempfile.gettempdir()) / path.name)
        counts[outcome.split(":")[0]] = counts.get(outcome.split(":")[0], 0) + 1
        path.unlink(missing_ok=True)
    print(f"{sum(counts.values())} mutants of {len(KINDS)} kinds: {counts}; slowest {slowest:.1f} s")


def serve(connection: Connection, name: str, path: str) -> None:
    """Child: puts the picture that is asked for into shared memory."""
    memory = shared_memory.SharedMemory(name)
    with FrameReader(Path(path)) as reader:
        while (picture := connection.recv()) is not None:
            pixels = reader.read(picture, layout="bgra")
            np.ndarray(pixels.shape, np.uint8, memory.buf)[:] = pixels
            connection.send(pixels.shape)
    memory.close()


def cost(path: Path) -> None:
    """Prints milliseconds a picture, read in order, here and through a child."""
    context = multiprocessing.get_context("spawn")
    memory = shared_memory.SharedMemory(create=True, size=1920 * 1080 * 4)
    parent, other = context.Pipe()
    began = time.perf_counter()
    child = context.Process(target=serve, args=(other, memory.name, str(path)), daemon=True)
    child.start()
    times: dict[str, list[float]] = {"here": [], "child": []}
    parent.send(0)
    parent.recv()
    print(f"first picture from a new child: {time.perf_counter() - began:.2f} s")
    with FrameReader(path) as reader:
        for picture in range(200):
            t = time.perf_counter()
            reader.read(picture, layout="bgra")
            times["here"].append(time.perf_counter() - t)
            t = time.perf_counter()
            parent.send(picture)
            shape = parent.recv()
            np.ndarray(shape, np.uint8, memory.buf).copy()
            times["child"].append(time.perf_counter() - t)
    parent.send(None)
    child.join()
    for where, found in times.items():
        print(f"1080p picture, in order, {where}: median {1000 * np.median(found):.1f} ms")
    memory.close()
    memory.unlink()


def main(per_kind: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        os.environ["TOT_CACHE_DIR"] = str(Path(name) / "cache")
        cost(make_clip(Path(name) / "hd.mp4", 1920, 1080, 300, group=250))
        faults(per_kind, Path(name))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
