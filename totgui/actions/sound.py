"""What a person can ask of the sound: heard or not, how loud, and a row for it in the timeline."""

from __future__ import annotations

from .menu import Command, Menu


class SoundPart(Menu):
    """The sound of the video that plays, as it was last time."""

    def commands(self) -> list[Command | None]:
        self._remember()
        sound = self.session.sound
        return [
            Command(
                "playback.sound",
                "Sound",
                sound.toggle,
                ["V"],
                "Heard while the video plays forward at normal speed",
                usable=lambda: not sound.reason,
                repeats=False,
                checked=lambda: bool(sound.is_on and not sound.reason),
            ),
            Command(
                "playback.louder",
                "Louder",
                lambda: self.louder(1),
                tip="Turns the sound on where it is off",
                usable=lambda: not sound.reason,
            ),
            Command("playback.quieter", "Quieter", lambda: self.louder(-1), usable=lambda: not sound.reason),
        ]

    def _remember(self) -> None:
        """Sound is on, and as loud, as it was last time; every change is remembered."""
        sound, settings = self.session.sound, self.window.settings
        is_on, volume = settings.sound()
        sound.set_volume(volume)
        sound.set_on(is_on)
        sound.changed.connect(lambda: settings.set_sound(sound.is_on, sound.volume))

    def louder(self, direction: int) -> None:
        """A tenth of the way louder or quieter."""
        sound = self.session.sound
        sound.set_volume(sound.volume + 10 * direction)
        if direction > 0:
            sound.set_on(True)


class SoundRow(Menu):
    """The row of the timeline that shows the sound, as it was last time."""

    def commands(self) -> list[Command | None]:
        waveforms = self.session.waveforms
        self._remember()
        return [
            Command(
                "view.sound",
                "Sound in the timeline",
                waveforms.toggle_row,
                ["Shift+V"],
                "How loud the video is at each frame; until you choose, shown where there is sound",
                usable=self.is_open,
                repeats=False,
                checked=self._is_shown,
            ),
            Command(
                "view.sound-snaps",
                "Snap to the starts of sounds",
                waveforms.toggle_snaps,
                tip="What is dragged in the timeline snaps to where a calm ends, marked below the sound",
                usable=self._is_shown,
                checked=lambda: self._is_shown() and waveforms.snaps,
            ),
        ]

    def _is_shown(self) -> bool:
        return bool(self.is_open() and self.session.waveforms.is_row_shown)

    def _remember(self) -> None:
        """The row is as it was last time; every change is remembered."""
        waveforms, settings = self.session.waveforms, self.window.settings
        waveforms.set_row(settings.sound_row())
        waveforms.set_snaps(settings.sound_snaps())
        waveforms.changed.connect(lambda: settings.set_sound_row(waveforms.row))
        waveforms.changed.connect(lambda: settings.set_sound_snaps(waveforms.snaps))
        waveforms.changed.connect(self._refresh)

    def _refresh(self) -> None:
        """Tick the entries; the row comes and goes with the videos."""
        by_name = self.window.actions_.by_name
        now = (self._is_shown(), self._is_shown() and self.session.waveforms.snaps)
        if now != (by_name["view.sound"].isChecked(), by_name["view.sound-snaps"].isChecked()):
            self.window.actions_.refresh()
