"""Export, import and the kit's texts in the window: real dialogs over a real session, a project and its videos."""

from __future__ import annotations

import json
import threading

import pytest
from kit_project import HOSTILE, make_dataset, make_project
from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from core.annotation import commands
from core.annotation.values import KitText, ReviewStatus, StepText
from core.events import Progress
from totgui.dialogs.export import KIT, LABELS, REPORT, ExportDialog
from totgui.dialogs.import_labels import ImportDialog
from totgui.dialogs.kit_texts import KitTextsDialog
from totgui.jobs import exchange_tasks
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("data") / "fill & close")


@pytest.fixture
def session(qtbot, dataset, tmp_path):
    make_project(tmp_path / "p.tot", dataset).close()
    found = Session()
    found.open_project(tmp_path / "p.tot")
    yield found
    found.close()


@pytest.fixture
def window(qtbot, session):
    made = MainWindow(session, Settings())
    qtbot.addWidget(made)
    return made


def an_export(qtbot, session, kind=LABELS) -> ExportDialog:
    dialog = ExportDialog(session, kind=kind)
    qtbot.addWidget(dialog)
    dialog.labels.format.setCurrentIndex(dialog.labels.format.findData("csv"))
    return dialog


def finish(qtbot, dialog: ExportDialog) -> str:
    dialog.start()
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=60_000)
    return dialog.summary.title.text()


# --- the assistant ------------------------------------------------------------------------------------------------


def test_the_first_lines_are_shown_before_anything_is_written(qtbot, session, tmp_path):
    dialog = an_export(qtbot, session)
    preview = dialog.labels.preview
    qtbot.waitUntil(lambda: "labels.csv" in preview.toPlainText())
    assert preview.toPlainText().split("\n")[3].startswith("a,0,0.000,0.500,0,10,-1,background")
    dialog.labels.format.setCurrentIndex(dialog.labels.format.findData("eaf"))
    qtbot.waitUntil(lambda: "<ANNOTATION_DOCUMENT" in preview.toPlainText())
    assert not [p for p in tmp_path.rglob("*") if p.suffix in (".csv", ".eaf")]


def first_format(qtbot, session) -> tuple[str, list[str]]:
    """The format that is chosen at first, and the headings and formats down to the first that is not the dataset's."""
    dialog = ExportDialog(session)
    qtbot.addWidget(dialog)
    box = dialog.labels.format
    return dialog.labels.name, [box.itemData(n) or box.itemText(n) for n in range(3)]


def test_the_datasets_own_format_is_offered_first_and_what_was_chosen_last_wins(qtbot, session, tmp_path):
    [suffix] = {video.ground_truth.suffix for video in session.document.videos.values()}
    own = "frames" if suffix == ".txt" else "frames-cte"
    name, first = first_format(qtbot, session)
    assert name == own and first[:2] == ["As the dataset's own labels", own] and first[2] not in (own, None)
    dialog = ExportDialog(session)
    qtbot.addWidget(dialog)
    box = dialog.labels.format
    assert [box.itemData(n) for n in range(box.count())].count(own) == 1
    box.setCurrentIndex(box.findData("eaf"))
    assert first_format(qtbot, session)[0] == own, "to look at one is not to choose it"
    dialog.place.setText(str(tmp_path / "out"))
    finish(qtbot, dialog)
    assert first_format(qtbot, session) == ("eaf", first)
    assert Settings().export_format(tmp_path / "another.tot") == ""


def test_a_format_that_is_not_there_any_more_is_not_chosen(qtbot, session):
    Settings().set_export_format(session.project.path, "a-plugin-of-before")
    assert first_format(qtbot, session)[0].startswith("frames")


def test_a_dataset_without_labels_of_its_own_begins_with_the_table(qtbot, session, monkeypatch):
    monkeypatch.setattr(session.exchange, "own_format", lambda: "")
    name, first = first_format(qtbot, session)
    assert name == "csv" and first[0] != "As the dataset's own labels"


def test_a_format_is_found_by_typing_its_name(qtbot, session):
    box = an_export(qtbot, session).labels.format
    qtbot.keyClicks(box, "praat")
    assert box.currentData() == "textgrid"
    qtbot.keyClick(box, Qt.Key.Key_Home)
    assert box.currentData() is not None, "a heading was chosen"


def test_labels_are_written_and_what_is_lost_is_named(qtbot, session, tmp_path):
    dialog = an_export(qtbot, session)
    dialog.place.setText(str(tmp_path / "out"))
    dialog.labels.videos.tick(next(iter(session.document.videos)), False)
    assert dialog.labels.videos.which.currentText() == "The ticked ones"
    assert finish(qtbot, dialog) == "10 segments of 2 videos in 1 file."
    assert "colours of actions" in dialog.summary.body.text() and "labels.csv" in dialog.summary.body.text()
    lines = (tmp_path / "out" / "labels.csv").read_text(encoding="utf-8").split("\n")
    assert {line.split(",")[0] for line in lines[1:] if line} == {"b", "c"}
    assert dialog.summary.open_folder.isVisibleTo(dialog) and not dialog.summary.open_page.isVisibleTo(dialog)


def test_only_accepted_videos_are_ticked_at_first(qtbot, session):
    first = next(iter(session.document.videos))
    session.edit(commands.set_review(session.document, first, ReviewStatus.REJECTED))
    dialog = an_export(qtbot, session)
    assert len(dialog.labels.videos.selection().videos) == 2
    assert dialog.labels.videos.which.currentText() == "Accepted (2 of 3)"
    dialog.labels.videos.which.setCurrentIndex(1)
    dialog.labels.videos.which.activated.emit(1)
    assert dialog.labels.videos.which.currentText() == "All but rejected (2)"
    assert first not in dialog.labels.videos.selection().videos
    dialog.labels.videos.tick(first)
    assert first in dialog.labels.videos.selection().videos  # whoever wants it can have it


def test_a_rejected_video_is_no_example_where_none_is_accepted(qtbot, session):
    first, *others = session.document.videos
    for video in others:
        session.edit(commands.set_review(session.document, video, ReviewStatus.IN_REVIEW))
    session.edit(commands.set_review(session.document, first, ReviewStatus.REJECTED))
    dialog = an_export(qtbot, session)
    assert list(dialog.labels.videos.selection().videos) == others
    assert list(dialog.kit.videos.selection().videos) == others


def test_nothing_can_be_exported_without_a_video_or_a_place(qtbot, session):
    dialog = an_export(qtbot, session)
    assert dialog.export_button.isEnabled()
    dialog.place.setText("")
    assert not dialog.export_button.isEnabled()
    dialog.place.setText("not/absolute")
    assert not dialog.export_button.isEnabled()
    dialog.place.setText("/somewhere")
    for video in session.document.videos:
        dialog.labels.videos.tick(video, False)
    assert not dialog.export_button.isEnabled() and "Tick" in dialog._where.text()


def test_a_kit_is_planned_then_written_with_its_page(qtbot, session, tmp_path):
    dialog = an_export(qtbot, session, KIT)
    qtbot.waitUntil(lambda: dialog.kit.steps.rowCount() == 4)
    assert dialog.kit.steps.item(0, 1).text() == HOSTILE["one"].capitalize()
    assert [dialog.kit.steps.item(row, 4).text() for row in range(4)] == ["blank", "yes", "yes", "blank"]
    assert "shown in b" in dialog.kit._title.text()
    dialog.kit.as_zip.setChecked(True)
    dialog.place.setText(str(tmp_path / "kit"))
    assert finish(qtbot, dialog).startswith("“Fill <it>”: 4 steps from 3 videos")
    assert (tmp_path / "kit" / "index.html").is_file() and (tmp_path / "kit.zip").is_file()
    assert dialog.summary.open_page.isVisibleTo(dialog)


def test_a_kit_that_cannot_be_made_says_why_before(qtbot, session):
    dialog = an_export(qtbot, session, KIT)
    dialog.kit.min_step.setValue(50)
    qtbot.waitUntil(lambda: not dialog.export_button.isEnabled())
    assert "no chosen video has both a video file and a step" in dialog.kit._notes.text()


def test_cancel_at_any_moment_leaves_nothing(qtbot, session, tmp_path, monkeypatch):
    background, half_way = session.jobs._background, threading.Event()
    say, stop = background._say, background.stop
    goes_on = threading.Event()

    def waits(job: object, event: object) -> None:  # else it could be over before the window comes to ending it
        say(job, event)
        if isinstance(event, Progress) and event.done > 0:
            half_way.set()
            goes_on.wait(60)

    monkeypatch.setattr(background, "_say", waits)
    monkeypatch.setattr(background, "stop", lambda *what: (stop(*what), goes_on.set()))
    dialog = an_export(qtbot, session, KIT)
    dialog.place.setText(str(tmp_path / "kit"))
    dialog.start()
    qtbot.waitUntil(half_way.is_set)
    assert dialog.is_running
    dialog.progress.cancel.click()
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=60_000)
    assert dialog.summary.title.text() == "Nothing was written."
    assert not [p for p in tmp_path.iterdir() if p.name.startswith("kit")]
    dialog.summary.back.click()
    assert dialog._all.currentIndex() == 0


def test_a_failure_is_told_in_the_dialog(qtbot, session, tmp_path):
    (tmp_path / "kit").mkdir()
    (tmp_path / "kit" / "mine.txt").write_text("x")
    dialog = an_export(qtbot, session, KIT)
    dialog.place.setText(str(tmp_path / "kit"))
    assert finish(qtbot, dialog) == "Nothing was written."
    assert "holds something else than a training kit" in dialog.summary.body.text()
    assert [p.name for p in (tmp_path / "kit").iterdir()] == ["mine.txt"]


def test_a_report_is_one_page(qtbot, session, tmp_path):
    dialog = an_export(qtbot, session, REPORT)
    dialog.place.setText(str(tmp_path / "report"))
    finish(qtbot, dialog)
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_hidden_export_goes_on_and_the_window_offers_the_folder(qtbot, window, session, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr("totgui.actions.file.open_path", opened.append)
    window.actions_.file.export(KIT)
    dialog = window.actions_.file._export
    qtbot.waitUntil(dialog.isVisible)
    dialog.place.setText(str(tmp_path / "kit"))
    dialog.start()
    dialog.reject()  # Escape
    assert not dialog.isVisible() and dialog.is_running
    qtbot.waitUntil(lambda: not dialog.is_running, timeout=60_000)
    assert window.bar.choices() == ["Open folder", "Open page"]
    window.bar.choose("Open folder")
    assert opened == [tmp_path / "kit"]


def test_a_project_that_is_closed_before_the_export_is_shown_has_none(qtbot, window, session):
    window.actions_.file.export(KIT)
    dialog = window.actions_.file._export
    session.close_project()
    later: list[bool] = []
    QTimer.singleShot(0, lambda: later.append(dialog.isVisible()))  # after the turn in which it would be shown
    qtbot.waitUntil(lambda: bool(later))
    assert later == [False]


def test_an_export_shows_the_labels_of_the_moment_it_began(session, tmp_path, monkeypatch):
    """The person goes on while it is written: later edits are not in it."""
    began = session.project.snapshot()
    video = next(iter(session.document.videos))
    session.edit(commands.relabel(session.document, video, 0, 100, -1))
    request = exchange_tasks.LabelsRequest("json", tmp_path / "x.json", "corrected", (video,))
    exchange_tasks.export(began, request)(lambda event: None, lambda: None)
    segments = json.loads((tmp_path / "x.json").read_text())["videos"][0]["segments"]
    assert len(segments) == 5


# --- import -------------------------------------------------------------------------------------------------------

HEAD = "video,start_frame,end_frame_exclusive,label\n"


def an_import(qtbot, session, tmp_path, text) -> ImportDialog:
    (tmp_path / "in.csv").write_text(HEAD + text, encoding="utf-8")
    dialog = ImportDialog(session, [tmp_path / "in.csv"])
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.plan is not None and not dialog._waiting)
    return dialog


def test_an_import_shows_what_would_change_and_is_one_step_of_undo(qtbot, session, tmp_path):
    before = dict(session.document.corrected)
    dialog = an_import(qtbot, session, tmp_path, "a,0,150,wipe\nb,0,100,wipe\nb,90,120,x\nq,0,9,x\n")
    assert dialog.format.currentData() == "csv"
    assert [dialog.tracks.table.item(row, 0).text() for row in range(3)] == ["a", "b", "q"]
    assert dialog.tracks.chosen() == (0,) and dialog.tracks.table.item(0, 3).text() == "150 of 150"
    assert dialog.tabs.tabText(1) == "Problems (2)" and dialog.tabs.currentIndex() == 1
    assert dialog.problems.table.item(0, 2).text() == "line 4"
    assert dialog.summary.text() == "1 video would change: 150 frames get another label."
    assert "New actions: wipe." in dialog._note.text() and "in review again: a." in dialog._note.text()
    assert dialog.accept_button.text() == "Import 1 video"
    dialog.names.choose("wipe", 1)
    qtbot.waitUntil(lambda: dialog.tracks.table.item(0, 3).text() != "150 of 150")
    assert "New actions" not in dialog._note.text()
    plan, rows, names, _ = dialog.answer()
    assert session.do(lambda: session.exchange.import_edit(plan, rows, names))
    assert session.project.undo_text == "import labels in a"
    session.undo()
    assert dict(session.document.corrected) == before


def test_ticks_decide_and_nothing_ticked_cannot_be_imported(qtbot, session, tmp_path):
    dialog = an_import(qtbot, session, tmp_path, "a,0,150,wipe\nb,0,200,wipe\n")
    assert dialog.tracks.chosen() == (0, 1) and dialog.accept_button.isEnabled()
    dialog.tracks.tick(0, False)
    assert dialog.summary.text().startswith("1 video would change")
    dialog.tracks.tick(1, False)
    assert dialog.summary.text() == "Nothing is ticked." and not dialog.accept_button.isEnabled()


def test_a_file_that_no_format_reads_is_told_and_another_format_can_be_tried(qtbot, session, tmp_path):
    (tmp_path / "x.eaf").write_text("<svg/>")
    dialog = ImportDialog(session, [tmp_path / "x.eaf"])
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: "no format can read it" in dialog.summary.text())
    assert not dialog.accept_button.isEnabled()
    dialog.format.setCurrentIndex(dialog.format.findData("eaf"))
    dialog.format.activated.emit(dialog.format.currentIndex())
    qtbot.waitUntil(lambda: dialog.problems.table.rowCount() == 1)
    assert "wanted ANNOTATION_DOCUMENT" in dialog.problems.table.item(0, 3).text()
    dialog.problems.copy()
    assert "x.eaf" in QApplication.clipboard().text()


def test_ground_truth_of_a_video_that_has_some_is_no_choice(qtbot, session, tmp_path):
    dialog = an_import(qtbot, session, tmp_path, "a,0,150,wipe\n")
    dialog.plan = None
    dialog.target.setCurrentIndex(1)
    dialog.target.activated.emit(1)
    qtbot.waitUntil(lambda: dialog.plan is not None and not dialog._waiting)
    assert dialog.summary.text() == "Nothing can be imported." and not dialog.accept_button.isEnabled()
    assert "never changes" in dialog.problems.table.item(0, 3).text()


def drag(kind, path, window):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = kind(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.data = data  # the event does not own it
    event.setAccepted(False)
    (window.dragEnterEvent if kind is QDragEnterEvent else window.dropEvent)(event)
    return event.isAccepted()


def test_a_label_file_that_is_dropped_is_imported_after_the_question(qtbot, window, session, tmp_path, monkeypatch):
    asked = []

    def answer(_session, paths, _parent):
        asked.append(paths)
        dialog = an_import(qtbot, session, tmp_path, "a,0,150,wipe\n")
        return dialog.answer()

    monkeypatch.setattr("totgui.actions.file.ask_import", answer)
    for name, taken in (("in.csv", True), ("x.TextGrid", True), ("film.mp4", False), ("nothing.csv", False)):
        if not name.startswith("nothing"):
            (tmp_path / name).write_text(HEAD)
        assert drag(QDragEnterEvent, tmp_path / name, window) is taken
    drag(QDropEvent, tmp_path / "in.csv", window)
    qtbot.waitUntil(lambda: session.project.undo_text == "import labels in a")
    assert asked == [[tmp_path / "in.csv"]]
    session.close_project()
    assert not drag(QDragEnterEvent, tmp_path / "in.csv", window)
    assert drag(QDragEnterEvent, tmp_path, window)


def test_videos_dropped_at_the_start_open_the_folder_they_lie_in(window, session, tmp_path, monkeypatch):
    session.close_project()
    opened = []
    (tmp_path / "films").mkdir()
    monkeypatch.setattr(window.actions_.file, "open_path", opened.append)
    films = [tmp_path / "films" / name for name in ("a 1.MP4", "b.mov")]
    for film in films:
        film.write_bytes(b"")
    window.actions_.file.drop(films)
    assert window.actions_.file.takes(films) and opened == [tmp_path / "films"]
    (tmp_path / "c.mp4").write_bytes(b"")
    assert not window.actions_.file.takes([*films, tmp_path / "c.mp4"])  # of two folders: which one is meant


# --- the kit's texts ----------------------------------------------------------------------------------------------


@pytest.fixture
def texts(qtbot, session):
    dialog = KitTextsDialog(session)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog._found is not None)
    return dialog


def ids(session) -> dict[str, int]:
    return {action.name: action.id for action in session.document.actions.values()}


def test_the_steps_are_written_in_the_colour_of_the_theme_whenever_it_changes(texts):
    """In the dark theme they could not be seen where the window had been opened in the light one."""
    brush = texts.list.item(1).foreground()
    assert brush.style() == Qt.BrushStyle.NoBrush


def test_the_steps_stand_in_their_order_and_show_which_have_a_text(texts):
    names = [texts.list.item(row).text() for row in range(texts.list.count())]
    one, two = (HOSTILE[n] for n in ("one", "two"))
    assert names == ["The whole kit", f"1.  {one}", f"2.  {two}  ✎", "3.  Abc\u202egpj.exe  ✎"]


def test_what_is_typed_reaches_the_project_and_the_card_and_undo_takes_it_back(qtbot, texts, session):
    action = ids(session)[HOSTILE["one"]]
    texts.select(action)
    assert texts.card.texts().count("to be written by the expert") == 3
    texts.step_form.fields["key_points"].setPlainText("Grip it  low\n\n  Turn <b>slowly</b>\n")
    texts.step_form.fields["check"].setPlainText(" It clicks ")
    shown = texts.card.texts()
    assert "•  Grip it low" in shown and "•  Turn <b>slowly</b>" in shown and "It clicks" in shown
    qtbot.waitUntil(lambda: action in session.document.step_texts)  # a moment after the last key
    assert session.document.step_texts[action] == StepText(
        key_points=("Grip it low", "Turn <b>slowly</b>"), check="It clicks"
    )
    texts.step_form.title.setText("Fetch")
    texts.commit()
    assert session.document.step_texts[action].title == "Fetch"
    session.undo()  # one visit, one step
    assert action not in session.document.step_texts
    assert texts.step_form.title.text() == "" and texts.step_form.fields["check"].toPlainText() == ""
    session.redo()
    assert texts.step_form.title.text() == "Fetch"


def test_a_text_that_is_wiped_leaves_no_value(texts, session):
    action = ids(session)[HOSTILE["two"]]
    texts.select(action)
    assert texts.step_form.fields["safety"].toPlainText() == "Hot"
    for field in texts.step_form.fields.values():
        field.setPlainText("  \n ")
    texts.commit()
    assert action not in session.document.step_texts


def test_closing_keeps_what_was_typed_last(texts, session):
    texts.select(None)
    texts.kit_form.title.setText("Tea for two")
    texts.done(0)
    assert session.document.kit_text.title == "Tea for two"
    assert session.document.kit_text.introduction == "First line\nsecond"


def test_another_video_for_a_step_changes_its_picture(qtbot, texts, session):
    action, videos = ids(session)[HOSTILE["one"]], {v.name: v.id for v in session.document.videos.values()}
    texts.select(action)
    qtbot.waitUntil(lambda: texts.card.photo.has_image)
    assert texts._step(action).video == videos["b"]
    texts.step_form.video.setCurrentIndex(texts.step_form.video.findData(str(videos["a"])))
    texts.commit()
    qtbot.waitUntil(lambda: texts._step(action).video == videos["a"])
    qtbot.waitUntil(lambda: texts.card.photo.has_image)
    assert any("· a" in line for line in texts.card.texts())
    texts.grab()


def test_a_text_that_is_too_long_is_refused_in_words_and_stays_in_the_field(texts, session):
    action = ids(session)[HOSTILE["one"]]
    texts.select(action)
    texts.step_form.fields["note"].setPlainText("x" * 3000)
    texts.commit()
    assert "up to 2,000 characters" in texts._note.text()
    assert action not in session.document.step_texts
    texts.select(None)
    texts.done(0)  # neither another step nor closing throws it away
    assert len(texts.step_form.fields["note"].toPlainText()) == 3000 and texts._action == action


def test_the_whole_kit_has_a_form_of_its_own(texts, session):
    texts.select(None)
    assert texts.kit_form.value() == KitText(
        "Fill <it>", "2", "First line\nsecond", "", session.document.kit_text.video
    )
    texts.kit_form.edition.setText("3")
    texts.commit()
    assert session.document.kit_text.edition == "3"


def test_the_menu_has_every_way_in(window):
    names = set(window.actions_.by_name)
    assert {"file.import", "file.export", "file.kit", "file.report", "file.kit-texts"} <= names
    assert all(isinstance(window.actions_.by_name[n].toolTip(), str) for n in names)


def test_texts_that_cannot_be_kept_hold_the_dialog_open_once_and_say_why(texts, session):
    texts.show()
    texts.select(ids(session)[HOSTILE["one"]])
    texts.step_form.fields["note"].setPlainText("x" * 100_000)
    texts.reject()
    assert texts.isVisible() and "Close again to leave without it." in texts._note.text()
    texts.step_form.fields["note"].setPlainText("y" * 100_000)
    texts.reject()
    assert texts.isVisible()  # other words are asked about anew
    texts.reject()
    assert not texts.isVisible()


def test_texts_of_a_closed_project_go_into_no_other(texts, session, dataset, tmp_path):
    texts.show()
    texts.select(ids(session)[HOSTILE["one"]])
    texts.step_form.fields["note"].setPlainText("of the first project")
    make_project(tmp_path / "q.tot", dataset).close()
    session.open_project(tmp_path / "q.tot")
    assert not texts.isVisible()
    assert all(text.note != "of the first project" for text in session.document.step_texts.values())


@pytest.mark.parametrize("kind", [LABELS, KIT, REPORT])
@pytest.mark.parametrize("typed", ["é" * 300, "~nobody/x", "a\0b", "/"])
def test_no_text_in_the_field_of_the_place_is_an_error_out_of_a_slot(qtbot, session, tmp_path, kind, typed):
    dialog = an_export(qtbot, session, kind)
    dialog.place.setText(str(tmp_path / typed) if typed != "/" else typed)
    assert dialog.isEnabled()
    if typed == "é" * 300:
        assert finish(qtbot, dialog) == "Nothing was written."
