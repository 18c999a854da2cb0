"""Every command is found, has the keys that a person chose, and panels come in layouts that can be left again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from projects import a_project, with_edits, with_run
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTableView,
    QWidget,
)
from windows import shut

from core.annotation import commands
from core.data.dataset import ActionId
from totgui.actions import tools
from totgui.dialogs.keys import Bindable, KeysAnswer, KeysDialog
from totgui.dialogs.palette import CommandPalette, Entry, ranked
from totgui.keymap import ACTION_KEY, PRESETS, STANDARD, Keymap, conflicts, native, types_text
from totgui.main_window import MainWindow
from totgui.models.fuzzy import match
from totgui.models.key_hints import STANDARD_KEYS, not_taken, read_only
from totgui.models.later import Later
from totgui.palette import SHADES, apply_theme
from totgui.session import Session
from totgui.settings import Settings
from totgui.window.layouts import LAYOUTS
from totgui.window.toolbar import AT_THE_END, GROUPS

TOOLS = [name for group in (*GROUPS, AT_THE_END) for name in group]
popups = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen has no windows to raise and no keyboard to grab; a popup wants both."""


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def window(qtbot, tmp_path: Path) -> Iterator[MainWindow]:
    with a_project(tmp_path / "a.tot") as project:
        with_run(project)
        with_edits(project)
    made = MainWindow(Session(), Settings())
    made.show()
    made.session.open_project(tmp_path / "a.tot")
    made.opened = tmp_path / "a.tot"
    yield made
    shut(made)


def keys(window: MainWindow, name: str) -> list[str]:
    return [k.toString(QKeySequence.SequenceFormat.PortableText) for k in window.actions_.by_name[name].shortcuts()]


# --- finding ------------------------------------------------------------------------------------------------------


def test_letters_in_order_find_a_text_and_word_beginnings_win():
    assert match("mwn", "Merge with next") is not None and match("nwm", "Merge with next") is None
    assert match("merge", "Merge with next")[0] > match("merge", "A submerged rock")[0]
    assert match("next merge", "Merge with next")[1] == (0, 1, 2, 3, 4, 11, 12, 13, 14)
    assert match("", "anything") == (-1, ())


def test_what_was_used_last_comes_first_and_what_is_impossible_last():
    entries = [Entry(n, t, "Menu") for n, t in (("a", "Split"), ("b", "Split again"), ("c", "Merge"))]
    entries.append(Entry("d", "Split never", "Menu", usable=False))
    assert [e.name for e, _ in ranked(entries, ["b", "c"], "")] == ["b", "c", "a", "d"]
    assert [e.name for e, _ in ranked(entries, ["b"], "spli")] == ["b", "a", "d"]
    assert [e.name for e, _ in ranked(entries, ["b"], "split")] == ["a", "b", "d"]  # a whole name is meant
    by_menu = [e.name for e, _ in ranked(entries, [], "menu")]
    assert set(by_menu) == set("abcd") and by_menu[-1] == "d"


@popups
def test_the_palette_runs_the_marked_command_and_offers_it_first_the_next_time(window, qtbot):
    window.actions_.by_name["tools.palette"].trigger()
    [palette] = window.findChildren(CommandPalette)
    qtbot.keyClicks(palette.field, "accept vid")
    palette.grab()
    assert palette.list.currentIndex().data() == "Accept video"
    session = window.session
    session.do(lambda: commands.start_unlabelled(session.document, session.current_video))
    before = session.document.review(session.current_video)
    with qtbot.waitSignal(palette.chosen):
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.settings.recent_commands() == ["review.accept"])
    assert session.document.review(session.current_video) != before or session.document.reviews
    assert ranked(window.actions_.tools.entries(), window.settings.recent_commands(), "")[0][0].name == "review.accept"


@popups
def test_arrows_move_the_mark_and_escape_closes(window, qtbot):
    window.actions_.by_name["tools.palette"].trigger()
    [palette] = window.findChildren(CommandPalette)
    first = palette.list.currentIndex().row()
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == first + 1
    qtbot.keyClicks(palette.field, "zzzz")
    assert not palette._none.isHidden()
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_every_command_is_in_the_palette_with_its_key(window):
    found = {entry.name: entry for entry in window.actions_.tools.entries()}
    in_menus = [a for menu in window.actions_.menus for a in menu.actions() if a in window.actions_.by_name.values()]
    names = {name for name, action in window.actions_.by_name.items() if action in in_menus} - {"tools.palette"}
    assert names <= found.keys()
    assert found["model.train"].key and not found["model.stop"].usable
    assert found[f"{ACTION_KEY}2"].text == "Relabel with step 1" and f"{ACTION_KEY}9" not in found
    assert {f"panel.{name}" for name in window.docks} <= found.keys()


@popups
def test_a_command_that_is_not_possible_now_is_not_run(qtbot):
    palette = CommandPalette([Entry("a", "Stop", "Model", usable=False)], [])
    qtbot.addWidget(palette)
    palette.show()
    chosen = []
    palette.chosen.connect(chosen.append)
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert not chosen and palette.isVisible()


@popups
def test_hostile_names_are_painted_as_text(qtbot):
    texts = ("<b>bold</b><img src=x>", "🥚" * 80, "اقطع الخضار", "x" * 500)
    palette = CommandPalette([Entry(str(i), text, "Labels", "Ctrl+X") for i, text in enumerate(texts)], [])
    qtbot.addWidget(palette)
    palette.resize(500, 300)
    palette.show()
    palette.search("b")
    palette.grab()
    palette.search("")
    palette.grab()


# --- keys ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", PRESETS)
def test_no_two_commands_have_one_key(window, preset):
    assert conflicts(window.actions_.keymap.defaults, preset, {}) == {}


@pytest.mark.parametrize("preset", [name for name in PRESETS if name != STANDARD])
def test_presets_name_commands_that_there_are_and_give_ten_actions_a_key_without_shift(window, preset):
    chosen = PRESETS[preset][1]
    assert chosen.keys() <= window.actions_.keymap.defaults.keys()
    for number in range(1, 11):
        [sign] = chosen[f"{ACTION_KEY}{number}"]
        assert not QKeySequence(sign).isEmpty() and "Shift" not in sign


def test_chosen_keys_reach_actions_tooltips_sheet_and_the_next_start(window, qtbot, monkeypatch):
    answer = KeysAnswer("azerty", {"segment.split": ("Ctrl+J",), "model.train": ()})
    monkeypatch.setattr(tools, "ask_keys", lambda commands, parent: answer)
    window.actions_.by_name["help.shortcuts"].trigger()
    assert keys(window, "segment.split") == ["Ctrl+J"] and keys(window, "model.train") == []
    assert "(Ctrl+J)" in window.actions_.by_name["segment.split"].toolTip()
    assert "(" not in window.actions_.by_name["model.train"].toolTip()
    assert keys(window, f"{ACTION_KEY}1") == ["&"] and keys(window, "view.zoom-out") == ["Ctrl+-"]
    sheet = KeysDialog(window.actions_.tools.bindable(), "azerty", window.actions_.keymap.own)
    qtbot.addWidget(sheet)
    row = [c.name for c in sheet._commands].index("segment.split")
    assert sheet.table.item(row, 1).text() == QKeySequence("Ctrl+J").toString(QKeySequence.SequenceFormat.NativeText)
    later = Keymap(Settings(), window.actions_.keymap.defaults)
    assert (later.preset, later.own) == ("azerty", {"segment.split": ("Ctrl+J",), "model.train": ()})


def test_keys_chosen_for_a_command_under_its_earlier_name_are_kept(window):
    Settings().set_keys(STANDARD, {"segment.adopt": ["Ctrl+Alt+F7"], "segment.adopt-all": []})
    found = Keymap(Settings(), window.actions_.keymap.defaults)
    assert found.keys("segment.take") == ("Ctrl+Alt+F7",) and found.keys("segment.take-all") == ()
    found.change(found.preset, found.own)
    assert set(Settings().keys()) == {"segment.take", "segment.take-all"}


def test_stored_keys_that_make_no_sense_do_no_harm(window):
    settings = QSettings("totgui", "totgui")
    settings.setValue("keyboard", "klingon")
    settings.setValue("keys/no.such-command", "Ctrl+J")
    settings.setValue("keys/segment.split", "no key at all")
    found = Keymap(Settings(), window.actions_.keymap.defaults)
    assert found.preset == STANDARD and "no.such-command" not in found.own and found.keys("segment.split") == ()


@pytest.fixture
def dialog(qtbot):
    made = KeysDialog(
        [
            Bindable("a", "&Split…", "Segment", ("S",)),
            Bindable("b", "Merge", "Segment", ("M",)),
            Bindable("c", "Train", "Model", ("Ctrl+T",)),
        ],
        STANDARD,
        {},
    )
    qtbot.addWidget(made)
    made.show()
    return made


def test_who_types_in_the_sheet_of_keys_looks_for_a_command_and_chooses_no_other_keyboard(dialog):
    assert dialog.focusWidget() is dialog.field
    assert dialog.field.nextInFocusChain() is dialog.preset


def press(dialog, key):
    dialog.edit.setKeySequence(QKeySequence(key))


def test_a_free_key_is_set_or_added(dialog):
    dialog.choose("a")
    press(dialog, "X")
    dialog.add.click()
    assert dialog.keys("a") == ("S", "X") and dialog.answer() == KeysAnswer(STANDARD, {"a": ("S", "X")})
    press(dialog, "Y")
    dialog.set.click()
    assert dialog.keys("a") == ("Y",)
    dialog.default.click()
    assert dialog.answer().own == {}


def test_a_key_of_another_command_is_named_and_only_taken_on_purpose(dialog):
    dialog.choose("a")
    press(dialog, "M")
    assert not dialog.set.isEnabled() and 'belongs to "Merge"' in dialog.note.text() and not dialog.take.isHidden()
    dialog.give(adding=False)
    assert dialog.keys("a") == ("S",)
    dialog.take.click()
    assert dialog.keys("a") == ("M",) and dialog.keys("b") == () and not dialog.conflicts()


def test_keys_that_two_commands_have_are_flagged(qtbot):
    made = KeysDialog([Bindable("a", "A", "G", ("S",)), Bindable("b", "B", "G", ("M",))], STANDARD, {"b": ("S",)})
    qtbot.addWidget(made)
    assert made.conflicts() == {"S": ["a", "b"]} and "neither" in made.table.item(0, 1).toolTip()
    made.choose("a")
    assert "S: A, B" in made.note.text()


def test_a_command_can_have_no_key_and_all_go_back_to_default(dialog):
    dialog.choose("b")
    dialog.clear.click()
    assert dialog.keys("b") == () and dialog.answer().own == {"b": ()}
    dialog.all_default.click()
    assert dialog.keys("b") == ("M",)


def test_the_sheet_is_filtered_by_command_key_and_menu(dialog):
    for text, shown in (("split", [0]), ("ctrl", [2]), ("segment", [0, 1])):
        dialog.filter(text)
        assert [row for row in range(3) if not dialog.table.isRowHidden(row)] == shown
    dialog.grab()


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        *((key, True) for key in ("S", "Shift+1", "Space", "Left", "Del", "é")),
        *((key, False) for key in ("Ctrl+S", "Alt+Up", "F1", "F11", "Ctrl+Shift+Z", "")),
    ],
)
def test_keys_that_type_are_told_from_commands(key, typed):
    assert types_text(key) is typed


@pytest.mark.parametrize("make", [QLineEdit, QSpinBox, QPlainTextEdit, QComboBox])
def test_keys_that_type_are_off_in_text_fields_and_the_others_stay(window, make):
    field = make(window)
    if isinstance(field, QComboBox):
        field.setEditable(True)
    window.actions_.give_keys(field)
    assert keys(window, "segment.split") == [] and keys(window, f"{ACTION_KEY}1") == []
    assert keys(window, "model.train") == ["Ctrl+T"] and keys(window, "edit.undo") == ["Ctrl+Z"]
    assert window.actions_.by_name["segment.split"].isEnabled()
    window.actions_.give_keys(QPushButton(window))
    assert keys(window, "segment.split") == ["S"] and keys(window, f"{ACTION_KEY}1") == ["1"]


def test_action_keys_follow_the_order_of_the_actions(window):
    session = window.session
    session.do(lambda: commands.start_unlabelled(session.document, session.current_video))
    order = [a.id for a in session.document.actions.values() if not a.archived]
    session.do(lambda: commands.order_actions(session.document, order[::-1]))
    session.playback.seek(0)
    window.actions_.by_name[f"{ACTION_KEY}1"].trigger()
    assert int(session.document.corrected[session.current_video].labels[0]) == int(order[-1])
    assert session.document.actions[ActionId(int(order[-1]))]


# --- layouts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_shows_its_panels_and_no_other(window, qtbot, name):
    wanted = LAYOUTS[name]
    window.actions_.by_name[f"view.layout-{name.casefold()}"].trigger()
    assert not window.updatesEnabled(), "what stands between two layouts is not seen"
    qtbot.waitUntil(window.updatesEnabled, timeout=20_000)
    shown = {panel for panel, dock in window.docks.items() if not dock.isHidden()}
    assert shown == {*wanted.left, *wanted.right, *wanted.bottom} and shown <= window.docks.keys()
    assert window.toolbar.isHidden() == (not wanted.toolbar)
    for side in (wanted.left, wanted.right, wanted.bottom):
        for panel in side[1:]:
            assert window.docks[panel] in window.tabifiedDockWidgets(window.docks[side[0]])
    window.grab()


@popups
def test_layouts_can_follow_each_other_and_reset_brings_everything_back(window, qtbot):
    height = window.docks["Videos"].height()
    window.docks["Label map"].setFloating(True)
    for name in (*LAYOUTS, "Present"):
        window.show_layout(name)
    window.reset_layout()
    assert not any(dock.isHidden() or dock.isFloating() for dock in window.docks.values())
    assert not window.toolbar.isHidden()
    qtbot.waitUntil(lambda: window.docks["Videos"].height() >= height)  # the list of videos had room for one row


def test_a_layout_kept_for_other_panels_gives_way_to_the_first_one_with_its_sizes(window, qtbot, monkeypatch):
    window.session.close_project()
    monkeypatch.setattr(window.placing, "_version", lambda: 7)  # the program has another set of panels now
    sized = []
    window.placing._sizing.timeout.connect(lambda: sized.append(True))
    window.session.open_project(window.opened)
    window.placing.turns.finish()
    qtbot.waitUntil(lambda: bool(sized))


def test_reset_ends_where_the_window_began(window, qtbot):
    def seen():
        window.grab()
        return {n: dock.geometry().getRect() for n, dock in window.docks.items() if not dock.visibleRegion().isEmpty()}

    window.resize(1480, 940)
    window.reset_layout()
    qtbot.waitUntil(lambda: seen().get("Videos", (0, 0, 0, 0))[2] == 425)
    first = seen()
    assert list(first) == ["Videos", "Runs", "Training", "Timeline"]
    window.show_layout("Map")
    window.actions_.by_name["view.reset"].trigger()
    qtbot.waitUntil(window.updatesEnabled, timeout=20_000)
    qtbot.waitUntil(lambda: seen() == first)


def test_the_tools_have_their_words_in_a_window_of_the_first_size(window):
    """One more tool had made all of them bare icons, which a newcomer cannot read."""
    window.resize(1480, 940)
    window.grab()
    styles = {name: window.toolbar.widgetForAction(window.actions_.by_name[name]).toolButtonStyle() for name in TOOLS}
    icon, words = Qt.ToolButtonStyle.ToolButtonIconOnly, Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    assert styles == {name: icon if name.startswith("edit.") else words for name in TOOLS}
    window.toolbar.resize(700, window.toolbar.height())
    window.toolbar.grab()
    assert window.toolbar.toolButtonStyle() == icon


def test_in_a_short_window_the_videos_share_their_place_with_the_runs(window, qtbot):
    """On a display of 1280 by 800 the list of videos showed one row, and that of the runs none."""
    docks, table = window.docks, window.docks["Videos"].widget().findChild(QTableView)

    def rows() -> int:
        window.grab()
        return int(table.viewport().height() / table.rowHeight(0))

    window.resize(1280, 750)
    window.reset_layout()
    qtbot.waitUntil(lambda: docks["Runs"] in window.tabifiedDockWidgets(docks["Videos"]))
    qtbot.waitUntil(lambda: rows() >= 4)
    assert not docks["Videos"].visibleRegion().isEmpty() and docks["Runs"].visibleRegion().isEmpty()
    window.resize(1480, 940)
    window.reset_layout()
    qtbot.waitUntil(lambda: docks["Runs"] not in window.tabifiedDockWidgets(docks["Videos"]))


def test_a_layout_that_follows_at_once_keeps_its_own_sizes(window, qtbot):
    """The first sizes, which come a turn after a reset, made the label map of the next layout a third as wide."""
    window.resize(1600, 1000)
    window.reset_layout()
    window.show_layout("Map")
    wanted = round(LAYOUTS["Map"].shares["right"] * window.width())
    qtbot.waitUntil(lambda: window.updatesEnabled() and not window.placing._sizing.isActive())
    QApplication.processEvents()
    assert abs(window.docks["Label map"].width() - wanted) < 20


def close_half_way(window, command, turns):
    """Ask for other places of the panels, and close the project so many turns later; then open it again."""
    path = window.session.project.path
    window.actions_.by_name[command].trigger()
    for _ in range(turns):
        window.placing.turns._go_on()
    window.session.close_project()
    assert all(dock.isHidden() for dock in window.docks.values()) and window.updatesEnabled()
    window.session.open_project(path)
    window.placing.turns.finish()


@pytest.mark.parametrize("turns", range(0, 20, 3))
def test_a_project_that_is_closed_while_its_panels_are_put_back_leaves_none(window, qtbot, turns):
    window.show_layout("Map")
    close_half_way(window, "view.reset", turns)
    assert not any(dock.isHidden() for dock in window.docks.values())


@pytest.mark.parametrize("turns", range(7))
def test_a_project_that_is_closed_while_its_panels_are_arranged_leaves_none(window, qtbot, turns):
    close_half_way(window, "view.layout-map", turns)
    assert not window.docks["Label map"].isHidden() and window.docks["Review"].isHidden()


def test_layouts_that_are_asked_for_in_quick_succession_end_with_the_last(window, qtbot):
    for name in ("train", "compare", "present", "review"):
        window.actions_.by_name[f"view.layout-{name}"].trigger()
    qtbot.waitUntil(window.updatesEnabled, timeout=20_000)
    assert {panel for panel, dock in window.docks.items() if not dock.isHidden()} == {
        *("Videos", "Review", "Labels", "History", "Timeline", "Segments")
    }


def test_the_next_project_finds_the_panels_as_they_were(window, tmp_path):
    window.show_layout("Review")
    path = window.session.project.path
    window.session.close_project()
    assert all(dock.isHidden() for dock in window.docks.values())
    window.session.open_project(path)
    window.placing.turns.finish()
    shown = {panel for panel, dock in window.docks.items() if not dock.isHidden()}
    wanted = LAYOUTS["Review"]
    assert shown == {*wanted.left, *wanted.right, *wanted.bottom}


def test_buttons_that_do_what_a_command_does_name_its_key(window):
    play = window.video_view._play
    assert play.toolTip() == "Play or pause (Space)"
    window.actions_.keymap.change(STANDARD, {"playback.toggle": ("Ctrl+P",), "labels.up": ()})
    assert play.toolTip() == "Play or pause (Ctrl+P)"
    assert "(" not in window.labels.buttons["up"].toolTip() and "(Alt+Down)" in window.labels.buttons["down"].toolTip()


def test_hints_name_the_keys_that_commands_have_now(window):
    session, timeline = window.session, window.timeline
    assert timeline.keys == {**STANDARD_KEYS, "segment.range": native("Return")}

    def picture():
        timeline.grab()  # the ghost is painted, its text with it
        row = timeline.row("corrected").rect(timeline.axis)
        return timeline.grab(row).toImage()

    while session.document.corrected:  # as long as there is none, the prediction is shown with the hint
        session.undo()
    assert timeline.shown.is_ghost
    before = picture()
    window.actions_.keymap.change(STANDARD, {"segment.take": ("Ctrl+Alt+F7",)})
    assert "Ctrl+Alt+F7 takes it" in not_taken(timeline.keys) and picture() != before
    assert read_only("Prediction", timeline.keys) == "Prediction cannot be edited. Press Ctrl+Alt+F7 to take it."
    window.actions_.keymap.change(STANDARD, {"segment.take": ()})
    assert not_taken(timeline.keys).endswith("Any edit takes it.")
    assert "Press" not in read_only("Prediction", timeline.keys)


def test_what_was_done_can_be_taken_back_where_it_is_said_and_nothing_else_is(window):
    session = window.session
    window.labels.choose(ActionId(0))
    window.labels.retire()
    assert window.bar.choices() == ["Undo"] and session.document.actions[ActionId(0)].archived
    window.bar.choose("Undo")
    assert not session.document.actions[ActionId(0)].archived
    window.labels.choose(ActionId(0))
    window.labels.retire()
    session.do(lambda: commands.rename_action(session.document, ActionId(1), "another"))
    window.bar.choose("Undo")
    assert session.document.actions[ActionId(0)].archived and session.document.actions[ActionId(1)].name == "another"
    assert "Other edits came after it" in window.bar.text()


def test_a_theme_is_set_in_parts_and_the_last_one_asked_for_stays(window, qtbot, qapp):
    """At once it held the window for a third of a second."""
    window.actions_.by_name["view.light"].trigger()
    window.actions_.by_name["view.dark"].trigger()
    assert not window.updatesEnabled()
    qtbot.waitUntil(window.updatesEnabled, timeout=20_000)
    assert texts(window) == {SHADES["dark"]["text"]}
    apply_theme(qapp, "light")
    assert texts(window) == {SHADES["light"]["text"]}


def texts(window):
    """The colours of text in a window, without those that are the same in every theme."""
    inside = [
        w for w in window.findChildren(QWidget) if w.isEnabled() and not w.styleSheet() and w.objectName() != "main"
    ]
    assert len(inside) > 100
    return {widget.palette().text().color().name() for widget in inside}


def test_the_menu_marks_the_theme_that_was_chosen_last(window, qapp):
    for name in ("dark", "light", "system"):
        window.actions_.by_name[f"view.{name}"].trigger()
        marked = [each for each in ("light", "dark", "system") if window.actions_.by_name[f"view.{each}"].isChecked()]
        assert marked == [name] == [window.settings.theme()]
    window.placing.turns.finish()
    apply_theme(qapp, "light")


def test_another_theme_leaves_everything_in_its_place(window, qtbot, qapp):
    window.resize(1500, 950)
    for later in window.findChildren(Later):
        later.make()
    parts = [window.centralWidget(), window.toolbar, window.status, *window.docks.values()]
    places = []
    for name in ("dark", "light", "dark"):  # the first brings the style sheet, which has sizes
        window.actions_.by_name[f"view.{name}"].trigger()
        qtbot.waitUntil(window.updatesEnabled, timeout=20_000)
        QApplication.processEvents()
        window.grab()
        inside = [widget for part in parts for widget in (part, *part.findChildren(QWidget)) if widget.isVisible()]
        places.append([widget.geometry() for widget in inside])
    assert len(places[1]) > 50 and places[1] == places[2]
    apply_theme(qapp, "light")


# --- keys that texts name -----------------------------------------------------------------------------------------


def test_texts_name_the_keys_that_commands_have_now(window):
    said = []
    window.show_message = lambda text, level="info": said.append(text)
    named = window.actions_.help.named
    assert named("{segment.split} ({model.train})") == f"S ({native('Ctrl+T')})"
    window.actions_.keymap.change(STANDARD, {"segment.split": ("Ctrl+J",), "model.train": (), "labels.key-1": ("F7",)})
    assert named("{segment.split}, train ({model.train})") == f"{native('Ctrl+J')}, train"
    assert window.labels.model.key_of(0) == "F7" and window.labels.model.key_of(1) == "2"
    window.actions_.keymap.change(STANDARD, {"segment.split": ()})
    assert named("{segment.split} splits") == '"Split at playhead" splits'


def test_every_step_of_the_tour_names_commands_that_exist(window):
    from totgui.tour import STOPS

    for stop in STOPS:
        assert "{" not in window.actions_.help.named(stop.text)


def test_no_text_of_the_window_names_a_key_by_itself():
    """Keys can be chosen: a text that is meant for the person takes them from the commands (`key_hints.named`)."""
    import ast
    import re

    key = re.compile(r"\((?:[A-Z]|(?:Ctrl|Shift|Alt)\+\S+|F\d+|Space|Enter)\)|\b(?:Press|press) (?:[A-Z]|Ctrl\+\S+)\b")
    found = []
    for path in sorted(Path("totgui").rglob("*.py")):
        if "label_map" in path.parts:
            continue  # keys of the matrix itself, which hold while it has the focus and cannot be chosen
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                found += [f"{path}:{node.lineno} {node.value}"] if key.search(node.value) else []
    assert not found


@popups
@pytest.mark.parametrize("name", ["Training", "Label map", "Review", "Timeline"])
def test_the_focus_of_a_panel_that_is_put_away_goes_into_no_field(window, name: str) -> None:
    """It went to what came next: the next key that accepts a video was typed into the filter of the videos."""
    window.activateWindow()
    window.placing.turns.finish()  # the timeline takes the focus at the end of them
    dock = window.docks[name]
    dock.show()
    dock.raise_()
    QApplication.processEvents()
    focusable = (w for w in dock.findChildren(QWidget) if w.focusPolicy() != Qt.FocusPolicy.NoFocus)
    inside = next(w for w in focusable if w.isVisible() and w.isEnabled())
    inside.setFocus()
    assert dock.isAncestorOf(QApplication.focusWidget())
    dock.toggleViewAction().trigger()
    assert QApplication.focusWidget() is (window if name == "Timeline" else window.timeline)
    assert keys(window, "review.accept") == ["A"]


def test_words_of_a_tip_find_a_command_and_scattered_letters_of_one_do_not(window) -> None:
    entries = window.actions_.tools.entries()
    for query, wanted in (("insert", "segment.range"), ("joins", "segment.merge-next"), ("cuts", "segment.split")):
        found = [entry.name for entry, _ in ranked(entries, [], query)]
        assert wanted in found and len(found) <= 6, (query, found)


def test_what_stands_in_a_submenu_is_named_with_it_in_the_palette_and_in_the_sheet_of_keys(window) -> None:
    """ "0.2 s" says nothing without its menu around it."""
    offered = {entry.name: entry.text for entry in window.actions_.tools.entries()}
    assert offered["range.delay-0.2"] == "Reaction delay of painting: 0.2 s"
    assert offered["view.dark"] == "Theme: Dark"
    assert window.actions_.by_name["range.delay-0.2"].text() == "0.2 s"
