"""What the matrix says of the place under the pointer: a cell, the head of a row, its lock, the head of a column."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from core.annotation.values import Target

from ...models.widgets import percent
from .layout import Layout
from .paint import Scene, row_counts
from .words import target_name


def cell_text(scene: Scene, row: int, target: Target) -> str:
    """A sentence about one cell."""
    found = scene.overlap
    column = found.column(target)
    count, total = int(found.counts[row, column]), int(found.counts[row].sum())
    share = f", {percent(count / total)} %" if total else ""
    return f"Cluster {row} · {scene.column_name(column)}: {count:,} frames{share}."


def tip_at(scene: Scene, layout: Layout, point: QPoint) -> str:
    """What the tooltip says at a point of the viewport; empty over the pictures and beside the matrix."""
    cell, row, column = layout.cell_at(point), layout.row_at(point), layout.column_at(point)
    if cell is not None:
        return cell_text(scene, cell[0], scene.overlap.columns[cell[1]])
    if row is not None:
        return "" if layout.picture_at(point) is not None else _row_text(scene, layout, row, point)
    if column is not None and point.y() < layout.top:
        return _column_text(scene, column)
    return ""


def _column_text(scene: Scene, column: int) -> str:
    found, target = scene.overlap, scene.overlap.columns[column]
    text = f"{scene.column_name(column)}: {int(found.wanted[column]):,} frames"
    table = scene.label_map.table()
    if target < 0:
        return text
    if target not in table.values():
        return f"{text}, no cluster"
    recall = found.recall(table, column)
    return text if recall is None else f"{text}, {percent(recall)} % of them found"


def _row_text(scene: Scene, layout: Layout, row: int, point: QPoint) -> str:
    label_map = scene.label_map
    if layout.lock_rect(row).contains(point):
        return "Unlock" if row in label_map.locked else "Lock: matching again leaves this row alone (L)"
    name = target_name(scene.name_of, label_map.target(row))
    hand = " Set by hand." if row in label_map.by_hand else ""
    return f"Cluster {row}, {name}: {row_counts(scene.overlap, row)}.{hand} Double-click or F2 to type a name."
