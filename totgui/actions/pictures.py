"""The last part of the Playback menu: where the pictures of a video come from, its file or a proxy of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from core.data.dataset import Video

from .menu import Command, Menu


class PicturesPart(Menu):
    """Which video stream of a file is shown, and the small copies that seek at once."""

    def commands(self) -> list[Command | None]:
        playback = self.session.playback
        self.session.proxies.smooths = self.window.settings.smooths()
        return [
            Command(
                "playback.stream",
                "Choose video stream…",
                self.choose_stream,
                tip="Where a file holds several videos: which of them is shown",
                usable=self._has_file,
            ),
            Command(
                "playback.smooth",
                "Make this video smooth",
                self.make_smooth,
                tip="A small copy in the cache that seeks at once; frames and times stay exact",
                usable=lambda: self._has_file() and not playback.has_proxy,
            ),
            Command(
                "playback.smooth-slow",
                "Make slow videos smooth by themselves",
                self.toggle_smooths,
                tip="In the background, as soon as somebody jumps in a video in which that takes long",
                checked=lambda: bool(self.session.proxies.smooths),
            ),
            Command(
                "playback.original",
                "Frame as the file has it",
                playback.toggle_original,
                tip="While pictures come from the proxy",
                usable=lambda: bool(playback.has_proxy),
            ),
            Command(
                "playback.forget-proxy",
                "Delete the proxy",
                self.forget_proxy,
                tip="Pictures come from the file again",
                usable=lambda: bool(playback.has_proxy),
            ),
        ]

    def _of_file(self) -> Video | None:
        """The current video where it has a file that was looked at."""
        video = self.session.playback.video
        return video if video is not None and video.media is not None and video.timebase.media is not None else None

    def _has_file(self) -> bool:
        return self._of_file() is not None

    def choose_stream(self) -> None:
        """Offer the streams of the current video's file, once it has been looked at."""
        video = self._of_file()
        if video is not None:
            self.session.files.streams(video, lambda found: self._offer_streams(video, found))

    def _offer_streams(self, video: Video, streams: Sequence[Any]) -> None:
        """List the streams over the video as a menu, the shown one marked; what goes on goes on meanwhile."""
        if self.video != video.id:
            return  # the person went on while the file was looked at
        if len(streams) < 2:
            self.say(f"{video.name} holds one video stream; it is shown.")
            return
        menu = QMenu(self.window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Video stream")
        menu.addSection("Video stream")
        group = QActionGroup(menu)
        media = video.timebase.media
        for stream in streams:
            action = menu.addAction(str(stream).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(media is not None and stream.number == media.stream)
            group.addAction(action)
            if not action.isChecked():
                action.triggered.connect(lambda _on=False, n=stream.number: self.session.files.use_stream(video, n))
        picture = self.window.video_view.picture
        menu.popup(picture.mapToGlobal(picture.rect().center()) - QPoint(menu.sizeHint().width() // 2, 0))
        menu.setActiveAction(group.checkedAction() or group.actions()[0])

    def make_smooth(self) -> None:
        if (video := self._of_file()) is not None:
            self.session.proxies.make(video)

    def toggle_smooths(self) -> None:
        """From now on slow videos get their proxies by themselves, or are only offered them."""
        proxies = self.session.proxies
        proxies.smooths = not proxies.smooths
        self.window.settings.set_smooths(proxies.smooths)
        self.window.actions_.refresh()

    def forget_proxy(self) -> None:
        if (video := self._of_file()) is not None:
            self.session.proxies.delete(video)
