"""An ONNX network as extractor: a known answer, and files that do not fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx_files
import pytest

from core.errors import InputError
from core.extract.onnx import OnnxBackbone
from core.extract.onnx_header import input_shape

MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


@pytest.mark.parametrize("shape", [("n", 3, 32, 48), (1, 3, 32, 48), (4, 3, 32, 48), ("n", 3, "h", "w")])
@pytest.mark.parametrize("flatten", [True, False])
def test_a_network_that_averages_colours_gives_the_mean_colour(tmp_path: Path, shape: tuple, flatten: bool) -> None:
    made = OnnxBackbone(onnx_files.average_pool(tmp_path / "net.onnx", shape, flatten))
    assert made.dimensions == 3 and len(made.weights) == 64 and made.name == "onnx:net.onnx"
    generator = np.random.default_rng(0)
    pictures = np.stack([made.prepare(generator.integers(0, 256, (48, 64, 3), dtype=np.uint8)) for _ in range(6)])
    assert pictures.shape[1:3] == ((32, 48) if "h" not in shape else (224, 224))
    wanted = (pictures.mean(axis=(1, 2)) / 255 - MEAN) / DEVIATION
    np.testing.assert_allclose(made.describe(pictures), wanted, atol=1e-4)  # float32 sums


def test_the_header_tells_the_input(tmp_path: Path) -> None:
    path = onnx_files.average_pool(tmp_path / "n.onnx", ("n", 3, 32, 48))
    assert input_shape(memoryview(path.read_bytes())) == (0, 3, 32, 48)


@pytest.mark.parametrize(
    ("shape", "match"),
    [
        ((1, 3, 32), r"input of shape \(1, 3, 32\)"),
        ((1, 4, 32, 48), "wanted \\(n, 3, height, width\\)"),
        ((1, 3, 9000, 48), "wants pictures of 48 x 9000"),
    ],
)
def test_another_input_is_refused(tmp_path: Path, shape: tuple, match: str) -> None:
    with pytest.raises(InputError, match=match):
        OnnxBackbone(onnx_files.average_pool(tmp_path / "n.onnx", shape))


def test_two_inputs_or_outputs_are_refused(tmp_path: Path) -> None:
    x, shape = "x", (1, 3, 32, 48)
    pool = onnx_files.node("GlobalAveragePool", [x], "a")
    relu = onnx_files.node("Relu", [x], "b")
    one, outs = onnx_files.value(x, shape), [onnx_files.value("a", (1, 3, 1, 1)), onnx_files.value("b", shape)]
    with pytest.raises(InputError, match="2 outputs"):
        OnnxBackbone(onnx_files.write(tmp_path / "o.onnx", [pool, relu], [one], outs))
    with pytest.raises(InputError, match="2 inputs"):
        OnnxBackbone(onnx_files.write(tmp_path / "i.onnx", [pool], [one, onnx_files.value("z", shape)], [outs[0]]))


def test_a_layer_that_opencv_does_not_know_is_an_input_error(tmp_path: Path) -> None:
    nodes = [onnx_files.node("NoSuchLayer", ["x"], "y")]
    shape = (1, 3, 32, 48)
    path = onnx_files.write(tmp_path / "n.onnx", nodes, [onnx_files.value("x", shape)], [onnx_files.value("y", shape)])
    with pytest.raises(InputError, match="OpenCV"):
        OnnxBackbone(path)


def test_damaged_files_are_input_errors(tmp_path: Path) -> None:
    whole = onnx_files.average_pool(tmp_path / "n.onnx").read_bytes()
    generator = np.random.default_rng(0)
    path = tmp_path / "bad.onnx"
    for content in (b"", b"hello", generator.bytes(500), *(whole[:n] for n in range(1, len(whole), 7))):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"bad\.onnx"):
            OnnxBackbone(path)
    with pytest.raises(InputError, match="no such file"):
        OnnxBackbone(tmp_path / "absent.onnx")
