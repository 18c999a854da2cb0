"""Presets: what is offered for which dataset, and the method a training is compared with."""

from __future__ import annotations

import pytest

from core.errors import ConfigError
from core.tot.config import check, with_values
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


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"rho": "abc"}, 'rho cannot be "abc"; wanted a number.'),
        ({"batch": "1.5"}, 'batch cannot be "1.5"; wanted a whole number.'),
        ({"ot_scope": "all"}, 'ot_scope cannot be "all"; wanted batch or video.'),
        ({"method": "cte"}, "A method comes with settings of its own: choose it with --method"),
        ({"preset": "yti"}, "A preset comes with settings of its own: choose it with --preset"),
        ({"seed": "-1"}, "The seed is -1; wanted 0 to 2,147,483,647."),
        ({"seed": "99999999999999999999999"}, "The seed is 99999999999999999999999; wanted 0 to"),
        ({"iterations": "0"}, "Iterations (iterations) is 0; wanted 1 to 1,000,000."),
        ({"batch": "2"}, "Batch (batch) is 2; wanted 4 to 65,536."),
        ({"n_clusters": "513"}, "513 clusters; wanted 2 to 512"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_what_was_wanted(values: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check(with_values(preset("generic", n_clusters=4), values))
    assert said in str(caught.value)


def test_only_asot_has_rivals() -> None:
    config = with_values(preset("generic", method="cte", n_clusters=4), {"rival": "family"})
    assert rivals_of(config) == []
