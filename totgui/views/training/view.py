"""Settings of the next training, the device it runs on, and the buttons that start and end it."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.annotation.changes import Changes, What
from core.annotation.counted import counted_lines
from core.errors import ConfigError
from core.events import ENDINGS, Failed, LogLine, Progress, Started, StopKind
from core.tot.config import METHODS, START_CLUSTERS, TrainConfig, check, with_values
from core.tot.fields import FIELDS, Field
from core.tot.presets import PRESETS, clusters_for, default_preset, preset

from ...models.chooser import Chooser
from ...models.progress import ProgressBar
from ...models.widgets import Elided, duration, plain, scrolled, tip
from ...palette import set_tone
from ...session import Session
from ...session.jobs import device_name
from .lessons import LearnFrom

DEVICES = (("auto", "Automatic"), ("cpu", "CPU"), ("cuda", "CUDA (NVIDIA)"))
FIRST = ("rho", "sigma", "order_weight", "balance", "iterations", "seeds")
FALLBACK_CLUSTERS = 10
TRAINING = "Training"
"""How the jobs name a training."""


class TrainingView(QWidget):
    """A form over `TrainConfig`; it asks the session to train and to stop."""

    featuresAsked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job = ""
        self._fields: dict[str, QLineEdit | QSpinBox | QComboBox] = {}
        self._labels: dict[str, QLabel] = {}
        self._preset = _combo([(p.name, p.label) for p in PRESETS.values()], "Preset", self)
        self._preset.setToolTip(
            tip("Values of the paper's supplement (tables S1 to S3), or general ones for own videos.")
        )
        self._method = _combo(METHODS.items(), "Method", self)
        self._clusters = _spin(2, 4096, "Clusters", self)
        self._clusters.setToolTip(tip("Number of clusters K: how many steps the activity has."))
        self.learn_from = LearnFrom(session, self)
        self._count = QCheckBox("auto", self)
        self._count.setToolTip(
            tip(
                "Find the number of clusters: begin with many, and merge them as long as videos that were left out are "
                "explained as well. It costs one more training; the run says why, and which numbers are plausible."
            )
        )
        self._count.toggled.connect(self._count_toggled)
        self._counted = plain("", self, dim=True)
        self._seed = _spin(0, 2_147_483_647, "Seed", self)
        self._seed.setToolTip(tip("The same seed gives the same run on the same device."))
        self._device = _combo(DEVICES, "Device", self)
        self._device_text = Elided(self)
        self._problem = plain("", self)
        set_tone(self._problem, "error")
        self._features = QPushButton("Extract features…", self)
        self._features.setToolTip("Make features from the videos; training needs them")
        self._features.clicked.connect(self.featuresAsked)
        self._train = QPushButton("Train", self)
        self._train.setDefault(True)
        self._train.setObjectName("main")
        self._keep = QPushButton("Stop and keep", self)
        self._keep.setToolTip("End the training. What it has learned becomes a run")
        self._discard = QPushButton("Discard", self)
        self._discard.setToolTip("End the training. Nothing of it is kept")
        self._progress = ProgressBar(self)
        self._progress.setTextVisible(False)
        self._progress.setMaximumHeight(8)
        self._state = plain("", self, dim=True)
        self._build()
        self._train.clicked.connect(self.train)
        self._keep.clicked.connect(lambda: self._stop(StopKind.KEEP))
        self._discard.clicked.connect(lambda: self._stop(StopKind.DISCARD))
        self._preset.activated.connect(lambda _index: self._choose_preset())
        self._method.activated.connect(lambda _index: self.apply_preset(keep_clusters=True))
        self._clusters.valueChanged.connect(self._validate)
        self.learn_from.changed.connect(self._validate)
        session.projectChanged.connect(self._on_project)
        session.documentChanged.connect(self._on_changes)
        session.files.changed.connect(self._on_files)
        session.jobEvent.connect(self._on_event)
        session.jobsChanged.connect(self._show_running)
        session.stopAsked.connect(self._on_stop)
        self._on_project()

    def sizeHint(self) -> QSize:
        return QSize(400, 560)

    def _build(self) -> None:
        head = _form()
        head.addRow("Preset", self._preset)
        head.addRow("Method", self._method)
        number = QHBoxLayout()
        number.setContentsMargins(0, 0, 0, 0)
        number.addWidget(self._clusters, 1)
        number.addWidget(self._count)
        head.addRow("K   Clusters", number)
        head.addRow("", self._counted)
        head.addRow("Learn from", self.learn_from)
        fields = {field.name: field for field in FIELDS}
        for name in FIRST:
            self._add_field(head, fields[name])
        head.addRow("Seed", self._seed)
        head.addRow("Device", self._device)
        head.addRow("", self._device_text)
        rest = QWidget(self)
        more = _form()
        more.setContentsMargins(0, 0, 0, 0)
        rest.setLayout(more)
        for field in FIELDS:
            if field.name not in FIRST:
                self._add_field(more, field)
        fold = QToolButton(self)
        fold.setText("All settings")
        fold.setCheckable(True)
        fold.setAutoRaise(True)
        fold.setArrowType(Qt.ArrowType.RightArrow)
        fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        fold.toggled.connect(rest.setVisible)
        fold.toggled.connect(lambda on: fold.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow))
        rest.hide()
        self.fold = fold
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(10, 8, 10, 8)
        column.addLayout(head)
        column.addWidget(fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(rest)
        column.addStretch(1)
        scroll, self._inner = scrolled(inner, self), inner
        fold.toggled.connect(lambda _on: self.updateGeometry())
        buttons = QHBoxLayout()
        buttons.addWidget(self._train, 1)
        buttons.addWidget(self._keep)
        buttons.addWidget(self._discard)
        foot = QVBoxLayout()
        foot.setContentsMargins(10, 4, 10, 10)
        for widget in (self._problem, self._progress, self._state, self._features):
            foot.addWidget(widget)
        foot.addLayout(buttons)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll, 1)
        whole.addLayout(foot)

    def minimumSizeHint(self) -> QSize:
        """As wide as the fields are at least: a scroll area would cut them off."""
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        least = super().minimumSizeHint()
        return QSize(max(least.width(), self._inner.minimumSizeHint().width() + bar), least.height())

    def fit_text(self) -> None:
        """The fields want more or less room now."""
        self.updateGeometry()

    def _add_field(self, form: QFormLayout, field: Field) -> None:
        widget: QLineEdit | QSpinBox | QComboBox
        if field.kind == "choice":
            widget = _combo([(choice, choice) for choice in field.choices], field.label, self)
            widget.currentIndexChanged.connect(self._validate)
            span = ""
        elif field.kind == "int":
            widget = _spin(int(field.low), int(field.high), field.label, self)
            widget.valueChanged.connect(self._validate)
            span = f" {int(field.low):,} to {int(field.high):,}."
        else:
            widget = QLineEdit(self)
            widget.setAccessibleName(field.label)
            widget.textChanged.connect(self._validate)
            span = f" {field.low:g} to {field.high:g}."
        label = plain(f"{field.symbol}   {field.label}" if field.symbol else field.label, self)
        label.setWordWrap(False)
        for each in (label, widget):
            each.setToolTip(tip(field.tooltip + span))
        label.setBuddy(widget)
        form.addRow(label, widget)
        self._fields[field.name] = widget
        self._labels[field.name] = label

    # --- values ------------------------------------------------------------------------------------

    def config(self) -> TrainConfig:
        """The settings of the form. Raises ConfigError, which names the range."""
        values = {name: _text(widget) for name, widget in self._fields.items()}
        auto = self._count.isChecked()
        n_clusters = START_CLUSTERS if auto else self._clusters.value()
        base = preset(self._preset.currentData(), method=self._method.currentData(), n_clusters=n_clusters)
        own = {"seed": str(self._seed.value()), "clusters": "auto" if auto else "given"}
        config = with_values(base, values | own)
        document = self._session.document
        videos = document.dataset.trainable if document else ()
        rows = max((video.timebase.n_rows for video in videos), default=0)
        check(config, longest_video_rows=rows or None, n_videos=len(videos) if document else None)
        used = self.learn_from.learned.n_actions
        if used > config.n_clusters:
            raise ConfigError(
                f"You used {used} actions in the corrections, but K is {config.n_clusters}. Set K to {used} or more, "
                "or learn from nothing."
            )
        return config

    def _choose_preset(self) -> None:
        self._method.setCurrentIndex(self._method.findData(PRESETS[self._preset.currentData()].method))
        self.apply_preset(keep_clusters=False)

    def _count_toggled(self, on: bool) -> None:
        self._clusters.setEnabled(not on)
        self._validate()

    def _show_counted(self) -> None:
        """What the newest run that is not hidden found, its evidence as a tooltip; nothing where it counted nothing."""
        document = self._session.document
        runs = document.shown_runs if document else []
        newest = runs[-1] if runs else None
        counted = newest.config.get("counted") if newest is not None else None
        lines = counted_lines(counted) if counted else []
        self._counted.setText(f"{newest.name}: {lines[0]}" if newest is not None and lines else "")
        self._counted.setToolTip("<pre>" + escape("\n".join(lines)) + "</pre>" if lines else "")
        self._counted.setVisible(bool(lines))

    def set_clusters(self, count: int) -> None:
        """Train with this K next."""
        self._count.setChecked(False)
        self._clusters.setValue(count)
        self._clusters.setFocus()

    def apply_preset(self, *, keep_clusters: bool) -> None:
        """Fill the form with the values of the chosen preset and method."""
        document = self._session.document
        fixed = clusters_for(self._preset.currentData(), document.dataset) if document else None
        least = self.learn_from.learned.n_actions
        clusters = self._clusters.value() if keep_clusters else max(fixed or FALLBACK_CLUSTERS, least)
        config = preset(self._preset.currentData(), method=self._method.currentData(), n_clusters=max(2, clusters))
        for widget in (*self._fields.values(), self._clusters):
            widget.blockSignals(True)
        self._clusters.setValue(config.n_clusters)
        for name, widget in self._fields.items():
            _put(widget, getattr(config, name))
        for widget in (*self._fields.values(), self._clusters):
            widget.blockSignals(False)
        self.learn_from.set_method(config.method)
        for field in FIELDS:
            used = not field.methods or config.method in field.methods
            self._fields[field.name].setVisible(used)
            self._labels[field.name].setVisible(used)
        self._validate()

    def _validate(self) -> bool:
        try:
            self.config()
        except ConfigError as error:
            self._problem.setText(str(error))
        else:
            self._problem.setText("")
        # Without features the line of state says what to do; the same sentence in red above it would say it twice.
        self._problem.setVisible(bool(self._problem.text()) and self._has_features)
        self._show_running()
        return not self._problem.text()

    # --- running -----------------------------------------------------------------------------------

    def train(self) -> bool:
        """Start a training with the settings of the form; False where one of them is wrong."""
        if self._session.document is None or not self._validate():
            return False
        job = self._session.train(self.config(), self._device.currentData(), self.learn_from.source)
        if isinstance(job, str):
            self._follow(job)
        self._show_running()
        return True

    def _follow(self, job: str) -> None:
        self._job = job
        self._state.setText("Starting…")
        self._progress.setRange(0, 0)

    def _stop(self, kind: StopKind) -> None:
        self._on_stop(kind)
        self._session.jobs.stop(kind)

    def _on_stop(self, kind: StopKind) -> None:
        """The job has been asked to end, here or elsewhere in the window."""
        if self._job:
            self._state.setText("Stopping…" if kind == StopKind.KEEP else "Cancelling…")
            self._keep.setEnabled(False)
            self._discard.setEnabled(False)

    def _on_project(self) -> None:
        document = self._session.document
        if document is not None:
            name = default_preset(document.dataset)
            self._preset.setCurrentIndex(max(0, self._preset.findData(name)))
            self._method.setCurrentIndex(self._method.findData(PRESETS[name].method))
        self._device_text.setText(self._session.jobs.device_text or "Chosen when training starts")
        self._state.setText("" if self._job else self._ready_text())
        self.apply_preset(keep_clusters=False)
        self._show_counted()

    def _on_changes(self, changes: Changes, _initiator: object) -> None:
        """Features that arrived make training possible; a run that found its number of clusters says why."""
        if changes.what & What.RUNS:
            self._show_counted()
        if changes.what & What.DATASET:
            self._state.setText(self._state.text() if self._job else self._ready_text())
            self._validate()

    def _on_files(self) -> None:
        """Files of features went away, or are there again."""
        if not self._job:
            self._state.setText(self._ready_text())
        self._validate()

    @property
    def _read_only(self) -> bool:
        """Whether the project that is open takes no runs."""
        project = self._session.project
        return project is not None and project.read_only

    @property
    def _has_features(self) -> bool:
        """Whether the project that is open has a video to train on, and the file of features of every such one."""
        document = self._session.document
        return document is not None and bool(document.dataset.trainable) and not self._session.files.missing_features()

    def _ready_text(self) -> str:
        document = self._session.document
        if document is None:
            return "Open a dataset or a project first."
        if self._read_only:
            return "This project is open for reading only. Save a copy to train."
        videos, missing = document.dataset.trainable, self._session.files.missing_features()
        if missing and not self._session.features.extracting:
            return f"The features of {missing} of {len(videos)} videos are missing. Extract them from the videos again."
        rows = sum(video.timebase.n_rows for video in videos)
        return (
            f"{len(videos)} of {len(document.videos)} videos have features, {rows:,} rows in all."
            if videos and not missing
            else "Features are being extracted. Training can start once they are there."
            if self._session.features.extracting
            else "No features yet. Extract them from the videos."
        )

    def _show_running(self) -> None:
        if not self._job:  # one that goes on is started elsewhere
            training = next((job for job, name in self._session.jobs.running.items() if name == TRAINING), "")
            if training:
                self._follow(training)
        running, has_features = bool(self._job), self._has_features
        may = not self._read_only and not self._session.jobs.engine_busy
        self._train.setEnabled(may and has_features and not self._problem.text())
        self._features.setVisible(self._session.document is not None and not has_features)
        if not running and not has_features:
            self._state.setText(self._ready_text())
        self._features.setEnabled(may)
        for button in (self._keep, self._discard):
            button.setEnabled(running)
        self._progress.setVisible(running)

    def _on_event(self, event: object) -> None:
        if getattr(event, "job", "") != self._job or not self._job:
            return
        if isinstance(event, Started):
            self._device_text.setText(self._session.jobs.device_text or device_name(event.device))
        elif isinstance(event, Progress):
            self._progress.setRange(0, event.total)
            self._progress.setValue(event.done)
            left = "" if event.seconds_left is None else f" · {duration(event.seconds_left)} left"
            what = "Iteration" if event.text == "Training" else f"{event.text}:"
            self._state.setText(f"{what} {event.done:,} of {event.total:,}{left}" if event.total else event.text)
        elif isinstance(event, LogLine) and event.level != "info":
            self._state.setText(event.text)
        elif isinstance(event, ENDINGS):
            self._job = ""
            self._state.setText(
                f"{event.message} {event.hint}".strip() if isinstance(event, Failed) else self._ready_text()
            )
            self._show_running()


def _text(widget: QLineEdit | QSpinBox | QComboBox) -> str:
    if isinstance(widget, QComboBox):
        return str(widget.currentData())
    return str(widget.value()) if isinstance(widget, QSpinBox) else widget.text().strip()


def _put(widget: QLineEdit | QSpinBox | QComboBox, value: object) -> None:
    if isinstance(widget, QComboBox):
        widget.setCurrentIndex(max(0, widget.findData(value)))
    elif isinstance(widget, QSpinBox):
        widget.setValue(int(str(value)))
    else:
        widget.setText(f"{value:g}" if isinstance(value, float) else str(value))


def _combo(items: object, name: str, parent: QWidget) -> QComboBox:
    combo = Chooser(parent)
    combo.setAccessibleName(name)
    combo.setMinimumContentsLength(12)
    combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    for key, label in items:  # type: ignore[attr-defined]
        combo.addItem(label, key)
    return combo


def _spin(low: int, high: int, name: str, parent: QWidget) -> QSpinBox:
    spin = QSpinBox(parent)
    spin.setRange(low, high)
    spin.setGroupSeparatorShown(True)
    spin.setAccessibleName(name)
    spin.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return spin


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    form.setVerticalSpacing(6)
    return form
