"""How fast a dataset of text features opens: the first time against `numpy.loadtxt`, the second from the cache.

    python benchmarks/text_import.py [--numbers 37000000] [--columns 64]

The text has the shape of 50 Salads: 50 files in the ``%.18e`` of `numpy.savetxt`. Both sides read the same
files in one run; `loadtxt` reads whole files for `--loadtxt-seconds`, half of them before and half after, and its
time is scaled up by the numbers it read. The cache folder is a new one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
DISTINCT = 10


def write(folder: Path, n_numbers: int, n_columns: int, n_files: int) -> list[Path]:
    """Text matrices of about equal length that together hold `n_numbers`; after ten they repeat, to be written soon."""
    random, paths = np.random.default_rng(0), []
    rows = max(1, n_numbers // n_columns // n_files)
    for number in range(n_files):
        path = folder / f"rgb-{number:02d}.txt"
        if number >= DISTINCT:
            paths.append(shutil.copyfile(paths[number % DISTINCT], path))
            continue
        matrix = random.normal(size=(rows, n_columns)).astype(np.float32)
        line = " ".join(["%.18e"] * n_columns)
        path.write_text("\n".join(line % tuple(row) for row in matrix.astype(float).tolist()) + "\n")
        paths.append(path)
    return paths


def loadtxt_seconds(paths: list[Path], limit_s: float) -> tuple[float, int, dict[Path, np.ndarray], float]:
    """(seconds, numbers, matrices, processor seconds) of `numpy.loadtxt` over whole files, about up to the limit."""
    found: dict[Path, np.ndarray] = {}
    began, worked = time.perf_counter(), processor_seconds()
    for path in paths:
        found[path] = np.loadtxt(path, dtype=np.float32, ndmin=2)
        if time.perf_counter() - began > limit_s:
            break
    seconds = time.perf_counter() - began
    return seconds, sum(m.size for m in found.values()), found, processor_seconds() - worked


def processor_seconds() -> float:
    """What this process and the children that have ended took of the processor."""
    each = os.times()
    return each.user + each.system + each.children_user + each.children_system


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--numbers", type=int, default=37_000_000)
    options.add_argument("--columns", type=int, default=64)
    options.add_argument("--files", type=int, default=50)
    options.add_argument("--loadtxt-seconds", type=float, default=12.0)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["TOT_CACHE_DIR"] = str(folder / "cache")
        from core.data.feature_cache import convert_all
        from core.data.features import open_features

        paths = write(folder, chosen.numbers, chosen.columns, chosen.files)
        megabytes = sum(p.stat().st_size for p in paths) / 1e6
        half = chosen.loadtxt_seconds / 2
        before = loadtxt_seconds(paths, half)
        began, worked = time.perf_counter(), processor_seconds()
        failed = convert_all(paths)
        first, first_worked = time.perf_counter() - began, processor_seconds() - worked
        assert not failed, failed
        matrices = dict(zip(paths, map(open_features, paths), strict=True))
        numbers = sum(matrix.size for matrix in matrices.values())
        after = loadtxt_seconds(paths[::-1], half)
        read = before[1] + after[1]
        loadtxt = (before[0] + after[0]) * numbers / read
        loadtxt_worked = (before[3] + after[3]) * numbers / read
        expected = {**before[2], **after[2]}
        equal = all(np.array_equal(values, matrices[path]) for path, values in expected.items())
        began = time.perf_counter()
        convert_all(paths)
        assert sum(open_features(path).size for path in paths) == numbers
        second = time.perf_counter() - began
        print(f"{numbers:,} numbers in {len(paths)} files, {megabytes:,.0f} MB of text, {os.cpu_count()} cores")
        print(f"first opening      {first:8.2f} s   {1e9 * first / numbers:6.1f} ns a number")
        print(f"numpy.loadtxt      {loadtxt:8.2f} s   measured on {read / numbers:.0%} of the numbers")
        print(f"ratio              {loadtxt / first:8.1f}     (wanted: at least 5)")
        print(f"of processor time  {loadtxt_worked / first_worked:8.1f}     (what one core gains)")
        print(f"the second time    {second:8.3f} s   (wanted: under 0.2)")
        print(f"equal to loadtxt   {'yes' if equal else 'NO'}")


if __name__ == "__main__":
    main()
