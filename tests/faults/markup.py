"""Where a name that holds markup would be read as such: labels, texts, tooltips, items of lists (S18)."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractItemView, QGraphicsTextItem, QGraphicsView, QLabel, QTextEdit, QTreeView, QWidget

MARK = "<img"


def read_as_markup(top: QWidget) -> list[str]:
    """Every place below a widget where a name would be read as markup."""
    found = []
    for widget in [top, *top.findChildren(QWidget)]:
        name = f"{type(widget).__name__} {widget.objectName()}"
        if isinstance(widget, QLabel) and MARK in widget.text() and widget.textFormat() != Qt.TextFormat.PlainText:
            found.append(f"{name}: label {widget.text()[:60]!r}")
        if isinstance(widget, QTextEdit) and MARK in widget.toHtml().replace("&lt;", ""):
            found.append(f"{name}: text")
        if isinstance(widget, QGraphicsView) and widget.scene() is not None:
            items = [item for item in widget.scene().items() if isinstance(item, QGraphicsTextItem)]
            found += [f"{name}: drawn text" for item in items if MARK in item.toHtml()]
        for text in (widget.toolTip(), widget.statusTip(), widget.whatsThis()):
            if MARK in text:
                found.append(f"{name}: tip {text[:60]!r}")
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            found += [f"{name}: tip {tip[:60]!r}" for tip in _tips(widget) if MARK in tip]
    for action in top.findChildren(QAction):
        # Qt makes a tooltip of an action's text where none is set, and escapes it then.
        if MARK in action.toolTip() and action.toolTip() != action.text().replace("&", "").rstrip("…."):
            found.append(f"QAction: tip {action.toolTip()[:60]!r}")
    return found


def _tips(view: QAbstractItemView) -> Iterator[str]:
    model, waiting = view.model(), [QModelIndex()]
    flat = isinstance(model, QAbstractListModel)  # its columns and children are private in PySide6
    while waiting:
        parent = waiting.pop()
        for row in range(min(model.rowCount(parent), 50)):
            for column in range(1 if flat else model.columnCount(parent)):
                index = model.index(row, column, parent)
                yield str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
                if column == 0 and not flat and isinstance(view, QTreeView):
                    waiting.append(index)
