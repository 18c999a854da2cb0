"""`tot features`: from plain videos to a trained project, and what it says to wrong input."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import onnx_files
import pytest
from command_line import tot

from core.cli import main
from core.media.writer import write_video

pytestmark = pytest.mark.usefixtures("own_cache")
COLOURS = ((200, 40, 40), (40, 200, 40), (40, 40, 200))


@pytest.fixture
def videos(tmp_path) -> Path:
    """Three videos of three steps, each a colour with noise; and no other file."""
    root, generator = tmp_path / "clips", np.random.default_rng(0)
    for number, lengths in enumerate(((40, 60, 50), (60, 40, 50), (50, 50, 50))):
        steps = np.repeat([0, 1, 2], lengths)
        pictures = (
            np.clip(np.array(COLOURS[s]) + generator.normal(0, 12, (48, 64, 3)), 0, 255).astype(np.uint8) for s in steps
        )
        write_video(root / f"v{number}.mp4", pictures, rate=Fraction(30), preset="ultrafast")
    return root


def test_from_plain_videos_to_a_segmented_project(videos, tmp_path, capsys):
    project = tmp_path / "p.tot"
    assert tot(capsys, "new", project, videos)[1]["trainable"] == 0
    code, _, said = tot(capsys, "train", project)
    assert code == 2 and "tot features" in said
    code, found, _ = tot(capsys, "features", project, "--extractor", "descriptor", "--rate", 10)
    assert code == 0 and found["device"] == "cpu" and found["rows_per_second"] > 0
    assert [(v["video"], v["rows"], v["dimensions"], v["reused"]) for v in found["videos"]] == [
        (f"v{n}", 50, 384, False) for n in range(3)
    ]
    assert Path(found["videos"][0]["features"]).is_relative_to(tmp_path / "cache")
    assert sorted(p.name for p in videos.iterdir()) == ["v0.mp4", "v1.mp4", "v2.mp4"]  # the dataset is not written
    code, _, said = tot(capsys, "train", project, "--clusters", 3, "--iterations", 100, "--device", "cpu")
    assert code == 0, said
    code, segmented, _ = tot(capsys, "segment", project)
    assert code == 0 and len(segmented["videos"]) == 3


def test_features_of_a_folder_are_found_again_by_the_project(videos, tmp_path, capsys):
    words = ("--extractor", "descriptor")
    assert tot(capsys, "features", videos, *words)[0] == 0
    assert tot(capsys, "new", tmp_path / "p.tot", videos)[0] == 0
    _, found, _ = tot(capsys, "features", tmp_path / "p.tot", *words)
    assert [v["reused"] for v in found["videos"]] == [True] * 3


def test_a_bad_video_is_a_row_and_only_bad_ones_are_an_error(videos, tmp_path, capsys):
    (videos / "bad.mp4").write_bytes(b"nothing" * 100)
    out = tmp_path / "made"
    code, found, _ = tot(capsys, "features", videos, "--extractor", "descriptor", "--out", out)
    assert code == 0
    errors = {v["video"]: v["error"] for v in found["videos"]}
    assert "bad.mp4" in errors.pop("bad") and set(errors.values()) == {None}
    assert sorted(p.name for p in out.glob("*.npy")) == ["v0.npy", "v1.npy", "v2.npy"]
    assert main(["features", str(videos), "--extractor", "descriptor", "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert "3 of 4 videos have features" in text and "error: bad:" in text and "done before" in text
    for path in videos.glob("v*.mp4"):
        path.write_bytes(b"nothing")
    code, _, said = tot(capsys, "features", videos, "--out", tmp_path / "none")
    assert code == 2 and "bad.mp4" in said and not (tmp_path / "none").exists()


def test_wrong_words_are_refused_before_any_work(videos, tmp_path, capsys):
    net = onnx_files.average_pool(tmp_path / "net.onnx", (1, 3, 32))
    (tmp_path / "w.pth").write_text("no weights")
    for words, wanted in (
        (("--extractor", "vgg"), "efficientnet-lite0, resnet18, onnx:FILE, descriptor"),
        (("--extractor", f"onnx:{net}"), "input of shape (1, 3, 32)"),
        (("--extractor", f"resnet18:{tmp_path / 'w.pth'}"), "not a file of plain weights"),
        (("--extractor", "descriptor", "--rate", "5000"), "rows a second"),
        (("--extractor", "descriptor", "--half"), "Half precision needs a GPU"),
        (("--extractor", "descriptor", "--device", "cuda"), "processor only"),
        (("--extractor", "descriptor", "--batch", "0"), "batch of 0"),
    ):
        code, _, said = tot(capsys, "features", videos, *words)
        assert code == 2 and wanted in said, (words, said)
        assert "Traceback" not in said
    assert not (tmp_path / "cache" / "extracted").exists()


def test_an_onnx_network_describes_videos(videos, tmp_path, capsys):
    net = onnx_files.average_pool(tmp_path / "net.onnx")
    code, found, _ = tot(capsys, "features", videos, "--extractor", f"onnx:{net}", "--rate", 5)
    assert code == 0 and {v["dimensions"] for v in found["videos"]} == {3}
    colour = np.load(found["videos"][0]["features"])
    assert colour[0].argmax() == 0 and colour[12].argmax() == 1 and colour[-1].argmax() == 2


def test_worker_processes_make_the_features_that_this_process_makes(videos, tmp_path, capsys):
    pytest.importorskip("distributed", reason="Dask is an extra: pip install totgui[cluster]")
    words = ("features", videos, "--extractor", "descriptor", "--rate", 10)
    (videos / "bad.mp4").write_bytes(b"nothing" * 100)
    code, here, _ = tot(capsys, *words, "--out", tmp_path / "here")
    assert code == 0
    code, there, error = tot(capsys, *words, "--out", tmp_path / "there", "--cluster", "local")
    assert code == 0, error
    assert [row["video"] for row in there["videos"]] == [row["video"] for row in here["videos"]]
    assert [bool(row["error"]) for row in there["videos"]] == [bool(row["error"]) for row in here["videos"]]
    for one, other in zip(here["videos"], there["videos"], strict=True):
        if one["features"]:
            assert Path(other["features"]).is_relative_to(tmp_path / "there")
            assert np.array_equal(np.load(one["features"]), np.load(other["features"]))
