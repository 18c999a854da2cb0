"""What stands above the matrix: reference, scope, scores, many-to-one, leftovers, re-solve."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.annotation.values import Leftovers, TrackKind

from ...models.chooser import Chooser
from ...models.widgets import plain, tip

REFERENCES = {TrackKind.GROUND_TRUTH: "Ground truth", TrackKind.CORRECTED: "Accepted videos"}
POLICIES = {
    Leftovers.UNMAPPED: "Unmapped, counted as wrong",
    Leftovers.BACKGROUND: "Background",
    Leftovers.LARGEST: "Largest overlap (many-to-one)",
}
MATRIX, PICTURES = "Matrix", "Pictures"


@dataclass(frozen=True)
class HeadState:
    """What the head shows. `videos` are the counts of each reference; `policies` those that make sense here."""

    run: str
    status: str
    status_tip: str
    reference: TrackKind
    videos: dict[TrackKind, int]
    one_video: bool
    video: str
    many_to_one: bool
    leftovers: Leftovers
    policies: tuple[Leftovers, ...]
    left_over: str
    left_over_tip: str
    page: str
    is_matched: bool


class Head(QWidget):
    """Shows a `HeadState` and sends what was chosen."""

    referenceChosen = Signal(object)
    scopeChosen = Signal(bool)
    manyChosen = Signal(bool)
    leftoversChosen = Signal(object)
    solveAsked = Signal()
    pageChosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reference, self.scope, self.leftovers = Chooser(self), Chooser(self), Chooser(self)
        self.reference.setAccessibleName("What clusters are held against")
        self.scope.setAccessibleName("Videos that are counted")
        self.leftovers.setAccessibleName("Clusters without a partner")
        self.status = plain("", self)
        self.many = QCheckBox("Many to one", self)
        self.many.setToolTip("Let several clusters share an action. Not comparable with one-to-one")
        self.solve = QPushButton("Re-solve", self)
        self.solve.setToolTip("Match the clusters that are not locked again; changes are shown before they are made")
        self._left = plain("", self, dim=True)
        self._pages = QButtonGroup(self)
        self._buttons = {name: self._page_button(name) for name in (MATRIX, PICTURES)}
        self._buttons[MATRIX].setToolTip("Clusters by actions")
        self._buttons[PICTURES].setToolTip("Typical frames of each cluster, with a field for its name")
        self.leftovers.setSizeAdjustPolicy(Chooser.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.leftovers.setMinimumContentsLength(8)
        for box in (self.reference, self.scope, self.leftovers):
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lines()
        self.reference.activated.connect(lambda _i: self.referenceChosen.emit(self.reference.currentData()))
        self.scope.activated.connect(lambda index: self.scopeChosen.emit(index == 1))
        self.leftovers.activated.connect(lambda _i: self.leftoversChosen.emit(self.leftovers.currentData()))
        self.many.clicked.connect(self.manyChosen)
        self.solve.clicked.connect(self.solveAsked)

    def _page_button(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(name)
        button.setCheckable(True)
        button.clicked.connect(lambda _checked=False: self.pageChosen.emit(name))
        self._pages.addButton(button)
        return button

    def _lines(self) -> None:
        first, column = QHBoxLayout(), QVBoxLayout(self)
        first.addWidget(self.reference, 3)
        first.addWidget(self.scope, 2)
        for button in self._buttons.values():
            first.addWidget(button)
        self._matching = QWidget(self)
        second = QHBoxLayout(self._matching)
        second.setContentsMargins(0, 0, 0, 0)
        label = plain("Left over", self._matching)
        label.setWordWrap(False)
        second.addWidget(label)
        second.addWidget(self.leftovers, 1)
        second.addWidget(self.many)
        second.addWidget(self.solve)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(first)
        column.addWidget(self.status)
        column.addWidget(self._matching)
        column.addWidget(self._left)

    def show_state(self, state: HeadState) -> None:
        """Show it; nothing is sent. While a list is open it waits for the next state."""
        if any(box.view().isVisible() for box in (self.reference, self.scope, self.leftovers)):
            return
        self.reference.clear()
        for kind, name in REFERENCES.items():
            count = state.videos.get(kind, 0)
            if count or kind is state.reference:
                self.reference.addItem(f"{name} ({count})", kind)
        self.reference.setCurrentIndex(max(0, self.reference.findData(state.reference)))
        self.reference.setToolTip(
            "What clusters are held against and matched with, with the number of videos that have it"
        )
        self.scope.clear()
        self.scope.addItems(["Activity", "This video"])
        self.scope.setCurrentIndex(int(state.one_video))
        self.scope.setToolTip(
            tip(f"This video: {state.video}. Matching one video alone is far easier than an activity.")
        )
        self.status.setText(f"{state.run} · {state.status}")
        self.status.setToolTip(tip(state.status_tip) if state.status_tip else "")
        self.many.setChecked(state.many_to_one)
        self.leftovers.clear()
        for policy in state.policies:
            self.leftovers.addItem(POLICIES[policy], policy)
        self.leftovers.setCurrentIndex(max(0, self.leftovers.findData(state.leftovers)))
        for widget in (self.leftovers, self._left):
            widget.setToolTip(tip(state.left_over_tip))
        self._left.setText(state.left_over)
        self._left.setVisible(bool(state.left_over) and state.is_matched)
        self._matching.setVisible(state.is_matched)
        self.reference.setVisible(bool(sum(state.videos.values())))
        self.scope.setVisible(state.is_matched or state.one_video)  # else there is no way back
        self._buttons[state.page].setChecked(True)
        self._buttons[MATRIX].setEnabled(state.is_matched)
        self._buttons[MATRIX].setToolTip(
            "Clusters by actions" if state.is_matched else "Needs ground truth, or corrected labels of accepted videos"
        )
