"""Video files damaged at random, and what reading one whole comes to: for tests, the fault plan and the benchmark."""

from __future__ import annotations

import multiprocessing
import os
import random
import zlib
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from core.errors import MediaError
from core.media.reader import FrameReader

LIMIT_S = 20.0
GOOD = ("read", "refused")
"""What may come of a damaged file: pictures with the missing ones as errors, or a reason."""
JUMPS = 10
BLIND = ("mpeg4", "mpeg2video", "mjpeg", "libvpx", "gif", "rawvideo")
"""Codecs whose decoder cannot tell most damage: VP8 and MPEG-4 take any bits for a picture. There two readings of a
file of which packets are missing may differ, and nobody can say so."""


def damaged(data: bytes, rng: random.Random) -> bytes:
    """A copy with one to forty bytes changed, a stretch cut out, or the end cut off; sometimes all three."""
    mutant = bytearray(data)
    for _ in range(rng.randint(1, 40)):
        mutant[rng.randrange(len(mutant))] = rng.randrange(256)
    if rng.random() < 0.3:  # headers are small: aim at them as often as at the rest
        for _ in range(rng.randint(1, 10)):
            mutant[rng.randrange(min(1024, len(mutant)))] = rng.randrange(256)
    if rng.random() < 0.2:
        start = rng.randrange(len(mutant))
        del mutant[start : start + rng.randrange(1, 4096)]
    if rng.random() < 0.2:
        del mutant[rng.randrange(len(mutant) // 2, len(mutant)) :]
    return bytes(mutant)


def outcome_of(path: Path) -> str:
    """``read``, ``refused``, or what was raised besides.

    Every picture is read in order, then some at random by a reader that kept nothing: ``WRONG`` counts those that
    came both times without a doubt and were not the same.
    """
    try:
        with FrameReader(path) as reader:
            n = reader.n_pictures
            in_order = {picture: _checksum(reader, picture) for picture in range(n)}
        with FrameReader(path, keep_bytes=0) as reader:
            jumps = random.Random(0).sample(range(n), min(n, JUMPS))
            found = [(in_order[picture], _checksum(reader, picture)) for picture in jumps]
        wrong = sum(before is not None and after is not None and before != after for before, after in found)
        return f"WRONG: {wrong} of {len(jumps)}" if wrong else "read"
    except MediaError:
        return "refused"
    except MemoryError:
        return "out of memory"
    except Exception as error:
        return f"RAISED {type(error).__name__}: {error}"


def _checksum(reader: FrameReader, picture: int) -> int | None:
    """Of a small copy of a picture; None where it is missing, or said to be doubtful."""
    with suppress(MediaError):
        made = zlib.crc32(reader.read(picture, height=48))
        return None if reader.is_doubtful(picture) else made
    return None


def outcomes(paths: Iterator[Path]) -> Iterator[tuple[Path, str]]:
    """Each file with its outcome, found by a child process: ``HUNG`` after 20 s, ``DIED`` with its signal or code."""
    child: Any = None
    connection: Any = None
    for path in paths:
        if child is None:
            context = multiprocessing.get_context("spawn")
            connection, other = context.Pipe()
            child = context.Process(target=_serve, args=(other,), daemon=True)
            child.start()
            other.close()
        connection.send(str(path))
        try:
            outcome = connection.recv() if connection.poll(LIMIT_S) else "HUNG"
        except EOFError:
            child.join()
            outcome = f"DIED {child.exitcode}"
        if outcome == "HUNG" or outcome.startswith("DIED"):
            child.kill()
            child.join()
            child = None
        yield path, outcome
    if child is not None:
        connection.send(None)
        child.join()


def _serve(connection: Connection) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    while (name := connection.recv()) is not None:
        connection.send(outcome_of(Path(name)))
