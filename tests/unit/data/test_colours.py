"""Colours of actions stay apart, also for eyes that cannot tell red from green or blue from yellow."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.data.colours import BACKGROUND_COLOUR, UNLABELLED_COLOUR, colour_for

EYES = {
    "normal": np.eye(3),
    "protanope": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranope": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanope": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""How linear RGB is seen: Machado, Oliveira and Fernandes 2009, severity 1."""
TO_XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
WHITE = np.array([0.95047, 1.0, 1.08883])


def seen(colour: str, eyes: str) -> np.ndarray:
    """CIELAB of a colour ``#rrggbb`` as these eyes see it. A distance of 2.3 is just noticed side by side."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    xyz = np.array(TO_XYZ) @ np.clip(np.array(EYES[eyes]) @ linear, 0, 1) / WHITE
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize(("count", "apart"), [(8, 16), (24, 13)])
def test_colours_of_actions_are_told_apart_by_all_eyes(count: int, apart: float, eyes: str):
    """The seven of Okabe and Ito alone reach 17; both greys are among those that must stay apart."""
    shown = [seen(colour, eyes) for colour in (*map(colour_for, range(count)), BACKGROUND_COLOUR)]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(shown, 2)) >= apart
    grey = seen(UNLABELLED_COLOUR, eyes)
    assert min(np.linalg.norm(grey - each) for each in shown) >= apart - 4  # it is hatched besides


def test_more_actions_than_chosen_colours_still_get_one_each():
    assert len({colour_for(i) for i in range(60)}) == 60
