"""What the window remembers between starts: layout, theme, recent projects. Plain types only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

RECENT_LIMIT = 10
NAMES_LIMIT = 300
KEY_MARK = "\t"
"""Between the keys of a command; no key is written with it."""


class Settings:
    """Typed access to the settings file of the application."""

    def __init__(self) -> None:
        self._settings = QSettings("totgui", "totgui")

    def sync(self) -> None:
        """Put everything on disk now; else it is done at the end of the program."""
        self._settings.sync()

    def recent(self) -> list[Path]:
        """The projects that were opened last, newest first; see `recent.RecentProjects` for those that are there."""
        return list(map(Path, self._texts("recent")))

    def add_recent(self, path: Path) -> None:
        """Put a project at the head of the recent list."""
        paths = [str(path), *[str(p) for p in self.recent() if p != path]]
        self._settings.setValue("recent", paths[:RECENT_LIMIT])

    def theme(self) -> str:
        """``system``, ``light`` or ``dark``."""
        theme = str(self._settings.value("theme", "system"))
        return theme if theme in ("system", "light", "dark") else "system"

    def set_theme(self, theme: str) -> None:
        self._settings.setValue("theme", theme)

    def text_size(self) -> str:
        """How large text is beside the usual: ``smaller``, ``normal``, ``larger`` or ``largest``."""
        size = str(self._settings.value("text-size", "normal"))
        return size if size in ("smaller", "normal", "larger", "largest") else "normal"

    def set_text_size(self, size: str) -> None:
        self._settings.setValue("text-size", size)

    def layout(self) -> tuple[QByteArray, QByteArray] | None:
        """Geometry and dock state of the last window, or None."""
        geometry, state = self._settings.value("geometry"), self._settings.value("state")
        if isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
            return geometry, state
        return None

    def set_layout(self, geometry: QByteArray, state: QByteArray) -> None:
        self._settings.setValue("geometry", geometry)
        self._settings.setValue("state", state)

    def clear_layout(self) -> None:
        self._settings.remove("geometry")
        self._settings.remove("state")

    def extraction_speeds(self) -> dict[str, float]:
        """Rows a second of each extractor as they were measured here last."""
        self._settings.beginGroup("extraction")
        found = {name: self._settings.value(name, 0.0, float) for name in self._settings.childKeys()}
        self._settings.endGroup()
        return {name: float(speed) for name, speed in found.items() if isinstance(speed, float) and speed > 0}

    def set_extraction_speed(self, extractor: str, rows_per_second: float) -> None:
        self._settings.setValue(f"extraction/{extractor}", float(rows_per_second))

    def names(self) -> list[str]:
        """Names that people typed for actions, in any project, newest first; never names out of a dataset."""
        return self._texts("names")

    def remember_name(self, name: str) -> None:
        """Offer a name in later projects."""
        name = name.strip()
        if name:
            self._settings.setValue("names", [name, *[n for n in self.names() if n != name]][:NAMES_LIMIT])

    def keys(self) -> dict[str, list[str]]:
        """Keys that a person chose, by the name of the command; an empty list is a command without a key."""
        self._settings.beginGroup("keys")
        found = {name: str(self._settings.value(name, "")) for name in self._settings.childKeys()}
        self._settings.endGroup()
        return {name: text.split(KEY_MARK) if text else [] for name, text in found.items()}

    def key_preset(self) -> str:
        """The preset for the keyboard."""
        return str(self._settings.value("keyboard", ""))

    def set_keys(self, preset: str, keys: Mapping[str, Sequence[str]]) -> None:
        """Remember a preset and the keys that differ from it; all others are forgotten."""
        self._settings.setValue("keyboard", preset)
        self._settings.remove("keys")
        for name, chosen in keys.items():
            self._settings.setValue(f"keys/{name}", KEY_MARK.join(chosen))

    def recent_commands(self) -> list[str]:
        """Names of the commands that were chosen in the palette, newest first."""
        return self._texts("commands")

    def add_recent_command(self, name: str) -> None:
        """Put a command at the head of the palette."""
        names = [name, *[n for n in self.recent_commands() if n != name]]
        self._settings.setValue("commands", names[:RECENT_LIMIT])

    def reviewer(self) -> str:
        """The name that is kept with what is accepted; empty where nobody gave one."""
        return str(self._settings.value("reviewer", ""))

    def set_reviewer(self, name: str) -> None:
        self._settings.setValue("reviewer", name)

    def paint_delay(self) -> float:
        """Reaction time in seconds that painting while playing takes off each cut, 0 to 1."""
        return min(1.0, max(0.0, self._number("paint-delay", 0.0)))

    def set_paint_delay(self, seconds: float) -> None:
        self._settings.setValue("paint-delay", float(seconds))

    def loop_margin(self) -> float:
        """Seconds that a loop plays before and after what is looped."""
        return min(5.0, max(0.0, self._number("loop-margin", 0.0)))

    def set_loop_margin(self, seconds: float) -> None:
        self._settings.setValue("loop-margin", float(seconds))

    def smooths(self) -> bool:
        """Whether slow videos get their proxies by themselves."""
        return self._settings.value("smooths", True, bool) is not False

    def set_smooths(self, smooths: bool) -> None:
        self._settings.setValue("smooths", smooths)

    def sound(self) -> tuple[bool, int]:
        """Whether sound is heard, and how loud, 0 to 100; muted until a person wants it."""
        return self._settings.value("sound", False, bool) is True, min(100, max(0, int(self._number("volume", 100))))

    def set_sound(self, is_on: bool, volume: int) -> None:
        self._settings.setValue("sound", is_on)
        self._settings.setValue("volume", volume)

    def sound_row(self) -> str:
        """The row of the sound: ``auto``, ``on`` or ``off``."""
        row = str(self._settings.value("sound-row", "auto"))
        return row if row in ("auto", "on", "off") else "auto"

    def set_sound_row(self, row: str) -> None:
        if row != self.sound_row():
            self._settings.setValue("sound-row", row)

    def sound_snaps(self) -> bool:
        """Whether what is dragged in the timeline snaps to the starts of sounds."""
        return self._settings.value("sound-snaps", False, bool) is True

    def set_sound_snaps(self, snaps: bool) -> None:
        if snaps != self.sound_snaps():
            self._settings.setValue("sound-snaps", snaps)

    def follow(self) -> str:
        """How the timeline follows the playhead: ``off``, ``page`` or ``smooth``."""
        follow = str(self._settings.value("follow", "page"))
        return follow if follow in ("off", "page", "smooth") else "page"

    def set_follow(self, follow: str) -> None:
        self._settings.setValue("follow", follow)

    def _texts(self, key: str) -> list[str]:
        """A list of texts; Qt gives one that holds a single text back as that text."""
        stored = self._settings.value(key, [])
        if isinstance(stored, str):
            return [stored]
        return [str(text) for text in stored] if isinstance(stored, list) else []

    def sheet(self) -> tuple[str, int, int]:
        """How segments are shown: page, pictures of each, step of their size."""
        shots, size = (int(min(9.0, max(0.0, self._number(f"sheet/{name}", 1.0)))) for name in ("shots", "size"))
        return str(self._settings.value("sheet/page", "")), shots, size

    def set_sheet(self, page: str, shots: int, size: int) -> None:
        self._settings.setValue("sheet/page", page)
        self._settings.setValue("sheet/shots", shots)
        self._settings.setValue("sheet/size", size)

    def place(self, project: Path) -> tuple[str, int] | None:
        """The video and the frame that were shown last in a project; None where that is not known."""
        for name, video, frame in self._places():
            if name == str(project):
                return video, int(frame) if frame.isdecimal() else 0
        return None

    def set_place(self, project: Path, video: str, frame: int) -> None:
        others = [place for place in self._places() if place[0] != str(project)]
        places = [(str(project), video, str(frame)), *others][:RECENT_LIMIT]
        self._settings.setValue("places", [text for place in places for text in place])

    def view(self, project: Path) -> tuple[float, float, str, str] | None:
        """First frame and pixels a frame of the timeline (0: all), filter of the videos, and the video it was of."""
        for name, start, scale, text, video in self._views():
            if name == str(project):
                try:
                    return float(start), float(scale), text, video
                except ValueError:
                    return None
        return None

    def set_view(self, project: Path, start: float, scale: float, text: str, video: str) -> None:
        others = [view for view in self._views() if view[0] != str(project)]
        views = [(str(project), f"{start:.3f}", f"{scale:.6g}", text, video), *others][:RECENT_LIMIT]
        self._settings.setValue("seen", [part for view in views for part in view])

    def _views(self) -> list[tuple[str, str, str, str, str]]:
        texts = self._texts("seen")
        return list(zip(texts[::5], texts[1::5], texts[2::5], texts[3::5], texts[4::5], strict=False))

    def export_format(self, project: Path) -> str:
        """The format that labels of a project were exported in last; empty where they never were."""
        return next((name for place, name in self._formats() if place == str(project)), "")

    def set_export_format(self, project: Path, name: str) -> None:
        others = [known for known in self._formats() if known[0] != str(project)]
        formats = [(str(project), name), *others][:RECENT_LIMIT]
        self._settings.setValue("export-formats", [text for each in formats for text in each])

    def _formats(self) -> list[tuple[str, str]]:
        texts = self._texts("export-formats")
        return list(zip(texts[::2], texts[1::2], strict=False))

    def _places(self) -> list[tuple[str, str, str]]:
        texts = self._texts("places")
        return list(zip(texts[::3], texts[1::3], texts[2::3], strict=False))

    def _number(self, key: str, default: float) -> float:
        try:
            return float(str(self._settings.value(key, default)))
        except ValueError:
            return default

    def last_folder(self) -> str:
        return str(self._settings.value("folder", str(Path.home())))

    def set_last_folder(self, folder: Path) -> None:
        self._settings.setValue("folder", str(folder))
