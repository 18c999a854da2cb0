"""Project files are opened and closed beside the window: a drive may be slow, or not answer at all.

What is open stays open, and can be worked on, until the other one is there. One that is opened again while it is being
closed waits for that.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import StoreError, TotError
from core.project import Project

from ..jobs.beside import END_S
from .aside import Aside, Errand
from .jobs import Jobs, new_job

log = logging.getLogger(__name__)
SHOWN_AFTER_MS, ASKED_EVERY_MS = 200, 100
CLOSE_S = 2.0
"""How long closing a project waits for a disk that does not take its edits; they lie in the emergency file by then."""
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
    try:
        return None if wish.path.is_dir() else _open(wish)
    except OSError as error:
        raise StoreError(f"{wish.path} cannot be opened: {error.strerror or error}.") from error


def _open(wish: Wish) -> Project:
    project = Project.open_copy(wish.path) if wish.as_copy else Project.open(wish.path)
    try:
        _trust(project) if wish.trusted else project.check_folders()
    except BaseException:
        _close(project)
        raise
    return project


def _trust(project: Project) -> None:
    """Remember that the person wants the folders of a project read. What they said counts also where that fails."""
    try:
        project.trust_folders()
    except OSError as error:  # the home is full, or cannot be written
        why = error.strerror or type(error).__name__
        project.notes.append(f"It could not be kept that you trust its folders ({why}): you are asked the next time.")


class Opening(QObject):
    """Opens one project at a time: the newest wish counts, and one that was given up is closed when it comes."""

    message = Signal(str, str)
    ended = Signal()
    """What was wanted is open, or could not be opened, and this was said."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_asking: Callable[[], bool] = lambda: False
        """Whether a person is being asked about what is open now; it is not exchanged until there is an answer."""
        self.may_exchange: Callable[[], bool] = lambda: True
        """Whether what is open now can be left; asked until it can."""
        self._jobs, self._aside = jobs, Aside("opening", self)
        self._errands: list[tuple[Path, Wish | None, Errand]] = []
        """What is under way with a file; without a wish it is given back."""
        self._wish: Wish | None = None
        self._given_up: Callable[[], None] = _nothing
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

    def ask(
        self,
        wish: Wish,
        take: Callable[[Project | None], None],
        failed: Callable[[TotError], None],
        given_up: Callable[[], None] = lambda: None,
    ) -> None:
        """Open this and nothing else: `take` gets what `read` gives, `failed` its error, or `given_up` is called.

        What is being opened is not opened twice.
        """
        if wish == self._wish:
            return
        self.give_up()
        self._wish, self._given_up = wish, given_up
        self._shown.start()
        for _, which, errand in self._errands:
            if which == wish and self._aside.wait_again(errand):
                errand.then = lambda outcome: self._on_read(outcome, take, failed)
                return
        errand = self._aside.do(
            lambda: read(wish),
            lambda outcome: self._on_read(outcome, take, failed),
            unwanted=_close,
            after=self._with(wish.path),
        )
        self._errands.append((wish.path, wish, errand))

    def give_up(self) -> None:
        """Nothing is to be opened any more."""
        if self._wish is not None:
            for _, which, errand in self._errands:
                if which == self._wish:
                    self._aside.leave(errand)
        given_up = self._end()
        self._give_back()
        given_up()

    def hand_over(self, project: Project, take: Take) -> None:
        """`take` gets a project that came, at once or when the person has answered; one that still waits is closed."""
        self._give_back()
        self._came = project, take
        self._asked.start()
        self._exchange()

    def put_away(self, project: Project, told: Callable[[str], None]) -> Callable[[float], None]:
        """Close a project that was open, beside the window. `told` gets a sentence where something went wrong, or "".

        The function that is returned waits for it, at most for so many seconds, and has `told` called before.
        """

        def work() -> str:
            try:
                project.close(CLOSE_S)
            except TotError as error:
                log.warning("%s", error)  # a window that closes shows nothing any more
                return str(error)
            return ""

        def done(outcome: str | Exception) -> None:
            told("" if isinstance(outcome, Exception) else outcome)
            if isinstance(outcome, Exception):
                raise outcome

        errand = self._aside.do(work, done)
        self._errands.append((project.path, None, errand))
        return lambda seconds: self._aside.settle(errand, seconds)

    def is_with(self, path: Path) -> bool:
        """Whether something is still under way with this file."""
        return bool(self._with(path))

    def close(self, wait_s: float = END_S) -> None:
        """The window closes: nothing is opened any more, and what is being closed has so long."""
        self.give_up()
        self._aside.close(wait_s)

    def _with(self, path: Path) -> list[Errand]:
        """What is under way with a file: it may hold its lock until it is over."""
        self._errands = [each for each in self._errands if not each[-1].is_over]
        return [errand for where, _, errand in self._errands if where == path]

    def _on_read(
        self,
        outcome: Project | Exception | None,
        take: Callable[[Project | None], None],
        failed: Callable[[TotError], None],
    ) -> None:
        given_up = self._end()
        if isinstance(outcome, Project):
            self._given_up = given_up  # it still can be, as long as a person is asked about what is open
            self.hand_over(outcome, take)
            return
        try:
            if isinstance(outcome, TotError):
                failed(outcome)
            elif isinstance(outcome, Exception):
                raise outcome
            else:
                take(None)
        finally:
            self.ended.emit()

    def _exchange(self) -> None:
        if self._came is None or self.is_asking() or not self.may_exchange() or self._came is None:
            return
        (project, take), self._came = self._came, None
        self._given_up = _nothing
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
            self.message.emit(f"{self._wish.path.name} was not opened.", "info")
            self.give_up()

    def _end(self) -> Callable[[], None]:
        """Nothing is being opened; returns what is to be called where it was given up."""
        self._wish = None
        given_up, self._given_up = self._given_up, _nothing
        self._shown.stop()
        if self._job:
            job, self._job = self._job, ""
            self._jobs.hide(job)
        return given_up


def _nothing() -> None:
    """Nobody is to be told."""


def _close(project: Project | None) -> None:
    """Give a project back that nobody wants any more; nothing of it was changed."""
    if project is not None:
        with suppress(TotError):
            project.close(CLOSE_S)
