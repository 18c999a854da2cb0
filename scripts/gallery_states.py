"""Every state of the window that the gallery draws: a table of small functions, each brings it about and cleans up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QTabBar, QTabWidget, QWidget

from core.annotation import commands
from core.annotation.values import KitText, StepText
from core.events import Failed, MatrixSnapshot
from core.store.waiting import SavedState

if TYPE_CHECKING:
    from gallery import Stage

LEFT, NONE, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
Steps = Iterator[QWidget]
State = Callable[["Stage"], Steps]


# --- the window ---------------------------------------------------------------------------------------------------


def start_page(stage: Stage, *, recent: bool) -> Steps:
    stage.session.close_project()
    if recent:
        for name in ("empty", "trained", "reviewed"):
            stage.window.recent.add(stage.work / f"{name}.tot")
        stage.window.recent.look()
        listed = stage.window.recent.listed
        stage.wait(lambda: all(changed is not None for _, changed in listed()), "what is known of recent projects")
    yield stage.window


def panel(stage: Stage, project: str, *panels: str) -> Steps:
    stage.open(project, frame=400)
    yield stage.front(*panels)


def small_window(stage: Stage) -> Steps:
    stage.open("reviewed", frame=400)
    size = stage.window.size()
    stage.window.resize(1180, 760)
    yield stage.front("Review")
    stage.window.resize(size)


def tour(stage: Stage, step: int) -> Steps:
    stage.open("trained")
    stage.window.actions_.help.tour()
    guide = stage.window.actions_.help._tour
    for _ in range(step):
        guide.forward()
    yield stage.window
    guide.leave()


def in_layout(stage: Stage, name: str) -> Steps:
    stage.open("reviewed", frame=400)
    stage.window.show_layout(name)
    yield stage.window
    stage.window.reset_layout()


def training(stage: Stage) -> Steps:
    from core.tot.presets import default_preset, preset

    stage.open("trained")
    session, document = stage.session, stage.session.document
    seen: list[object] = []
    session.jobEvent.connect(lambda event: seen.append(event) if isinstance(event, MatrixSnapshot) else None)
    config = preset(default_preset(document.dataset), n_clusters=len(document.actions))
    session.train(config)
    stage.wait(lambda: len(seen) > 4, "a training under way")
    yield stage.front("Live")
    session.jobs.end_job()
    stage.wait(lambda: not session.jobs.running, "the end of the training")


LONG = "press the 3rd bolt until it clicks; then again, slowly " * 3
ODD_NAMES = (LONG.strip(), "ضع البرغي في الثقب الأيسر", "هٰذا " * 30, "x" * 200, "安装电池然后拧紧螺丝" * 8)
"""Names that a person may give: 200 characters, from right to left, without a space, with wide letters."""


def odd_names(stage: Stage, *panels: str, layout: str = "", number: int | None = None) -> Steps:
    stage.open("reviewed", frame=400)
    document = stage.session.document
    for action, name in zip(list(document.actions), ODD_NAMES, strict=False):
        stage.session.do(lambda a=action, n=name: commands.rename_action(document, a, n))
    if layout:
        stage.window.show_layout(layout)
    stage.front(*panels)
    if number is not None:
        widget = stage.window.docks[panels[-1]].widget()
        bar = widget.findChild(QTabWidget) or widget.findChild(QTabBar)
        bar.setCurrentIndex(number)
    stage.settle(1500)
    yield stage.window
    if number is not None:
        bar.setCurrentIndex(0)


def in_review(stage: Stage) -> Steps:
    stage.open("reviewed", frame=400)
    stage.front("Review")
    stage.session.reviewing.watch()
    stage.wait(lambda: stage.session.reviewing.is_ready, "the places to review")
    stage.window.actions_.review.places.go_place(1)
    yield stage.front("Review")


def segments(stage: Stage, *, page: str, three: bool = False, corrected: bool = False, text: str = "") -> Steps:
    """Every segment of the second action, or what was corrected of all; some are chosen."""
    stage.open("reviewed" if corrected else "trained", frame=400)
    stage.window.show_layout("Segments")
    view, session = stage.window.segments(), stage.session
    stage.wait(lambda: session.segments.is_ready and session.reviewing.is_ready, "the segments")
    view.head.three.setChecked(three)
    view.head.pages[page].click()
    view.show_label(None if corrected else list(session.document.actions)[1])
    view.head.text.setText(text)
    view.rows.choose(1)
    view.rows.choose(3, extend=True)
    stage.settle()
    if view.sheet.isVisible() and not text:  # a sheet that nobody sees decodes nothing
        stage.wait(lambda: view.sheet.is_complete, "the pictures", 60)
    yield stage.window
    view.head.three.setChecked(False)
    view.head.pages["Pictures"].click()
    view.head.text.clear()
    stage.window.reset_layout()


# --- tabs of panels -----------------------------------------------------------------------------------------------


def tab(stage: Stage, dock: str, number: int, *, tall: bool = False) -> Steps:
    stage.open("reviewed", frame=400)
    widget = stage.window.docks[dock].widget()
    stage.tall(dock) if tall else stage.front(dock)
    bar = widget.findChild(QTabWidget) or widget.findChild(QTabBar)
    bar.setCurrentIndex(number)
    stage.settle(1500)
    yield stage.window
    bar.setCurrentIndex(0)


def label_map(stage: Stage, *, after: bool) -> Steps:
    stage.open("trained", frame=400)
    stage.window.show_layout("Map")
    document, run = stage.session.document, stage.session.current_run
    if after:
        targets = [action for action in document.actions]
        stage.session.do(lambda: commands.set_target(document, run, 0, targets[-1]))
        stage.session.do(lambda: commands.set_lock(document, run, 1, True))
    stage.settle(1500)
    yield stage.window


def map_pictures(stage: Stage) -> Steps:
    """Clusters by their typical frames, as they are named without ground truth."""
    stage.open("trained", frame=400)
    stage.window.show_layout("Map")
    stage.window.label_map.head.pageChosen.emit("Pictures")
    stage.settle(2500)
    yield stage.window


def map_asked(stage: Stage) -> Steps:
    """What matching again would change, before it is applied."""
    stage.open("trained", frame=400)
    stage.window.show_layout("Map")
    document, run = stage.session.document, stage.session.current_run
    stage.session.do(lambda: commands.set_target(document, run, 0, list(document.actions)[-1]))
    stage.settle(1500)
    stage.window.label_map.rematching.solve()
    stage.settle(1500)
    yield stage.window


def not_segmented(stage: Stage, *panels: str) -> Steps:
    """A run that has segmented nothing yet."""
    stage.open("trained", frame=400)
    document = stage.session.document
    document.predictions.clear()
    stage.session.projectChanged.emit()
    stage.settle(1500)
    stage.front(*panels)
    yield stage.window


def text_size(stage: Stage, layout: str) -> Steps:
    """The largest text of the View menu, chosen while the window is open."""
    stage.open("reviewed", frame=400)
    stage.window.show_layout(layout)
    by_name = stage.window.actions_.by_name
    by_name["view.text-largest"].trigger()
    stage.settle(1500)
    yield stage.window
    by_name["view.text-normal"].trigger()
    stage.settle(800)
    stage.window.reset_layout()


# --- video --------------------------------------------------------------------------------------------------------


def zoomed(stage: Stage) -> Steps:
    stage.open("reviewed", frame=400)
    picture = stage.window.video_view.picture
    picture.zoom_at(3.0, QPointF(picture.width() / 2, picture.height() / 2))
    yield stage.window


def second_video(stage: Stage) -> Steps:
    stage.open("reviewed", frame=400)
    stage.window.video_view.second.toggle()
    stage.settle(800)
    yield stage.window
    stage.window.video_view.second.leave()


def painting(stage: Stage) -> Steps:
    stage.open("reviewed", frame=100)
    stage.session.playback.set_speed(0.1)
    stage.window.actions_.by_name["segment.paint"].trigger()
    stage.window.actions_.by_name["labels.key-3"].trigger()
    stage.settle(600)
    yield stage.window
    stage.session.painting.stop()
    stage.session.playback.pause()
    stage.session.playback.set_speed(1.0)


def proxy(stage: Stage, *, building: bool) -> Steps:
    stage.open("empty", frame=100)
    video = stage.session.playback.video
    if building:
        stage.session.proxies.make(video)
        stage.wait(lambda: stage.session.proxies.progress is not None, "the proxy", 20)
    else:
        stage.session.playback._set_slow(True)
    stage.settle()
    yield stage.window
    stage.session.proxies.cancel(everything=True)


# --- timeline -----------------------------------------------------------------------------------------------------


def at(view: Any, row: str, frame: int) -> QPoint:
    lane = view.row(row)
    return QPoint(round(view.axis.x(frame)), lane.top + lane.height // 2)


def timeline(stage: Stage, do: Callable[[Stage, Any], None], project: str = "reviewed") -> Steps:
    stage.open(project, frame=120)
    view = stage.window.timeline
    do(stage, view)
    stage.settle()
    yield stage.window
    QTest.keyClick(view, Qt.Key.Key_Escape)


def hover(stage: Stage, view: Any) -> None:
    QTest.mouseMove(view, at(view, "corrected", int(view.shown.base.starts[2])))


def drag(stage: Stage, view: Any, *, swallow: bool = False, snap: bool = False) -> None:
    frame = int(view.shown.base.starts[2])
    QTest.mousePress(view, LEFT, SHIFT if swallow else NONE, at(view, "corrected", frame))
    to = int(view.shown.base.starts[4]) + 20 if swallow else frame + 12
    if snap:
        truth = stage.session.document.ground_truth[stage.session.current_video]
        to = min((int(start) for start in truth.starts[1:]), key=lambda start: abs(start - frame))
    for step in (4, to - frame):
        QTest.mouseMove(view, at(view, "corrected", frame + step))


def select(stage: Stage, view: Any) -> None:
    stage.session.select_segments([1, 2])
    stage.session.chosen.set_in(300)
    stage.session.chosen.set_out(430)


def zoom_in(stage: Stage, view: Any) -> None:
    view.show_range(200, 420)
    stage.session.playback.seek(300)


def very_near(stage: Stage, view: Any) -> None:
    view.show_range(290, 320)
    stage.session.playback.seek(300)


def more_runs(stage: Stage, view: Any) -> None:
    stage.session.chosen.show_runs(list(stage.session.document.runs))


def timeline_menu(stage: Stage) -> Steps:
    stage.open("reviewed", frame=120)
    view = stage.window.timeline
    menu = view.menu_at(QPointF(at(view, "corrected", 200)))
    menu.popup(QPoint(200, 200))
    stage.settle()
    yield menu
    menu.close()


# --- dialogs and popups -------------------------------------------------------------------------------------------


def dialog(stage: Stage, make: Callable[[Stage], QWidget], project: str = "reviewed", ms: int = 1200) -> Steps:
    stage.open(project, frame=400)
    widget = make(stage)
    widget.resize(widget.sizeHint())  # the screen of this platform is too small for what Qt would choose
    widget.show() if not isinstance(widget, QDialog) else widget.open()
    widget.resize(widget.sizeHint())
    stage.settle(ms)
    yield widget
    widget.close()
    widget.deleteLater()


def new_project(stage: Stage, *, problems: bool, page: int = 0) -> QWidget:
    from core import api
    from totgui.dialogs.new_project import NewProjectDialog

    root = stage.work / ("odd" if problems else "demo")
    if problems:
        (root / "groundTruth" / "no such video.txt").write_text("x\ny\n")
        (root / "features" / "broken.npy").write_bytes(b"not a matrix")
    made = NewProjectDialog(api.open_dataset(root), stage.window, rescan=lambda choices: None)
    made.tabs.setCurrentIndex(page)
    return made


def export(stage: Stage, kind: int) -> QWidget:
    from totgui.dialogs.export import ExportDialog

    return ExportDialog(stage.session, stage.window, kind=kind)


def export_done(stage: Stage) -> QWidget:
    made: Any = export(stage, 0)
    made.place.setText(str(stage.work / "open" / "out"))
    made.start()
    stage.wait(lambda: not made.is_running, "the export")
    return made  # type: ignore[no-any-return]


def kit_texts(stage: Stage) -> QWidget:
    from totgui.dialogs.kit_texts import KitTextsDialog

    document = stage.session.document
    first = next(iter(document.actions))
    text = StepText(title="Take the base", key_points=("Both hands", "Label up"), reasons=("It seats evenly",))
    stage.session.do(lambda: commands.set_step_text(document, first, text))
    stage.session.do(lambda: commands.set_kit_text(document, KitText(title="Assembly of the tabletop unit")))
    return KitTextsDialog(stage.session, stage.window)


def import_labels(stage: Stage) -> QWidget:
    from totgui.dialogs.import_labels import ImportDialog

    names = [video.name for video in stage.session.document.videos.values()]
    lines = [f"{names[0]},0,150,wipe", f"{names[1]},0,100,wipe", f"{names[1]},90,120,x", "nowhere,0,9,x"]
    file = stage.work / "open" / "in.csv"
    file.write_text("\n".join(["video,start_frame,end_frame_exclusive,label", *lines, ""]))
    made = ImportDialog(stage.session, [file], stage.window)
    stage.wait(lambda: made.plan is not None, "the plan")
    return made


def extract(stage: Stage) -> QWidget:
    from totgui.dialogs.extract import ExtractDialog, ExtractOffer

    features = stage.session.features
    lengths = [(300, Fraction(30)), (600, Fraction(30)), (7, None)]
    return ExtractDialog(ExtractOffer(features.extractors(), lengths, features.feature_places, {}), stage.window)


def locate(stage: Stage) -> QWidget:
    from totgui.dialogs.locate import LocateDialog

    stage.wait(lambda: stage.session.files.lost, "the missing files", 20)
    videos = stage.session.document.videos
    return LocateDialog(stage.session, lambda lost: videos[lost.video].name, stage.window)


def keys(stage: Stage, *, clash: bool = False) -> QWidget:
    from totgui.dialogs.keys import KeysDialog

    tools, keymap = stage.window.actions_.tools, stage.window.actions_.keymap
    own = {"segment.split": ("M",)} if clash else {}
    made = KeysDialog(tools.bindable(), keymap.preset, own, stage.window)
    made.table.selectRow(4)
    return made


def palette(stage: Stage, query: str) -> QWidget:
    from totgui.dialogs.palette import CommandPalette

    made = CommandPalette(stage.window.actions_.tools.entries(), [], stage.window)
    made.field.setText(query)
    made.open_over(stage.window)
    return made


def action_popup(stage: Stage) -> QWidget:
    from totgui.dialogs.action_popup import ActionPopup

    stage.session.select_segments([2])
    stage.window.actions_.segment.relabel_by_name()
    found = stage.window.findChildren(ActionPopup)
    return found[-1]


def details(stage: Stage) -> QWidget:
    from totgui.dialogs.details import DetailsDialog

    log = "\n".join(f"iteration {n}: loss {3 / n:.3f}" for n in range(1, 40))
    return DetailsDialog("What happened", "The training ended by itself.", log, stage.window)


def menu(stage: Stage, number: int) -> Steps:
    stage.open("reviewed", frame=400)
    shown = stage.window.actions_.menus[number]
    shown.popup(QPoint(100, 100))
    stage.settle()
    yield shown
    shown.close()


def report_page(stage: Stage) -> Steps:
    """The report is a page for a browser: written here, drawn by the browser that there is."""
    import shutil
    import subprocess

    from core import api

    stage.session.close_project()
    page = stage.work / "report.html"
    page.unlink(missing_ok=True)
    with api.open_project(stage.work / "reviewed.tot") as project:
        api.write_report(project, page)
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise RuntimeError("no browser draws the report")
    for theme in ("light", "dark"):
        dark = ["--force-dark-mode", "--blink-settings=preferredColorScheme=0"] if theme == "dark" else []
        picture = f"--screenshot={stage.work.parent / f'report-page-{theme}.png'}"
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1300,2200", picture, *dark]
        subprocess.run([browser, *flags, page.as_uri()], check=True, capture_output=True)
    return
    yield


# --- errors -------------------------------------------------------------------------------------------------------


def said(stage: Stage, say: Callable[[Stage], None], project: str = "reviewed") -> Steps:
    stage.open(project, frame=400)
    say(stage)
    stage.settle()
    yield stage.window
    stage.window.bar.hide()


def read_only(stage: Stage) -> Steps:
    stage.open("reviewed", frame=400)
    path = stage.session.project.path
    stage.session.close_project()
    stage.session.open_project(path, as_copy=True, trusted=True)
    stage.settle(600)
    yield stage.window


def damaged(stage: Stage) -> Steps:
    stage.session.close_project()
    path = stage.work / "open" / "damaged.tot"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((stage.work / "reviewed.tot").read_bytes()[:20_000])
    stage.window.safety.open_project(path)
    stage.settle()
    yield stage.window
    stage.window.bar.hide()


def disk_full(stage: Stage) -> None:
    at = datetime(2026, 3, 4, 12, 4, 31, tzinfo=UTC)
    stage.session.savedStateChanged.emit(SavedState("not-saved", 3, at, "disk full", 3))


def engine_died(stage: Stage) -> None:
    failed = Failed(job="1", kind="crash", message="The training ended by itself (signal 9).", log=("iteration 400",))
    stage.session.message.emit(failed.message, "error")
    stage.session.jobEvent.emit(failed)


def done_bar(stage: Stage) -> None:
    document, run = stage.session.document, stage.session.current_run
    stage.session.do(lambda: commands.take_all(document, run))
    stage.session.done.emit("Replaced 21 segments in 4 videos.")


def info_bar(stage: Stage) -> None:
    stage.session.message.emit("Nothing is corrected in this video yet. Press T to take the prediction.", "info")


def warning_bar(stage: Stage) -> None:
    where = Path("/data/a long way/to the/folder of/features/P03.npy")
    text = f"{where} has 512 columns. This run was trained on 64. Train again, or choose the other feature folder. "
    stage.session.message.emit(text * 2, "warning")


STATES: dict[str, State] = {
    "start-first": partial(start_page, recent=False),
    "start-recent": partial(start_page, recent=True),
    "window-empty-project": lambda s: panel(s, "empty", "Training"),
    "window-empty-live": lambda s: panel(s, "empty", "Live"),
    "window-empty-map": lambda s: panel(s, "empty", "Label map"),
    "window-empty-review": lambda s: panel(s, "empty", "Review", "Compare"),
    "window-empty-metrics": lambda s: panel(s, "empty", "Metrics", "Activity", "History"),
    "window-after-training": lambda s: panel(s, "trained", "Training"),
    "window-live-after": lambda s: panel(s, "trained", "Live"),
    "window-map": lambda s: panel(s, "trained", "Label map"),
    "window-labels": lambda s: panel(s, "reviewed", "Labels"),
    "window-history": lambda s: panel(s, "reviewed", "History", "Review"),
    "window-small": small_window,
    "tour-1": partial(tour, step=0),
    "tour-4": partial(tour, step=3),
    "tour-7": partial(tour, step=6),
    **{
        f"layout-{n.lower()}": partial(in_layout, name=n)
        for n in ("Review", "Train", "Map", "Compare", "Present", "Segments")
    },
    "segments-pictures": partial(segments, page="Pictures"),
    "segments-three": partial(segments, page="Pictures", three=True),
    "segments-table": partial(segments, page="Table"),
    "segments-corrected": partial(segments, page="Pictures", corrected=True),
    "segments-filtered": partial(segments, page="Pictures", text="no such video"),
    "live-while-training": training,
    "review-queue": in_review,
    **{f"metrics-{n}": partial(tab, dock="Metrics", number=n) for n in range(4)},
    "compare-this": partial(tab, dock="Compare", number=0, tall=True),
    "compare-wall": partial(tab, dock="Compare", number=1, tall=True),
    **{f"activity-{n}": partial(tab, dock="Activity", number=n, tall=True) for n in range(3)},
    "map-before": partial(label_map, after=False),
    "map-after": partial(label_map, after=True),
    "map-pictures": map_pictures,
    "map-asked": map_asked,
    "not-segmented": lambda s: not_segmented(s, "Label map", "Review", "Label map"),
    **{f"text-largest-{n.lower()}": partial(text_size, layout=n) for n in ("Review", "Train", "Map", "Segments")},
    "names-window": lambda s: odd_names(s, "Labels", "Review"),
    "names-map": lambda s: odd_names(s, "Label map", layout="Map"),
    "names-compare": lambda s: odd_names(s, "Compare", number=1),
    **{f"names-activity-{n}": partial(lambda s, n: odd_names(s, "Activity", number=n), n=n) for n in range(3)},
    "names-classes": lambda s: odd_names(s, "Metrics", number=2),
    "names-confusion": lambda s: odd_names(s, "Metrics", number=3),
    "video-none": lambda s: panel(s, "features-only", "Training"),
    "video-lost": lambda s: panel(s, "lost", "Training"),
    "video-variable": lambda s: panel(s, "odd", "Labels"),
    "video-proxy-building": partial(proxy, building=True),
    "video-proxy-offer": partial(proxy, building=False),
    "video-zoomed": zoomed,
    "video-second": second_video,
    "video-painting": painting,
    "timeline-hover": partial(timeline, do=hover),
    "timeline-drag": partial(timeline, do=drag),
    "timeline-snap": partial(timeline, do=partial(drag, snap=True)),
    "timeline-swallow": partial(timeline, do=partial(drag, swallow=True)),
    "timeline-selection": partial(timeline, do=select),
    "timeline-zoomed": partial(timeline, do=zoom_in),
    "timeline-frames": partial(timeline, do=very_near),
    "timeline-runs": partial(timeline, do=more_runs),
    "timeline-10000": partial(timeline, do=lambda s, v: None, project="bench"),
    "timeline-10000-zoomed": partial(timeline, do=lambda s, v: v.show_range(5000, 6200), project="bench"),
    "timeline-menu": timeline_menu,
    **{f"menu-{n}": partial(menu, number=n) for n in range(10)},
    "dialog-new-project": partial(dialog, make=partial(new_project, problems=False), ms=400),
    "dialog-new-project-problems": partial(dialog, make=partial(new_project, problems=True), ms=400),
    "dialog-new-project-notes": partial(dialog, make=partial(new_project, problems=True, page=1), ms=400),
    "dialog-export-labels": partial(dialog, make=partial(export, kind=0)),
    "dialog-export-kit": partial(dialog, make=partial(export, kind=1)),
    "dialog-export-report": partial(dialog, make=partial(export, kind=2)),
    "dialog-export-done": partial(dialog, make=export_done),
    "dialog-kit-texts": partial(dialog, make=kit_texts),
    "dialog-import": partial(dialog, make=import_labels),
    "dialog-extract": partial(dialog, make=extract),
    "dialog-locate": partial(dialog, make=locate, project="lost"),
    "dialog-keys": partial(dialog, make=keys),
    "dialog-keys-clash": partial(dialog, make=partial(keys, clash=True)),
    "dialog-details": partial(dialog, make=details),
    "popup-palette": partial(dialog, make=partial(palette, query="")),
    "popup-palette-search": partial(dialog, make=partial(palette, query="mer")),
    "popup-action": partial(dialog, make=action_popup),
    "report-page": report_page,
    "error-read-only": read_only,
    "error-damaged": damaged,
    "error-disk-full": partial(said, say=disk_full),
    "error-engine-died": partial(said, say=engine_died),
    "bar-done": partial(said, say=done_bar),
    "bar-info": partial(said, say=info_bar),
    "bar-warning": partial(said, say=warning_bar),
}
"""What is drawn, by the name of its picture."""
