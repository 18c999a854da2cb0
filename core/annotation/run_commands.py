"""Edits of what people say of a run: the name that stands for it everywhere."""

from __future__ import annotations

import re

from ..data.dataset import RunId
from ..data.words import one_spelling
from ..errors import EditError
from .action_commands import seen_name
from .document import Document
from .edit import Edit, Swap
from .values import Run, RunName, RunNameKey

FIRST_NAME = re.compile(r"Run \d{1,9}")
"""What runs are called until somebody gives them a name; those to come as well."""


def rename_run(document: Document, run: RunId, name: str) -> Edit:
    """Another name for a run, wherever one stands; an empty one gives back the name that it came with.

    Raises:
        EditError: there is no such run, another one has the name or comes with it, or nothing would change.
    """
    if run not in document.runs:
        raise EditError(f'There is no run "{run}" in this project.')
    before = document.runs[run]
    given = _checked(document, name, before) if name.strip() else ""
    if given == before.given_name:
        raise EditError("Nothing would change.")
    swap = Swap(RunNameKey(run), _value(before.given_name), _value(given))
    return Edit(f"rename {_as_said(before)} to {given or before.first_name}", (swap,))


def run_name_problem(document: Document, name: str, run: RunId) -> str:
    """Why a run cannot have a name; empty where it can."""
    try:
        if name.strip() and run in document.runs:
            _checked(document, name, document.runs[run])
    except EditError as error:
        return str(error)
    return ""


def _checked(document: Document, name: str, run: Run) -> str:
    """The name as it is kept; empty for the one that the run came with."""
    name = seen_name(name)
    if one_spelling(name) == one_spelling(run.first_name):
        return ""
    if any(one_spelling(name) == one_spelling(other.name) for other in document.runs.values() if other.id != run.id):
        raise EditError(f'There is a run "{name}" already.')
    if FIRST_NAME.fullmatch(one_spelling(name)):
        raise EditError(f'"{name}" is how another run is called before it gets a name. Choose another name.')
    return name


def _value(name: str) -> RunName | None:
    return RunName(name) if name else None


def _as_said(run: Run) -> str:
    """A run inside a sentence: one without a name of its own is no proper noun."""
    return f"run {run.given_name}" if run.given_name else f"run {run.number}"
