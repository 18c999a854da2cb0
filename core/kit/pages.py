"""The two pages of a kit: the player (`index.html`) and the work instruction, from templates beside this file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..data.colours import BACKGROUND_COLOUR, colour_for
from ..data.dataset import BACKGROUND, ActionId, VideoId
from ..html_page import render
from .layout import thumbnails_of
from .plan import KitPlan, Step
from .source import KitOptions, KitSource
from .words import ENGLISH as WORDS

TEMPLATES = Path(__file__).parent / "templates"
_STRIP = 1000
Sizes = Mapping[VideoId, tuple[int, int]]
"""Width and height of the still pictures of each video."""


def index_page(source: KitSource, plan: KitPlan, options: KitOptions, *, sizes: Sizes, notes: tuple[str, ...]) -> str:
    """The player's page; `notes` are shown below the steps."""
    style, script = ((TEMPLATES / name).read_text(encoding="utf-8") for name in ("player.css", "player.js"))
    return render(
        TEMPLATES / "index.html",
        style=style,
        script=script,
        media=True,
        w=WORDS,
        title=plan.title,
        edition=source.kit_text.edition,
        introduction=source.kit_text.introduction,
        warnings=warnings(plan),
        has_video=not options.photos_only,
        total=sum(float(step.seconds) for step in plan.steps),
        steps=[_player_step(source, plan, step, options, sizes) for step in plan.steps],
        strips=[] if options.photos_only else [_strip(source, plan, video) for video in plan.shown],
        notes=notes,
    )


def instruction_page(source: KitSource, plan: KitPlan, *, sizes: Sizes) -> str:
    """The work instruction's page."""
    return render(
        TEMPLATES / "instruction.html",
        style=(TEMPLATES / "instruction.css").read_text(encoding="utf-8"),
        media=True,
        w=WORDS,
        title=plan.title,
        introduction=source.kit_text.introduction,
        is_draft=plan.is_draft,
        facts=facts(source, plan),
        warnings=warnings(plan),
        steps=[_sheet_step(step, sizes) for step in plan.steps],
    )


def warnings(plan: KitPlan) -> list[str]:
    """What stands on the first page because no person vouched for it."""
    found = []
    if missing := plan.n_videos - plan.n_accepted:
        found.append(WORDS["not_accepted"].format(n=missing, total=plan.n_videos))
    if plan.track != "corrected":
        found.append(WORDS[f"from_{plan.track}"])
    return found


def facts(source: KitSource, plan: KitPlan) -> list[tuple[str, str]]:
    """The head of the sheet: edition, who and when, how many videos. What nobody stated is left out."""
    accepted = [source.accepted[v] for v in source.tracks if source.accepted.get(v)]
    rows = [
        (WORDS["edition"], source.kit_text.edition),
        (WORDS["reviewer"], source.kit_text.reviewer),
        (WORDS["accepted_on"], max(accepted)[:10] if accepted else ""),
        (WORDS["labels_of"], source.edited_at[:10]),
        (WORDS["videos_used"], str(plan.n_videos)),
        (WORDS["total"], f"{sum(float(s.seconds) for s in plan.steps):.1f} s"),
    ]
    return [(name, value) for name, value in rows if value]


def time_lines(step: Step) -> list[str]:
    """The standard time in words, the number first."""
    time = step.time
    if time is None:
        return [WORDS["no_time"]]
    first = f"{time.median:.1f} s"
    if not time.is_standard:
        return [first, (WORDS["too_few"] if time.n == 1 else WORDS["too_few_many"]).format(n=time.n)]
    half = WORDS["half_within"].format(q1=f"{time.q1:.1f}", q3=f"{time.q3:.1f}")
    return [first, WORDS["median_of"].format(n=time.n), half]


def _player_step(source: KitSource, plan: KitPlan, step: Step, options: KitOptions, sizes: Sizes) -> dict[str, Any]:
    media = source.videos[step.video].timebase.media
    assert media is not None  # the plan shows only videos with pictures
    origin, unit = int(media.pts[0]), media.unit
    times = [float((int(pts) - origin) * unit) for pts in (*media.pts[step.pictures.start :], media.end)]
    text, width = step.text, sizes[step.video]
    lists = ((WORDS["key_points"], text.key_points), (WORDS["reasons"], text.reasons), (WORDS["tools"], text.tools))
    paragraphs = ((WORDS["safety"], text.safety), (WORDS["check"], text.check), (WORDS["note"], text.note))
    return {
        "index": step.index,
        "title": step.title,
        "src": "" if options.photos_only else f"video/{plan.shown[step.video]}.mp4",
        "thumbs": thumbnails_of(step),
        "width": width[0],
        "height": width[1],
        "colour": _colour(source, step.action),
        "start_s": float(step.start_s),
        "stop_s": float(step.stop_s),
        "seconds": float(step.seconds),
        "start": f"{float(step.start_s):.6f}",
        "end": f"{float(step.stop_s):.6f}",
        # The middle of the first picture: a seek to its very start may show the one before.
        "seek": f"{(times[0] + times[1]) / 2:.6f}",
        "last": f"{times[len(step.pictures) - 1]:.6f}",
        "elsewhere": source.videos[step.video].name if step.video != plan.reference else "",
        "time": step.time,
        "meter_max": f"{2 * max(step.time.q3, float(step.seconds) / 2):.3f}" if step.time else "",
        "lists": [(heading, lines) for heading, lines in lists if lines],
        "paragraphs": [(heading, words) for heading, words in paragraphs if words],
    }


def _sheet_step(step: Step, sizes: Sizes) -> dict[str, Any]:
    text, size = step.text, sizes[step.video]
    return {
        "index": step.index,
        "title": step.title,
        "thumbs": thumbnails_of(step),
        "width": size[0],
        "height": size[1],
        "key_points": text.key_points,
        "reasons": text.reasons,
        "tools": text.tools,
        "safety": text.safety,
        "note": text.note,
        "check": text.check,
        "time_lines": time_lines(step),
    }


def _strip(source: KitSource, plan: KitPlan, video: VideoId) -> dict[str, Any]:
    """The steps of one video along its length, as shares of the strip's width."""
    clock = source.videos[video].timebase
    media = clock.media
    assert media is not None
    length = float((media.end - int(media.pts[0])) * media.unit)
    parts = []
    for step in plan.steps:
        if step.video == video:
            x, end = _STRIP * float(step.start_s) / length, _STRIP * float(step.stop_s) / length
            parts.append(
                {
                    "index": step.index,
                    "title": step.title,
                    "x": f"{x:.2f}",
                    "width": f"{max(1.0, end - x):.2f}",
                    "colour": _colour(source, step.action),
                }
            )
    return {
        "src": f"video/{plan.shown[video]}.mp4",
        "name": source.videos[video].name,
        "length": f"{length:.6f}",
        "parts": parts,
    }


def _colour(source: KitSource, action: ActionId) -> str:
    """The action's colour; only what is one gets into a page."""
    known = source.actions.get(action)
    if action == BACKGROUND or known is None:
        return BACKGROUND_COLOUR
    return known.colour if re.fullmatch(r"#[0-9a-fA-F]{6}", known.colour) else colour_for(int(action))
