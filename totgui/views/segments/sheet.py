"""The contact sheet: pictures of all shown segments in lines. Only those that are seen are made and painted."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QWidget

from core.data.dataset import VideoId
from core.review.listing import Status

from ...models.widgets import show_tip
from ...session import Session
from .keys import ENTER, MOVES, keeps_key, own_key
from .layout import SheetLayout
from .paint import Elided, Tile, paint_tile
from .rows import ShownRows
from .scrub import Scrub
from .words import STATUS, badge, describe, length_words, shots_of, start_words, video_of

Key, Modifier = Qt.Key, Qt.KeyboardModifier
WIDTHS = (110, 160, 230, 320)
"""Least widths of a picture, from small to large."""
HEIGHTS = (96, 144, 240)
"""Heights in which pictures are made; the first that fills a tile is taken."""
SHAPE, SHAPES = 9 / 16, (0.4, 1.1)
"""Height of a picture as a share of its width: where nothing is known, and the flattest and tallest."""
SLICE_S = 0.006
"""How long pictures may be fitted into their tiles at a stretch."""
KEPT_BYTES = 48 * 1024 * 1024
DONE = (Status.CHECKED, Status.ACCEPTED)
Wish = tuple[VideoId, int]


class Sheet(QAbstractScrollArea):
    """Painted. It sends wishes and changes nothing but what is chosen."""

    openAsked = Signal(int, int)  # row, frame
    menuAsked = Signal(QPoint)  # on the screen
    sizeAsked = Signal(int)  # larger (1) or smaller (-1)
    comingChanged = Signal(int)  # pictures that are still to come

    def __init__(self, session: Session, rows: ShownRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self.rows = session, rows
        self.shots, self.size_step = 1, 1
        self._elided = Elided()
        self._fitted: dict[tuple[Wish, int, int], QImage] = {}
        self._coming, self._shape = 0, SHAPE
        self._asked: set[Wish] = set()
        self._current = -1
        self._pressed: QPoint | None = None
        self._band: QRect | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._fetch)
        self.scrub = Scrub(session, self)
        self.scrub.changed.connect(self._on_scrub)
        self._scrubbed = self._scrub_place = -1
        self.viewport().setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Pictures of segments")
        self.setAccessibleDescription("No segment is chosen.")
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        rows.changed.connect(self._on_rows)
        rows.cursorChanged.connect(self._on_cursor)
        rows.segments.chosenChanged.connect(self.viewport().update)
        self._look_up_shape()
        session.pictures.ready.connect(self._on_pictures)
        session.projectChanged.connect(self._on_project)
        session.playback.frameChanged.connect(lambda _frame: self._follow())
        session.currentVideoChanged.connect(self._follow)

    def sizeHint(self) -> QSize:
        return QSize(560, 300)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 60)

    # --- geometry ----------------------------------------------------------------------------------

    def layout_now(self) -> SheetLayout:
        """Where tiles lie now."""
        width = max(60, self.viewport().width())
        line = self.fontMetrics().height()
        return SheetLayout(width, len(self.rows), WIDTHS[self.size_step], self.shots, line, self._shape)

    def _look_up_shape(self) -> None:
        """Tiles have the shape of the first video that has pictures: mostly all have it."""
        document = self._session.document
        media = [video.timebase.media for video in document.videos.values()] if document is not None else []
        first = next((m for m in media if m is not None and m.width > 0), None)
        self._shape = SHAPE if first is None else min(max(first.height / first.width, SHAPES[0]), SHAPES[1])

    def _lay_out(self) -> None:
        layout, page, bar = self.layout_now(), self.viewport().height(), self.verticalScrollBar()
        bar.setRange(0, max(0, layout.height - page))
        bar.setPageStep(page)
        bar.setSingleStep(max(20, layout.step // 3))
        self.viewport().update()
        self._soon.start()

    def set_look(self, *, shots: int, size_step: int) -> None:
        """How many pictures a segment has, and how large they are; what is seen first stays in sight."""
        if (shots, size_step) == (self.shots, self.size_step):
            return
        seen = self.seen()
        first = self.rows.cursor if self.rows.cursor in seen else seen.start
        self.shots, self.size_step = shots, size_step
        self._fitted.clear()
        self._lay_out()
        self.ensure_visible(first)

    def seen(self) -> range:
        """The places of the tiles that are in sight."""
        top = self.verticalScrollBar().value()
        return self.layout_now().between(top, top + self.viewport().height() - 1)

    def tile_rect(self, place: int) -> QRect:
        """Where a tile lies in the viewport."""
        return QRect(*self.layout_now().rect(place)).translated(0, -self.verticalScrollBar().value())

    def place_at(self, point: QPoint) -> int | None:
        """The place of the tile under a point of the viewport."""
        return self.layout_now().at(point.x(), point.y() + self.verticalScrollBar().value())

    def ensure_visible(self, place: int) -> None:
        """Scroll so that a tile is seen whole."""
        if not 0 <= place < len(self.rows):
            return
        rect, page, bar = self.tile_rect(place), self.viewport().height(), self.verticalScrollBar()
        if rect.top() < 4:
            bar.setValue(bar.value() + rect.top() - 8)
        elif rect.bottom() > page - 4:
            bar.setValue(bar.value() + min(rect.bottom() - page + 8, rect.top() - 8))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.layout_now().shot_width
        self._fitted = {key: image for key, image in self._fitted.items() if key[1] == wide}
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._elided.clear()
            self._lay_out()

    # --- pictures ----------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._soon.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._soon.start()

    def _on_project(self) -> None:
        self._fitted.clear()
        self._asked.clear()
        self._current = -1
        self._look_up_shape()
        self._lay_out()

    def _on_pictures(self) -> None:
        if self._coming:
            self._soon.start()

    def _fetch(self) -> None:
        """Fit pictures that have come into their tiles, and ask for those that are missing."""
        if self._session.document is None:
            return
        if not self.isVisible():
            self.scrub.stop()
            self._session.pictures.sheet([], height=HEIGHTS[0])
            return
        layout, ratio = self.layout_now(), self.devicePixelRatioF()
        size = layout.shot_width, layout.shot_height
        wishes = [w for place in self.seen() for w in self._wishes(place) if (w, *size) not in self._fitted]
        tall = next((h for h in HEIGHTS if h >= size[1] * ratio), HEIGHTS[-1])
        found, coming = self._session.pictures.sheet(wishes, height=tall)
        self._asked = set(wishes) - set(found)
        end = time.monotonic() + SLICE_S
        for number, wish in enumerate(w for w in wishes if w in found):
            if number and time.monotonic() > end:
                self._soon.start()
                break
            self._fitted[(wish, *size)] = fitted(found[wish], QSize(*size), ratio)
        if len(self._fitted) * size[0] * size[1] * 4 * ratio**2 > KEPT_BYTES:
            self._forget_unseen(size)
        if found:
            self.viewport().update()
        if coming != self._coming:
            self._coming = coming
            self.comingChanged.emit(coming)
            self.viewport().update()

    @property
    def is_complete(self) -> bool:
        """Whether every picture that is seen, and can be made, is there."""
        return not self._coming and not self._soon.isActive()

    def _wishes(self, place: int) -> list[Wish]:
        return shots_of(self.rows.listing, self.rows.row(place), self.shots)

    def _forget_unseen(self, size: tuple[int, int]) -> None:
        seen = {(wish, *size) for place in self.seen() for wish in self._wishes(place)}
        self._fitted = {key: image for key, image in self._fitted.items() if key in seen}

    # --- painting ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.palette().color(QPalette.ColorRole.Base))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        layout, top = self.layout_now(), self.verticalScrollBar().value()
        for place in layout.between(top + event.rect().top(), top + event.rect().bottom()):
            tile = self.tile(place, layout)
            if tile is not None:
                paint_tile(painter, self.palette(), tile, self._elided)
        if self._band is not None:
            accent = QColor(self.palette().color(QPalette.ColorRole.Link))
            painter.setPen(accent)
            accent.setAlpha(40)
            painter.setBrush(accent)
            painter.drawRect(QRectF(self._band.translated(0, -top)).adjusted(0.5, 0.5, -0.5, -0.5))

    def tile(self, place: int, layout: SheetLayout) -> Tile | None:
        """What is painted at a place; None where the document has gone on."""
        row, table = self.rows.row(place), self.rows.segments.table
        listing = table.listing
        video = video_of(self._session.document, listing, row)
        if video is None:
            return None
        down = -self.verticalScrollBar().value()
        wishes = self._wishes(place)
        rects = tuple(QRect(*layout.shot(place, n)).translated(0, down) for n in range(len(wishes)))
        label, status = int(listing.labels[row]), Status(int(listing.status[row]))
        band = QRect(rects[0].x(), rects[0].bottom() + 1, rects[-1].right() - rects[0].x() + 1, layout.band)
        return Tile(
            rect=QRect(*layout.rect(place)).translated(0, down),
            shot_rects=rects,
            shots=tuple(self._fitted.get((w, layout.shot_width, layout.shot_height)) for w in wishes),
            scrubbed=self.scrub.share if row == self.scrub.row else None,
            scrub=self.scrub.picture if row == self.scrub.row else None,
            waiting=bool(self._coming) and any(w in self._asked for w in wishes),
            band=band,
            label=label,
            action=self._session.action_name(label),
            colour=QColor(self._session.action_colour(label)),
            video=video.name,
            when=f"{start_words(video, listing, row)} · {length_words(listing, row)}",
            status=STATUS[status] if status is not Status.OPEN else "",
            gives_way=status is Status.PREDICTED,
            is_done=status in DONE,
            badge=badge(table, row),
            is_chosen=bool(self.rows.segments.chosen[row]),
            is_current=row == self._current,
            has_cursor=self.hasFocus() and place == self.rows.cursor and bool(self.rows.segments.count),
        )

    # --- following ---------------------------------------------------------------------------------

    def _on_rows(self) -> None:
        self._current = -1
        if not self.scrub.is_in(self.rows.listing) or self.rows.place_of(self.scrub.row) != self._scrub_place:
            self.scrub.stop()
        self._lay_out()
        self._follow(scroll=False)
        self._on_cursor(scroll=self.hasFocus())

    def _on_cursor(self, *, scroll: bool = True) -> None:
        place = self.rows.cursor
        text = "No segment is chosen."
        if 0 <= place < len(self.rows):
            if scroll:
                self.ensure_visible(place)
            text = describe(self._session, self.rows.segments.table, self.rows.row(place)).replace("\n", ", ")
        self.setAccessibleDescription(text)
        self.viewport().update()

    def _follow(self, *, scroll: bool = True) -> None:
        """Frame the segment under the playhead; while nothing is chosen it is kept in sight."""
        row = self.rows.listing.row_at(self._session.current_video, self._session.playback.frame)
        if row == self._current:
            return
        self._current = row
        if not self.isVisible():
            return
        self.viewport().update()
        if scroll and not self.rows.segments.count and not self.hasFocus():
            self.ensure_visible(self.rows.place_of(row))

    # --- the hand ----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        place = self.place_at(point)
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed = point + QPoint(0, self.verticalScrollBar().value())
        held = event.modifiers()
        shift, control = bool(held & Modifier.ShiftModifier), bool(held & Modifier.ControlModifier)
        if place is not None:
            self.rows.choose(place, extend=shift, toggle=control)
        elif not shift and not control:
            self.rows.clear()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self._scrub_at(event.position().toPoint())
            return
        point = event.position().toPoint() + QPoint(0, self.verticalScrollBar().value())
        if self._band is None and (point - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        self._band = QRect(self._pressed, point).normalized()
        rect = self._band
        touched = self.layout_now().inside(rect.left(), rect.top(), rect.right(), rect.bottom())
        self.rows.choose_places(np.array(touched, np.int64))
        self._scroll_after(event.position().toPoint())
        self.viewport().update()

    def _scrub_at(self, point: QPoint) -> None:
        """Go through the segment whose one picture the pointer is over."""
        place = self.place_at(point) if self.shots == 1 else None
        if place is None:
            self.scrub.stop()
            return
        rect = QRect(*self.layout_now().shot(place, 0)).translated(0, -self.verticalScrollBar().value())
        if not rect.contains(point):
            self.scrub.stop()
            return
        row, listing = self.rows.row(place), self.rows.listing
        video, share = listing.videos[int(listing.video[row])], (point.x() - rect.x()) / max(1, rect.width() - 1)
        self._scrub_place = place
        self.scrub.go(row, video, int(listing.starts[row]), int(listing.stops[row]), share)

    def _on_scrolled(self) -> None:
        self.scrub.stop()
        self._soon.start()

    def _on_scrub(self) -> None:
        for row in {self._scrubbed, self.scrub.row}:
            place = self.rows.place_of(row)
            if place >= 0:
                self.viewport().update(self.tile_rect(place))
        self._scrubbed = self.scrub.row

    def _scroll_after(self, point: QPoint) -> None:
        """A band that is drawn past an edge takes what lies beyond along."""
        bar, page = self.verticalScrollBar(), self.viewport().height()
        if point.y() < 0 or point.y() > page:
            bar.setValue(bar.value() + (point.y() if point.y() < 0 else point.y() - page))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._band = None
            self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        place = self.place_at(point)
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            number = self.layout_now().shot_at(place, point.x())
            row = self.rows.row(place)
            frame = self._wishes(place)[number][1] if self.shots > 1 else int(self.rows.listing.starts[row])
            self.openAsked.emit(row, frame)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu works on what is chosen; what lies under the pointer is chosen first where it is not."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            if self.rows.cursor >= 0:
                self.menuAsked.emit(self.viewport().mapToGlobal(self.tile_rect(self.rows.cursor).center()))
            return
        place = self.place_at(self.viewport().mapFromGlobal(event.globalPos()))
        if place is None:
            return
        if not self.rows.segments.chosen[self.rows.row(place)]:
            self.rows.choose(place)
        self.menuAsked.emit(event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Modifier.ControlModifier:
            if turned := event.angleDelta().y():
                self.sizeAsked.emit(1 if turned > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)

    # --- keys --------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        return keeps_key(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not own_key(event):
            super().keyPressEvent(event)
            return
        key, extend = Key(event.key()), bool(event.modifiers() & Modifier.ShiftModifier)
        if key in MOVES:
            self._move(key, extend=extend)
        elif key in ENTER:
            self._open_cursor()
        elif key == Key.Key_A:
            self.rows.choose_all()
        else:
            self.rows.clear()
        event.accept()

    def _move(self, key: Qt.Key, *, extend: bool) -> None:
        layout = self.layout_now()
        line = layout.columns
        page = max(1, self.viewport().height() // layout.step) * line
        by = {Key.Key_Left: -1, Key.Key_Right: 1, Key.Key_Up: -line, Key.Key_Down: line}
        by |= {
            Key.Key_PageUp: -page,
            Key.Key_PageDown: page,
            Key.Key_Home: -len(self.rows),
            Key.Key_End: len(self.rows),
        }
        at, step = max(0, self.rows.cursor), by[key]
        if key in (Key.Key_Up, Key.Key_Down) and not 0 <= at + step < len(self.rows):
            step = 0 if at // line == (len(self.rows) - 1) // line or step < 0 else len(self.rows) - 1 - at
        self.rows.move(step, extend=extend)
        self.ensure_visible(self.rows.cursor)

    def _open_cursor(self) -> None:
        if 0 <= self.rows.cursor < len(self.rows) and self.rows.segments.count:
            row = self.rows.row(self.rows.cursor)
            self.openAsked.emit(row, int(self.rows.listing.starts[row]))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._pressed = self._band = None
        self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.scrub.stop()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.place_at(event.pos())
            text = "" if place is None else describe(self._session, self.rows.segments.table, self.rows.row(place))
            show_tip(event, text, self.viewport())
            return True
        return super().viewportEvent(event)


def fitted(image: QImage, room: QSize, ratio: float) -> QImage:
    """A picture in its own shape that fills a room as far as it can, at the resolution of the screen."""
    size = image.size().scaled(room * ratio, Qt.AspectRatioMode.KeepAspectRatio)
    scaled = image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    scaled.setDevicePixelRatio(ratio)
    return scaled
