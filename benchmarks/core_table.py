"""The figures of the segmentation core in one table: what was measured, what it stands beside, and the reach.

    python benchmarks/core_table.py [--only step,viterbi,...] [--threads 1]

Run it on a machine that does nothing else. Text import and peak memory write temporary files, of text about a gigabyte.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

import metrics as metrics_benchmark  # noqa: E402
import numpy as np  # noqa: E402
import plain_decoders as plain  # noqa: E402
import text_import  # noqa: E402
import torch  # noqa: E402
import training_step as step_benchmark  # noqa: E402
from decode import DECODE, seconds, video  # noqa: E402

from core.decode.asot import asot_plan  # noqa: E402
from core.decode.fixed_order import fixed_order  # noqa: E402
from core.decode.registry import decode_all  # noqa: E402
from core.metrics.report import evaluate  # noqa: E402
from core.tot.config import TrainConfig  # noqa: E402
from core.tot.train import train  # noqa: E402
from core.tot.trained import StepInfo  # noqa: E402

Row = tuple[str, str, str, str]
"""What, the figure, what it stands beside, the reach."""
N_FRAMES = 600_000


def step() -> Iterator[Row]:
    """Training steps beside the plain eager step, and beside their bare matrix products."""
    for dimensions, embedding, clusters, n_videos, length in (step_benchmark.SIZES[0], step_benchmark.SIZES[2]):
        config = TrainConfig(method="tot", n_clusters=clusters, embedding=embedding)
        draw = np.random.default_rng(0)
        videos = [draw.normal(size=(length, dimensions)).astype(np.float32) for _ in range(n_videos)]
        took = step_benchmark.measure(
            {
                "plain": step_benchmark.plain(videos, config),
                "ours": step_benchmark.ours(videos, config),
                "bare": step_benchmark.bare(dimensions, config),
            },
            20 if dimensions > 1000 else 100,
        )
        ratio = f"plain {took['plain']:.2f} ms ({took['plain'] / took['ours']:.2f}x), products {took['bare']:.2f} ms"
        reach = "1.2 ms" if dimensions == 64 else "1.3x of the products"
        yield (
            f"training step, D={dimensions}, d={embedding}, K={clusters}, B=512",
            f"{took['ours']:.2f} ms",
            f"{ratio} ({took['ours'] / took['bare']:.2f}x)",
            reach,
        )


def viterbi() -> Iterator[Row]:
    """The fixed-order decoder on one long video, and on a whole dataset."""
    one = video(10_000, 20, 0)
    ours, found = seconds(lambda: fixed_order(one), 20)
    theirs, path = seconds(lambda: plain.viterbi(one), 1)
    same = "same path" if np.array_equal(found, path) else "ANOTHER PATH"
    yield "Viterbi, T=10,000, K=20", f"{1000 * ours:.2f} ms", f"plain recurrence {theirs:.2f} s, {same}", "5 ms"
    many = [video(N_FRAMES // 50, 19, n) for n in range(50)]
    ours, _ = seconds(lambda: decode_all("fixed-order", many), 3)
    yield f"Viterbi, {N_FRAMES:,} frames in 50 videos, K=19", f"{ours:.2f} s", "", "0.5 s"


def asot() -> Iterator[Row]:
    """The ASOT solver on a whole video."""
    cost = -video(10_000, 20, 0)
    cost -= cost.min()
    ours, _ = seconds(lambda: asot_plan(cost, **DECODE), 5)
    yield "ASOT decode, N=10,000, K=20", f"{ours:.3f} s", "", "0.13 s"


def scores() -> Iterator[Row]:
    """All metrics with their baselines."""
    truths = metrics_benchmark.labels(50, N_FRAMES // 50, 40, 19, 0)
    found = metrics_benchmark.labels(50, N_FRAMES // 50, 60, 19, 1)
    names = {n: str(n) for n in range(19)}
    ours, _ = seconds(lambda: evaluate(truths, found, actions=names, n_clusters=19), 3)
    yield f"evaluation of {N_FRAMES:,} frames, all metrics", f"{ours:.3f} s", "", "0.2 s"


def text() -> Iterator[Row]:
    """Text features of the shape of 50 Salads, about a gigabyte; the first opening and the second."""
    command = [sys.executable, text_import.__file__]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    yield "text import, 37 million numbers", done.stdout.strip().replace("\n", "; "), "", "5x loadtxt; 0.2 s cached"


MEMORY = """
import sys, resource, numpy as np
sys.path.insert(0, {root!r})
from pathlib import Path
from core.tot.config import TrainConfig
from core.tot.train import train
videos = [np.load(p, mmap_mode="r") for p in sorted(Path({folder!r}).glob("*.npy"))]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
train(videos, TrainConfig(method="tot+tcl", n_clusters=19, standardise="activity",
      iterations=50))
print(before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def memory() -> Iterator[Row]:
    """Peak memory of a process that trains on 600,000 rows of 64 columns, libraries included."""
    with tempfile.TemporaryDirectory() as folder:
        draw = np.random.default_rng(0)
        for number in range(50):
            rows = draw.normal(size=(N_FRAMES // 50, 64)).astype(np.float32)
            np.save(Path(folder) / f"{number:02d}.npy", rows)
        program = MEMORY.format(root=str(ROOT), folder=folder)
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    before, peak = (int(word) / 1e6 for word in done.stdout.split())
    yield f"peak memory, {N_FRAMES:,} x 64", f"{peak:.2f} GB", f"libraries alone {before:.2f} GB", "1.5 GB"


def live() -> Iterator[Row]:
    """Training as the window asks for it, with scores and matrices of a pinned video, beside training alone."""
    from core.events import never_stop
    from core.requests import TrainVideo
    from core.work.judging import Judge
    from core.work.live import Live

    draw = np.random.default_rng(0)
    matrices = [draw.normal(size=(2000, 64)).astype(np.float32) for _ in range(20)]
    config = TrainConfig(method="tot", n_clusters=12, iterations=4000)
    starts = list(range(0, 2000, 200))
    shown = tuple(
        TrainVideo(
            id=str(n), features="", n_frames=2000, n_rows=2000, n_dimensions=64, truth_starts=starts,
            truth_labels=list(range(10)),
        )
        for n in range(20)
    )  # fmt: skip
    events: list[object] = []

    def alone(_: StepInfo) -> None:
        """Nothing."""

    def shown_live() -> Callable[[StepInfo], None]:
        judge = Judge.of(shown, {}, frozenset())
        return Live(shown, matrices, config, events.append, lambda: "0", judge)

    def run(on_step: Callable[[StepInfo], None]) -> float:
        began = time.perf_counter()
        train(matrices, config, should_stop=never_stop, on_step=on_step, step_every=10)
        return time.perf_counter() - began

    plain_s, live_s = min(run(alone) for _ in range(2)), min(run(shown_live()) for _ in range(2))
    yield (
        "live curves, scores and matrices",
        f"{100 * (live_s / plain_s - 1):.1f} % of the step rate",
        f"{plain_s:.1f} s without, {live_s:.1f} s with",
        "5 %",
    )


TABLE: dict[str, Callable[[], Iterator[Row]]] = {
    "step": step,
    "viterbi": viterbi,
    "asot": asot,
    "scores": scores,
    "text": text,
    "memory": memory,
    "live": live,
}


def main() -> None:
    """Print the table, a row as it is measured."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default=",".join(TABLE), help=", ".join(TABLE))
    options.add_argument("--threads", type=int, default=1)
    chosen = options.parse_args()
    torch.set_num_threads(chosen.threads)
    print(f"torch {torch.__version__}, {torch.get_num_threads()} thread\n")
    print("| what | measured | beside it | reach |\n|---|---|---|---|")
    for name in chosen.only.split(","):
        for row in TABLE[name]():
            print("| " + " | ".join(row) + " |", flush=True)
    print(f"\nPeak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
