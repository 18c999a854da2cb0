"""A view on labels in which one word for two things is two words: Breakfast's SIL before and after the activity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigError
from .segments import Cut, Labels, Pieces, cut_of

IntArray = NDArray[np.integer[Any]]


def split_sil(labels: IntArray, sil: int, *, start: int, end: int) -> IntArray:
    """(T,) a copy whose leading run of `sil` is `start` and whose trailing run is `end`.

    An inner run stays; a video of `sil` only is all `start`.

    >>> split_sil(np.array([9, 9, 1, 9, 2, 9]), 9, start=10, end=11).tolist()
    [10, 10, 1, 9, 2, 11]
    """
    found = labels.copy()
    others = np.flatnonzero(labels != sil)
    if not len(others):
        return np.full_like(labels, start)
    found[: others[0]] = start
    found[others[-1] + 1 :] = end
    return found


@dataclass(frozen=True)
class SilView:
    """The actions with ``action_start`` and ``action_end`` added, and how labels are read with them.

    Only for comparison with figures that were made so (supplement of TOT): the released code, CTE and ASOT count one
    SIL. The dataset is not changed.
    """

    actions: Mapping[int, str]
    sil: int
    name: str

    @classmethod
    def of(cls, actions: Mapping[int, str], name: str) -> SilView:
        """The view on these actions. Raises ConfigError when none has this name."""
        numbers = [number for number, action in actions.items() if action == name]
        if not numbers:
            raise ConfigError(f'There is no action "{name}" to split; there are: {", ".join(actions.values())}.')
        start = max(actions) + 1
        return cls({**actions, start: "action_start", start + 1: "action_end"}, numbers[0], name)

    def apply(self, videos: Mapping[str, Labels]) -> dict[str, Cut]:
        """Label arrays (T,) or segments by video, read in this view."""
        start, found = max(self.actions) - 1, dict[str, Cut]()
        for video, cut in ((v, cut_of(labels)) for v, labels in videos.items()):
            labels = split_sil(cut.labels, self.sil, start=start, end=start + 1)
            found[video] = Pieces(cut.starts, labels, cut.n_frames)
        return found

    def notes(self, truths: Mapping[str, Cut]) -> list[str]:
        """What a report must say: that the view is on, and the videos (read in it) that keep an inner run."""
        inner = [video for video, cut in truths.items() if np.any(cut.labels == self.sil)]
        kept = f" An inner {self.name} stays in {', '.join(inner)}." if inner else ""
        return [f"{self.name} is split into action_start and action_end.{kept}"]
