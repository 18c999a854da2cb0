"""Why a run has as many clusters as it has, in words, from what its training recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def counted_lines(counted: Mapping[str, Any]) -> list[str]:
    """What was found, a line for each cluster that was dropped or merged, and what speaks for the number.

    `counted` is the entry of that name in a run's `config`; the keys are those of `core.work.counting`, or those of
    runs that were counted before a range was told, or by how many clusters are recognised in videos left out.
    """
    found, seeds = counted["found"], ", ".join(map(str, counted["seeds"]))
    merges = [_merged(merge) for merge in counted["merges"]]
    began = f"{found} clusters were found, beginning with {counted['start']}"
    if "plausible" in counted:
        few, many = counted["plausible"]
        between = f"; {few} to {many} are plausible" if few < many else ""
        return [f"{began}{between}.", *merges, *_reasons(counted)]
    lines = [f"{began} (by seed: {seeds}).", *merges]
    if "recognised" in counted:
        return [*lines, f"  {found} clusters, {counted['recognised']:.0%} recognised in videos left out"]
    nats = _nats(counted)
    each = ", ".join(f"{number}: {nats[number]:.1f}" for number in sorted(nats))
    return [
        *lines,
        f"  {found} is the smallest number that explains videos left out as well as the best, to {counted['margin']:g}",
        f"  (log-likelihood a video against the best, mean of {len(counted['seeds'])} seeds: {each})",
    ]


def _reasons(counted: Mapping[str, Any]) -> list[str]:
    """The rule, how the evidence falls over the numbers, and what each seed speaks for alone."""
    nats = _nats(counted)
    whole = 0.0 - nats[min(nats)]
    missed = ", ".join(f"{number}: {(whole and -nats[number] / whole) + 0.0:.0%}" for number in sorted(nats))
    return [
        f"  {counted['found']} is the smallest number that explains videos left out as well as the best, to "
        f"{counted['margin']:g} nats a video",
        f"  of what clusters beyond {min(nats)} explain, each number misses: {missed}",
        f"  {len(counted['seeds'])} seeds alone speak for {', '.join(map(str, counted['seeds']))}",
    ]


def _nats(counted: Mapping[str, Any]) -> dict[int, float]:
    """How much worse than the best each number explains videos left out; JSON has the numbers as text."""
    return {int(number): value for number, value in counted["explained"].items()}


def _merged(merge: Mapping[str, Any]) -> str:
    """One cluster less."""
    number, into = f"  cluster {merge['cluster']:>2}", merge["into"]
    if "explained" not in merge:  # counted by what is recognised
        if into is None:
            return f"{number} dropped: {merge['share']:.1%} of the frames"
        return (
            f"{number} merged into {into:>2}: taken for each other in {merge['confused']:.0%} of the videos; "
            f"{merge['clusters']} clusters, {merge['recognised']:.0%} recognised"
        )
    went = f"{number} dropped" if into is None else f"{number} merged into {into:>2}"
    left, nats = merge["clusters"] - 1, merge["explained"]
    how = "as well as before" if abs(nats) < 0.05 else f"{'better' if nats > 0 else 'worse'} by {abs(nats):.1f}"
    return f"{went} ({merge['share']:.1%} of the frames): {left} explain videos left out {how}"
