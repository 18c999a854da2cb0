"""The video: its picture, and the transport below it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSplitter, QToolButton, QVBoxLayout, QWidget

from core.annotation.segmentation import Segmentation
from core.data.timebase import MediaInfo

from ...icons import icon
from ...models.widgets import does_command, hold_size, set_icon_size
from ...playback import SPEEDS
from ...session import Session
from .keys import HeldKey
from .look import LookButton
from .picture import Picture
from .proxy import ProxyBadge, ProxyBar, SmoothBadge
from .second import SecondVideo
from .sound import SoundButton

ICON_PX = 18


def time_text(seconds: float | None) -> str:
    """``m:ss.mmm`` or ``h:mm:ss.mmm``; a dash where no time is known."""
    if seconds is None:
        return "–"
    millis = round(seconds * 1000)
    hours, rest = divmod(millis, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    whole, milli = divmod(rest, 1000)
    return f"{hours}:{minutes:02}:{whole:02}.{milli:03}" if hours else f"{minutes}:{whole:02}.{milli:03}"


class VideoView(QWidget):
    """The picture and the transport below it."""

    commandAsked = Signal(str)  # a command of the window, by its name

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.picture = Picture(session, self)
        self._where = self._label()
        font = QFont(self._where.font())
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setFamilies(["DejaVu Sans Mono", "monospace"])
        self._where.setFont(font)
        self._where.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._where.installEventFilter(self)
        self._texts = ("", "")
        self._variable = self._label()
        self._variable.setText("VFR")
        self._variable.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._variable.setStyleSheet(
            "background: #e6a117; color: #1b1f24; border-radius: 4px; padding: 1px 6px; font-weight: 600;"
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.second = SecondVideo(session, self)
        both = QSplitter(Qt.Orientation.Horizontal, self)
        both.setChildrenCollapsible(False)
        for part in (self.picture, self.second.picture):
            both.addWidget(part)
            both.setStretchFactor(both.indexOf(part), 1)
        layout.addWidget(both, 1)
        layout.addWidget(self.second)
        self.proxy_bar = ProxyBar(session, self)
        layout.addWidget(self.proxy_bar)
        layout.addLayout(self._transport())
        self._connect()
        HeldKey(session.playback, self)
        self._on_video()

    def _label(self) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def _transport(self) -> QHBoxLayout:
        playback = self._session.playback
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        self._play = self._button("play", "Play or pause", playback.toggle, "playback.toggle")
        self._speed = self._label()
        self._speed.setText("1×")
        self._speed.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hold_size(self._speed, 44, 0, least=True)
        loop = "Loop the marked range, else the segment under the playhead"
        self._loop = self._button("repeat", loop, lambda: self.commandAsked.emit("playback.loop"), "playback.loop")
        self._boundary = self._button(
            "view-split-vertical",
            "Last and first frame of the boundary nearest to the playhead, side by side",
            self._pair,
        )
        paint = "Paint while playing: each action key begins a stretch at the frame on screen"
        self._paint = self._button("brush", paint, lambda: self.commandAsked.emit("segment.paint"), "segment.paint")
        for button in (self._loop, self._paint, self._boundary):
            button.setCheckable(True)
        self._boundary.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # no command does the same
        self.look = LookButton(playback, self)
        for widget in (
            self._button("skip-previous", "Start of the video", lambda: playback.seek(0), "playback.start"),
            self._button("chevron-left", "One frame back", lambda: playback.step(-1), "playback.previous-frame"),
            self._play,
            self._button("chevron-right", "One frame forward", lambda: playback.step(1), "playback.next-frame"),
            self._button("skip-next", "End of the video", lambda: playback.seek(1 << 40), "playback.end"),
        ):
            row.addWidget(widget)
        row.addSpacing(8)
        row.addWidget(self._where, 1)
        slower = self._button("minus", "Slower", lambda: self._change_speed(-1))
        faster = self._button("plus", "Faster", lambda: self._change_speed(1))
        self.proxy_badge = ProxyBadge(self._session, self)
        self.smooth_badge = SmoothBadge(self._session, self)
        badges, speed = (self.smooth_badge, self.proxy_badge, self._variable), (slower, self._speed, faster)
        self.sound = SoundButton(self._session, self)
        for shown in (*badges, *speed, self._loop, self._paint, self._boundary, self.look, self.sound):
            row.addWidget(shown)
        return row

    def _connect(self) -> None:
        session, playback = self._session, self._session.playback
        playback.pictureReady.connect(self.picture.show_image)
        playback.frameChanged.connect(self._on_frame)
        playback.videoChanged.connect(self._on_video)
        playback.playingChanged.connect(self._on_playing)
        playback.speedChanged.connect(lambda speed: self._speed.setText(f"{speed:g}×"))
        playback.loopChanged.connect(self._check_loop)
        session.painting.changed.connect(self._check_paint)
        for check in (self._check_loop, self._check_paint):
            self.commandAsked.connect(check)  # it may not be possible
        session.documentChanged.connect(lambda *_: self._on_tracks())
        session.currentRunChanged.connect(self._on_tracks)

    def _check_loop(self) -> None:
        self._loop.setChecked(self._session.playback.loop is not None)

    def _check_paint(self) -> None:
        self._paint.setChecked(self._session.painting.active)

    def _button(self, sign: str, tip: str, slot: Callable[[], object], command: str = "") -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(sign))
        set_icon_size(button, ICON_PX)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAutoRaise(True)
        hold_size(button, 30, 28)
        button.clicked.connect(lambda _checked=False: slot())
        if command:
            does_command(button, command)
        return button

    def _change_speed(self, direction: int) -> None:
        playback = self._session.playback
        now = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - abs(playback.speed)))
        index = min(len(SPEEDS) - 1, max(0, now + direction))
        playback.set_speed(SPEEDS[index] if playback.speed > 0 else -SPEEDS[index])

    # --- segments ----------------------------------------------------------------------------------

    def _track(self) -> Segmentation | None:
        """The track that stands for the current video."""
        if self._session.current_video is None:
            return None
        tracks = self._session.tracks(self._session.current_video)
        return tracks["corrected"] or tracks["prediction"] or tracks["ground-truth"]

    def toggle_loop(self) -> None:
        """Loop the range between the marks, else the selection or the segment at the playhead; or stop looping."""
        playback, track = self._session.playback, self._track()
        if playback.loop is not None or self._session.current_video is None:
            playback.clear_loop()
        elif self._session.chosen.range is not None:
            playback.set_loop(*self._session.chosen.range)
        elif self._session.chosen.segments:
            spans = self._session.chosen.spans(playback.frame)
            playback.set_loop(spans[0][0], spans[-1][1])
        elif track is not None:
            segment = track.at(min(playback.frame, track.n_frames - 1))
            playback.set_loop(segment.start, segment.stop)

    def _pair(self) -> None:
        """Show the boundary nearest to the playhead while the button is down and nothing plays."""
        playback, track = self._session.playback, self._track()
        boundaries = track.boundaries() if track is not None else np.empty(0, np.int64)
        if not self._boundary.isChecked() or playback.playing or not len(boundaries):
            self.picture.keep_pair(None)
            return
        near = int(boundaries[np.argmin(np.abs(boundaries - playback.frame - 0.5))])
        self.picture.keep_pair((near - 1, near))

    def _on_tracks(self) -> None:
        self._pair()
        self.picture.update()

    # --- playback ----------------------------------------------------------------------------------

    def _on_playing(self, playing: bool) -> None:
        self._play.setIcon(icon("pause" if playing else "play"))
        self._pair()

    def _on_video(self) -> None:
        self.picture.show_image(-1, None)
        self.picture.fit()
        self._texts = ("", "")
        self._show_where()
        timebase = self._session.playback.timebase
        media = timebase.media if timebase else None
        rate = f", {float(media.rate):.5g} pictures a second" if media is not None and media.rate else ""
        self._where.setToolTip(f"{media.width} × {media.height} pixels{rate}" if media is not None else "")
        self._variable.setVisible(media is not None and media.is_variable)
        if media is not None and media.is_variable:
            self._variable.setToolTip(variable_text(media))
        self._pair()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._where and event.type() == QEvent.Type.Resize:  # the window, or a badge that came or went
            self._show_where()
        return super().eventFilter(watched, event)

    def _show_where(self) -> None:
        """The frame, and behind it, as far as there is room, its time and that of the end."""
        frame, times = self._texts
        self._where.setMinimumWidth(self._where.fontMetrics().horizontalAdvance(frame) + 4)
        texts = (frame + times, frame + times.partition(" / ")[0], frame)
        wide = self._where.fontMetrics().horizontalAdvance
        self._where.setText(next((text for text in texts if wide(text) <= self._where.width()), frame))

    def _on_frame(self, frame: int) -> None:
        timebase = self._session.playback.timebase
        if timebase is None:
            return
        if timebase.media is None or timebase.picture(frame) is None:
            self.picture.show_image(frame, None)
        last, seconds, end = timebase.n_frames - 1, timebase.seconds(frame), timebase.seconds(timebase.n_frames)
        times = f"   {time_text(float(seconds))} / {time_text(float(end))}" if seconds is not None and end else ""
        self._texts = (f"{frame:>{len(str(last))}} / {last}", times)
        self._show_where()
        if self._boundary.isChecked():
            self._pair()


def variable_text(media: MediaInfo) -> str:
    """What a variable rate means, in numbers of this video."""
    steps = np.diff(media.pts) * float(media.unit) * 1000
    return (
        f"Variable frame rate: pictures are {steps.min():.3g} to {steps.max():.3g} ms apart. "
        "Frames and times are those of the file; nothing is computed from an average rate."
    )
