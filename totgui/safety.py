"""Opening, copying and closing with nothing lost: what the person is told and offered when it is not plain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from core.cut_off import CutOff
from core.errors import DamagedProjectError, ForeignFoldersError, ProjectLockedError, TotError
from core.events import Failed, Finished, StopKind

from .dialogs.details import DetailsDialog
from .dialogs.locate import ask_locate
from .models.widgets import accepted
from .out_of_memory import Choice, OutOfMemory
from .session import SavedState, Session

AT_ONCE_S = 0.2
"""So long the disk may take the last edits before closing the window becomes a matter of turns."""

KEEPS = QMessageBox.ButtonRole.ActionRole


class Safety(QObject):
    """Asks where that is needed, and then asks the session to do it."""

    def __init__(self, window: Any) -> None:  # a MainWindow; naming it here would close a circle of imports
        super().__init__(window)
        self._window = window
        self._session: Session = window.session
        self._again = OutOfMemory(window.session, self)
        self._leaves = False
        """Whether the window closes once the job that was asked to end has ended."""
        self._given_up: str | None = None
        """The job that the person has given up by quitting."""
        self._erred = False
        """Whether an error was said since the question about a job was asked."""
        self._known_lost: frozenset[object] = frozenset()
        self._known_altered: frozenset[object] = frozenset()
        self._said_lost = ""
        self._session.projectChanged.connect(self._forget_lost)
        self._session.projectOpened.connect(self.on_opened)
        self._session.files.changed.connect(self._offer_locate)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.applicationStateChanged.connect(self._on_state)
        self._session.files.changed.connect(self._tell_altered)
        self._session.parting.unsaved.connect(self._on_unsaved)
        self._session.jobsChanged.connect(self._leave_when_idle)
        self._session.message.connect(self._on_message)
        self._quits = False

    # --- jobs --------------------------------------------------------------------------------------

    def on_failed(self, failed: Failed) -> None:
        """Behind the sentence on a job that failed: what to do, and its last words, to be read and copied."""
        lines = [*failed.log, *failed.traceback.splitlines()]
        sentence, choices = self._window.bar.text(), self._again.ways_out(failed)
        if (left := self._session.runs.cut_off(failed.job)) is not None:
            self._window.bar.withdraw(sentence)
            sentence = (
                f"Training failed. {failed.message} Edits and earlier runs are whole, and so is what this training "
                f"had learned in {left.note.iteration:,} of {left.note.iterations:,} iterations."
            )
            choices.insert(0, self._resume(left))
        if lines:
            choices.append(("Details…", lambda: self._show(sentence, "\n".join(lines))))
        if choices:
            self._window.bar.say(sentence, "error", choices)

    def on_finished(self, finished: Finished) -> None:
        """A training that found no memory kept what it had learned: what to do about the rest."""
        if shortage := finished.result.get("out_of_memory"):
            self._window.bar.say(shortage["what"], "warning", self._again.ways_out(finished))

    def _show(self, sentence: str, text: str) -> None:
        accepted(DetailsDialog("What happened", sentence, text, self._window))

    # --- opening -----------------------------------------------------------------------------------

    def open_project(self, path: Path, folder: Callable[[], None] | None = None) -> None:
        """Open a project beside the window; where that fails, say why and offer what helps.

        `folder` is called instead where it is no project but a folder.
        """
        self._open(path, folder=folder)

    def _open(
        self,
        path: Path,
        *,
        as_copy: bool = False,
        trusted: bool = False,
        folder: Callable[[], None] | None = None,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """`then` is called when the project is open, cannot be opened, or was given up."""

        def opened(error: TotError | None) -> None:
            if error is None:
                self._window.recent.add(path)
            else:
                self._on_not_opened(path, error, as_copy=as_copy)
            then()

        self._session.open_soon(path, opened, as_copy=as_copy, trusted=trusted, folder=folder, given_up=then)

    def _on_not_opened(self, path: Path, error: TotError, *, as_copy: bool) -> None:
        say = self._window.bar.say
        if isinstance(error, ForeignFoldersError):
            read = ("Trust it and open", lambda: self._open(path, as_copy=as_copy, trusted=True))
            say(f"{error.what} Open it only if you trust where it comes from.", "warning", [read])
        elif isinstance(error, ProjectLockedError):
            copy = ("Open a read-only copy", lambda: self._open(path, as_copy=True))
            say(str(error), "warning", [] if as_copy else [copy])
        elif isinstance(error, DamagedProjectError):
            self._offer_what_is_left(path, str(error))
        else:
            say(str(error), "error")

    def _offer_what_is_left(self, path: Path, text: str) -> None:
        """Say that a project is damaged, offer to save the rest, and its newest backup once one was found whole."""
        save = ("Save what is left…", lambda: self.salvage(path))
        self._window.bar.say(text, "error", [save])

        def offer(backup: tuple[Path, datetime] | None) -> None:
            if backup is not None and self._window.bar.text() == text:  # nobody has answered meanwhile
                found, at = backup
                back = (f"Open the backup of {at:%d %b %H:%M}", lambda: self._open(found))
                self._window.bar.say(text, "error", [back, save])

        self._session.copies.whole_backup(path, offer)

    def salvage(self, path: Path) -> None:
        """Save what a damaged project still holds into a new file, and open that."""
        chosen = self._ask_name("Save what is left", path.with_name(f"{path.stem} saved.tot"))
        if chosen is not None:
            self._session.copies.salvage(path, chosen, lambda found: self._salvaged(chosen, found))

    def _salvaged(self, path: Path, found: Mapping[str, Any]) -> None:
        lost = found["lost"]
        text = "Everything could be saved." if not lost else "Not everything could be saved: " + " ".join(lost)
        self._say_and_open(path, f"{path.name}: {text} The undo history begins anew.", is_whole=not lost)

    def _say_and_open(self, path: Path, text: str, *, is_whole: bool) -> None:
        """Open what was saved. That something was lost is said before, for the opening can be given up."""
        if is_whole:
            self._open(path, then=lambda: self._window.bar.say(text, "info"))
        else:
            self._window.bar.say(text, "error")  # an error stays below what opening has to say
            self._open(path)

    def on_opened(self) -> None:
        """Say what opening took, and offer trainings that nobody took in."""
        project, say = self._session.project, self._window.bar.say
        if project is None:
            return
        if not project.read_only:
            for result in self._session.runs.left():
                self._offer_run(result)
            for left in self._session.runs.left_cut_off():
                self._offer_cut_off(left)
        if text := " ".join([opened_text(project), *project.notes]).strip():
            say(text, "warning" if project.notes else "info")

    def _offer_run(self, result: Mapping[str, Any]) -> None:
        at = datetime.fromisoformat(str(result["finished"])).astimezone()
        early = ", stopped early" if result.get("stopped_early") else ""
        self._window.bar.say(
            f"A training of this project ended at {at:%d %b %H:%M} while no window was open "
            f"({result['iterations']:,} iterations{early}).",
            "info",
            [
                ("Add the run", lambda: self._session.runs.take(result)),
                ("Discard it", lambda: self._session.runs.forget(result)),
            ],
        )

    def _resume(self, left: CutOff) -> Choice:
        return (
            f"Resume from iteration {left.note.iteration:,}",
            lambda: self._again.when_idle(lambda: self._session.runs.go_on(left)),
        )

    def _offer_cut_off(self, left: CutOff) -> None:
        note = left.note
        self._window.bar.say(
            f"A training of this project was cut off. What it had learned by {note.saved.astimezone():%d %b %H:%M} "
            f"is kept ({note.iteration:,} of {note.iterations:,} iterations).",
            "info",
            [self._resume(left), ("Discard it", lambda: self._session.runs.forget_cut_off(left))],
        )

    # --- files that are missing --------------------------------------------------------------------

    def _on_state(self, state: Qt.ApplicationState) -> None:
        """Whoever comes back to the window may have put files back."""
        if state == Qt.ApplicationState.ApplicationActive:
            self._session.files.look_again()

    def _forget_lost(self) -> None:
        self._known_lost = self._known_altered = frozenset()
        self._stay()

    def _tell_altered(self) -> None:
        """Say once that files hold something else than when they were taken in, and what that means."""
        known, self._known_altered = self._known_altered, frozenset(self._session.files.altered)
        project = self._session.project
        if project is None or not self._known_altered or self._known_altered <= known:
            return
        kinds = {"features": "Runs trained before used the old ones.", "media": "Frame numbers may not fit any more."}
        kinds["ground_truth"] = "The project keeps the labels that it read."
        names = {"features": "features", "media": "video file", "ground_truth": "label file"}
        for kind, meaning in kinds.items():
            videos = [each.video for each in self._session.files.altered if each.kind == kind]
            if videos:
                first = project.document.videos[videos[0]].name
                more = f" and {len(videos) - 1} more" if len(videos) > 1 else ""
                text = f"The {names[kind]} of {first}{more} changed since the project was made. {meaning}"
                choices = [] if project.read_only else [("Go on with them", self._session.files.accept)]
                self._window.bar.say(text, "warning", choices)

    def _offer_locate(self) -> None:
        known, self._known_lost = self._known_lost, frozenset(self._session.files.lost)
        if self._known_lost != known and self._said_lost:
            known = frozenset() if self._window.bar.text() == self._said_lost else known
            self._window.bar.withdraw(self._said_lost)  # what it names lies elsewhere by now, or nowhere
            self._said_lost = ""
        project = self._session.project
        videos = [lost for lost in self._session.files.lost if lost.kind == "media"]
        if project is None or not videos or self._known_lost <= known:
            return
        count = f"{len(videos)} video files are" if len(videos) > 1 else "1 video file is"
        text = f"{count} missing, {videos[0].path} first."
        choices = [] if project.read_only else [("Locate missing files…", self.locate)]
        beside = self._session.files.beside
        if beside and choices:
            found = "They lie" if len(beside) == len(videos) > 1 else f"{len(beside)} of them lie"
            if len(beside) == 1:
                found = "It lies" if len(videos) == 1 else "1 of them lies"
            text += f" {found} beside the project, with the same content: {beside[0].path}."
            choices = [("Use what lies there" if len(beside) > 1 else "Use it", lambda: self._use(beside)), *choices]
        else:
            text += " Labels, edits and timelines work without."
        self._said_lost = text
        self._window.bar.say(text, "warning", choices)

    def _use(self, matches: Sequence[Any]) -> None:
        """Take what was found, say so, and offer to make features anew where those stayed on another computer."""
        lost = self._session.files.missing_features()
        self._session.files.use(matches)
        found = sum(match.path is not None for match in matches)
        lost -= sum(match.path is not None and match.lost.kind == "features" for match in matches)
        rest = len(matches) - found
        text = f"{found} missing file{'s are' if found != 1 else ' is'} found and used now."
        text += f" {rest} {'are' if rest != 1 else 'is'} missing still." if rest else ""
        choices = []
        if lost > 0 and found:
            text += " To train again, make the features anew from the videos."
            choices = [("Extract features…", self._window.actions_.by_name["model.extract"].trigger)]
        self._window.bar.say(text, "info", choices)

    def locate(self) -> None:
        """Ask where files that are missing lie now, and use them."""
        document = self._session.document
        if document is None or not self._session.files.lost:
            self._window.bar.say("Every file of this project is at its place.", "info")
            return
        videos = document.videos
        matches = ask_locate(self._session, lambda lost: videos[lost.video].name, self._window)
        if matches:
            self._use(matches)

    # --- copies ------------------------------------------------------------------------------------

    def save_copy(self) -> None:
        """Save the project under another name and go on with the copy when the project itself takes no edits."""
        project = self._session.project
        if project is None:
            return
        chosen = self._ask_name("Save a copy", project.path.with_name(f"{project.path.stem} copy.tot"))
        if chosen is not None:
            go_on = project.read_only or project.saved_state().kind == "not-saved"
            self._session.copies.save_copy(chosen, lambda lost: self._copied(chosen, lost, go_on=go_on))

    def _copied(self, path: Path, lost: list[str], *, go_on: bool) -> None:
        text = f"Saved a copy as {path.name}. {' '.join(lost)}".strip()
        if go_on:
            self._say_and_open(path, text, is_whole=not lost)
        else:
            self._window.bar.say(text, "warning" if lost else "info")

    def _ask_name(self, title: str, proposed: Path) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(self._window, title, str(proposed), "Projects (*.tot)")
        if not name:
            return None
        return Path(name) if name.endswith(".tot") else Path(f"{name}.tot")

    # --- closing -----------------------------------------------------------------------------------

    def may_close(self) -> bool:
        """Whether the window may close now. Ask only when a job runs or edits do not get to the disk.

        While they are on their way the window goes on, and closes by itself once they are there.
        """
        jobs = self._session.jobs
        if jobs.engine_busy and jobs.engine_job != self._given_up:
            if self._quits:  # it was begun while the edits were on their way; nothing closes while the person is asked
                self._session.parting.stay()
                self._stay()
            if not self._may_end_job():
                return False
            self._given_up = jobs.engine_job
        self._quits = True
        if project := self._session.project:
            project.flush(AT_ONCE_S)  # a session of the desktop that ends takes a window that stays for a refusal
        if self._session.parting.may_leave():
            return True
        if self._quits:  # the person was not asked, or has not said that they stay
            self._session.parting.soon(self._window.close)
        return False

    def _on_unsaved(self, state: SavedState) -> None:
        """The project is to be left, and its disk does not take the edits: ask where something would be lost."""
        comes_back = state.held == state.pending
        if comes_back and not self._quits:
            self._session.parting.agree()  # closing it says how many come back
            return
        word = "quit" if self._quits else "close the project"
        one = state.pending == 1
        held = (
            f"{'It lies' if one else 'They lie'} in the emergency file and "
            f"{'comes' if one else 'come'} back when the project is opened again."
            if comes_back
            else f"{'It is' if one else 'They are'} lost when you {word} now. Save a copy to another disk first."
        )
        edits = f"{state.pending:,} edit{'' if one else 's'}"
        question = f"{edits} could not be saved ({state.reason}). {held}"
        if self._ask(question, "Quit all the same" if self._quits else "Close all the same"):
            self._session.parting.agree()
        else:
            self._stay()
            self._session.parting.stay()
            self._session.opening.give_up()

    def _stay(self) -> None:
        """The window is not to go any more: whoever closes it the next time is asked anew."""
        self._quits = self._leaves = False
        self._given_up = None

    def _may_end_job(self) -> bool:
        """Whether the job is to be given up; else it goes on, or ends with what it has, and the window after it."""
        jobs = self._session.jobs
        job, self._erred, self._leaves = jobs.engine_job, False, False  # of two answers the newer counts
        text = f"{jobs.engine_work} is under way. What it has not finished is lost when you quit now."
        keep, discard = "Stop, keep it and quit", "Quit and discard"
        chosen = self._choose(text, {discard: QMessageBox.ButtonRole.DestructiveRole, keep: KEEPS})
        if chosen != keep:
            return chosen == discard
        if self._erred:  # it failed while the question was on screen: that is to be seen
            return False
        if not jobs.engine_busy:  # it has ended meanwhile, and what it made is kept
            return True
        self._leaves = True
        if jobs.engine_job == job:  # else it has ended, and what follows from it is under way
            jobs.stop(StopKind.KEEP)
        return False

    def _on_message(self, _text: str, level: str) -> None:
        """What went wrong is to be seen: the window stays."""
        if level == "error":
            self._erred, self._leaves = True, False

    def _leave_when_idle(self) -> None:
        """What was asked to end has ended, and what follows from it: the window goes."""
        if self._leaves:
            QTimer.singleShot(0, self, self._leave)

    def _leave(self) -> None:
        if self._leaves and not self._session.jobs.engine_busy:
            self._leaves = False
            self._window.close()

    def _choose(self, question: str, answers: Mapping[str, QMessageBox.ButtonRole]) -> str:
        """The answer that was chosen, or none of them; what loses nothing is what Return says."""
        title = next(iter(answers)).partition(" ")[0]
        box = QMessageBox(QMessageBox.Icon.NoIcon, title, "", parent=self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(question)
        buttons = {text: box.addButton(text, role) for text, role in answers.items()}
        box.setDefaultButton(box.addButton("Stay", QMessageBox.ButtonRole.RejectRole))
        accepted(box)
        return next((text for text, button in buttons.items() if button is box.clickedButton()), "")

    def _ask(self, question: str, yes: str) -> bool:
        return self._choose(question, {yes: QMessageBox.ButtonRole.DestructiveRole}) == yes


def opened_text(project: Any) -> str:
    """What was restored when a project was opened after an unclean end; empty after a clean one."""
    words = []
    if project.restored_edits:
        last = project.history.done[-1].ts if project.history.done else 0.0
        until = f" up to {datetime.fromtimestamp(last):%H:%M:%S}" if last else ""
        words.append(f"Restored {project.restored_edits:,} edits{until}. Nothing was lost.")
    if project.recovered:
        names = ", ".join(project.recovered[-3:])
        words.append(f"{len(project.recovered):,} edits came back from the emergency file, the last: {names}.")
    return " ".join(words)
