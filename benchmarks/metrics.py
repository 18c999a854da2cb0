"""All metrics of 600,000 frames: seconds, and how many times faster than the definitions as loops, in one run.

    python benchmarks/metrics.py

The reference is tests/plain_metrics.py: it scores one labelling once; ours is a whole report, with its two baselines.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402
import plain_metrics as plain  # noqa: E402

from core.metrics.report import Report, evaluate, quick_scores  # noqa: E402

Labels = dict[str, np.ndarray]


def labels(n_videos: int, n_frames: int, n_segments: int, n_actions: int, seed: int) -> Labels:
    """Random segments of many videos."""
    random, found = np.random.default_rng(seed), {}
    for number in range(n_videos):
        cuts = np.sort(random.choice(np.arange(1, n_frames), n_segments - 1, replace=False))
        values = random.integers(0, n_actions, n_segments)
        found[str(number)] = np.repeat(values, np.diff([0, *cuts, n_frames]))
    return found


def plain_scores(truths: Labels, predicted: Labels) -> dict[str, float]:
    """MoF, F1, mIoU, edit score and F1@k by loops."""
    pairs = [(truths[v].tolist(), predicted[v].tolist()) for v in truths]
    truth, found = [x for t, _ in pairs for x in t], [x for _, p in pairs for x in p]
    fractions = [f for t, p in pairs for f in plain.fractions(t, p)]
    n_actions = len(set(truth))
    scores = {
        "mof": float(plain.mof(truth, found) or 0),
        "f1": min(1.0, 2 * sum(fractions) / (n_actions * len(pairs) + len(fractions))),
        "miou": float(np.mean(plain.ious(truth, found))),
        "edit": float(np.mean([plain.edit(t, p) for t, p in pairs])),
    }
    for percent in (10, 25, 50):
        tp, fp, fn = np.sum([plain.hits_at(t, p, percent / 100) for t, p in pairs], axis=0)
        scores[f"f1_{percent}"] = float(2 * tp / (2 * tp + fp + fn))
    return scores


def shortest(truths: Labels, predicted: Labels, n_clusters: int | None, level: str) -> tuple[float, Report]:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        report = evaluate(truths, predicted, actions={}, n_clusters=n_clusters, level=level)
        times.append(time.perf_counter() - began)
    return min(times), report


def main() -> None:
    truths, found = labels(50, 12_000, 25, 19, 0), labels(50, 12_000, 30, 19, 1)
    began = time.perf_counter()
    wanted = plain_scores(truths, found)
    theirs = time.perf_counter() - began
    ours, report = shortest(truths, found, None, "activity")
    same = all(abs(getattr(report, name) - value) < 1e-12 for name, value in wanted.items())
    ratio = f"{theirs / ours:6.0f} x faster than loops ({theirs:.1f} s, without baselines)"
    verdict = "same scores" if same else "SCORES DIFFER"
    print(f"{'report, 600,000 frames, 50 videos, K 19':<45}{1000 * ours:8.1f} ms   {ratio}; {verdict}")
    for level in ("activity", "video"):
        taken, _ = shortest(truths, found, 19, level)
        print(f"the same with matching, {level + ' level':<20} {1000 * taken:8.1f} ms   {taken / ours:6.2f} x the time")
    began = time.perf_counter()
    quick_scores(truths, found, n_clusters=19)
    taken = time.perf_counter() - began
    print(f"live MoF and F1                              {1000 * taken:8.1f} ms   {taken / ours:6.2f} x the time")
    noisy = labels(50, 12_000, 2000, 19, 2)
    taken, _ = shortest(truths, noisy, 19, "activity")
    print(f"a prediction of 2,000 segments a video       {1000 * taken:8.1f} ms   {taken / ours:6.2f} x the time")
    many, guesses = labels(1712, 350, 7, 10, 3), labels(1712, 350, 7, 10, 4)
    taken, _ = shortest(many, guesses, 10, "activity")
    print(f"599,200 frames in 1,712 videos, K 10         {1000 * taken:8.1f} ms   {taken / ours:6.2f} x the time")


if __name__ == "__main__":
    main()
