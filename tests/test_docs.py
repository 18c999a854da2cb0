"""What the documents name is there, and what is there is named: links, pictures, documents, rooms."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/*.md")])
FOLDERS = ("core", "totgui", "tests", "benchmarks", "scripts")
SOURCES = sorted(path for folder in FOLDERS for path in ROOT.glob(f"{folder}/**/*.py"))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)[^)]*\)|<img[^>]*src=\"([^\"]+)\"")
NAMED = re.compile(r"\b((?:docs|tests|benchmarks|scripts)/[\w./-]*\w\.(?:md|py|json))\b")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_lead_somewhere(document: Path) -> None:
    targets = [first or second for first, second in LINK.findall(document.read_text(encoding="utf-8"))]
    gone = [t for t in targets if "://" not in t and not (document.parent / t).exists()]
    assert not gone


def test_files_that_are_named_in_words_are_there() -> None:
    gone = [
        f"{name(path)}: {target}"
        for path in (*DOCUMENTS, *SOURCES)
        for target in NAMED.findall(path.read_text(encoding="utf-8"))
        if not (ROOT / target).exists()
    ]
    assert not gone


def test_every_picture_is_shown() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    hidden = [name(path) for path in sorted((ROOT / "docs" / "images").iterdir()) if path.name not in text]
    assert not hidden


def test_every_document_is_named_by_another() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in DOCUMENTS}
    alone = [
        name(path)
        for path in DOCUMENTS
        if path.is_relative_to(ROOT / "docs")
        and path.parent.name != "decisions"  # named as a folder
        and not any(path.name in text for other, text in texts.items() if other != path)
    ]
    assert not alone


def rooms() -> list[str]:
    """The files and folders right below `core` and `totgui`, by their dotted names."""
    found = sorted([*ROOT.glob("core/*"), *ROOT.glob("totgui/*")])
    return [
        f"{path.parent.name}.{path.stem}"
        for path in found
        if not path.name.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").exists())
    ]


@pytest.mark.parametrize("room", rooms())
def test_every_room_is_on_the_map(room: str) -> None:
    """A newcomer finds what a folder or file is for in docs/architecture.md."""
    whole, short = f"`{room}`", f"`{room.partition('.')[2]}`"
    lines = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").splitlines()
    heads = [line.split("|")[1] for line in lines if line.startswith("| `")]
    parent = room.partition(".")[0]
    found = [head for head in heads if whole in head or (f"`{parent}." in head and short in head)]
    assert found, f"say in one line of the table what {room} holds"


def test_the_reference_of_commands_is_the_grammar_of_tot() -> None:
    """Every verb and option stands there, with what it means; written anew by the script that it names."""
    from scripts.make_command_reference import DOCUMENT, reference

    assert DOCUMENT.read_text(encoding="utf-8") == reference(), "run: python scripts/make_command_reference.py"
    assert "|  |" not in reference(), "an option without words of help"


def test_commands_in_documents_can_be_typed() -> None:
    from core.cli import parser

    verbs = next(a.choices for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    wrong = []
    for path in DOCUMENTS:
        for verb, rest in re.findall(r"(?:^|`)tot ([a-z]+)\b([^`\n]*)", path.read_text(encoding="utf-8"), re.M):
            known = {o for a in verbs[verb]._actions for o in a.option_strings} if verb in verbs else set()
            unknown = [option for option in re.findall(r"(?<!\S)--[a-z-]+", rest) if option not in known]
            wrong += [f"{name(path)}: tot {verb} {' '.join(unknown)}"] if unknown or verb not in verbs else []
    assert not wrong


def test_taking_labels_into_corrected_has_one_word():
    """It was called "adopt" and "take"; the other word stands in what earlier versions have stored alone."""
    sources = [*(ROOT / "core").rglob("*.py"), *(ROOT / "totgui").rglob("*.py"), *(ROOT / "docs").glob("*.md")]
    stored = {"keymap.py", "reliability.md"}
    found = [path.name for path in sources if "adopt" in path.read_text(encoding="utf-8").lower()]
    assert set(found) <= stored
