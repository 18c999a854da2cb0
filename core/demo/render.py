"""The demo dataset on disk: rendered videos, features from their pixels, exact ground truth."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..cache import atomic_write
from ..errors import InputError
from ..events import JobCancelled, Progress, Report, ShouldStop, ignore, never_stop
from ..media.writer import write_video
from .procedure import RATE, STEPS, perform
from .scene import Picture, pictures

Extract = Callable[[Path], tuple[NDArray[np.float32], dict[str, Any]]]
MANIFEST = "demo.json"
VERSION = 1
README = """This dataset is rendered: the videos are drawn by the program, no person was filmed.
They show a small assembly on a table in seven ordered steps. Actors differ in speed, glove, camera and light;
some leave a step out or swap two. groundTruth/ is exact, because the drawing knows what it draws.
features/ were computed from the pixels of the videos; features.json says how.
"""


def render_demo(
    out: Path,
    *,
    extract: Extract,
    videos: int = 10,
    seed: int = 0,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> Path:
    """The folder of the demo dataset (layout D), rendered unless a complete one of this kind is there.

    Args:
        out: folder to fill; made if absent.
        extract: features (T, D) of a video and a description of how they were made.
        videos, seed: how many, and the seed of everything that is drawn by chance.
    Raises:
        InputError: `out` holds something that is not a demo; JobCancelled when asked to stop.
    """
    if is_complete(out, videos=videos, seed=seed):
        return out
    if out.exists() and (not out.is_dir() or _foreign(out)):
        raise InputError(out, "holds something else than the demo.", hint="Choose an empty folder.")
    (out / MANIFEST).unlink(missing_ok=True)
    _clear(out)
    atomic_write(out / "README.txt", README.encode())
    described: dict[str, Any] = {}
    for number, rng in enumerate(np.random.default_rng(seed).spawn(videos)):
        if should_stop() is not None:
            raise JobCancelled
        report(Progress(done=number, total=videos, text=f"Rendering video {number + 1} of {videos}"))
        described = _one(out, f"assembly_{number + 1:02d}", rng, extract, should_stop)
    mapping = "".join(f"{i} {name}\n" for i, (name, _) in enumerate(STEPS))
    atomic_write(out / "mapping" / "mapping.txt", mapping.encode())
    atomic_write(out / "features" / "features.json", _json(described))
    files = {p.relative_to(out).as_posix(): p.stat().st_size for p in sorted(out.rglob("*")) if p.is_file()}
    atomic_write(out / MANIFEST, _json({"version": VERSION, "videos": videos, "seed": seed, "files": files}))
    report(Progress(done=videos, total=videos, text="The demo is ready"))
    return out


def is_complete(out: Path, *, videos: int, seed: int) -> bool:
    """True where the folder holds this demo, every file at its size."""
    try:
        manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
        if (manifest["version"], manifest["videos"], manifest["seed"]) != (VERSION, videos, seed):
            return False
        return all((out / name).stat().st_size == size for name, size in manifest["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _one(out: Path, name: str, rng: np.random.Generator, extract: Extract, should_stop: ShouldStop) -> dict[str, Any]:
    """How the features of one video were made; writes video, ground truth and features."""
    performance = perform(rng)
    media = out.resolve() / "videos" / f"{name}.mp4"

    def watched() -> Iterator[Picture]:
        for number, picture in enumerate(pictures(performance)):
            if number % RATE == 0 and should_stop() is not None:
                raise JobCancelled
            yield picture

    write_video(media, watched(), rate=Fraction(RATE), preset="ultrafast", crf=26)
    labels = "".join(f"{label}\n" for label in performance.labels())
    atomic_write(out / "groundTruth" / f"{name}.txt", labels.encode())
    matrix, described = extract(media)
    content = BytesIO()
    np.save(content, np.ascontiguousarray(matrix, dtype=np.float32), allow_pickle=False)
    atomic_write(out / "features" / f"{name}.npy", content.getvalue())
    return described


def _foreign(out: Path) -> bool:
    """True where the folder holds anything and our README, the first file of a rendering, is not in it."""
    if not any(out.iterdir()):
        return False
    readme = out / "README.txt"
    return not readme.is_file() or readme.read_bytes() != README.encode()


def _clear(out: Path) -> None:
    """Nothing; removes what an earlier, other or unfinished rendering left."""
    for folder in ("videos", "features", "groundTruth"):
        for path in (*(out / folder).glob("assembly_*"), *(out / folder).glob(".tot-*")):
            path.unlink()


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()
