"""How fast a dataset of text features opens: the first time against `numpy.loadtxt`, the second from the cache.

    python benchmarks/text_import.py [--numbers 37000000] [--columns 64]

The text has the shape of 50 Salads: 50 files in the ``%.18e`` of `numpy.savetxt`. Both sides read the same
files in one run, in turns of ten files, so that other work on the machine slows both. `loadtxt` reads one file
of each turn until `--loadtxt-seconds` are over; its time is scaled up by the numbers it read. The cache folder
is a new one.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np

ROUND = 10


def write(folder: Path, n_numbers: int, n_columns: int, n_files: int) -> list[Path]:
    """Text matrices of about equal length that together hold `n_numbers`."""
    random, paths = np.random.default_rng(0), []
    rows = max(1, n_numbers // n_columns // n_files)
    for number in range(n_files):
        path = folder / f"rgb-{number:02d}.txt"
        matrix = random.normal(size=(rows, n_columns)).astype(np.float32)
        line = " ".join(["%.18e"] * n_columns)
        path.write_text("\n".join(line % tuple(row) for row in matrix.astype(float).tolist()) + "\n")
        paths.append(path)
    return paths


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--numbers", type=int, default=37_000_000)
    options.add_argument("--columns", type=int, default=64)
    options.add_argument("--files", type=int, default=50)
    options.add_argument("--loadtxt-seconds", type=float, default=30.0)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["TOT_CACHE_DIR"] = str(folder / "cache")
        from core.data.feature_cache import convert_all
        from core.data.features import open_features

        paths = write(folder, chosen.numbers, chosen.columns, chosen.files)
        megabytes = sum(p.stat().st_size for p in paths) / 1e6
        first = loadtxt = 0.0
        numbers, read, equal = 0, 0, True
        for start in range(0, len(paths), ROUND):
            group = paths[start : start + ROUND]
            began = time.perf_counter()
            failed = convert_all(group)
            first += time.perf_counter() - began
            assert not failed, failed
            numbers += sum(open_features(path).size for path in group)
            if loadtxt < chosen.loadtxt_seconds:
                began = time.perf_counter()
                expected = np.loadtxt(group[0], dtype=np.float32, ndmin=2)
                loadtxt += time.perf_counter() - began
                read += expected.size
                equal &= np.array_equal(expected, open_features(group[0]))
        loadtxt *= numbers / read
        began = time.perf_counter()
        convert_all(paths)
        assert sum(open_features(path).size for path in paths) == numbers
        second = time.perf_counter() - began
        print(f"{numbers:,} numbers in {len(paths)} files, {megabytes:,.0f} MB of text, {os.cpu_count()} cores")
        print(f"first opening      {first:8.2f} s   {1e9 * first / numbers:6.1f} ns a number")
        print(f"numpy.loadtxt      {loadtxt:8.2f} s   measured on {read / numbers:.0%} of the numbers")
        print(f"ratio              {loadtxt / first:8.1f}     (wanted: at least 5)")
        print(f"the second time    {second:8.3f} s   (wanted: under 0.2)")
        print(f"equal to loadtxt   {'yes' if equal else 'NO'}")


if __name__ == "__main__":
    main()
