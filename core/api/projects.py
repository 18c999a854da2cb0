"""Project files: made, opened, relinked, checked, repaired."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.dataset import Dataset
from ..events import Report, ShouldStop, ignore, never_stop

if TYPE_CHECKING:
    from datetime import datetime

    from ..project import Project
    from ..relink import Match


def create_project(path: Path | str, dataset: Dataset) -> Project:
    """A new project that refers to a dataset and holds its ground truth; the caller closes it."""
    from .. import new_project

    return new_project.create(Path(path), dataset)


def project_paths(folder: Path, datasets: Sequence[Dataset]) -> list[Path]:
    """A file for the project of each activity, named by it as every system allows."""
    from ..formats.names import file_stems

    stems = file_stems([each.activity or "activity" for each in datasets])
    return [folder / f"{stems[each.activity or 'activity']}.tot" for each in datasets]


def open_project(path: Path | str, *, read_only: bool = False) -> Project:
    """An open project; the caller closes it.

    Raises ForeignFoldersError: it names folders that nobody chose on this computer (`trust`); none of them was read.
    """
    from ..project import Project

    project = Project.open(Path(path), read_only=read_only)
    try:
        project.check_folders()
    except BaseException:
        project.close()
        raise
    return project


def trust(path: Path | str) -> tuple[Path, ...]:
    """From now on the folders that a project names may be read here; those that were not chosen before."""
    from ..project import Project

    with Project.open(Path(path), read_only=True) as project:
        return project.trust_folders()


def relink(
    project: Project, folder: Path | str, *, report: Report = ignore, should_stop: ShouldStop = never_stop
) -> tuple[Match, ...]:
    """Look below a folder for the project's missing files and use those that are found; see `core.relink`."""
    from .. import relink as work

    dataset = project.document.dataset
    matches = work.search(dataset, work.lost_files(dataset), Path(folder), report=report, should_stop=should_stop)
    work.apply(project, matches)
    return matches


def check(path: Path | str) -> list[str]:
    """The findings of a full check of a project file; empty when every row is whole."""
    from ..upkeep import check_project

    return check_project(Path(path))


def whole_backup(path: Path | str) -> tuple[Path, datetime] | None:
    """The newest backup of a project that passes its check, and when it was made; reads backups until one passes."""
    from ..upkeep import newest_backup

    return newest_backup(Path(path))


def repair(path: Path | str, out: Path | str) -> dict[str, Any]:
    """What could be saved of a damaged project into the new file `out`, as plain values."""
    from ..upkeep import repair_project

    return repair_project(Path(path), Path(out))
