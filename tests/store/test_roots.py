"""Folders that a project names and nobody chose on this computer are asked about once, before they are looked into."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import api
from core.annotation.segmentation import Segmentation
from core.data.dataset import Action, ActionId, Dataset, Video, VideoId
from core.data.timebase import Timebase
from core.errors import ForeignFoldersError
from core.project import Project
from core.store import roots

A = VideoId("a")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What this person chose, and what is derived, lie in a folder of the test."""
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "home" / "data"))
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "home" / "cache"))
    return tmp_path / "home"


def a_project(folder: Path, dataset: Path, features: Path | None = None) -> Path:
    """A project in one folder whose dataset lies in another."""
    for each in (folder, dataset):
        each.mkdir(parents=True, exist_ok=True)
    path = features or dataset / "features" / "a.npy"
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, np.zeros((30, 2), np.float32))
    video = Video(A, "a", Timebase(30, n_rows=30), features=path, n_dimensions=2, is_trainable=True)
    found = Dataset(dataset, "tea", (video,), (Action(ActionId(0), "pour", "#102030"),))
    Project.create(folder / "p.tot", found, ground_truth={A: Segmentation.uniform(0, 30)}).close()
    return folder / "p.tot"


def another_person(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the person at the computer is one who has chosen nothing."""
    monkeypatch.setenv("TOT_DATA_DIR", str(home / "other"))


def test_who_made_a_project_here_is_never_asked(tmp_path: Path) -> None:
    with api.open_project(a_project(tmp_path / "work", tmp_path / "data")) as project:
        assert project.document.videos[A].features.is_file()


def test_a_stranger_s_project_is_asked_about_once(tmp_path: Path, home: Path, monkeypatch) -> None:
    path = a_project(tmp_path / "work", tmp_path / "data")
    another_person(home, monkeypatch)
    before = path.read_bytes()
    with pytest.raises(
        ForeignFoldersError, match=r"data, which was never chosen.*None was read.*tot trust .*p\.tot"
    ) as told:
        api.open_project(path, read_only=True)
    assert told.value.folders == (tmp_path / "data",) and path.read_bytes() == before
    assert api.trust(path) == (tmp_path / "data",)
    api.open_project(path).close()
    assert api.trust(path) == ()
    with pytest.raises(ForeignFoldersError):  # it was this root that was allowed, and no other
        api.open_project(a_project_by(home, monkeypatch, tmp_path / "work2", tmp_path / "data2"))


def a_project_by(home: Path, monkeypatch: pytest.MonkeyPatch, folder: Path, dataset: Path) -> Path:
    """A project that somebody else made."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TOT_DATA_DIR", str(home / "third"))
        return a_project(folder, dataset)


def test_what_lies_beside_the_project_came_with_it(tmp_path: Path, home: Path, monkeypatch) -> None:
    path = a_project(tmp_path / "work", tmp_path / "work" / "data")
    another_person(home, monkeypatch)
    api.open_project(path).close()


def test_a_folder_that_is_not_here_is_no_matter(tmp_path: Path, home: Path, monkeypatch) -> None:
    path = a_project(tmp_path / "work", tmp_path / "data")
    (tmp_path / "data").rename(tmp_path / "elsewhere")
    another_person(home, monkeypatch)
    api.open_project(path).close()


def test_a_network_drive_is_asked_about_without_a_look(tmp_path: Path, home: Path, monkeypatch) -> None:
    path = a_project(tmp_path / "work", tmp_path / "data")
    (tmp_path / "data").rename(tmp_path / "elsewhere")
    another_person(home, monkeypatch)
    monkeypatch.setattr(roots.places, "kind_of", lambda place: "network drive" if "data" in place.parts else "")
    with pytest.raises(ForeignFoldersError):
        api.open_project(path)


def test_one_file_outside_the_dataset_is_found(tmp_path: Path, home: Path, monkeypatch) -> None:
    path = a_project(tmp_path / "work", tmp_path / "work" / "data", tmp_path / "secret" / "a.npy")
    another_person(home, monkeypatch)
    with pytest.raises(ForeignFoldersError) as told:
        api.open_project(path)
    assert told.value.folders == (tmp_path / "secret",)


def test_a_link_in_the_project_s_own_folder_does_not_lead_out(tmp_path: Path, home: Path, monkeypatch) -> None:
    path = a_project(tmp_path / "work", tmp_path / "work" / "data")
    (tmp_path / "work" / "data" / "features").rename(tmp_path / "secret")
    (tmp_path / "work" / "data" / "features").symlink_to(tmp_path / "secret")
    another_person(home, monkeypatch)
    with pytest.raises(ForeignFoldersError) as told:
        api.open_project(path)
    assert told.value.folders == (tmp_path / "secret",)
    assert api.trust(path) == (tmp_path / "secret",)
    api.open_project(path).close()


def test_where_files_are_looked_for_is_chosen_by_that(tmp_path: Path) -> None:
    path = a_project(tmp_path / "work", tmp_path / "data")
    (tmp_path / "data").rename(tmp_path / "moved")
    with api.open_project(path) as project:
        project.set_dataset_root(tmp_path / "moved")
    api.open_project(path).close()
    assert tmp_path / "moved" in roots.chosen()


def test_a_list_that_cannot_be_read_is_an_empty_one(tmp_path: Path, home: Path) -> None:
    (home / "data").mkdir(parents=True)
    for text in ("", "[1, null]", '{"a": 1}', "[" * 100_000):
        (home / "data" / "folders.json").write_text(text)
        assert roots.chosen() == []
    roots.remember([tmp_path / "data"])
    assert roots.chosen() == [tmp_path / "data"]


def test_names_that_only_begin_alike_are_other_folders(tmp_path: Path) -> None:
    roots.remember([tmp_path / "data"])
    path = a_project(tmp_path / "work", tmp_path / "data")
    with api.open_project(path) as project:
        document = project.document
        document.dataset = replace(document.dataset, root=tmp_path / "data-2")
        (tmp_path / "data-2").mkdir()
        with pytest.raises(ForeignFoldersError):
            project.check_folders()
        document.dataset = replace(document.dataset, root=tmp_path / "data" / ".." / "data-2")
        with pytest.raises(ForeignFoldersError):
            project.check_folders()
