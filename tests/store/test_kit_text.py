"""The texts of the training kit: undoable edits that survive closing, and blanks that leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import VIDEO, a_document

from core.annotation import commands
from core.annotation.values import KitText, StepText
from core.data.dataset import ActionId, VideoId
from core.errors import EditError
from core.project import Project
from core.store.check import read_all

TEXT = StepText(
    "Fill it", ("Hold it <upright>", "Stop at the line"), ("It spills",), ("jug",), "Hot", "Level", "", VIDEO
)
FIRST = ActionId(0)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project.create(tmp_path / "p.tot", a_document().dataset, ground_truth={})
    yield made
    made.close()


def test_texts_survive_closing_and_can_be_undone_after(project: Project) -> None:
    project.edit(commands.set_step_text(project.document, FIRST, TEXT))
    project.edit(commands.set_kit_text(project.document, KitText("Breakfast", "2", "Read\nthis", "", VIDEO)))
    project.edit(commands.set_step_text(project.document, FIRST, StepText(title="Fill")))
    project.close()
    assert read_all(project.path) == 3
    with Project.open(project.path) as again:
        assert again.document.step_texts == {FIRST: StepText(title="Fill")}
        assert again.document.kit_text == KitText("Breakfast", "2", "Read\nthis", "", VIDEO)
        again.undo()
        assert again.document.step_texts == {FIRST: TEXT}
        again.undo()
        again.undo()
        assert again.document.step_texts == {} and again.document.kit_text is None
        again.redo()
    with Project.open(project.path) as third:
        assert third.document.step_texts == {FIRST: TEXT} and third.document.kit_text is None


def test_a_text_without_a_word_is_no_text(project: Project) -> None:
    project.edit(commands.set_step_text(project.document, FIRST, TEXT))
    project.edit(commands.set_step_text(project.document, FIRST, StepText(" ", (" ", ""), safety="\n")))
    assert project.document.step_texts == {}
    with pytest.raises(EditError, match="Nothing would change"):
        commands.set_step_text(project.document, FIRST, StepText())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (StepText(title="x" * 2001), "2,000"),
        (StepText(key_points=("a",) * 31), "30 lines"),
        (StepText(note="a\0b"), "cannot be stored"),
        (StepText(note="\ud800"), "cannot be stored"),
        (StepText(video=VideoId("nowhere")), "no video"),
    ],
)
def test_what_cannot_be_stored_is_refused(project: Project, text: StepText, said: str) -> None:
    with pytest.raises(EditError, match=said):
        commands.set_step_text(project.document, FIRST, text)
    with pytest.raises(EditError, match="no action"):
        commands.set_step_text(project.document, ActionId(99), TEXT)
