"""A foreign file while it is read: bounded, as text, JSON or XML, with a list of what is wrong in it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from ..data.dataset import Problem
from ..errors import InputError

MAX_BYTES = 256 * 1024 * 1024
MAX_DEPTH = 64
MAX_PROBLEMS = 1000
LIMIT = 10**15
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


class SourceFile:
    """One file of an import; `problem` notes what is wrong in it and reading goes on.

    `names` are the full names of videos and actions that an export of ours wrote beside it (``labels.json``).
    """

    def __init__(self, path: Path, names: dict[str, dict[str, str]] | None = None) -> None:
        self.path = path
        self.names = names or {}
        self.problems: list[Problem] = []

    def problem(self, what: str, where: str = "", hint: str = "", *, note: bool = False) -> None:
        """Note an error (nothing of this file can be imported), or with `note` something a person should know."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem("note" if note else "error", str(self.path), what, where, hint))
        elif len(self.problems) == MAX_PROBLEMS:
            self.problems.append(Problem("error", str(self.path), f"has more than {MAX_PROBLEMS:,} problems."))

    def video(self, stem: str | None = None) -> str:
        """The video that a file of one video is about: by the table of names, else its stem."""
        stem = self.path.stem if stem is None else stem
        return self.names.get("videos", {}).get(stem, stem)

    def action(self, word: str) -> str:
        """The full name of an action that was shortened here."""
        return self.names.get("actions", {}).get(word, word)

    def refuse_project(self) -> None:
        """Nothing, unless this is a project: reading one that is open would drop SQLite's lock. Raises InputError."""
        if os.path.realpath(self.path).lower().endswith(".tot"):
            raise InputError(self.path, "is a project of this program, no file of labels.", hint="Export it first.")

    def checked(self) -> Path:
        """The path. Raises InputError for what is no regular file or larger than 256 MB."""
        if not self.path.is_file():
            raise InputError(self.path, "is not a regular file.")
        if self.path.stat().st_size > MAX_BYTES:
            raise InputError(self.path, f"is larger than {MAX_BYTES >> 20} MB; a label file is not.")
        return self.path

    def bytes(self) -> bytes:
        """The content. Raises InputError."""
        try:
            return self.checked().read_bytes()
        except OSError as error:
            raise InputError(self.path, f"cannot be read: {error.strerror or error}.") from error

    def text(self) -> str:
        """The content as UTF-8 (UTF-16 with its mark), line ends as line feeds. Raises InputError."""
        raw = self.bytes()
        code = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        try:
            return raw.decode(code).replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            raise InputError(self.path, "is not UTF-8.", f"line {line}", "Save the file as UTF-8.") from error

    def json(self) -> Any:
        """The content as JSON; numbers with a point come as exact fractions. Raises InputError."""
        try:
            return json.loads(self.text(), parse_float=self._exact, parse_constant=self._no_number)
        except json.JSONDecodeError as error:
            raise InputError(self.path, f"is not JSON: {error.msg}.", f"line {error.lineno}") from error
        except RecursionError as error:
            raise InputError(self.path, "is nested too deeply for a label file.") from error
        except ValueError as error:
            raise InputError(self.path, f"is not JSON that can be read: {error}.") from error

    def _exact(self, text: str) -> Fraction:
        found = seconds_of(text)
        if found is None:
            raise InputError(self.path, f"holds the number {text[:40]}, which is out of range.")
        return found

    def _no_number(self, text: str) -> Fraction:
        raise InputError(self.path, f"holds {text}, which is no number in JSON.")

    def xml(self) -> Element:
        """The root of the content. Raises InputError for a broken file, a document type, entities, deep nesting."""
        import io

        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import iterparse

        root, depth = None, 0
        try:
            for event, element in iterparse(io.BytesIO(self.bytes()), ("start", "end"), forbid_dtd=True):
                root = element if root is None else root
                depth += 1 if event == "start" else -1
                if depth > MAX_DEPTH:
                    raise InputError(self.path, f"is nested more than {MAX_DEPTH} deep; an annotation file is not.")
        except ParseError as error:
            raise InputError(self.path, f"is not XML: {error}.") from error
        except (DefusedXmlException, ValueError, LookupError) as error:
            what = f"holds what no annotation file needs (a document type or entities): {error}."
            raise InputError(
                self.path, what, hint="It was not read. Export it anew from the program it is from."
            ) from error
        if root is None:
            raise InputError(self.path, "is empty.")
        found: Element = root
        return found


def seconds_of(value: object) -> Fraction | None:
    """A number as an exact fraction; None for what is no number or beyond any video's length."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | Fraction):
        number = Fraction(value)
        return number if abs(number) < LIMIT else None
    text = str(value).strip()
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        return None
    try:
        exact = Decimal(text)
    except InvalidOperation:
        return None
    if not exact.is_finite() or (exact and not -30 < exact.adjusted() < 15):
        return None
    return Fraction(exact)


def whole(value: object) -> int | None:
    """A whole number, also from text or from 5.0; None for anything else."""
    found = seconds_of(value)
    return int(found) if found is not None and found.denominator == 1 else None


def blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """(number of the first line, lines) of the pieces of a text between empty lines."""
    lines: list[str] = []
    first = 1
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.strip():
            if not lines:
                first = number
            lines.append(line)
        elif lines:
            yield first, lines
            lines = []
