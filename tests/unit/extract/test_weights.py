"""Weights come in as tensors only; ResNet-18 is the published network under torchvision's names."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from core.errors import ConfigError, InputError
from core.extract import resnet
from core.extract.registry import make_extractor
from core.extract.weights import load_state


def a_state() -> dict[str, torch.Tensor]:
    """Random weights of ResNet-18 as torchvision saves them, the classifier included."""
    torch.manual_seed(0)
    state = resnet.ResNet18().state_dict()
    for name, tensor in state.items():
        if name.endswith("running_var"):
            tensor.uniform_(0.5, 1.5)
        elif name.endswith(("running_mean", "bias")):
            tensor.normal_(0, 0.1)
    return {**state, "fc.weight": torch.zeros(1000, 512), "fc.bias": torch.zeros(1000)}


def by_hand(s: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """ResNet-18 once more, straight from the table of the paper and the names of the state dict."""

    def norm(name: str, x: torch.Tensor) -> torch.Tensor:
        stats = (s[f"{name}.running_mean"], s[f"{name}.running_var"], s[f"{name}.weight"], s[f"{name}.bias"])
        return F.batch_norm(x, *stats, eps=1e-5)

    x = F.max_pool2d(F.relu(norm("bn1", F.conv2d(x, s["conv1.weight"], stride=2, padding=3))), 3, 2, 1)
    for layer in range(1, 5):
        for block in range(2):
            name, stride = f"layer{layer}.{block}", 2 if layer > 1 and block == 0 else 1
            inner = F.relu(norm(f"{name}.bn1", F.conv2d(x, s[f"{name}.conv1.weight"], stride=stride, padding=1)))
            inner = norm(f"{name}.bn2", F.conv2d(inner, s[f"{name}.conv2.weight"], padding=1))
            if f"{name}.downsample.0.weight" in s:
                x = norm(f"{name}.downsample.1", F.conv2d(x, s[f"{name}.downsample.0.weight"], stride=stride))
            x = F.relu(inner + x)
    return x.mean(dim=(2, 3))


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_resnet18_from_a_file_is_the_published_network(tmp_path: Path, suffix: str) -> None:
    state, path = a_state(), tmp_path / f"weights{suffix}"
    save_file(state, path) if suffix == ".safetensors" else torch.save(state, path)
    made = make_extractor(f"resnet18:{path}")
    pictures = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), dtype=np.uint8)
    colours = torch.from_numpy(pictures).permute(0, 3, 1, 2) / 255
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    wanted = by_hand(state, (colours - mean[:, None, None]) / deviation[:, None, None]).numpy()
    found = made.describe(pictures)
    assert found.shape == (2, 512) and found.dtype == np.float32
    # float32 through 18 layers, in another order of the axes
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-3 * np.abs(wanted).max())


def test_the_weights_that_torchvision_left_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    with pytest.raises(ConfigError, match="resnet18:FILE"):
        make_extractor("resnet18")
    (tmp_path / "checkpoints").mkdir()
    torch.save(a_state(), tmp_path / "checkpoints" / "resnet18-f37072fd.pth")
    assert make_extractor("resnet18").dimensions == 512


class Evil:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.write_text, (self.path, "code ran"))


def test_a_pickle_with_code_is_refused_and_does_not_run(tmp_path: Path) -> None:
    torch.save({"conv1.weight": Evil(tmp_path / "ran")}, tmp_path / "evil.pth")
    (tmp_path / "plain.pth").write_bytes(pickle.dumps(Evil(tmp_path / "ran")))
    for name in ("evil.pth", "plain.pth"):
        with pytest.raises(InputError, match="not a file of plain weights"):
            load_state(tmp_path / name)
    assert not (tmp_path / "ran").exists()


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    def refused(match: str, **changes: torch.Tensor | None) -> None:
        state = {**a_state(), **{k.replace("__", "."): v for k, v in changes.items() if v is not None}}
        for name in [k.replace("__", ".") for k, v in changes.items() if v is None]:
            del state[name]
        torch.save(state, tmp_path / "w.pth")
        with pytest.raises(InputError, match=match):
            make_extractor(f"resnet18:{tmp_path / 'w.pth'}")

    refused("layer1.0.conv1.weight has the shape", layer1__0__conv1__weight=torch.zeros(64, 64, 1, 1))
    refused("has no tensor bn1.weight", bn1__weight=None)
    refused("do not belong to ResNet-18", layer1__0__conv3__weight=torch.zeros(1))
    refused("bn1.bias holds NaN", bn1__bias=torch.full((64,), torch.nan))


def test_files_that_hold_no_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.pth").write_text("hello")
    (tmp_path / "cut.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}")
    torch.save([1, 2], tmp_path / "list.pth")
    for name in ("text.pth", "cut.safetensors", "list.pth", "absent.pth"):
        with pytest.raises(InputError, match=name):
            load_state(tmp_path / name)


def test_an_unknown_extractor_names_the_known_ones() -> None:
    for text in ("resnet50", "", "onnx", "descriptor:x", "resnet18:"):
        with pytest.raises(ConfigError):
            make_extractor(text)
    with pytest.raises(ConfigError, match=r"efficientnet-lite0, resnet18, onnx:FILE, descriptor"):
        make_extractor("vgg")


def test_efficientnet_lite0_works_offline_and_in_any_batch() -> None:
    made = make_extractor("efficientnet-lite0")
    pictures = np.random.default_rng(0).integers(0, 256, (3, 224, 224, 3), dtype=np.uint8)
    rows = made.describe(pictures)
    assert rows.shape == (3, 1280) and made.weights.startswith("57934424")  # the name of the file tells the same
    assert np.isfinite(rows).all() and rows.std(axis=0).max() > 0.01
    np.testing.assert_allclose(made.describe(pictures[1:2])[0], rows[1], rtol=1e-3, atol=1e-4)
