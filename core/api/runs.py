"""The runs of a project as a list, and their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..data.dataset import RunId

if TYPE_CHECKING:
    from ..annotation.changes import Changes
    from ..project import Project


def list_runs(project: Project) -> list[dict[str, Any]]:
    """Every run as plain values, the oldest first; `name` is what the window calls it."""
    runs = sorted(project.document.runs.values(), key=lambda run: run.number)
    return [
        {
            "run": run.id,
            "name": run.name,
            "method": run.config.get("method"),
            "clusters": run.n_clusters,
            "iterations": run.iterations,
            "finished": run.finished,
            "hidden": run.hidden,
        }
        for run in runs
    ]


def rename_run(project: Project, run: RunId | str, name: str) -> Changes:
    """Another name for a run; an empty one gives back the name that it came with. Raises ConfigError, EditError."""
    from ..annotation.commands import rename_run as rename
    from ..run_work import choose_run

    return project.edit(rename(project.document, choose_run(project.document, run).id, name))
