"""What a run tells its decoders."""

from __future__ import annotations

import pytest

from core.errors import ConfigError
from core.tot.presets import preset
from core.work.videos import decoder_settings


def test_the_background_rule_comes_with_its_preset_and_can_be_turned_off() -> None:
    youtube = preset("yti", method="tot", n_clusters=7)
    assert decoder_settings(youtube).background == 0.45
    assert decoder_settings(youtube, {"background": "0"}).background == 0.0
    assert decoder_settings(preset("yti", method="asot", n_clusters=7)).background == 0.0
    assert decoder_settings(preset("breakfast", method="tot", n_clusters=7)).background == 0.0


def test_scores_of_unit_vectors_are_told_apart_and_unknown_settings_are_refused() -> None:
    assert decoder_settings(preset("robust", n_clusters=5)).l2
    assert not decoder_settings(preset("50salads-mid", method="tot")).l2
    with pytest.raises(ConfigError, match="there are penalty"):
        decoder_settings(preset("robust", n_clusters=5), {"gamma": "1"})
