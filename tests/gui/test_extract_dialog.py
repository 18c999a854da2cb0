"""The dialog for features: what it returns, what it tells, and what keeps it from beginning."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from fakes_panels import a_session

from core import api
from core.annotation.changes import Changes, What
from core.data.timebase import MediaInfo
from core.extract.sampling import sample
from core.feature_work import cache_folder, folder_beside
from totgui.dialogs.details import DetailsDialog
from totgui.dialogs.extract import ExtractDialog, ExtractOffer
from totgui.views.training.view import TrainingView

ROOT = Path("/data/clips")


@pytest.fixture
def dialog(qtbot):
    offer = ExtractOffer(
        extractors=api.extractors(),
        lengths=[(300, Fraction(30)), (600, Fraction(30)), (7, None)],
        places=lambda settings: (cache_folder(ROOT, settings), folder_beside(ROOT, settings)),
        speeds={"descriptor": 157.0},
    )
    made = ExtractDialog(offer)
    qtbot.addWidget(made)
    return made


def choose(dialog: ExtractDialog, name: str) -> None:
    dialog.extractor.setCurrentIndex(dialog.extractor.findData(name))


def test_the_default_is_the_best_extractor_in_the_cache(dialog):
    settings, out = dialog.answer()
    assert (settings.extractor, settings.rate, settings.device, settings.half) == (
        "efficientnet-lite0",
        "5",
        "auto",
        False,
    )
    assert out is None and dialog.extract.isEnabled()
    assert str(cache_folder(ROOT, settings)) in dialog._place.text()


def test_rows_size_and_time_follow_the_choice(dialog):
    assert dialog.n_rows() == 50 + 100 + 7
    assert dialog.estimate().startswith("157 rows, 0.8 MB. Roughly 4 s")
    choose(dialog, "descriptor")
    assert "About 1 s, by the speed of the last time" in dialog.estimate()
    dialog.rate.setValue(60)
    assert dialog.n_rows() == 300 + 600 + 7  # never more than there are pictures


def test_the_rows_that_are_told_are_those_that_are_made(qtbot):
    """Each video ends with a row of its own; 29.97 pictures a second count as 30."""
    lengths = [(342, Fraction(30)), (393, Fraction(30)), (290, Fraction(30000, 1001)), (1, Fraction(30))]
    offer = ExtractOffer(api.extractors(), lengths, places=lambda settings: (ROOT, ROOT), speeds={})
    dialog = ExtractDialog(offer)
    qtbot.addWidget(dialog)
    infos = [MediaInfo(np.arange(n), 1 / rate, n, rate, False, 32, 24) for n, rate in lengths]
    assert dialog.n_rows() == sum(len(sample(info, Fraction(5))) for info in infos) == 57 + 66 + 49 + 1


def test_beside_the_dataset_is_never_inside_it(dialog):
    dialog.beside.setChecked(True)
    out = dialog.answer().out
    assert out == Path("/data/clips-features/efficientnet-lite0-5fps") and not out.is_relative_to(ROOT)
    assert str(out) in dialog._place.text()


def test_a_file_is_asked_for_and_must_be_there(dialog, tmp_path):
    choose(dialog, "onnx")
    assert not dialog.extract.isEnabled() and "Choose the file" in dialog._note.text()
    dialog.file.setText(str(tmp_path / "net.onnx"))
    assert not dialog.extract.isEnabled() and "no such file" in dialog._note.text()
    (tmp_path / "net.onnx").write_bytes(b"x")
    dialog.file.setText(str(tmp_path / "net.onnx") + " ")
    assert dialog.extract.isEnabled()
    assert dialog.settings().extractor == f"onnx:{tmp_path / 'net.onnx'}" and dialog.settings().device == "auto"
    choose(dialog, "efficientnet-lite0")
    assert dialog.settings().extractor == "efficientnet-lite0"  # the file belongs to the other
    choose(dialog, "resnet18")
    dialog.file.clear()
    assert dialog.settings().extractor == "resnet18" and dialog.extract.isEnabled()


def test_half_precision_is_for_a_gpu(dialog):
    dialog.half.setChecked(True)
    assert not dialog.settings().half
    dialog.device.setCurrentIndex(dialog.device.findData("cuda"))
    assert dialog.settings().half and dialog.settings().device == "cuda"
    choose(dialog, "descriptor")
    assert not dialog.settings().half and dialog.settings().device == "auto"


def test_an_extractor_that_is_not_installed_cannot_be_chosen(qtbot):
    extractors = [
        {**e, "installed": e["name"] == "descriptor", "default": e["name"] == "descriptor"} for e in api.extractors()
    ]
    made = ExtractDialog(ExtractOffer(extractors, [(30, Fraction(30))], lambda s: (ROOT, ROOT), {}))
    qtbot.addWidget(made)
    assert made.extractor.currentData() == "descriptor" and made.extract.isEnabled()
    assert not made.extractor.model().item(0).isEnabled()


def test_training_waits_for_features_and_follows_them(qtbot):
    from dataclasses import replace

    session = a_session()
    whole = session.document.dataset
    session.document.dataset = replace(whole, videos=tuple(replace(v, features=None) for v in whole.videos))
    view = TrainingView(session)
    qtbot.addWidget(view)
    assert not view._train.isEnabled() and view._features.isVisibleTo(view)
    assert view._state.text().startswith("No features yet") and not view._problem.isVisibleTo(view)  # said once
    session.extracting = True
    session.jobsChanged.emit()
    assert view._state.text().startswith("Features are being extracted")
    session.extracting = False
    session.jobsChanged.emit()
    assert view._state.text().startswith("No features yet")
    with qtbot.waitSignal(view.featuresAsked, timeout=1000):
        view._features.click()
    session.document.dataset = whole
    session.documentChanged.emit(Changes(What.DATASET, frozenset(session.document.videos)), None)
    assert view._train.isEnabled() and not view._features.isVisibleTo(view)
    assert "have features" in view._state.text()


def test_details_are_plain_text_and_can_be_copied(qtbot, qapp):
    made = DetailsDialog("What happened", "It ended.", "line 1\n<b>line 2</b>")
    qtbot.addWidget(made)
    made.copy()
    assert qapp.clipboard().text() == "line 1\n<b>line 2</b>" == made.text.toPlainText()


@pytest.mark.parametrize("typed", ["é" * 300, "~nobody/w.pth", "a\0b"])
def test_a_file_that_cannot_be_named_is_no_such_file(dialog, typed):
    choose(dialog, "onnx")
    dialog.file.setText(typed)
    assert dialog._note.text() == "There is no such file." and not dialog.extract.isEnabled()
    dialog.answer()
