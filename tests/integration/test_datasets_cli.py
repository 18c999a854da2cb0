"""Datasets through `tot`: choices are options; wrong input is one message, exit code 2, and nothing is written."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from datasets import frame_labels, layout, matrix, save, write

from core.cli import main

TWELVE = {f"v{i}": 50 + i for i in range(12)}


pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def root(tmp_path) -> Path:
    return layout(tmp_path / "set", "F", lengths=TWELVE)


def tot(capsys, *words: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    capsys.readouterr()
    code = main([str(word) for word in words])
    out, err = capsys.readouterr()
    return code, out, err


def info(capsys, *words: object) -> dict:
    code, out, err = tot(capsys, "info", *words, "--json")
    assert code == 0, err
    return json.loads(out)


def trained(found: dict) -> int:
    return sum(v["trainable"] for v in found["videos"])


def choice(found: dict, name: str) -> dict:
    return next(c for c in found["choices"] if c["name"] == name)


@pytest.mark.parametrize(("way", "n"), [("trim", 12), ("resample", 12), ("skip", 11)])
def test_lengths(root, tmp_path, capsys, way, n):
    write(root / "groundTruth" / "v5.txt", "\n".join(frame_labels(90)))
    asked = choice(info(capsys, root), "lengths")
    assert asked["open"] and "features 55, labels 90" in asked["found"]
    _, out, _ = tot(capsys, "info", root)
    assert "to choose: 1 of 12 videos" in out and "--lengths trim|resample|skip" in out
    assert trained(info(capsys, root, "--lengths", way)) == n
    project = tmp_path / "p.tot"
    code, out, _ = tot(capsys, "new", project, root, "--lengths", way, "--json")
    assert code == 0 and json.loads(out)["trainable"] == n and project.exists()


def test_orientation(tmp_path, capsys):
    save(tmp_path / "set" / "features" / "a.npy", matrix(64, 100))
    assert choice(info(capsys, tmp_path / "set"), "orientation")["open"]
    for way, rows in (("td", 64), ("dt", 100)):
        found = info(capsys, tmp_path / "set", "--orientation", way)
        assert trained(found) == 1 and found["videos"][0]["rows"] == rows


def test_single_turned_files(root, capsys):
    np.save(root / "features" / "v3.npy", matrix(53).T)
    assert trained(info(capsys, root)) == 11
    assert trained(info(capsys, root, "--orientation", "each")) == 12


def test_feature_rate_activity_granularity_and_split(tmp_path, capsys):
    root = layout(tmp_path / "set", "B")
    write(root / "mappingeval.txt", "0 reach\n0 turn\n1 place\n")
    for name, n in (("jump_car_0001", 20), ("jump_car_0002", 33)):
        save(root / "features" / f"{name}.npy", matrix(n).T)
    found = info(capsys, root, "--activity", "clip", "--granularity", "eval", "--split", "train.split1")
    assert [v["video"] for v in found["videos"]] == ["clip_01", "clip_03"]
    assert [a["name"] for a in found["actions"]] == ["reach / turn", "place"]
    assert info(capsys, root, "--activity", "clip", "--feature-rate", "25")["videos"][0]["rate"] == "25"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--activity", "cofee"], 'no activity "cofee"; there are set.'),
        (["--granularity", "low"], "there is no mapping"),
        (["--split", "train"], 'no split "train"'),
    ],
)
def test_choices_that_are_not_there(root, tmp_path, capsys, words, said):
    for verb in (["info"], ["new", tmp_path / "p.tot"]):
        code, out, err = tot(capsys, *verb, root, *words)
        assert code == 2 and not out and said in err and err.count("tot:") == 1 and "Traceback" not in err
    assert not (tmp_path / "p.tot").exists()


@pytest.mark.parametrize("words", [["--lengths", "cut"], ["--feature-rate", "0"], ["--orientation", "up"]])
def test_values_that_no_choice_has(root, capsys, words):
    with pytest.raises(SystemExit) as ended:
        main(["info", str(root), *words])
    assert ended.value.code == 2 and words[0] in capsys.readouterr().err


def empty(folder: Path) -> None:
    folder.mkdir()


def all_ragged(folder: Path) -> None:
    write(folder / "features" / "a.txt", "1 2\n3\n")


def wrong_mapping(folder: Path) -> None:
    write(layout(folder, "A") / "mapping" / "mapping.txt", "take_bowl\n")


def two_datasets(folder: Path) -> None:
    layout(folder / "one", "F")
    layout(folder / "two", "F")


def only_refused(folder: Path) -> None:
    write(folder / "features" / "a.pt", "x")


def a_file(folder: Path) -> None:
    write(folder, "x")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: None, "no such folder"),
        (empty, "no features, labels or videos"),
        (all_ragged, "features/a.txt, line 2: 1 numbers; the lines above have 2."),
        (wrong_mapping, 'mapping.txt, line 1: "take_bowl"; wanted "ID NAME"'),
        (two_datasets, "holds 2 datasets: one, two"),
        (only_refused, "features/a.pt: cannot be read"),
        (a_file, "is a file; wanted the folder"),
    ],
)
def test_a_folder_that_cannot_be_opened_is_exit_code_2(tmp_path, capsys, make, said):
    make(tmp_path / "set")
    before = sorted(tmp_path.rglob("*"))
    for verb in (["info"], ["new", tmp_path / "p.tot"]):
        code, out, err = tot(capsys, *verb, tmp_path / "set")
        assert code == 2 and not out and said in err and "Traceback" not in err
    assert [p for p in sorted(tmp_path.rglob("*")) if "cache" not in p.parts] == before


def test_one_bad_video_is_a_row_and_training_without_any_says_why(tmp_path, capsys):
    root = layout(tmp_path / "set", "F", lengths={"a": 30})
    values = matrix(30)
    values[4, 2] = np.nan
    np.save(root / "features" / "a.npy", values)
    found = info(capsys, root)
    row = next(p for p in found["problems"] if p["severity"] == "error")
    assert (row["video"], row["path"]) == ("a", "features/a.npy") and "first: row 4" in row["what"]
    project = tmp_path / "p.tot"
    assert tot(capsys, "new", project, root)[0] == 0
    code, _, err = tot(capsys, "train", project, "--iterations", 1, "--device", "cpu")
    assert code == 2 and "no video of this project has usable features" in err


def test_hostile_names_do_not_move_the_cursor(tmp_path, capsys):
    save(tmp_path / "set" / "features" / "\x1b[2Jgone\nnew.npy", matrix(9))
    save(tmp_path / "set" / "features" / "b.npy", matrix(12))
    code, out, _ = tot(capsys, "info", tmp_path / "set")
    assert code == 0 and "\x1b" not in out and "\\x1b[2Jgone\\nnew" in out
