"""`tot group` and `--clusters auto` from the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_line import tot

from core.cli import main
from core.project import Project


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Three activities of three steps each in one folder, the Breakfast layout: features/ACTIVITY/NAME.npy."""
    draw, root = np.random.default_rng(2), tmp_path / "mixed"
    (root / "groundTruth").mkdir(parents=True)
    (root / "mapping").mkdir()
    names = []
    for number, activity in enumerate(("tea", "milk", "salat")):
        (root / "features" / activity).mkdir(parents=True)
        centres = draw.normal(size=(3, 8)) * 2
        names += [f"{activity}_step{k}" for k in range(3)]
        for video in range(5):
            truth = np.repeat(np.arange(3), draw.integers(30, 50, size=3))
            name = f"P{video:02}_{activity}"
            features = centres[truth] + draw.normal(size=(len(truth), 8))
            np.save(root / "features" / activity / f"{name}.npy", features.astype(np.float32))
            (root / "groundTruth" / name).write_text("\n".join(names[3 * number + k] for k in truth) + "\n")
    (root / "mapping" / "mapping.txt").write_text("".join(f"{n} {name}\n" for n, name in enumerate(names)))
    return root


def test_videos_of_several_activities_become_one_project_each(
    mixed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found, _ = tot(capsys, "group", mixed, "--groups", 3, "--out", tmp_path / "groups")
    assert code == 0 and found["purity"] == 1.0
    assert sorted(len(each["videos"]) for each in found["groups"]) == [5, 5, 5]
    project = found["groups"][0]["project"]
    assert tot(capsys, "train", project, "--method", "tot", "--iterations", 60, "--device", "cpu")[0] == 0
    assert tot(capsys, "segment", project)[0] == 0
    code, report, _ = tot(capsys, "evaluate", project)
    assert code == 0 and report["videos"] == 5 and len(report["per_class"]) == 3
    code, _, error = tot(capsys, "group", mixed, "--groups", 3, "--out", tmp_path / "groups")
    assert code == 2 and "is there already" in error
    code, _, error = tot(capsys, "group", mixed, "--groups", 40, "--out", tmp_path / "more")
    assert code == 2 and "wanted 2 to 15" in error and not (tmp_path / "more").exists()


def test_several_groups_are_scored_under_one_matching(
    mixed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each group alone reaches a score that the whole reaches too: its clusters win its own actions."""
    code, found, _ = tot(capsys, "group", mixed, "--groups", 3, "--out", tmp_path / "groups")
    projects = [each["project"] for each in found["groups"]]
    alone = []
    for path in projects:
        assert tot(capsys, "train", path, "--method", "tot", "--iterations", 60, "--device", "cpu")[0] == 0
        assert tot(capsys, "segment", path)[0] == 0
        alone.append(tot(capsys, "evaluate", path)[1])
    code, report, _ = tot(capsys, "evaluate", *projects, "--level", "global")
    assert code == 0 and report["level"] == "global" and report["videos"] == 15 and len(report["per_class"]) == 9
    right = sum(each["mof"] * each["frames"] for each in alone)
    assert report["mof"] == pytest.approx(right / report["frames"])  # groups are pure: matching apart is best for all
    assert report["f1"] == pytest.approx(np.mean([each["f1"] for each in alone]), abs=0.02)
    assert "does not compare" in report["notes"][0]
    code, each, _ = tot(capsys, "evaluate", *projects)
    assert code == 0 and each["level"] == "activity" and "label_map" not in each, "each is matched alone"
    assert tot(capsys, "evaluate", projects[0], projects[0], "--level", "global")[0] == 2


def test_groups_of_activities_that_number_their_actions_alone_keep_every_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a mapping file every activity counts its actions from 0: joined by number, one had the other's names."""
    draw, root, wanted = np.random.default_rng(2), tmp_path / "mixed", {}
    for activity, names in {"tea": ("boil", "pour", "stir"), "egg": ("crack", "pour", "fry")}.items():
        for folder in ("features", "groundTruth"):
            (root / folder / activity).mkdir(parents=True)
        for number in range(2):
            wanted[f"{activity}{number}"] = [names[k] for k in np.repeat([0, 1, 2], [20, 30, 25])]
            values = draw.normal(size=(75, 4)).astype(np.float32)  # all alike: groups are mixed
            np.save(root / "features" / activity / f"{activity}{number}.npy", values)
            text = "".join(f"{name}\n" for name in wanted[f"{activity}{number}"])
            (root / "groundTruth" / activity / f"{activity}{number}.txt").write_text(text)
    code, found, _ = tot(capsys, "group", root, "--groups", 2, "--out", tmp_path / "groups")
    assert code == 0 and any(len(each["activities"]) == 2 for each in found["groups"])
    said = {}
    for group in found["groups"]:
        with Project.open(Path(group["project"]), read_only=True) as project:
            document = project.document
            names = {int(action.id): action.name for action in document.actions.values()}
            assert len(set(names.values())) == len(names)
            for video, truth in document.ground_truth.items():
                said[document.videos[video].name] = [names[label] for label in truth.to_frames().tolist()]
    assert said == wanted


def test_the_number_of_clusters_is_found_recorded_and_repeated(
    mixed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "p.tot"
    assert tot(capsys, "new", project, mixed, "--activity", "milk")[0] == 0
    words = ("train", project, "--method", "tot", "--iterations", 40, "--clusters", "auto", "--device", "cpu")
    code, trained, _ = tot(capsys, *words)
    counted = trained["clusters"]
    assert code == 0 and 2 <= counted["found"] < counted["start"] and len(counted["seeds"]) == 3
    assert counted["start"] - len(counted["merges"]) == counted["found"]
    code, found, _ = tot(capsys, "map", project)
    assert code == 0 and len(found["clusters"]) == counted["found"]
    code, again, _ = tot(capsys, "train", project, "--from", "r1", "--device", "cpu")
    assert code == 0 and "clusters" not in again
    assert again["loss"]["total"] == pytest.approx(trained["loss"]["total"], rel=1e-4)
    with pytest.raises(SystemExit) as ended:
        main(["train", str(project), "--clusters", "some"])
    assert ended.value.code == 2 and "whole number or auto" in capsys.readouterr().err
