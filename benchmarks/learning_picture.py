"""The picture of docs/learning.md: MoF of the videos that nobody corrected, by how many were."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

COUNTS = (1, 2, 5, 10)
PLACES = {0: 0.0, 1: 1.0, 2: 2.0, 5: 3.0, 10: 4.0}
"""Where each number of corrected videos stands on the axis: evenly, since most of what is won is won early."""
LOOKS = {
    "learned, proposed": ("#0b61a4", 2.6, "", "circle"),
    "learned, random": ("#c4500c", 2.6, "", "square"),
    "not learned, proposed": ("#6d7a86", 1.6, "", "circle"),
    "not learned, random": ("#6d7a86", 1.6, "", "square"),
    "named by the truth": ("#6d7a86", 1.4, "2 4", "none"),
}
"""Colour, width, dashes and mark of a line. Told apart without colour by mark and dashes."""
WORDS = {"named by the truth": "not learned, named by the truth"}
PANEL, GAP, LEFT, TOP, HEIGHT = 268, 44, 52, 62, 250
LEGEND = 62


@dataclass(frozen=True)
class Series:
    """A line: MoF in per cent by the number of corrected videos."""

    name: str
    values: Mapping[int, float]


def draw(panels: Sequence[tuple[str, Sequence[Series]]]) -> str:
    """An SVG of panels side by side, one scale for all, with a legend below. Panels without figures are left out."""
    shown = [
        (title, [Series(s.name, {c: v for c, v in s.values.items() if v == v}) for s in series])
        for title, series in panels
    ]
    shown = [(title, series) for title, series in shown if any(s.values for s in series)]
    every = [v for _, series in shown for s in series for v in s.values.values()]
    low, high = 10 * (min(every) // 10), 10 * -(-max(every) // 10)
    width = LEFT + len(shown) * (PANEL + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {TOP + HEIGHT + 46 + LEGEND}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#22303c">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="24" font-size="15" font-weight="600">MoF of the videos that nobody corrected (%)</text>',
    ]
    for number, (title, series) in enumerate(shown):
        parts += _panel(LEFT + number * (PANEL + GAP), title, series, low, high, is_first=not number)
    return "\n".join([*parts, *_legend(width), "</svg>"]) + "\n"


def _panel(x: float, title: str, series: Sequence[Series], low: float, high: float, *, is_first: bool) -> list[str]:
    def across(count: int) -> float:
        return x + 14 + PLACES[count] * (PANEL - 50) / 4

    def down(value: float) -> float:
        return TOP + HEIGHT * (high - value) / (high - low)

    parts = [f'<text x="{x}" y="{TOP - 16}" font-weight="600">{escape(title)}</text>']
    for value in range(int(low), int(high) + 1, 10):
        y = f"{down(value):.1f}"
        parts.append(f'<line x1="{x}" x2="{x + PANEL}" y1="{y}" y2="{y}" stroke="#e3e8ec"/>')
        if is_first:
            parts.append(f'<text x="{x - 8}" y="{down(value) + 4:.1f}" text-anchor="end" fill="#53616d">{value}</text>')
    foot = TOP + HEIGHT + 18
    parts += [f'<text x="{across(c):.1f}" y="{foot}" text-anchor="middle" fill="#53616d">{c}</text>' for c in PLACES]
    parts.append(
        f'<text x="{x + PANEL / 2}" y="{foot + 18}" text-anchor="middle" fill="#53616d">corrected videos</text>'
    )
    for line in sorted(series, key=lambda s: -list(LOOKS).index(s.name)):  # what learned lies on top
        parts += _line([(across(c), down(v)) for c, v in sorted(line.values.items())], line.name)
    return [*parts, *_ends(series, across, down)]


def _line(points: Sequence[tuple[float, float]], name: str) -> list[str]:
    colour, width, dashes, mark = LOOKS[name]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    line = f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'
    return [line, *(_mark(x, y, colour, mark) for x, y in points)]


def _mark(x: float, y: float, colour: str, mark: str) -> str:
    if mark == "square":
        return f'<rect x="{x - 3.6:.1f}" y="{y - 3.6:.1f}" width="7.2" height="7.2" fill="{colour}" stroke="#ffffff"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}" stroke="#ffffff"/>' if mark == "circle" else ""


def _ends(series: Sequence[Series], across: Callable[[int], float], down: Callable[[float], float]) -> list[str]:
    """The last value of each line beside it, moved apart where two would touch."""
    marked = [s for s in series if s.values and LOOKS[s.name][3] != "none"]
    parts, last = [], float("-inf")
    for line in sorted(marked, key=lambda s: -s.values[max(s.values)]):
        count = max(line.values)
        y = down(line.values[count])
        last = y = max(y, last + 12)
        colour = LOOKS[line.name][0]
        parts.append(
            f'<text x="{across(count) + 9:.1f}" y="{y + 4:.1f}" fill="{colour}" font-size="11.5">'
            f"{line.values[count]:.0f}</text>"
        )
    return parts


def _legend(width: float) -> list[str]:
    parts, left = [], LEFT
    wide = (width - 2 * LEFT) / 3
    for number, (name, (colour, *_)) in enumerate(LOOKS.items()):
        x, y = left + (number // 2) * wide, TOP + HEIGHT + 62 + (number % 2) * 22
        parts += [_line([(x, y), (x + 34, y)], name)[0], _mark(x + 17, y, colour, LOOKS[name][3])]
        parts.append(f'<text x="{x + 44}" y="{y + 4}" fill="{colour}">{escape(WORDS.get(name, name))}</text>')
    return parts
