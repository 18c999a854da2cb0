"""The editor of the training kit's texts: steps left, the form in the middle, the step as the kit shows it right.

What is typed goes into the project as edits: when a field is left, and a moment after the last key. One visit to a step
is one step of undo.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.annotation.changes import Changes, What
from core.annotation.commands import set_kit_text, set_step_text
from core.annotation.values import KitText, ReviewStatus, StepText
from core.data.dataset import ActionId, VideoId
from core.data.words import readable
from core.errors import TotError

from ..jobs.exchange_tasks import KitPreview, KitRequest, KitStep
from ..models.widgets import LeaveWithProject, for_text, plain, tip
from ..session import Session
from .kit_card import StepCard
from .kit_forms import KitForm, StepForm

REST_MS = 900
KIND = "kit-texts"
NOT_KEPT = "This cannot be kept."
FOREWORD = "Blank fields stay blank in the kit: a line to be written by hand. Nothing is made up."


class KitTextsDialog(QDialog):
    """Titles, key points, reasons, tools, safety, checks and notes; the reference video of each step."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Texts of the training kit")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._project = session, session.project
        self._found: KitPreview | None = None
        self._action: ActionId | None = None
        self._group, self._is_filled = 0, False
        self._shown: KitStep | None = None
        self._given_up: KitText | StepText | None = None
        self.list = QListWidget(self)
        self.list.setAccessibleName("Steps")
        self.step_form, self.kit_form, self.card = StepForm(self), KitForm(self), StepCard(self)
        self._forms = QStackedWidget(self)
        for form in (self.kit_form, self.step_form):
            scroll = QScrollArea(self)
            scroll.setWidgetResizable(True)
            scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            scroll.setFrameShape(QScrollArea.Shape.NoFrame)
            scroll.setWidget(form)
            self._forms.addWidget(scroll)
            form.edited.connect(self._on_edited)
            form.left.connect(self.commit)
        self._note = plain("", self, dim=True)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.commit)
        self._lay_out()
        self.list.currentItemChanged.connect(self._on_item)
        session.documentChanged.connect(self._on_document)
        LeaveWithProject(self, session)
        session.pictures.ready.connect(self._show_photo)
        session.exchange.previews.ready.connect(self._on_preview)
        self._fill_list()
        self._ask()
        self.resize(self.sizeHint())

    def _lay_out(self) -> None:
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(plain("As the kit shows it", right, dim=True))
        column.addWidget(self.card, 1)
        split = QSplitter(self)
        for widget, stretch in ((self.list, 0), (self._forms, 3), (right, 2)):
            split.addWidget(widget)
            split.setStretchFactor(split.count() - 1, stretch)
        split.setSizes([240, 500, 380])
        split.setChildrenCollapsible(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.addWidget(plain(FOREWORD, self, dim=True))
        outer.addWidget(split, 1)
        outer.addWidget(self._note)
        outer.addWidget(buttons)

    def sizeHint(self) -> QSize:
        return for_text(self, 1120, 760)

    # --- steps -------------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Ask which steps a kit of the usual videos would have."""
        document = self._session.document
        if document is None:
            return
        run = self._session.current_run
        track = "corrected" if document.corrected else "prediction" if document.predictions and run else "ground-truth"
        accepted = tuple(v for v in document.corrected if document.review(v).status is ReviewStatus.ACCEPTED)
        request = KitRequest(Path("kit"), track, accepted or tuple(document.videos), run)
        self._session.exchange.preview(request, KIND)

    def _on_preview(self, kind: str, answer: object) -> None:
        if kind != KIND:
            return
        before = [s.action for s in self._found.steps] if self._found else None
        self._found = answer if isinstance(answer, KitPreview) else None
        self._note.setText("" if self._found else str(answer))
        if before != ([s.action for s in self._found.steps] if self._found else None):
            self._fill_list()
        self._show_card()

    def _fill_list(self) -> None:
        """The kit as a whole, the steps in their order, then the other actions."""
        document, current = self._session.document, self._action
        if document is None:
            return
        order = list(dict.fromkeys(ActionId(s.action) for s in self._found.steps)) if self._found else []
        rest = [a.id for a in document.actions.values() if a.id not in order and not a.archived]
        self.list.blockSignals(True)
        self.list.clear()
        self._add("The whole kit", None)
        for action in [a for a in order if a in document.actions] + rest:
            self._add("", action)
        self.list.blockSignals(False)
        self._name_items()
        self.select(current)

    def _add(self, text: str, action: ActionId | None) -> None:
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, None if action is None else int(action))
        item.setSizeHint(QSize(0, 30))
        self.list.addItem(item)

    def _name_items(self) -> None:
        document = self._session.document
        if document is None:
            return
        for row in range(1, self.list.count()):
            item = self.list.item(row)
            action = ActionId(item.data(Qt.ItemDataRole.UserRole))
            step, text = self._step(action), document.step_texts.get(action)
            number = f"{step.index}.  " if step else ""
            mark = "  ✎" if text else ""
            item.setText(f"{number}{self._title(action)}{mark}")
            where = "" if step else " Not in the kit of these videos."
            item.setToolTip(tip(f"{self._title(action)}: {'has a text' if text else 'blank'}.{where}"))
            # No brush is the colour of the theme, whichever it is by then: this window stays open for long.
            item.setForeground(QBrush() if step else self.palette().placeholderText())

    def _step(self, action: ActionId | None) -> KitStep | None:
        steps = self._found.steps if self._found is not None else ()
        return next((s for s in steps if s.action == action), None)

    def _title(self, action: ActionId) -> str:
        document = self._session.document
        assert document is not None
        text = document.step_texts.get(action)
        return text.title if text and text.title else readable(document.actions[action].name)

    def select(self, action: ActionId | None) -> None:
        """Show one step, or the kit as a whole."""
        for row in range(self.list.count()):
            data = self.list.item(row).data(Qt.ItemDataRole.UserRole)
            if data == (None if action is None else int(action)):
                self.list.setCurrentRow(row)
                return
        self.list.setCurrentRow(0)

    def _on_item(self) -> None:
        item = self.list.currentItem()
        data = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        action = None if data is None else ActionId(data)
        if self._is_filled and action == self._action:
            return
        if not self.commit():  # what was typed cannot be kept as it is: stay with it
            self.list.blockSignals(True)
            self.select(self._action)
            self.list.blockSignals(False)
            return
        self._action = action
        self._group = time.time_ns() // 1_000_000
        self._fill_form()

    def _fill_form(self) -> None:
        document = self._session.document
        if document is None:
            return
        if self._action is None:
            videos = [(v.id, v.name) for v in document.videos.values() if v.media is not None]
            title = readable(document.dataset.activity) or "Training kit"
            self.kit_form.fill(document.kit_text or KitText(), title, videos)
        else:
            text = document.step_texts.get(self._action, StepText())
            self.step_form.fill(text, readable(document.actions[self._action].name), self._videos_with(self._action))
        self._is_filled = True
        self._forms.setCurrentIndex(0 if self._action is None else 1)
        self._show_card()

    def _videos_with(self, action: ActionId) -> list[tuple[VideoId, str]]:
        """The videos with a file whose labels hold the action."""
        document = self._session.document
        assert document is not None
        found = []
        for video in document.videos.values():
            track = document.corrected.get(video.id) or document.ground_truth.get(video.id)
            if video.media is not None and (track is None or int(action) in track.labels):
                found.append((video.id, video.name))
        return found

    # --- edits -------------------------------------------------------------------------------------

    def _on_edited(self) -> None:
        self._rest.start()
        self._show_card()

    def commit(self) -> bool:
        """Put what was typed into the project, if it differs from what is there; False where it cannot be kept."""
        self._rest.stop()
        document = self._session.document
        if document is None or not self._is_filled or self._session.project is not self._project:
            return True  # what was typed for a project that is closed goes into no other
        try:
            if self._action is None:
                edit = set_kit_text(document, self.kit_form.value())
            else:
                edit = set_step_text(document, self._action, self.step_form.value())
        except TotError as error:
            is_same = str(error) == "Nothing would change."
            self._note.setText("" if is_same else str(error))
            return is_same
        self._note.setText("")
        return self._session.edit(replace(edit, group=self._group), self)

    def _on_document(self, changes: Changes, initiator: object) -> None:
        if not changes.what & (What.KIT_TEXT | What.ACTIONS | What.SEGMENTATION | What.REVIEW):
            return
        document = self._session.document
        if document is not None and self._action is not None and self._action not in document.actions:
            self._action, self._is_filled = None, False  # it was taken back, and what is typed about it with it
        if initiator is not self and changes.what & (What.KIT_TEXT | What.ACTIONS):
            self._fill_form()
        self._fill_list() if changes.what & What.ACTIONS else self._name_items()
        self._ask()

    def done(self, result: int) -> None:
        """Nothing that was typed is lost by closing: what cannot be kept keeps the dialog open, says why, and is given
        up when it is asked to close again."""
        if self.commit() or self._form.value() == self._given_up:
            super().done(result)
            return
        self._given_up = self._form.value()
        self._note.setText(f"{self._note.text() or NOT_KEPT} Close again to leave without it.")

    @property
    def _form(self) -> KitForm | StepForm:
        return self.kit_form if self._action is None else self.step_form

    # --- the card ----------------------------------------------------------------------------------

    def _show_card(self) -> None:
        document = self._session.document
        if document is None:
            return
        if self._action is None:
            self.card.setVisible(bool(self._found and self._found.steps))
            step = self._found.steps[0] if self._found and self._found.steps else None
            if step is not None:
                self._show(step, ActionId(step.action), document.step_texts.get(ActionId(step.action), StepText()))
            return
        self.card.setVisible(True)
        self._show(self._step(self._action), self._action, self.step_form.value())

    def _show(self, step: KitStep | None, action: ActionId, text: StepText) -> None:
        document = self._session.document
        assert document is not None
        shown = replace(
            text,
            key_points=_trimmed(text.key_points),
            reasons=_trimmed(text.reasons),
            tools=_trimmed(text.tools),
            safety=text.safety.strip(),
            check=text.check.strip(),
            note=text.note.strip(),
        )
        known = document.actions.get(action)
        title = text.title.strip() or (readable(known.name) if known else "Background")
        where = document.videos[step.video].name if step else "not in the kit of these videos"
        self.card.show_step(step, title, shown, where)
        self._shown = step
        self._show_photo()

    def _show_photo(self) -> None:
        step = self._shown
        image = (
            None if step is None else self._session.pictures.thumbnail(step.video, (step.start + step.stop - 1) // 2)
        )
        self.card.photo.show_image(image)


def _trimmed(lines: Iterable[str]) -> tuple[str, ...]:
    """Lines that say something, each with single blanks."""
    return tuple(" ".join(line.split()) for line in lines if line.strip())
