"""Why a run has as many clusters as it has, in words, from what its training recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def counted_lines(counted: Mapping[str, Any]) -> list[str]:
    """What was found, a line for each cluster that was dropped or merged, and how well the rest is recognised.

    `counted` is the entry of that name in a run's `config`; the keys are those of `core.work.counting`.
    """
    seeds = ", ".join(map(str, counted["seeds"]))
    lines = [f"{counted['found']} clusters were found, beginning with {counted['start']} (by seed: {seeds})."]
    for merge in counted["merges"]:
        if merge["into"] is None:
            lines.append(f"  cluster {merge['cluster']:>2} dropped: {merge['share']:.1%} of the frames")
        else:
            lines.append(
                f"  cluster {merge['cluster']:>2} merged into {merge['into']:>2}: taken for each other in "
                f"{merge['confused']:.0%} of the videos; {merge['clusters']} clusters, "
                f"{merge['recognised']:.0%} recognised"
            )
    return [*lines, f"  {counted['found']} clusters, {counted['recognised']:.0%} recognised in videos left out"]
