"""The settings of a run in words, and those in which several runs differ. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from core.annotation.values import Run
from core.tot.config import METHODS
from core.tot.fields import FIELDS
from core.tot.presets import FAMILY

_BY_NAME = {field.name: field for field in FIELDS}


def label_of(name: str) -> str:
    """What a setting is called on screen: its symbol where it has one."""
    field = _BY_NAME.get(name)
    return {"n_clusters": "K"}.get(name, name.capitalize()) if field is None else field.symbol or field.label


def words_of(name: str) -> str:
    """The setting in full."""
    field = _BY_NAME.get(name)
    return {"n_clusters": "Clusters", "method": "Method"}.get(name, name) if field is None else field.label


def meaning_of(name: str) -> str:
    """What a setting does, for a tooltip; empty where its name says it."""
    field = _BY_NAME.get(name)
    return "" if field is None or not field.tooltip else f"{field.label}: {field.tooltip}"


def is_used(run: Run, name: str) -> bool:
    """Whether the method of a run reads a setting."""
    field = _BY_NAME.get(name)
    return field is None or not field.methods or str(run.config.get("method")) in field.methods


def setting(run: Run, name: str) -> str:
    """One setting of a run as text; a dash where its method does not use it."""
    value = run.config.get(name)
    if name == "method":
        rivals = len(FAMILY.get(str(run.config.get("rival")), ())) if value == "asot" else 0
        label = METHODS.get(str(value), str(value)).split(" (")[0]
        return f"{label} and {rivals} more" if rivals else label
    if value is None or not is_used(run, name):
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def number(run: Run, name: str) -> float | None:
    """The same as a number to sort by; None for what is none."""
    value = run.config.get(name)
    return float(value) if isinstance(value, int | float) and is_used(run, name) else None


def differing(runs: Sequence[Run]) -> list[str]:
    """The settings in which those runs differ whose methods use them, in the order of the form."""
    names = dict.fromkeys(["method", "n_clusters", *_BY_NAME])
    return [name for name in names if len({setting(run, name) for run in runs if is_used(run, name)}) > 1]


def can_resume(run: Run) -> bool:
    """Whether a training was stopped before its end; whether its state was kept is known by its weights only."""
    planned = run.config.get("iterations")
    return run.stopped_early and isinstance(planned, int) and run.iterations < planned
