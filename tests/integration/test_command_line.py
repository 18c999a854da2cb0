"""The whole path through `tot`, on a small synthetic dataset, and what it says to wrong input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_line import tot

from core.cli import main

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def dataset(tmp_path) -> Path:
    """Three videos of three steps in one order, features and labels at one rate."""
    root, generator = tmp_path / "data", np.random.default_rng(0)
    centres = generator.normal(size=(3, 8)) * 3
    names = ("reach", "turn", "place")
    for folder in ("features", "groundTruth", "mapping"):
        (root / folder).mkdir(parents=True)
    for number, lengths in enumerate(([30, 40, 35], [25, 45, 30], [40, 30, 40])):
        truth = np.repeat([0, 1, 2], lengths)
        matrix = (centres[truth] + generator.normal(size=(len(truth), 8))).astype(np.float32)
        np.save(root / "features" / f"clip{number}.npy", matrix)
        lines = "".join(f"{names[label]}\n" for label in truth)
        (root / "groundTruth" / f"clip{number}.txt").write_text(lines)
    (root / "mapping" / "mapping.txt").write_text("".join(f"{i} {n}\n" for i, n in enumerate(names)))
    return root


def test_the_whole_path(dataset, tmp_path, capsys):
    project = tmp_path / "p.tot"
    assert tot(capsys, "info", dataset)[1]["videos"][0]["labels"] is True
    code, made, _ = tot(capsys, "new", project, dataset)
    assert code == 0 and made["trainable"] == 3
    code, trained, _ = tot(
        capsys, "train", project, "--iterations", 150, "--set", "batch=64", "rho=0.1", "--device", "cpu"
    )
    assert code == 0 and trained["run"] == "r1" and trained["iterations"] == 150
    assert set(trained) >= {"run", "method", "iterations", "seconds", "device", "loss", "metrics"}
    assert {name.split(",")[0] for name in trained["ensemble"]["methods"]} == {"asot", "tot+tcl"}
    assert trained["ensemble"]["consensus"] and len(trained["ensemble"]["runs"]) == 12
    code, segmented, _ = tot(capsys, "segment", project)
    assert code == 0 and len(segmented["videos"]) == 3
    code, report, _ = tot(capsys, "evaluate", project)
    assert code == 0 and report["videos"] == 3 and report["frames"] == 315
    assert report["mof"] == pytest.approx(trained["metrics"]["mof"])
    assert set(report["label_map"]) == {"0", "1", "2"}
    code, shown, _ = tot(capsys, "map", project)
    assert code == 0 and shown["label_map"] == report["label_map"]
    out = tmp_path / "out"
    code, written, _ = tot(
        capsys, "export", project, "--format", "frames-cte", "--out", out, "--track", "prediction", "--videos", "all"
    )
    assert code == 0 and written["videos"] == 3
    code, scored, _ = tot(
        capsys, "score", "--ground-truth", dataset / "groundTruth", "--prediction", out, "--mapping", dataset
    )
    assert code == 0 and scored["mof"] == pytest.approx(report["mof"])
    code, checked, _ = tot(capsys, "check", project)
    assert code == 0 and checked["ok"]


def test_cluster_numbers_are_matched_and_names_are_not(dataset, tmp_path, capsys):
    table = {"reach": "2", "turn": "0", "place": "1"}
    (tmp_path / "pred").mkdir()
    for path in (dataset / "groundTruth").iterdir():
        lines = [table[line] for line in path.read_text().split()]
        (tmp_path / "pred" / path.stem).write_text("\n".join(lines))
    code, report, _ = tot(capsys, "score", "--ground-truth", dataset / "groundTruth", "--prediction", tmp_path / "pred")
    assert code == 0 and report["mof"] == 1.0
    assert report["label_map"] == {"0": "turn", "1": "place", "2": "reach"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("info", "{missing}"), "missing"),
        (("score", "--ground-truth", "{truth}", "--prediction", "{missing}"), "is not there"),
        (("score", "--ground-truth", "{truth}", "--prediction", "{truth}", "--background", "nap"), "nap"),
        (("train", "{missing}.tot"), "missing"),
        (("check", "{missing}.tot"), "is not there"),
        (("export", "--format", "csv"), "needs PROJECT.tot"),
    ],
)
def test_wrong_input_is_one_message_and_exit_code_2(words, said, dataset, tmp_path, capsys):
    places = {"missing": tmp_path / "missing", "truth": dataset / "groundTruth"}
    code, document, err = tot(capsys, *(word.format(**places) for word in words))
    assert code == 2 and not document
    assert said in err and "Traceback" not in err


def test_lengths_that_differ_name_both_numbers(dataset, tmp_path, capsys):
    (tmp_path / "short").mkdir()
    for path in (dataset / "groundTruth").iterdir():
        (tmp_path / "short" / path.name).write_text("reach\n" * 7)
    code, _, err = tot(capsys, "score", "--ground-truth", dataset / "groundTruth", "--prediction", tmp_path / "short")
    assert code == 2 and "7 labels" in err and "105" in err


def test_doctor_and_formats_answer(capsys):
    assert tot(capsys, "doctor")[1]["device"]
    names = {row["name"] for row in tot(capsys, "export", "--format", "list")[1]}
    assert {"frames", "frames-cte", "csv", "json", "eaf"} <= names


def test_every_decoder_segments_and_background_is_kept_through_map_and_export(dataset, tmp_path, capsys):
    project = tmp_path / "p.tot"
    tot(capsys, "new", project, dataset)
    tot(capsys, "train", project, "--iterations", 20, "--set", "batch=64", "--device", "cpu")
    for name in ("fixed-order", "video-order", "skip", "any-order", "asot"):
        code, segmented, _ = tot(capsys, "segment", project, "--decoder", name)
        assert code == 0 and segmented["decoder"] == name
    code, segmented, _ = tot(capsys, "segment", project, "--decoder", "any-order", "--set", "segments=1")
    assert [row["segments"] for row in segmented["videos"]] == [1, 1, 1]
    code, _, err = tot(capsys, "segment", project, "--decoder", "any-order", "--set", "background=0.9")
    assert code == 0 and "background" in err
    out = tmp_path / "out"
    tot(capsys, "export", project, "--format", "frames-cte", "--out", out, "--track", "prediction", "--videos", "all")
    lines = {line for path in out.rglob("clip*") for line in path.read_text().splitlines()}
    assert "bg" in lines


def test_wrong_decoders_and_settings_are_refused_and_nothing_is_written(dataset, tmp_path, capsys):
    project = tmp_path / "p.tot"
    tot(capsys, "new", project, dataset)
    tot(capsys, "train", project, "--iterations", 5, "--set", "batch=64", "--device", "cpu")
    for words, said in (
        (("--decoder", "best"), "there are fixed-order, video-order"),
        (("--set", "beta=1"), "there are penalty"),
        (("--set", "radius=5"), "wanted 1e-06 to 1"),
    ):
        code, document, err = tot(capsys, "segment", project, *words)
        assert code == 2 and not document and said in err
    assert tot(capsys, "evaluate", project)[0] == 2  # no prediction was written


def test_levels_baselines_and_views_of_an_evaluation(dataset, tmp_path, capsys):
    project = tmp_path / "p.tot"
    tot(capsys, "new", project, dataset)
    tot(capsys, "train", project, "--iterations", 20, "--set", "batch=64", "--device", "cpu")
    _, segmented, _ = tot(capsys, "segment", project)
    assert segmented["label_free"]["videos"] == 3 and segmented["label_free"]["order_violations"] == 0.0
    _, report, _ = tot(capsys, "evaluate", project, "--level", "video", "--kmeans")
    assert report["level"] == "video" and report["label_map"] == {}
    assert report["mof"] == pytest.approx(sum(row["mof"] for row in report["per_video"]) / 3)
    assert set(report["baselines"]) == {"equal_split", "one_class", "kmeans"}
    assert report["baselines"]["kmeans"]["mof"] > report["baselines"]["one_class"]["mof"]
    first = next(path for path in (dataset / "groundTruth").iterdir()).read_text().split()[0]
    _, split, _ = tot(capsys, "evaluate", project, "--split-sil", first)
    assert "action_start" in [row["action"] for row in split["per_class"]] and "action_start" in split["notes"][0]
    code, _, err = tot(capsys, "evaluate", project, "--split-sil")
    assert code == 2 and 'no action "SIL"' in err
    assert main(["evaluate", str(project), "--level", "video"]) == 0 and "video level" in capsys.readouterr().out


def test_cluster_numbers_with_background_are_scored_from_files(tmp_path, capsys):
    for folder, text in (("truth", "bg bg cut cut place place bg"), ("found", "-1 0 0 -1 3 3 bg")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "v.txt").write_text("\n".join(text.split()) + "\n")
    words = ("score", "--ground-truth", tmp_path / "truth", "--prediction", tmp_path / "found", "--background", "bg")
    code, report, _ = tot(capsys, *words)
    assert code == 0 and report["background"] == ["bg"]
    assert report["label_map"] == {"0": "cut", "1": None, "2": None, "3": "place"}
    assert (report["mof"], report["mof_bg"]) == (0.75, pytest.approx(5 / 7))


def test_seeds_side_by_side_repeat_and_resume(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "p.tot"
    assert tot(capsys, "new", project, dataset)[0] == 0
    code, many, _ = tot(
        capsys, "train", project, "--method", "tot", "--iterations", 20, "--seeds", 3, "--device", "cpu"
    )
    assert code == 0 and len(many["ensemble"]["runs"]) == 3
    best = many["ensemble"]["runs"][many["ensemble"]["chosen"]]
    assert best["agreement"] == max(run["agreement"] for run in many["ensemble"]["runs"])
    assert many["metrics"] == best["metrics"]
    code, again, _ = tot(capsys, "train", project, "--from", "r1", "--device", "cpu")
    assert (
        code == 0 and again["run"] == "r2" and again["loss"]["total"] == pytest.approx(many["loss"]["total"], rel=1e-4)
    )
    code, _, error = tot(capsys, "train", project, "--resume", "r1", "--device", "cpu")
    assert code == 2 and "was not stopped" in error
