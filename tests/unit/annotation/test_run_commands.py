"""A run has one name at a time: the one that a person gave it, or the one that it came with."""

from __future__ import annotations

from pathlib import Path

import pytest
from projects import a_dataset

from core.annotation import commands
from core.annotation.changes import Changes, What
from core.annotation.document import Document
from core.annotation.run_commands import run_name_problem
from core.annotation.values import LabelMap, Run
from core.data.dataset import RunId
from core.errors import EditError

R1, R2 = RunId("r1"), RunId("r2")


@pytest.fixture
def document() -> Document:
    made = Document(a_dataset(Path("/data")))
    for number, name in enumerate((R1, R2), start=1):
        run = Run(name, number, {"n_clusters": 3}, "cpu", 1.0, 10, False, "now", {})
        made.add_run(run, LabelMap(name, 3))
    return made


def rename(document: Document, run: RunId, name: str) -> str:
    edit = commands.rename_run(document, run, name)
    assert document.apply(edit) == Changes(What.RUNS, runs=frozenset([run]))
    return edit.text


def test_a_name_stands_for_the_run_and_the_text_says_both(document: Document) -> None:
    assert rename(document, R1, "  Fisher vectors ") == "rename run 1 to Fisher vectors"
    assert document.runs[R1].name == "Fisher vectors" and document.runs[R1].full_name == "Fisher vectors (run 1)"
    assert rename(document, R1, "I3D") == "rename run Fisher vectors to I3D"
    assert document.runs[R2].name == document.runs[R2].full_name == "Run 2"


@pytest.mark.parametrize("name", ["", "  ", "Run 1", " Run 1 "])
def test_an_empty_name_gives_back_the_one_that_the_run_came_with(document: Document, name: str) -> None:
    before = dict(document.runs)
    rename(document, R1, "I3D")
    assert rename(document, R1, name) == "rename run I3D to Run 1"
    assert document.runs == before
    with pytest.raises(EditError, match="Nothing would change"):
        commands.rename_run(document, R1, name)


@pytest.mark.parametrize(
    "name", ["<b>Run</b> &amp;", "\N{HOT BEVERAGE}\N{VARIATION SELECTOR-16} tea", "שלום \u202eabc", "x" * 200]
)
def test_hostile_text_is_a_name_like_any_other(document: Document, name: str) -> None:
    rename(document, R1, name)
    assert document.runs[R1].name == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("x" * 201, "1 to 200 characters"),
        ("a\nb", "without line breaks"),
        ("\ud800", "cannot be stored"),
        ("\u200b\u200e", "nothing that can be seen"),
        ("u\u0308ber", "There is a run"),
        ("Run 2", "how another run is called"),
        ("Run 77", "how another run is called"),
    ],
)
def test_names_that_would_mislead_are_refused_with_the_reason(document: Document, name: str, said: str) -> None:
    rename(document, R2, "\u00fcber")
    with pytest.raises(EditError, match=said):
        commands.rename_run(document, R1, name)
    assert run_name_problem(document, name, R1) and document.runs[R1].name == "Run 1"


def test_the_reason_is_empty_where_a_name_can_be_given(document: Document) -> None:
    assert [run_name_problem(document, name, R1) for name in ("I3D", "", "Run 1")] == ["", "", ""]


def test_an_unknown_run_is_refused(document: Document) -> None:
    with pytest.raises(EditError, match="no run"):
        commands.rename_run(document, RunId("r9"), "a")


def test_undo_brings_back_each_name_in_turn(document: Document) -> None:
    first = commands.rename_run(document, R1, "a")
    document.apply(first)
    second = commands.rename_run(document, R1, "b")
    document.apply(second)
    document.apply(second.inverse())
    assert document.runs[R1].name == "a"
    document.apply(first.inverse())
    assert document.runs[R1].name == "Run 1"
