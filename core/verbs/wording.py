"""What `tot` says to people: plain text from the same plain values that `--json` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..annotation.counted import counted_lines


def train_text(answer: Mapping[str, Any]) -> str:
    """One training in a few lines; the run id stands alone in the first."""
    lines = [
        str(answer["run"]),
        f"{answer['method']}: {answer['iterations']:,} iterations in {answer['seconds']:.1f} s "
        f"on {answer['device']}, loss {answer['loss']['total']:.4f}",
    ]
    learned = answer["learned"]["videos"]
    if learned:
        names = ", ".join(row["video"] for row in learned)
        lines.append(f"learned from {answer['learned']['frames']:,} corrected frames of {len(learned)} videos: {names}")
    if answer["metrics"]:
        where = " on the videos it did not learn from" if learned else ""
        lines.append(f"MoF {_percent(answer['metrics']['mof'])}, F1 {_percent(answer['metrics']['f1'])}{where}")
    if differs := answer.get("differs"):
        lines.append(f"note: its labels may differ from those of the run it repeats: {'; '.join(differs)}.")
    if counted := answer.get("clusters"):
        lines += counted_lines(counted)
    if ensemble := answer.get("ensemble"):
        best = ensemble["runs"][ensemble["chosen"]]
        if ensemble["consensus"]:
            why = f" {ensemble['why']}" if ensemble["why"] else ""
            lines.append(f"What {len(ensemble['runs'])} runs agree on is kept.{why}")
        else:
            lines.append(
                f"Seed {best['seed']} of {len(ensemble['runs'])} is kept, as the most typical: "
                f"it agrees with the others on {_percent(best['agreement'])} of the frames."
            )
        if len(ensemble["methods"]) > 1:
            each = "; ".join(f"{name} {_percent(share)}" for name, share in ensemble["methods"].items())
            lines.append(f"Agreement among the seeds of each method: {each}.")
        for name, spread in ensemble["spread"].items():
            lines.append(f"{name}: mean {_percent(spread['mean'])}, deviation {_percent(spread['deviation'])}")
    return "\n".join(lines)


def trainings_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Trainings of several activities, each under its name."""
    parts = []
    for row in rows:
        name = f"{row['activity']} ({row['project']})" if row["activity"] else str(row["project"])
        parts.append(f"{name}: {train_text(row) if 'run' in row else 'not trained'}")
    return "\n".join(parts)


def after_no_memory(half_batch: int, device: str, run: str = "") -> str:
    """What to do about a training that found no memory on `device`; `run` is what can go on of it, if anything."""
    ways = [f"train again with half the batch (--set batch={half_batch})"] if half_batch else []
    if device != "cpu":
        ways.append(
            f"go on on the processor (--resume {run} --device cpu)" if run else "train on the processor (--device cpu)"
        )
    ways = ways or ["close other programs"]
    text = ", or ".join(ways)
    return f"{text[0].upper()}{text[1:]}."


def segment_text(answer: Mapping[str, Any]) -> str:
    """What a decoder made of a run, without ground truth."""
    free = answer["label_free"]
    lines = [
        f"{answer['run']}: {len(answer['videos'])} videos segmented by {answer['decoder']}.",
        f"{free['segments']:.1f} segments a video, {free['mean_length']:,.0f} frames a segment (median "
        f"{free['median_length']:,.0f}), {_percent(free['order_violations'])} of the neighbours out of order, "
        f"{free['distance']:.2f} cluster widths from the place of their cluster",
    ]
    if free["background"]:
        lines.append(f"{_percent(free['background'])} of the frames are background")
    if free["unused"]:
        lines.append(f"clusters without a frame: {', '.join(map(str, free['unused']))}")
    return "\n".join(lines)


def report_text(values: Mapping[str, Any]) -> str:
    """Scores beside their baselines, then videos and classes."""
    names = (
        ("mof", "MoF"),
        ("f1", "F1"),
        ("f1_majority", "F1 (majority)"),
        ("miou", "mIoU"),
        ("edit", "Edit"),
        ("f1@10", "F1@10"),
        ("f1@25", "F1@25"),
        ("f1@50", "F1@50"),
    )
    lines = [f"{values['videos']} videos, {values['frames']:,} frames, {values['level']} level"]
    lines += values["notes"]
    lines += [f"{label:<16}{_percent(values[key])}" for key, label in names]
    if values["background"]:
        lines.append(f"{'MoF, all frames':<16}{_percent(values['mof_bg'])} (background is outside the other scores)")
    for name, scores in values["baselines"].items():
        lines.append(f"{name.replace('_', ' '):<16}MoF {_percent(scores['mof'])}, F1 {_percent(scores['f1'])}")
    for cluster, action in values["label_map"].items():
        lines.append(f"cluster {cluster:>3} -> {action if action is not None else '(nothing)'}")
    for row in values["per_video"]:
        lines.append(f"{row['video']:<32}{row['frames']:>8} frames  MoF {_percent(row['mof'])}")
    for row in values["per_class"]:
        lines.append(
            f"{row['action']:<32}{row['frames']:>8} frames  recall {_percent(row['recall'])}  "
            f"IoU {_percent(row['iou'])}"
        )
    return "\n".join(lines)


def activities_text(values: Mapping[str, Any]) -> str:
    """Scores of several activities, a line each, and all of them together beside their baselines."""

    def line(name: str, scores: Mapping[str, Any]) -> str:
        words = (("mof", "MoF"), ("f1", "F1"), ("miou", "mIoU"))
        return f"{name:<24}" + "  ".join(f"{word} {_percent(scores[key])}" for key, word in words)

    head = f"{len(values['activities'])} activities, {values['videos']} videos, {values['frames']:,} frames"
    lines = [f"{head}, activity level, each matched alone"]
    lines += [line(row["activity"] or row["project"], row) for row in values["activities"]]
    lines.append(line("together", values))
    lines += [line(name.replace("_", " "), scores) for name, scores in values["baselines"].items()]
    return "\n".join([*lines, "together: MoF over all frames, F1 mean of the activities, mIoU mean of all actions"])


def map_text(found: Mapping[str, Any]) -> str:
    """The label map, a line a cluster."""
    lines = [f"Label map of {found['run']}"]
    for row in found["clusters"]:
        marks = [word for key, word in (("locked", "locked"), ("by_hand", "by hand")) if row[key]]
        lines.append(
            f"{row['cluster']:>4}  {row['action'] if row['action'] is not None else '(nothing)'}"
            + (f"  [{', '.join(marks)}]" if marks else "")
        )
    return "\n".join([*lines, *found["notes"]])


def repair_text(found: Mapping[str, Any]) -> str:
    """What a repair saved, and a line for each thing that it could not."""
    lines = [
        f"{found['out']}: {found['videos']} videos, {found['corrected']} corrected tracks, {found['runs']} runs saved."
    ]
    lines += [f"Lost: {text}" for text in found["lost"]] or ["Every row could be read. The undo history begins anew."]
    return "\n".join(lines)


def doctor_text(found: Mapping[str, Any]) -> str:
    """The installation, a line a fact."""
    lines = [
        f"totgui {found['totgui']}, Python {found['python']}, {found['system']}",
        f"Device: {found['device']} ({found['device_reason']})",
    ]
    lines += [f"  {name:<14}{version or 'missing'}" for name, version in found["libraries"].items()]
    lines.append("Codecs: " + ", ".join(f"{n}{'' if there else ' (missing)'}" for n, there in found["codecs"].items()))
    lines.append(f"Cache: {found['cache']['bytes'] / 1e6:.1f} MB in {found['cache']['path']}")
    lines.append(f"Missing: {', '.join(found['missing'])}" if found["missing"] else "No library is missing.")
    return "\n".join(lines)


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"
