"""Decoders and the ASOT solver: seconds, and how many times faster than the same written plainly, in one run.

    python benchmarks/decode.py

Every reference is a loop written from the same equations (tests/plain_decoders.py); paths are compared as well.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402
import plain_decoders as plain  # noqa: E402
import torch  # noqa: E402

from core.decode.any_order import any_order  # noqa: E402
from core.decode.asot import asot_plan  # noqa: E402
from core.decode.fixed_order import fixed_order  # noqa: E402
from core.decode.skip import skip  # noqa: E402
from core.tot.asot import asot_plan as batched_plan  # noqa: E402

DECODE = {"structure": 0.6, "radius": 0.04, "epsilon": 0.04, "balance": 0.01}
TRAIN = {"structure": 0.3, "radius": 0.04, "epsilon": 0.07, "balance": 0.11}


def video(n_frames: int, n_clusters: int, seed: int) -> np.ndarray:
    """Log posteriors of a video whose steps follow the clusters, under noise; above the floor of the decoders."""
    random = np.random.default_rng(seed)
    steps = np.arange(n_frames) * n_clusters // n_frames
    logits = 2.0 * np.eye(n_clusters)[steps] + random.normal(size=(n_frames, n_clusters))
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def seconds(work: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """The shortest of several runs, and what it gave."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - began)
    return min(times), found


def line(what: str, ours: float, reference: str, theirs: float, same: str) -> None:
    print(
        f"{what:<44}{1000 * ours:>9.2f} ms   {theirs / ours:>8.0f} x faster than {reference} ({theirs:.2f} s); {same}"
    )


def main() -> None:
    one = video(10_000, 20, 0)
    theirs, path = seconds(lambda: plain.viterbi(one), 1)
    ours, found = seconds(lambda: fixed_order(one), 20)
    line("fixed-order, T 10,000, K 20", ours, "a loop over cells", theirs, _same(found, path))
    free, _ = seconds(lambda: skip(one, penalty=5.0), 20)
    print(f"{'skip, T 10,000, K 20':<44}{1000 * free:>9.2f} ms   {free / ours:>8.1f} x the time of fixed-order")

    videos = [video(12_000, 19, seed) for seed in range(50)]
    theirs, paths = seconds(lambda: [plain.viterbi_by_rows(v) for v in videos], 1)
    ours, decoded = seconds(lambda: [fixed_order(v) for v in videos], 3)
    same = _same(np.concatenate(decoded), np.concatenate(paths))
    line("fixed-order, 50 videos, 600,000 frames, K 19", ours, "a loop over frames", theirs, same)

    theirs, alone = seconds(lambda: [any_order([v], penalty=20.0)[0] for v in videos], 1)
    ours, together = seconds(lambda: any_order(videos, penalty=20.0), 3)
    same = _same(np.concatenate(together), np.concatenate(alone))
    line("any-order, the same, side by side", ours, "one video after another", theirs, same)

    cost = 0.1 * (one.max(axis=1, keepdims=True) - one)
    theirs, wanted = seconds(lambda: plain.asot_plan_by_convolution(cost, **DECODE), 1)
    ours, plan = seconds(lambda: asot_plan(cost, **DECODE), 5)
    line("asot, T 10,000, K 20", ours, "a convolution over time", theirs, _same(plan.argmax(1), wanted.argmax(1)))

    batch = np.random.default_rng(0).random((2, 256, 12))
    theirs, wanted = seconds(lambda: [plain.asot_plan(c, **TRAIN) for c in batch], 3)
    tensor = torch.from_numpy(batch).float()
    ours, plans = seconds(lambda: batched_plan(tensor, **TRAIN), 20)
    same = _same(plans.numpy().argmax(2), np.stack(wanted).argmax(2))
    line("asot in training, 2 x 256, K 12", ours, "dense matrices", theirs, same)


def _same(found: Any, wanted: Any) -> str:
    different = int(np.count_nonzero(np.asarray(found) != np.asarray(wanted)))
    return "same labels" if not different else f"{different} LABELS DIFFER"


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
