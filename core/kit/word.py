"""The work instruction as a Word file, to be written on: a table with photos, its head row on every page."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from ..html_page import shown
from .pages import facts, time_lines, warnings
from .plan import KitPlan, Step
from .source import KitSource
from .words import ENGLISH as WORDS

WIDTHS_MM = (9, 50, 50, 55, 45, 30, 34)
_PHOTO_MM = 46
_DIM = RGBColor(0x59, 0x62, 0x6F)


def work_instruction(source: KitSource, plan: KitPlan, photos: Mapping[int, bytes]) -> bytes:
    """The file; `photos` are JPEGs by the index of the step."""
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(12)
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = "Calibri", Pt(10)
    document.add_heading(_clean(plan.title), 0)
    if plan.is_draft:
        run = document.add_paragraph().add_run(f"{WORDS['draft']}: {WORDS['draft_why']}")
        run.bold = True
    if source.kit_text.introduction:
        document.add_paragraph(_clean(source.kit_text.introduction))
    document.add_paragraph("    ".join(f"{name}: {_clean(value)}" for name, value in facts(source, plan)))
    for line in warnings(plan):
        document.add_paragraph(_clean(line))
    _table(document, plan.steps, photos)
    document.add_paragraph()
    signs = document.add_paragraph()
    for word in ("sign_expert", "sign_trainer", "sign_worker"):
        signs.add_run(f"{WORDS[word]}: " + "_" * 34 + "    ")
    _set_properties(document, source, plan)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def _clean(text: str) -> str:
    return shown(text)


def _table(document: Any, steps: Sequence[Step], photos: Mapping[int, bytes]) -> None:
    heads = ("#", *(WORDS[w] for w in ("important_step", "photo", "key_points", "reasons", "standard_time", "check")))
    table = document.add_table(rows=1, cols=len(heads))
    table.style, table.autofit = "Table Grid", False
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.paragraphs[0].add_run(head).bold = True
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)
    for step in steps:
        _row(table, step, photos[step.index])
    for row in table.rows:
        keep = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(keep)
        for cell, width in zip(row.cells, WIDTHS_MM, strict=True):
            cell.width = Mm(width)


def _row(table: Any, step: Step, photo: bytes) -> None:
    number, name, picture, points, reasons, time, check = table.add_row().cells
    text = step.text
    number.text = str(step.index)
    name.paragraphs[0].add_run(_clean(step.title)).bold = True
    for word, value in (("tools", ", ".join(text.tools)), ("safety", text.safety), ("note", text.note)):
        if value:
            line = name.add_paragraph()
            line.add_run(f"{WORDS[word]}: ").bold = word == "safety"
            line.add_run(_clean(value))
    shape = picture.paragraphs[0].add_run().add_picture(io.BytesIO(photo), width=Mm(_PHOTO_MM))
    described = f"{WORDS['step']} {step.index}: {_clean(step.title)}"
    shape._inline.docPr.set("descr", described)
    shape._inline.docPr.set("name", f"{WORDS['photo']} {step.index}")
    _lines(points, text.key_points)
    _lines(reasons, text.reasons)
    first, *rest = time_lines(step)
    time.paragraphs[0].add_run(first).bold = True
    for line in rest:
        _small(time.add_paragraph(), line)
    _lines(check, (text.check,) if text.check else ())


def _lines(cell: Any, lines: Sequence[str]) -> None:
    """One paragraph a line; nothing typed leaves room to write."""
    if not lines:
        _small(cell.paragraphs[0], WORDS["to_write"]).italic = True
        cell.add_paragraph().add_run().add_break(WD_BREAK.LINE)
        return
    cell.paragraphs[0].add_run(_clean(lines[0]) if len(lines) == 1 else f"• {_clean(lines[0])}")
    for line in lines[1:]:
        cell.add_paragraph(f"• {_clean(line)}")


def _small(paragraph: Any, text: str) -> Any:
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb = Pt(8), _DIM
    return run


def _set_properties(document: Any, source: KitSource, plan: KitPlan) -> None:
    """Title and dates of the labels; neither a person nor a computer is named unless a name was typed."""
    properties = document.core_properties
    properties.title = _clean(plan.title)[:255]
    properties.author = _clean(source.kit_text.reviewer)[:255]
    properties.comments = properties.last_modified_by = ""
    when = datetime.fromisoformat(source.edited_at) if source.edited_at else datetime(2000, 1, 1, tzinfo=UTC)
    properties.created = properties.modified = when.astimezone(UTC).replace(tzinfo=None)
