"""The row of the sound: how long reading an hour takes, painting at any zoom, and whether the window waits for either.

    python benchmarks/waveform.py [FRAMES] [paint | read | window ...]

A video of FRAMES (110,000) frames, 30 a second, with AAC in stereo, made of one minute over and over. `read`: the
sound read once, and from the cache. `paint`: the picture of the row, 1,400 and 2 x 1,400 pixels wide. `window`: the
real window, offscreen unless a platform is set; how long its thread is held at a stretch while the sound is read and
a boundary is dragged, and while the timeline is scrolled and zoomed with the row shown.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import av  # noqa: E402
import numpy as np  # noqa: E402

FPS, RATE, MINUTE = 30, 44_100, 60
PAINT_MS, FRAME_MS = 8, 16


def a_minute(path: Path) -> None:
    """Small pictures, hiss, and bursts of all lengths."""
    dice = np.random.default_rng(0)
    samples = dice.normal(size=MINUTE * RATE).astype(np.float32) * 0.003
    for at in np.sort(dice.uniform(0, MINUTE - 3, 60)):
        n = int(dice.uniform(0.02, 2.0) * RATE)
        begin = int(at * RATE)
        samples[begin : begin + n] += dice.normal(size=n).astype(np.float32) * np.hanning(n).astype(np.float32) * 0.2
    both = np.clip(np.stack([samples, samples * 0.6]), -1, 1)
    with av.open(str(path), "w") as out:
        video = out.add_stream("mpeg4", rate=FPS, options={"g": "30", "bf": "0"})
        video.width, video.height, video.pix_fmt = 64, 32, "yuv420p"
        audio = out.add_stream("aac", rate=RATE, layout="stereo")
        for number in range(MINUTE * FPS):
            frame = av.VideoFrame.from_ndarray(np.full((32, 64, 3), number % 200, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(video.encode(frame))
        for start in range(0, both.shape[1], 1024):
            piece = av.AudioFrame.from_ndarray(np.ascontiguousarray(both[:, start : start + 1024]), "fltp", "stereo")
            piece.sample_rate, piece.pts, piece.time_base = RATE, start, Fraction(1, RATE)
            out.mux(audio.encode(piece))
        out.mux(audio.encode(None))
        out.mux(video.encode(None))


def a_clip(path: Path, n_frames: int) -> Path:
    """That minute again and again, as packets."""
    minute = path.with_name("minute.mp4")
    a_minute(minute)
    with av.open(str(path), "w") as out, av.open(str(minute)) as source:
        streams = {s.index: out.add_stream_from_template(s) for s in (*source.streams.video, *source.streams.audio)}
        for number in range(-(-n_frames // (MINUTE * FPS))):
            source.seek(0)
            for packet in source.demux(*(source.streams[i] for i in streams)):
                if packet.dts is None or packet.pts is None:
                    continue
                shift = int(number * MINUTE / packet.time_base)
                if packet.pts < 0 and number:
                    continue
                index = packet.stream.index
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                packet.stream = streams[index]
                out.mux(packet)
    return path


Spans = list[tuple[float, float]]
"""Milliseconds by the clock, and those that this thread itself computed: others on the machine do not lengthen them."""


def say(text: str, found: Spans, reach: float) -> None:
    clock, own = np.array(found).T
    middle, high = np.percentile(clock, [50, 95])
    verdict = "reached" if np.percentile(own, 95) < reach else "MISSED"
    print(
        f"{text:<58} median {middle:6.2f} ms, p95 {high:6.2f}   own: median {np.median(own):5.2f}, "
        f"p95 {np.percentile(own, 95):5.2f}, longest {own.max():5.2f}   reach {reach:g}   {verdict}",
        flush=True,
    )


def span(act: Callable[[], object]) -> tuple[float, float]:
    began, own = time.perf_counter(), time.thread_time()
    act()
    return 1000 * (time.perf_counter() - began), 1000 * (time.thread_time() - own)


def timed(act: Callable[[], object], times: int = 60) -> Spans:
    return [span(act) for _ in range(times + 3)][3:]


def reading(path: Path) -> None:
    from core.media.index import probe
    from core.media.waveform import load_waveform, read_waveform

    info = probe(path)
    seconds = float((info.end - int(info.pts[0])) * info.unit)
    began, own = time.perf_counter(), time.thread_time()
    read_waveform(path, info)
    took, own = time.perf_counter() - began, time.thread_time() - own
    print(
        f"reading {seconds / 60:.0f} min of sound: {took:.1f} s (own {own:.1f} s), {3600 * own / seconds:.1f} s an hour"
    )
    load_waveform(path, info)
    say("from the cache", timed(lambda: load_waveform(path, info), 20), 200)


def painting(path: Path) -> None:
    from PySide6.QtCore import QRect
    from PySide6.QtWidgets import QApplication

    from core.data.timebase import Timebase
    from core.media.index import probe
    from core.media.waveform import load_waveform
    from totgui.palette import theme_palette
    from totgui.views.timeline.geometry import Axis
    from totgui.views.timeline.sound import picture

    _application = QApplication.instance() or QApplication([])
    info = probe(path)
    waveform, palette = load_waveform(path, info), theme_palette("dark")
    timebase = Timebase(info.n_pictures, info.rate, info)
    rect = QRect(0, 0, 1400, 40)
    for ratio in (1, 2):
        whole = Axis.whole(info.n_pictures, left=0, width=1400)
        for text, axis in (
            ("whole video", whole),
            ("10 frames a pixel", whole.zoomed(0.1 / whole.scale, 700)),
            ("a frame a pixel", whole.zoomed(1 / whole.scale, 700)),
            ("40 pixels a frame", whole.zoomed(40 / whole.scale, 700)),
        ):
            draw = partial(picture, waveform, rect, axis, timebase, palette, ratio=ratio)
            say(f"painting, {text}, {ratio * 1400} pixels", timed(draw), PAINT_MS)


def window(path: Path) -> None:
    from PySide6.QtCore import QEvent, QPoint, Qt
    from PySide6.QtTest import QTest

    from core import api
    from core.annotation import commands
    from core.data.waveform import Stage
    from core.media import waveform as reading_module
    from totgui.app import make_application
    from totgui.main_window import MainWindow
    from totgui.session import Session
    from totgui.settings import Settings

    application = make_application()
    session = Session()
    made = MainWindow(session, Settings())
    made.resize(1600, 1000)
    made.show()
    session.waveforms.set_row("off")
    session.create_project(path.parents[1] / "bench.tot", api.open_dataset(path.parent))
    view, video = made.timeline, session.current_video
    assert session.document is not None and video is not None
    session.do(lambda: commands.start_unlabelled(session.document, video))

    def settle(seconds: float) -> None:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            application.processEvents()
            time.sleep(0.002)

    def measure(text: str, reach: float, act: Callable[[int], None], until: Callable[[int], bool]) -> None:
        def turn(number: int) -> None:
            act(number)
            application.processEvents()
            application.sendEvent(made, QEvent(QEvent.Type.UpdateRequest))

        found: Spans = []
        while not until(len(found)):
            found.append(span(partial(turn, len(found))))
            time.sleep(0.004)
        say(text, found[3:], reach)

    settle(4.0)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    lane = view.row("ruler")

    def scrub(number: int) -> None:
        QTest.mouseMove(view, QPoint(view.axis.left + 50 + 7 * (number % 150), lane.top + 20))

    def drag(text: str, until: Callable[[int], bool]) -> None:
        QTest.mousePress(view, left, none, QPoint(view.axis.left + 40, lane.top + 20))
        measure(text, FRAME_MS, scrub, until)
        QTest.mouseRelease(view, left, none, QPoint(view.axis.left + 90, lane.top + 20))
        settle(0.5)

    drag("drag a range on the ruler, without the row", lambda k: k > 150)
    for kept in (reading_module.cache_path(reading_module.ROOM, "x").parent).glob("*.wave"):
        kept.unlink()
    session.waveforms.set_row("on")
    drag("the same while the sound is read", lambda k: session.waveforms.heard.stage is Stage.READ)
    drag("the same with the row shown", lambda k: k > 150)
    view.fit()
    step = (40 / view.axis.scale) ** (1 / 100)

    def zoom(_: int) -> None:
        view.set_axis(view.axis.zoomed(step, view.axis.left + 300))

    def scroll(_: int) -> None:
        view.set_axis(view.axis.panned(9))

    measure("zoom with the row shown, to 40 pixels a frame", FRAME_MS, zoom, lambda k: k > 100)
    for scale in (1.0, 0.1):
        view.fit()
        view.set_axis(view.axis.zoomed(scale / view.axis.scale, view.axis.left + 300))
        measure(f"scroll with the row shown, {scale:g} pixel a frame", FRAME_MS, scroll, lambda k: k > 150)
    made.may_close = lambda: True
    made.close()


def main(n_frames: int, parts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["TOT_CACHE_DIR"] = str(folder / "cache")
        (folder / "videos").mkdir()
        path = a_clip(folder / "videos" / "bench.mp4", n_frames)
        (folder / "videos" / "minute.mp4").unlink()
        for part, do in (("read", reading), ("paint", painting), ("window", window)):
            if not parts or part in parts:
                do(path)


if __name__ == "__main__":
    stated = [a for a in sys.argv[1:] if a.isdigit()]
    main(int(stated[0]) if stated else 110_000, [a for a in sys.argv[1:] if not a.isdigit()])
