"""Edits of the texts that a person writes for the training kit. A blank text leaves no value."""

from __future__ import annotations

from dataclasses import replace

from ..data.dataset import ActionId, VideoId
from ..errors import EditError
from .document import Document
from .edit import Edit, Swap
from .values import KitText, KitTextKey, StepText, StepTextKey

MAX_TEXT, MAX_LINES = 2000, 30


def set_step_text(document: Document, action: ActionId, text: StepText) -> Edit:
    """What the kit says of one action: title, key points, reasons, tools, safety, check, note, best video."""
    if action not in document.actions:
        raise EditError(f"There is no action {action} in this project.")
    text = replace(
        text,
        title=_line(text.title),
        key_points=_lines(text.key_points),
        reasons=_lines(text.reasons),
        tools=_lines(text.tools),
        safety=_text(text.safety),
        check=_text(text.check),
        note=_text(text.note),
    )
    _check_video(document, text.video)
    before, after = document.step_texts.get(action), text if text != StepText() else None
    if before == after:
        raise EditError("Nothing would change.")
    return Edit(f"kit text of {document.actions[action].name}", (Swap(StepTextKey(action), before, after),))


def set_kit_text(document: Document, text: KitText) -> Edit:
    """What the kit says as a whole: title, edition, introduction, reviewer, reference video."""
    text = replace(
        text,
        title=_line(text.title),
        edition=_line(text.edition),
        introduction=_text(text.introduction),
        reviewer=_line(text.reviewer),
    )
    _check_video(document, text.video)
    before, after = document.kit_text, text if text != KitText() else None
    if before == after:
        raise EditError("Nothing would change.")
    return Edit("text of the training kit", (Swap(KitTextKey(), before, after),))


def _check_video(document: Document, video: VideoId | None) -> None:
    if video is not None and video not in document.videos:
        raise EditError(f'There is no video "{video}" in this project.')


def _text(text: str) -> str:
    """The text without blanks around it and with plain line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()
    if len(text) > MAX_TEXT:
        raise EditError(f"A text of the kit has up to {MAX_TEXT:,} characters; this one has {len(text):,}.")
    if any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 or "\ud800" <= c <= "\udfff" for c in text):
        raise EditError("The text holds characters that cannot be stored. Type it again.")
    return text


def _line(text: str) -> str:
    return " ".join(_text(text).split())


def _lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    kept = tuple(line for line in map(_line, lines) if line)
    if len(kept) > MAX_LINES:
        raise EditError(f"A list of the kit has up to {MAX_LINES} lines; this one has {len(kept)}.")
    return kept
