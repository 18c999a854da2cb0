"""The offer to make a slow video smooth, how far that is, and the badges beside the transport."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from core.data.dataset import VideoId

from ...models.progress import ProgressBar
from ...models.widgets import duration, tip
from ...session import Session

OFFER = (
    "Seeking in this video is slow. A proxy, a small copy in the cache, makes it smooth; frames and times stay exact."
)
BADGE = "background: #1f6fd6; color: #ffffff; border-radius: 4px; padding: 1px 6px; margin-left: 8px; font-weight: 600;"


class ProxyBar(QFrame):
    """One line: the offer for a slow video, or the proxy that is made now; hidden when there is neither."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._refused: set[VideoId] = set()
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._progress = ProgressBar(self)
        self._progress.setFixedWidth(160)
        self._progress.setTextVisible(False)
        self.make = QPushButton("Make it smooth", self)
        self.make.clicked.connect(self._make)
        self.later = QPushButton("Not now", self)
        self.later.setFlat(True)
        self.later.clicked.connect(self._refuse)
        self.cancel = QPushButton("Cancel", self)
        self.cancel.clicked.connect(lambda: session.proxies.cancel())
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 8, 4)
        row.addWidget(self._text, 1)
        for widget in (self._progress, self.make, self.later, self.cancel):
            row.addWidget(widget)
        session.proxies.changed.connect(self.refresh)
        session.proxies.progressed.connect(lambda _: self.refresh())
        session.playback.slowChanged.connect(lambda _: self.refresh())
        session.playback.sourceChanged.connect(self.refresh)
        session.playback.videoChanged.connect(self.refresh)
        session.projectChanged.connect(self._refused.clear)
        self.refresh()

    def text(self) -> str:
        """What the line says, empty when it is hidden."""
        return "" if self.isHidden() else self._text.text()

    def refresh(self) -> None:
        """Show what holds now."""
        proxies = self._session.proxies
        making = None if proxies.is_by_itself else proxies.making  # what makes itself is said by the badge
        offers = making is None and self._offers()
        for widget, shown in (
            (self._progress, making is not None),
            (self.cancel, making is not None),
            (self.make, offers),
            (self.later, offers),
        ):
            widget.setVisible(shown)
        if making is not None:
            progress = proxies.progress
            self._progress.setRange(0, progress.total if progress else 0)
            self._progress.setValue(progress.done if progress else 0)
            left = progress.seconds_left if progress else None
            words = [f"Making {making.name} smooth"]
            words += [f"{duration(left)} left"] if left is not None else []
            words += [f"{proxies.waiting} more after it"] if proxies.waiting else []
            self._text.setText(" · ".join(words))
        elif offers:
            self._text.setText(OFFER)
        self.setVisible(making is not None or offers)

    def _offers(self) -> bool:
        playback = self._session.playback
        return (
            playback.is_slow
            and not self._session.proxies.smooths
            and not playback.has_proxy
            and playback.video is not None
            and playback.video.id not in self._refused
        )

    def _make(self) -> None:
        video = self._session.playback.video
        if video is not None:
            self._session.proxies.make(video)

    def _refuse(self) -> None:
        video = self._session.playback.video
        if video is not None:
            self._refused.add(video.id)
        self.refresh()


class SmoothBadge(QToolButton):
    """How far the proxy is that makes itself; a click cancels it. Hidden when there is none."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._proxies = session.proxies
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAutoRaise(True)
        self.clicked.connect(lambda: self._proxies.cancel())
        self._proxies.changed.connect(self._refresh)
        self._proxies.progressed.connect(lambda _: self._refresh())
        self._refresh()

    def _refresh(self) -> None:
        making, progress = self._proxies.making, self._proxies.progress
        self.setVisible(making is not None and self._proxies.is_by_itself)
        if making is None:
            return
        share = progress.done / progress.total if progress is not None and progress.total else 0.0
        self.setText(f"smoothing {100 * share:.0f} %")
        left = f" {duration(progress.seconds_left)} left." if progress is not None and progress.seconds_left else ""
        does = f"Seeking in {making.name} is slow: a small copy is made in the background.{left} Click to cancel"
        self.setToolTip(tip(does))
        self.setAccessibleName(does)


class ProxyBadge(QToolButton):
    """Says whether the picture is the proxy's or the file's; a click shows the other. Hidden without a proxy."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playback = session.playback
        self.setStyleSheet(f"QToolButton {{ {BADGE} }}")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clicked.connect(self._playback.toggle_original)
        self._playback.sourceChanged.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        is_original = self._playback.is_original
        self.setText("original" if is_original else "proxy")
        text = (
            "This frame is shown as the file has it. The next move shows the proxy again."
            if is_original
            else "Pictures come from the proxy: smaller, the same frames at the same times. "
            "Click to see this frame as the file has it."
        )
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.setVisible(self._playback.has_proxy)
