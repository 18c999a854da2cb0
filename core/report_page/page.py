"""The report as one HTML file for a colleague: nothing beside it, nothing loaded, no script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..html_page import render
from .content import ReportContent
from .durations import durations
from .strips import legend, strips
from .transitions import diagram

TEMPLATES = Path(__file__).parent / "templates"
SCORES = (
    ("mof", "MoF"),
    ("f1", "F1"),
    ("f1_majority", "Majority F1"),
    ("miou", "mIoU"),
    ("edit", "Edit"),
    ("f1_10", "F1@10"),
    ("f1_25", "F1@25"),
    ("f1_50", "F1@50"),
)
CURVE_WIDTH, CURVE_HEIGHT = 600.0, 140.0


def report_page(content: ReportContent) -> str:
    """The whole page."""
    main = content.scores.get("Prediction") or content.scores.get("Corrected")
    return render(
        TEMPLATES / "report.html",
        style=(TEMPLATES / "report.css").read_text(encoding="utf-8"),
        c=content,
        main=main,
        score_names=[label for _, label in SCORES],
        score_rows=_score_rows(content),
        strips=strips(content),
        legend=legend(content),
        diagram=diagram(content),
        durations=durations(content),
        curve=_curve(content),
        n_frames=sum(video.timebase.n_frames for video in content.videos.values()),
        seconds=_seconds(content),
        n_accepted=sum(tracks.status == "accepted" for tracks in content.rows.values()),
    )


def _score_rows(content: ReportContent) -> list[dict[str, Any]]:
    """What was scored, then the baselines that stand beside it; fractions of 1."""
    rows: list[dict[str, Any]] = []
    baselines: dict[str, Any] = {}
    for name, report in content.scores.items():
        rows.append({"name": name, "is_baseline": False, "values": [getattr(report, key) for key, _ in SCORES]})
        if report.untouched is not None:
            n = report.untouched.videos
            others = f"{name}, on the {n} video{'s' if n != 1 else ''} it did not learn from"
            values = [getattr(report.untouched, key) for key, _ in SCORES]
            rows.append({"name": others, "is_baseline": False, "values": values})
        baselines = baselines or report.baselines
    for name, totals in baselines.items():
        values = [getattr(totals, key) for key, _ in SCORES]
        rows.append({"name": name.replace("_", " "), "is_baseline": True, "values": values})
    return rows


def _seconds(content: ReportContent) -> float | None:
    found = [video.timebase.seconds(video.timebase.n_frames) for video in content.videos.values()]
    return float(sum(x for x in found if x is not None)) if found and None not in found else None


def _curve(content: ReportContent) -> dict[str, Any] | None:
    """The training loss as one line, and the ends of its axes."""
    points = [(x, y) for x, y in content.curve if y == y]
    if len(points) < 2:
        return None
    last, low, high = points[-1][0], min(y for _, y in points), max(y for _, y in points)
    spread = high - low or 1.0
    line = " ".join(
        f"{CURVE_WIDTH * x / max(1.0, last):.1f},{CURVE_HEIGHT * (high - y) / spread:.1f}" for x, y in points
    )
    return {"line": line, "last": int(last), "low": low, "high": high, "width": CURVE_WIDTH, "height": CURVE_HEIGHT}
