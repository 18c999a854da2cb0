"""Learning from corrections through `tot`: what steers, what is recorded, what is scored, and what never changes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from command_line import tot

from core import api
from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.annotation.values import ReviewStatus
from core.data.dataset import RunId, VideoId
from core.events import StopKind
from core.store import pack

STEPS = ("reach", "turn", "place")
FAST = ("--iterations", 40, "--set", "batch=64", "--device", "cpu")


pytestmark = pytest.mark.usefixtures("own_cache")


LENGTHS = ([30, 40, 35], [25, 45, 30], [40, 30, 40], [20, 50, 20])
TRUTHS = [np.repeat([0, 1, 2], lengths) for lengths in LENGTHS]


@pytest.fixture
def project(tmp_path) -> Path:
    """Four videos of three steps, with features and ground truth; the first two corrected, one of them accepted."""
    return made_project(tmp_path / "data", tmp_path / "p.tot", TRUTHS)


def made_project(root: Path, path: Path, truths: list[np.ndarray]) -> Path:
    """Features are always those of `TRUTHS`; ground truth says what it is given."""
    draw = np.random.default_rng(0)
    centres = draw.normal(size=(3, 8)) * 3
    for folder in ("features", "groundTruth", "mapping"):
        (root / folder).mkdir(parents=True)
    for number, (truth, said) in enumerate(zip(TRUTHS, truths, strict=True)):
        matrix = (centres[truth] + draw.normal(size=(len(truth), 8))).astype(np.float32)
        np.save(root / "features" / f"clip{number}.npy", matrix)
        (root / "groundTruth" / f"clip{number}.txt").write_text("".join(f"{STEPS[x]}\n" for x in said))
    (root / "mapping" / "mapping.txt").write_text("".join(f"{i} {n}\n" for i, n in enumerate(STEPS)))
    with api.create_project(path, api.open_dataset(root)) as made:
        document = made.document
        first, second = list(document.videos)[:2]
        made.edit(commands.start_from_ground_truth(document, first))
        made.edit(commands.set_review(document, first, ReviewStatus.ACCEPTED))
        made.edit(commands.start_unlabelled(document, second))
        made.edit(commands.relabel(document, second, 10, 40, 0))
    return path


def tracks(path: Path) -> str:
    """One hash over everything a person corrected, said and named."""
    with api.open_project(path, read_only=True) as opened:
        document = opened.document
        parts = [pack.pack_track(track) for _, track in sorted(document.corrected.items())]
        parts += [repr(sorted(document.reviews.items())).encode(), repr(document.actions).encode()]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def test_a_training_learns_from_what_was_corrected_and_says_so(project, capsys):
    before = tracks(project)
    code, trained, _ = tot(capsys, "train", project, *FAST)
    assert code == 0 and trained["learned"]["source"] == "corrected"
    assert [(row["video"], row["frames"]) for row in trained["learned"]["videos"]] == [("clip0", 105), ("clip1", 30)]
    assert tracks(project) == before  # training never touches a corrected track
    code, _, _ = tot(capsys, "segment", project)
    assert code == 0 and tracks(project) == before
    with api.open_project(project, read_only=True) as opened:
        label_map = opened.document.label_maps[RunId("r1")]
        assert label_map.table() == {0: 0, 1: 1, 2: 2} and label_map.locked == {0, 1, 2}
        assert opened.document.runs[RunId("r1")].learned.words == "2 corrected videos, 135 frames"
    code, report, _ = tot(capsys, "evaluate", project)
    assert report["videos"] == 4 and report["learned_from"] == ["clip0", "clip1"]
    assert report["untouched"]["videos"] == 2 and report["untouched"]["frames"] == 200
    assert report["untouched"]["mof"] == pytest.approx(trained["metrics"]["mof"])
    assert "On the 2 that it did not learn from" in report["notes"][-1]


def test_the_person_chooses_what_counts(project, capsys):
    assert tot(capsys, "train", project, *FAST, "--learn-from", "accepted")[1]["learned"]["frames"] == 105
    none = tot(capsys, "train", project, *FAST, "--learn-from", "none")[1]
    assert none["learned"] == {"source": "none", "frames": 0, "videos": []}
    assert tot(capsys, "segment", project)[0] == 0
    report = tot(capsys, "evaluate", project)[1]
    assert report["learned_from"] == [] and report["untouched"] is None


def weights(path: Path, run: str) -> str:
    from safetensors.torch import load

    with api.open_project(path, read_only=True) as opened:
        tensors = load(opened.weights(RunId(run)))
    return hashlib.sha256(b"".join(tensors[name].numpy().tobytes() for name in sorted(tensors))).hexdigest()


def test_a_run_is_repeated_with_the_corrections_that_it_learned_from(project, capsys):
    assert tot(capsys, "train", project, *FAST, "--method", "tot+tcl")[0] == 0
    with api.open_project(project) as opened:  # a person goes on
        document = opened.document
        opened.edit(commands.relabel(document, list(document.videos)[1], 0, 10, 2))
        opened.edit(commands.start_from_ground_truth(document, list(document.videos)[2]))
    again = tot(capsys, "train", project, "--from", "r1", "--device", "cpu")[1]
    assert again["learned"]["frames"] == 135
    assert weights(project, "r1") == weights(project, "r2")
    now = tot(capsys, "train", project, "--from", "r1", "--learn-from", "corrected", "--device", "cpu")[1]
    assert now["learned"]["frames"] == 105 + 40 + 110
    assert weights(project, "r3") != weights(project, "r1")


def predictions(path: Path) -> dict[str, list[list[int]]]:
    with api.open_project(path, read_only=True) as opened:
        cuts = {v: found.segmentation for (_, v), found in opened.document.predictions.items()}
        return {str(v): [cut.starts.tolist(), cut.labels.tolist()] for v, cut in cuts.items()}


@pytest.mark.parametrize("preset", ["generic", "robust"])
def test_a_training_knows_of_labels_only_what_was_corrected(project, tmp_path, capsys, preset):
    """Ground truth that says something else wherever nobody corrected changes the scores, and nothing that was made."""
    others = [TRUTHS[0], *(np.flip(truth) for truth in TRUTHS[1:])]  # clip1 is corrected from 10 to 40 only
    liar = made_project(tmp_path / "other", tmp_path / "other.tot", others)
    scores = []
    for path in (project, liar):
        code, trained, _ = tot(capsys, "train", path, "--preset", preset, *FAST, "--clusters", 3)
        assert code == 0 and trained["learned"]["frames"] == 135
        scores.append(trained["metrics"]["mof"])
        assert tot(capsys, "segment", path)[0] == 0
    assert scores[0] > 0.9 > scores[1] + 0.2  # ground truth was read, by the scores
    assert weights(project, "r1") == weights(liar, "r1")
    assert predictions(project) == predictions(liar) and len(predictions(project)) == 4
    with api.open_project(project, read_only=True) as one, api.open_project(liar, read_only=True) as other:
        maps = [opened.document.label_maps[RunId("r1")] for opened in (one, other)]
        assert maps[0].table() == maps[1].table() == {0: 0, 1: 1, 2: 2}


def test_more_actions_than_clusters_raise_the_number_or_are_refused(project, capsys):
    with api.open_project(project) as opened:
        document = opened.document
        added, number = commands.add_action(document, "wipe")
        opened.edit(added)
        opened.edit(commands.relabel(document, list(document.videos)[1], 60, 80, number))
    code, _, err = tot(capsys, "train", project, *FAST, "--clusters", 3)
    assert code == 2 and "4 actions, but the training has 3 clusters. Set 4 or more" in err
    assert tot(capsys, "train", project, *FAST)[0] == 0
    with api.open_project(project, read_only=True) as opened:
        assert sorted(opened.document.label_maps[RunId("r1")].table().values()) == [0, 1, 2, 3]


def test_cte_learns_from_none_unless_it_is_asked_to_and_then_refuses(project, capsys):
    code, trained, _ = tot(capsys, "train", project, "--method", "cte", "--iterations", 5)
    assert code == 0 and trained["learned"]["source"] == "none"
    code, _, err = tot(capsys, "train", project, "--method", "cte", "--iterations", 5, "--learn-from", "corrected")
    assert code == 2 and "CTE" in err and "cannot learn from corrections" in err


def test_going_on_takes_no_other_corrections(project, capsys):
    code, _, err = tot(capsys, "train", project, "--resume", "r1", "--learn-from", "corrected")
    assert code == 2 and "learns from what it began with" in err


def test_corrections_need_no_ground_truth(project, tmp_path, capsys):
    """Names come from the person, so a project without ground truth gets a named segmentation."""
    import shutil

    root = tmp_path / "plain"
    shutil.copytree(tmp_path / "data" / "features", root / "features")
    path = tmp_path / "plain.tot"
    with api.create_project(path, api.open_dataset(root)) as made:
        for name in STEPS:
            made.edit(commands.add_action(made.document, name)[0])
        track = Segmentation.from_frames(np.repeat([2, 0, 1], [30, 40, 35]))
        made.edit(commands.import_track(made.document, VideoId("clip0"), track))
    code, trained, _ = tot(capsys, "train", path, *FAST, "--clusters", 3)
    assert code == 0 and trained["metrics"] is None and trained["learned"]["frames"] == 105
    assert tot(capsys, "segment", path)[0] == 0
    with api.open_project(path, read_only=True) as opened:
        assert opened.document.label_maps[RunId("r1")].table() == {0: 2, 1: 0, 2: 1}


def test_next_names_videos_to_correct_and_leaves_out_those_that_are(project, capsys):
    code, _, err = tot(capsys, "next", project)
    assert code == 2 and "no run" in err
    assert tot(capsys, "train", project, *FAST, "--method", "tot")[0] == 0
    code, _, err = tot(capsys, "next", project)
    assert code == 2 and "no scores to go by" in err
    assert tot(capsys, "segment", project)[0] == 0
    code, found, _ = tot(capsys, "next", project)
    # clip0 is accepted; clip1 has 30 of 100 frames corrected.
    assert code == 0 and found["run"] == "r1" and sorted(found["videos"]) == ["clip1", "clip2", "clip3"]
    assert tot(capsys, "next", project, "--count", 1)[1]["videos"] == found["videos"][:1]
    code, _, err = tot(capsys, "next", project, "--count", 0)
    assert code == 2 and "wanted 1 or more" in err
    with api.open_project(project) as opened:
        for video in list(opened.document.videos)[1:]:
            opened.edit(commands.set_review(opened.document, video, ReviewStatus.REJECTED))
    assert tot(capsys, "next", project)[1]["videos"] == []


def test_a_stopped_training_goes_on_with_the_corrections_it_began_with(project):
    with api.open_project(project) as opened:
        document = opened.document
        values = {"batch": "64", "iterations": "40"}
        config = api.configure(document.dataset, preset="generic", method="tot+tcl", n_clusters=3, values=values)
        learned = api.lessons(opened)
        whole, _ = api.train_project(opened, config, learned=learned, device="cpu")
        asked = iter([None] * 15)
        part, _ = api.train_project(
            opened, config, learned=learned, device="cpu", should_stop=lambda: next(asked, StopKind.KEEP)
        )
        assert document.runs[part].stopped_early and document.runs[part].iterations < 40
        opened.edit(commands.start_from_ground_truth(document, list(document.videos)[2]))  # a person goes on
        rest, _ = api.train_project(opened, config, resume=part, learned=api.lessons(opened), device="cpu")
        assert document.runs[rest].learned == document.runs[whole].learned != api.lessons(opened)
        opened.flush(30)
    assert weights(project, whole) == weights(project, rest)
