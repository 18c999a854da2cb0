"""A project file is opened beside the window: its drive may be slow, or not answer at all.

What is open stays open, and can be worked on, until the other one is there.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import StoreError, TotError
from core.project import Project

from .aside import Aside, Errand
from .jobs import Jobs, new_job

SHOWN_AFTER_MS, ASKED_EVERY_MS = 200, 100
CLOSE_S = 1.0
"""How long a project that nobody waits for any more may take to be given back."""
Take = Callable[[Project], None]


class Wish(NamedTuple):
    """What is to be opened; `as_copy` and `trusted` as in `read`."""

    path: Path
    as_copy: bool
    trusted: bool


def read(wish: Wish) -> Project | None:
    """An open project file, or a read-only copy of one that another program holds; None when it is a folder.

    `trusted` says that the person wants the files read that it names, wherever they lie; this is remembered.
    Raises StoreError.
    """
    if wish.path.is_dir():
        return None
    project = Project.open_copy(wish.path) if wish.as_copy else Project.open(wish.path)
    try:
        project.trust_folders() if wish.trusted else project.check_folders()
    except BaseException:
        _close(project)
        raise
    return project


class Opening(QObject):
    """Opens one project at a time: the newest wish counts, and one that was given up is closed when it comes."""

    message = Signal(str, str)
    ended = Signal()
    """What was wanted is open, or could not be opened, and this was said."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_asking: Callable[[], bool] = lambda: False
        """Whether a person is being asked about what is open now; it is not exchanged until there is an answer."""
        self._jobs, self._aside = jobs, Aside("opening", self)
        self._errands: list[tuple[Path, Wish | None, Errand]] = []
        """What is under way with a file; without a wish it is given back."""
        self._wish: Wish | None = None
        self._came: tuple[Project, Take] | None = None
        self._job = ""
        self._shown, self._asked = QTimer(self), QTimer(self)
        self._shown.setSingleShot(True)
        self._shown.setInterval(SHOWN_AFTER_MS)
        self._asked.setInterval(ASKED_EVERY_MS)
        self._shown.timeout.connect(self._show)
        self._asked.timeout.connect(self._exchange)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being opened, nor waits for a person's answer."""
        return self._wish is None and self._came is None

    def ask(self, wish: Wish, take: Callable[[Project | None], None], failed: Callable[[TotError], None]) -> None:
        """Open this and nothing else: `take` gets what `read` gives, `failed` its error. Neither once it is given up.

        What is being opened is not opened twice.
        """
        if wish == self._wish:
            return
        self.give_up()
        self._wish = wish
        self._shown.start()
        self._errands = [each for each in self._errands if not each[-1].is_over]
        for _, which, errand in self._errands:
            if which == wish and self._aside.wait_again(errand):
                errand.then = lambda outcome: self._on_read(outcome, take, failed)
                return
        # One of them may hold the lock of this file until it has given it back.
        earlier = [errand for path, _, errand in self._errands if path == wish.path]
        errand = self._aside.do(
            lambda: read(wish), lambda outcome: self._on_read(outcome, take, failed), unwanted=_close, after=earlier
        )
        self._errands.append((wish.path, wish, errand))

    def give_up(self) -> None:
        """Nothing is to be opened any more."""
        if self._wish is not None:
            for _, which, errand in self._errands:
                if which == self._wish:
                    self._aside.leave(errand)
        self._end()
        self._give_back()

    def hand_over(self, project: Project, take: Take) -> None:
        """`take` gets a project that came, at once or when the person has answered; one that still waits is closed."""
        self._give_back()
        self._came = project, take
        self._asked.start()
        self._exchange()

    def close(self) -> None:
        """The window closes: nothing is opened any more."""
        self.give_up()
        self._aside.close()

    def _on_read(
        self,
        outcome: Project | Exception | None,
        take: Callable[[Project | None], None],
        failed: Callable[[TotError], None],
    ) -> None:
        self._end()
        if isinstance(outcome, Project):
            self.hand_over(outcome, take)
            return
        try:
            if isinstance(outcome, OSError):
                outcome = StoreError(f"The project cannot be opened: {outcome.strerror or outcome}.")
            if isinstance(outcome, TotError):
                failed(outcome)
            elif isinstance(outcome, Exception):
                raise outcome
            else:
                take(None)
        finally:
            self.ended.emit()

    def _exchange(self) -> None:
        if self._came is None or self.is_asking():
            return
        (project, take), self._came = self._came, None
        self._asked.stop()
        try:
            take(project)
        finally:
            self.ended.emit()

    def _give_back(self) -> None:
        """The project that came and waits for an answer is wanted no more."""
        if self._came is not None:
            (project, _), self._came = self._came, None
            self._asked.stop()
            errand = self._aside.do(lambda: _close(project), lambda _none: None)
            self._errands.append((project.path, None, errand))

    def _show(self) -> None:
        """It takes so long that the person wants to know."""
        assert self._wish is not None
        self._job = new_job("open")
        self._jobs.show(self._job, f"Opening {self._wish.path.name}", self._on_cancel)

    def _on_cancel(self) -> None:
        if self._wish is not None:
            name = self._wish.path.name
            self.give_up()
            self.message.emit(f"{name} was not opened.", "info")

    def _end(self) -> None:
        self._wish = None
        self._shown.stop()
        if self._job:
            job, self._job = self._job, ""
            self._jobs.hide(job)


def _close(project: Project | None) -> None:
    """Give a project back that nobody wants any more; nothing of it was changed."""
    if project is not None:
        with suppress(TotError):
            project.close(CLOSE_S)
