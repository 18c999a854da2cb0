"""Recent projects: those that are there, whatever a disk that is away does."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from totgui import recent as module
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings
from totgui.views.start import StartPage


@pytest.fixture
def kept(qtbot):
    made = module.RecentProjects(Settings())
    yield made
    made.deleteLater()


def names(kept) -> list[str]:
    return [path.name for path, _ in kept.listed()]


def test_the_newest_comes_first_and_one_that_is_gone_is_listed_again_when_it_is_back(qtbot, kept, tmp_path: Path):
    for name in ("a.tot", "b.tot", "c.tot"):
        kept.add(tmp_path / name)
    for name in ("a.tot", "c.tot"):
        (tmp_path / name).write_text("")
    kept.look()
    qtbot.waitUntil(lambda: names(kept) == ["c.tot", "a.tot"] and all(at for _, at in kept.listed()))
    (tmp_path / "b.tot").write_text("")
    (tmp_path / "a.tot").unlink()
    kept.add(tmp_path / "d.tot")  # what is gone for a while is not forgotten for it
    kept.look()
    qtbot.waitUntil(lambda: names(kept) == ["c.tot", "b.tot"])


def test_a_disk_that_does_not_answer_holds_neither_the_window_nor_the_others(qtbot, kept, tmp_path: Path, monkeypatch):
    away, here = tmp_path / "away.tot", tmp_path / "here.tot"
    here.write_text("")
    kept.add(here)
    kept.add(away)
    answers, asked = threading.Event(), []

    def stat(path, **options):
        if path == away:
            asked.append(path)
            answers.wait(60)
            raise FileNotFoundError(path)
        return os.stat(path, **options)

    monkeypatch.setattr(module, "os", type("Os", (), {"stat": staticmethod(stat)}))
    kept.look()
    qtbot.waitUntil(lambda: dict(kept.listed()).get(here) is not None)
    assert names(kept) == ["away.tot", "here.tot"]  # nobody knows yet that it is not there
    kept.look()
    qtbot.waitUntil(lambda: here not in kept._asked)
    assert asked == [away]  # it is not asked again before it has answered
    answers.set()
    qtbot.waitUntil(lambda: names(kept) == ["here.tot"])


def test_the_start_page_shows_what_is_known_and_follows(qtbot, tmp_path: Path):
    (tmp_path / "mine.tot").write_text("")
    Settings().add_recent(tmp_path / "mine.tot")
    window = MainWindow(Session(), Settings())
    qtbot.addWidget(window)
    qtbot.waitUntil(lambda: window.start._recent.count() == 1 and "just now" in window.start._recent.item(0).text())
    (tmp_path / "mine.tot").unlink()
    window.recent.look()
    qtbot.waitUntil(lambda: window.start._recent.count() == 0)
    assert window.start._recent.isHidden()


def test_a_chosen_row_stays_chosen_when_more_is_known(qtbot, tmp_path: Path):
    page = StartPage()
    qtbot.addWidget(page)
    page.set_recent([(tmp_path / "a.tot", None), (tmp_path / "b.tot", None)])
    page._recent.setCurrentRow(1)
    page.set_recent([(tmp_path / "a.tot", 1.0), (tmp_path / "b.tot", 2.0)])
    assert page._recent.currentRow() == 1
