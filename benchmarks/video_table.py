"""The figures of docs/video.md, each beside what it should reach, from one command.

    python benchmarks/video_table.py [ROW ...] [--corpus FOLDER] [--folder FOLDER] [--seconds S]

Without a row all of them are measured, each in a process of its own; `prepare` only makes the clips, which are kept in
`--folder` (large: about 60 MB). Run it on an otherwise idle machine. Offscreen unless a platform is set. Rows:

    prepare exact index back seek play scrub proxy extract memory
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

import av  # noqa: E402
import numpy as np  # noqa: E402
from clips import make_clip  # noqa: E402

SUFFIXES = {".mp4", ".mkv", ".webm", ".avi", ".gif"}
SEEKS = 20
CLIPS = {"720p30": (1280, 720, 900, 30), "1080p250": (1920, 1080, 1800, 250)}
RESULT = "{row:<8} {what:<62} {measured:<44} reach: {reach:<34} {verdict}"


def say(row: str, what: str, measured: str, reach: str, ok: bool) -> None:
    """One figure."""
    print(
        RESULT.format(row=row, what=what, measured=measured, reach=reach, verdict="ok" if ok else "SHORT"), flush=True
    )


def clip(options: argparse.Namespace, name: str) -> Path:
    """One of the clips to measure with."""
    width, height, n, group = CLIPS[name]
    return make_clip(options.folder / f"{name}.mp4", width, height, n, group=group)


# --- without a window ------------------------------------------------------------------------------


def prepare(options: argparse.Namespace) -> None:
    """Make the clips."""
    for name in CLIPS:
        clip(options, name)


def exact(options: argparse.Namespace) -> None:
    """Random seeks against the list of all frames decoded in order."""
    from video_kinds import KINDS, make

    files = sorted(p for p in options.corpus.rglob("*") if p.suffix in SUFFIXES) if options.corpus else []
    wrong, seeks = _wrong(files)
    say("exact", f"wrong frames, {len(files)} files of the corpus", f"{wrong} of {seeks} random seeks", "0", not wrong)
    with tempfile.TemporaryDirectory() as name:
        kinds = [make(Path(name), kind) for kind in KINDS]
        wrong, seeks = _wrong(kinds)
    say("exact", f"wrong frames, {len(kinds)} generated kinds", f"{wrong} of {seeks} random seeks", "0", not wrong)


def _wrong(files: list[Path]) -> tuple[int, int]:
    from core.media.index import probe
    from core.media.reader import FrameReader

    wrong = seeks = 0
    for path in files:
        info = probe(path.resolve())
        with av.open(str(path)) as container:
            stream = next(s for s in container.streams.video if s.index == info.stream)
            stream.thread_type = "AUTO"
            frames = [frame for packet in container.demux(stream) for frame in _decoded(packet)]
            truth = {frame.pts: _checksum(frame) for frame in frames}
        if all(pts is not None for pts in truth):
            wanted = [truth.get(int(pts)) for pts in info.pts]
        else:  # no times in the file: counted
            wanted = [_checksum(frame) for frame in frames]
        with FrameReader(path.resolve(), info, keep_bytes=0) as reader:
            for picture in np.random.default_rng(0).integers(0, info.n_pictures, SEEKS).tolist():
                wrong += _checksum(reader.frame(picture)) != wanted[picture]
                seeks += 1
    return wrong, seeks


def _decoded(packet: av.Packet) -> list[av.VideoFrame]:
    try:
        return packet.decode()
    except av.error.FFmpegError:
        return []


def _checksum(frame: av.VideoFrame) -> int:
    """Of the visible pixels as the decoder made them."""
    total = 0
    for plane in frame.planes:
        lines = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
        width = plane.width * plane.line_size // max(plane.line_size, 1)
        total = zlib.crc32(np.ascontiguousarray(lines[:, :width]), total)
    return total


def index(options: argparse.Namespace) -> None:
    """Building an index, and reading it from the cache."""
    from core.media.index import load_index, read_index

    path = clip(options, "1080p250")
    built = _best(lambda: read_index(path))
    load_index(path)
    cached = _best(lambda: load_index(path))
    what = "index of 1,800 frames, 1080p H.264"
    say("index", what, f"{1000 * built:.0f} ms (best of 5)", "under 200 ms", built < 0.2)
    say("index", "the same from the cache", f"{1000 * cached:.2f} ms (best of 5)", "under 10 ms", cached < 0.01)


def _best(do: Callable[[], object], n: int = 5) -> float:
    times = []
    for _ in range(n):
        began = time.perf_counter()
        do()
        times.append(time.perf_counter() - began)
    return min(times)


def extract(options: argparse.Namespace) -> None:
    """The whole extraction beside the network alone on pictures that are decoded already."""
    from core import api
    from core.requests import ExtractSettings

    folder = options.corpus.parent / "g1_bottle" / "videos" if options.corpus else None
    if folder is None or not folder.is_dir():
        print("extract  the videos of g1_bottle are not there")
        return
    files = sorted(folder.glob("*.mp4"))
    settings = ExtractSettings(extractor="efficientnet-lite0", rate="5")
    before = _network_alone(files)
    with tempfile.TemporaryDirectory() as out:
        found = api.extract_dataset(folder, settings, Path(out))
    alone = (before + _network_alone(files)) / 2  # before and after: the machine's speed drifts
    ratio = found["rows_per_second"] / alone
    what = f"extraction of {len(files)} videos beside the network alone"
    measured = f"{found['rows_per_second']:.1f} of {alone:.1f} frames/s: {100 * ratio:.0f} %"
    say("extract", what, measured, "at least 90 %", ratio >= 0.9)


def _network_alone(files: list[Path]) -> float:
    """Pictures a second of the network on pictures that are decoded and scaled already."""
    from core.extract.registry import make_extractor
    from core.extract.sampling import sample
    from core.media.index import probe
    from core.media.reader import FrameReader

    network = make_extractor("efficientnet-lite0")
    pictures = []
    for path in files:
        info = probe(path)
        with FrameReader(path, info, keep_bytes=0) as reader:
            wanted = sample(info, Fraction(5)).pictures.tolist()[:20]
            pictures += [network.prepare(reader.read(picture)) for picture in wanted]
    batches = [np.stack(pictures[i : i + network.batch]) for i in range(0, len(pictures), network.batch)]
    network.describe(batches[0])
    began = time.perf_counter()
    for batch in batches:
        network.describe(batch)
    return len(pictures) / (time.perf_counter() - began)


# --- in the window ---------------------------------------------------------------------------------


class Watched:
    """A playback of one file in a shown picture widget, with the time at which every frame was painted."""

    def __init__(self, options: argparse.Namespace, path: Path, *, features: bool = False) -> None:
        from core import api
        from totgui.app import make_application
        from totgui.main_window import MainWindow
        from totgui.session import Session
        from totgui.settings import Settings
        from totgui.views.video.picture import Picture

        self.painted: list[tuple[float, int]] = []
        painted, paint = self.painted, Picture.paintEvent

        def timed(widget: Any, event: Any) -> None:
            paint(widget, event)
            painted.append((time.perf_counter(), widget.drawn_frame))

        Picture.paintEvent = timed  # type: ignore[method-assign]
        self.app = make_application()
        self._temporary = tempfile.TemporaryDirectory()
        root = Path(self._temporary.name) / "set"
        (root / "videos").mkdir(parents=True)
        shutil.copy2(path, root / "videos")
        if features:
            (root / "features").mkdir()
            rng = np.random.default_rng(0)
            for name in (path.stem, *(f"other{n}" for n in range(7))):
                np.save(root / "features" / f"{name}.npy", rng.normal(size=(1800, 64)).astype(np.float32))
        self.session = Session()
        self.window = MainWindow(self.session, Settings())
        self.session.proxies.smooths = False  # each row says whether it is the file or its proxy
        self.window.resize(1480, 940)
        self.window.show()
        self.session.create_project(Path(self._temporary.name) / "b.tot", api.open_dataset(root))
        video = next(v for v, x in self.session.document.videos.items() if x.media is not None)
        self.session.select_video(video)
        self.playback = self.session.playback
        self.wait(lambda: self.window.video_view.picture._image is not None)
        self.run(1.0)

    def wait(self, until: Callable[[], bool], limit_s: float = 60.0) -> float:
        """Run the event loop until something holds; seconds that took."""
        from PySide6.QtCore import QEventLoop, QTimer

        began = time.perf_counter()
        loop, timer = QEventLoop(), QTimer()
        timer.setInterval(0)
        timer.timeout.connect(lambda: loop.quit() if until() or time.perf_counter() - began > limit_s else None)
        timer.start()
        loop.exec()
        timer.stop()
        return time.perf_counter() - began

    def run(self, seconds: float) -> None:
        """Run the event loop for a while, without waking it all the time."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def seek(self, frame: int) -> float:
        """Seconds from asking for a frame until it is painted."""
        picture = self.window.video_view.picture
        picture.drawn_frame = -1
        self.playback.seek(frame)
        return self.wait(lambda: picture.drawn_frame == frame and self.playback.frame == frame)

    def close(self) -> None:
        self.window.may_close = lambda: True
        self.window.close()


def back(options: argparse.Namespace) -> None:
    """Steps back through a group of 250 pictures."""
    from core.media.proxy import delete_proxy

    delete_proxy(clip(options, "1080p250"))
    watched = Watched(options, clip(options, "1080p250"))
    first = watched.seek(1249)
    watched.seek(1248)
    times = []
    for _ in range(240):
        target = watched.playback.wanted - 1
        watched.window.video_view.picture.drawn_frame = -1
        began = time.perf_counter()
        watched.playback.step(-1)
        watched.wait(lambda target=target: watched.window.video_view.picture.drawn_frame == target)
        times.append(time.perf_counter() - began)
    middle, worst = 1000 * np.median(times), 1000 * max(times)
    what = f"step back, 250-frame group, 1080p, 240 steps (the first took {first:.2f} s)"
    say("back", what, f"median {middle:.1f} ms, longest {worst:.0f} ms", "median under 20 ms", middle < 20)
    watched.close()


def seek(options: argparse.Namespace) -> None:
    """Random seeks, to the painted picture."""
    rng = random.Random(0)
    watched = Watched(options, clip(options, "720p30"))
    times = [1000 * watched.seek(rng.randrange(900)) for _ in range(80)]
    middle, late = np.median(times), np.percentile(times, 95)
    what = "random seek to the painted picture, 720p, 30-frame groups, 80 seeks"
    ok = bool(middle < 50 and late < 100)
    say("seek", what, f"median {middle:.0f} ms, 95th percentile {late:.0f} ms", "median 50, 95th 100 ms", ok)
    watched.close()


def play(options: argparse.Namespace) -> None:
    """1080p at 30 pictures a second while the engine trains."""
    import msgspec

    from core.media.proxy import delete_proxy
    from core.tot.presets import preset

    delete_proxy(clip(options, "1080p250"))
    watched = Watched(options, clip(options, "1080p250"), features=True)
    session, playback = watched.session, watched.playback
    config = msgspec.structs.replace(preset("generic", method="tot+tcl", n_clusters=6), iterations=1_000_000)
    session.train(config, "cpu")
    metrics: list[object] = []
    session.jobEvent.connect(metrics.append)
    watched.wait(lambda: any(type(event).__name__ == "TrainingMetrics" for event in metrics), 120)
    playback.seek(0)
    watched.run(1.0)
    watched.painted.clear()
    playback.play()
    watched.run(options.seconds)
    playback.pause()
    trained = [event.iteration for event in metrics if type(event).__name__ == "TrainingMetrics"]
    late, shown, due = lateness(watched.painted)
    longest = 1000 * max(late)
    what = f"play 1080p30 while training ({trained[-1] - trained[0]:,} iterations), {options.seconds:.0f} s"
    measured = f"latest {longest:.0f} ms, {sum(x > 0.05 for x in late)} over 50 ms; {shown} of {due} frames"
    say("play", what, measured, "no frame over 50 ms late", longest <= 50)
    watched.close()


def lateness(painted: list[tuple[float, int]], rate: float = 30.0) -> tuple[list[float], int, int]:
    """Seconds that each frame of a playback came too late (one that was left out: until the next came), how many were
    shown, and how many were due. The clock of the playback is the one that the most punctual frame goes by."""
    first: dict[int, float] = {}
    for at, frame in painted:
        first.setdefault(frame, at)
    frames = sorted(first)
    start = min(first[frame] - frame / rate for frame in frames)
    late, following = [], first[frames[-1]]
    for frame in range(frames[-1], frames[0] - 1, -1):
        following = first.get(frame, following)
        late.append(following - start - frame / rate)
    return late, len(frames), frames[-1] - frames[0] + 1


def scrub(options: argparse.Namespace) -> None:
    """The mouse drawn over the film strip and held: gaps between pictures, and the time to the exact one."""
    from core.media.proxy import delete_proxy, make_proxy

    for name, smooth in (("720p30", False), ("1080p250", False), ("1080p250", True)):
        path = clip(options, name)
        if smooth:
            make_proxy(path)
        else:
            delete_proxy(path)
        watched = Watched(options, path)
        gaps, rests = _scrubbed(watched)
        label = f"{name[:-2] if name == '720p30' else '1080p, 250-frame groups'}{' from its proxy' if smooth else ''}"
        within = np.mean(np.array(gaps) <= 0.04)
        measured = f"95th {1000 * np.percentile(gaps, 95):.0f} ms, longest {1000 * max(gaps):.0f} ms"
        what = f"scrubbing {label}: gap between new pictures"
        say(
            "scrub",
            what,
            f"{measured}; {100 * within:.0f} % in 40",
            "every 40 ms",
            bool(np.percentile(gaps, 95) <= 0.04),
        )
        measured = f"median {1000 * np.median(rests):.0f} ms, longest {1000 * max(rests):.0f} ms"
        say(
            "scrub",
            f"the same, at rest: time to the exact frame, {len(rests)} rests",
            measured,
            "300 ms",
            max(rests) <= 0.3,
        )
        watched.close()


def _scrubbed(watched: Watched) -> tuple[list[float], list[float]]:
    """Sweeps there and back with a new place every 8 ms, half a second each, then rest until the exact picture."""
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    rng, n = random.Random(0), watched.playback.timebase.n_frames
    gaps: list[float] = []
    rests: list[float] = []
    place = n // 2
    for _ in range(16):
        target = rng.randrange(n)
        watched.painted.clear()
        loop, timer, steps = QEventLoop(), QTimer(), [0]
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.setInterval(8)

        def move(place: int = place, target: int = target, loop: Any = loop, steps: list[int] = steps) -> None:
            steps[0] += 1
            watched.playback.seek(round(place + (target - place) * min(1.0, steps[0] / 60)))
            if steps[0] >= 60:
                loop.quit()

        timer.timeout.connect(move)
        began = time.perf_counter()
        timer.start()
        loop.exec()
        timer.stop()
        ended = time.perf_counter()
        shown = [at for at, frame in _changes(watched.painted) if at <= ended]
        gaps += np.diff([began, *shown, ended]).tolist()
        watched.wait(lambda target=target: watched.window.video_view.picture.drawn_frame == target, 10)
        rests.append(time.perf_counter() - ended)
        place = target
    return gaps, rests


def _changes(painted: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Only those paintings that showed another frame than the one before."""
    return [now for before, now in zip([(0.0, -1), *painted], painted, strict=False) if now[1] != before[1]]


def proxy(options: argparse.Namespace) -> None:
    """Making a proxy, and random seeks in it."""
    from core.media.proxy import delete_proxy, make_proxy

    path = clip(options, "1080p250")
    delete_proxy(path)
    rng = random.Random(0)
    watched = Watched(options, path)
    slow = [1000 * watched.seek(rng.randrange(1800)) for _ in range(12)]
    watched.close()
    began = time.perf_counter()
    made = make_proxy(path)
    seconds, size = time.perf_counter() - began, made.path.stat().st_size / path.stat().st_size
    watched = Watched(options, path)
    fast = [1000 * watched.seek(rng.randrange(1800)) for _ in range(60)]
    say("proxy", "making the proxy of 60 s of 1080p", f"{seconds:.0f} s, {100 * size:.0f} % of the file", "-", True)
    measured = (
        f"median {np.median(fast):.0f} ms, 95th {np.percentile(fast, 95):.0f} ms (file: {np.median(slow):.0f} ms)"
    )
    say(
        "proxy",
        "random seek from the proxy to the painted picture",
        measured,
        "median under 50 ms",
        np.median(fast) < 50,
    )
    watched.close()


def memory(options: argparse.Namespace) -> None:
    """Memory of the window's process while 1080p plays there and back."""
    from core.media.proxy import delete_proxy

    delete_proxy(clip(options, "1080p250"))
    watched = Watched(options, clip(options, "1080p250"))
    playback, highest = watched.playback, 0.0
    for speed in (1.0, -1.0, 2.0, -4.0):
        playback.set_speed(speed)
        playback.seek(200 if speed > 0 else 1500)
        playback.play()
        for _ in range(8):
            watched.run(0.5)
            highest = max(highest, _rss_mb())
        playback.pause()
    say(
        "memory",
        "the window's process while 1080p plays, both ways",
        f"{highest:.0f} MB",
        "under 600 MB",
        highest < 600,
    )
    watched.close()


def _rss_mb() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


ROWS: dict[str, Callable[[argparse.Namespace], None]] = {
    row.__name__: row for row in (prepare, exact, index, back, seek, play, scrub, proxy, extract, memory)
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=" ".join(ROWS))
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "data" / "video_corpus")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "totgui-video-table")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long `play` plays")
    options = parser.parse_args()
    options.corpus = options.corpus if options.corpus.is_dir() else None
    options.folder.mkdir(parents=True, exist_ok=True)
    rows = options.rows or list(ROWS)
    if unknown := set(rows) - ROWS.keys():
        parser.error(f"no row {min(unknown)}; there are {' '.join(ROWS)}")
    if len(rows) == 1:
        os.environ.setdefault("TOT_CACHE_DIR", str(options.folder / "cache"))
        ROWS[rows[0]](options)
        return
    rest = [argument for argument in sys.argv[1:] if argument not in ROWS]
    for row in rows:
        subprocess.run([sys.executable, __file__, row, *rest], check=False)


if __name__ == "__main__":
    main()
