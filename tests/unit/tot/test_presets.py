"""Presets: what is offered for which dataset, and the method a training is compared with."""

from __future__ import annotations

import pytest

from core.errors import ConfigError
from core.tot.config import check
from core.tot.presets import PRESETS, preset, rivals_of, variety


def test_robust_asks_four_methods_with_as_many_seeds_of_each() -> None:
    config = preset("robust", n_clusters=6)
    rivals = rivals_of(config)
    names = ["asot", "tot+tcl", "tot+tcl, order of each video", "tot+tcl, unequal steps"]
    assert [variety(each) for each in (config, *rivals)] == names and config.ensemble == "consensus"
    for rival in rivals:
        assert rival.seeds == config.seeds > 1 and rival.rival == "none" and rival.n_clusters == 6
        check(rival, longest_video_rows=100, n_videos=2)


@pytest.mark.parametrize("name", set(PRESETS) - {"robust"})
def test_published_presets_train_one_seed_of_one_method(name: str) -> None:
    for method in PRESETS[name].values:
        config = preset(name, method=method, n_clusters=5)
        assert config.seeds == 1 and config.rival == "none" and config.marginal_penalty == 0 and config.order == "fixed"


def test_unknown_names_are_answered_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="robust, generic"):
        preset("salads", n_clusters=3)
    with pytest.raises(ConfigError, match="tot, tot\\+tcl"):
        preset("generic", method="kmeans", n_clusters=3)
