"""Time to write and read the labels of 500 videos of 10,000 frames in every format."""

from __future__ import annotations

import argparse
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import numpy as np

from core.annotation.segmentation import Segmentation
from core.data.colours import colour_for
from core.data.dataset import BACKGROUND, Action, ActionId
from core.data.timebase import Timebase
from core.formats.grid import on_grid
from core.formats.registry import FORMATS
from core.formats.track import ExportTrack

LIMIT_S = 20.0


def make_tracks(n_videos: int, n_frames: int, n_segments: int) -> list[ExportTrack]:
    """Videos of random segments over twelve actions and background."""
    generator = np.random.default_rng(0)
    actions = {ActionId(n): Action(ActionId(n), f"action number {n}", colour_for(n)) for n in range(12)}
    made = []
    for number in range(n_videos):
        cuts = np.sort(generator.choice(np.arange(1, n_frames), n_segments - 1, replace=False))
        labels = np.cumsum(generator.integers(1, 12, n_segments)) % 13
        labels[labels == 12] = BACKGROUND
        cut = Segmentation.from_pieces([0, *cuts.tolist()], labels.tolist(), n_frames)
        made.append(
            ExportTrack(f"video {number:03}", Timebase(n_frames, Fraction(30000, 1001)), cut, actions, "corrected")
        )
    return made


def main() -> int:
    """Prints a line a format; 1 when writing all of them takes longer than the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, default=500)
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--segments", type=int, default=50, help="of each video")
    options = parser.parse_args()
    tracks = make_tracks(options.videos, options.frames, options.segments)
    clocks = {track.video: track.timebase for track in tracks}
    written = read = 0.0
    print(f"{options.videos} videos, {options.frames:,} frames, {options.segments} segments each")
    print(f"{'format':<18}{'write s':>9}{'read s':>9}{'files':>7}{'MB':>8}")
    for name, form in FORMATS.items():
        with tempfile.TemporaryDirectory() as folder:
            out, start = Path(folder) / f"labels{form.suffix}", time.perf_counter()
            summary = form.write(tracks, out)
            took, start = time.perf_counter() - start, time.perf_counter()
            size = sum(path.stat().st_size for path in summary.files) / 1e6
            back = 0.0
            if form.decode is not None:
                found = form.read([out])
                placed = [on_grid(track, clocks[track.video]) for track in found.tracks]
                assert len(placed) == len(tracks) and all(p.starts for p in placed), found.problems[:3]
                back = time.perf_counter() - start
        written, read = written + took, read + back
        print(f"{name:<18}{took:>9.2f}{back or '':>9.3}{len(summary.files):>7}{size:>8.1f}")
    print(f"{'all':<18}{written:>9.2f}{read:>9.2f}   limit for writing {LIMIT_S:.0f} s")
    return int(written > LIMIT_S)


if __name__ == "__main__":
    raise SystemExit(main())
