"""Writes docs/commands.md from the grammar of `tot`: every verb with its options, as `tot VERB --help` tells them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "commands.md"
COMMON = ("--help", "--json", "--debug")
HEAD = """# Commands

Every verb of `tot` takes `--json` (one JSON document on standard output) and `--debug` (the traceback of an error).
Exit codes: 0 done, 1 the project is damaged (`tot check`), 2 the input is wrong, 3 the job failed, 130 interrupted.
Written by `python scripts/make_command_reference.py`; `tot VERB --help` says the same.
"""


def reference() -> str:
    """The document."""
    from core.cli import parser

    verbs = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    parts = [_verb(name, verbs.choices[name]) for name in sorted(verbs.choices)]
    return "\n".join([HEAD, *parts])


def _verb(name: str, verb: argparse.ArgumentParser) -> str:
    named = [a for a in verb._actions if a.option_strings and not set(a.option_strings) & set(COMMON)]
    places = [a for a in verb._actions if not a.option_strings]
    words = " ".join(["tot", name, *(_place(a) for a in places)])
    lines = [f"## `{words}`", "", (verb.description or "").strip().partition("\n\n")[0].replace("\n", " "), ""]
    if named:
        lines += ["| option | meaning |", "|---|---|", *(f"| `{_option(a)}` | {_meaning(a)} |" for a in named), ""]
    return "\n".join(lines)


def _place(action: argparse.Action) -> str:
    name = str(action.metavar or action.dest.upper())
    return {"?": f"[{name}]", "*": f"[{name} ...]", "+": f"{name} ..."}.get(str(action.nargs), name)


def _option(action: argparse.Action) -> str:
    """The option with what stands behind it."""
    flag = action.option_strings[0]
    if isinstance(action, argparse.BooleanOptionalAction):
        return f"{flag}, {action.option_strings[1]}"
    if action.nargs == 0:
        return flag
    value = str(action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper()))
    return f"{flag} {value}".replace("|", "\\|") + (" ..." if action.nargs in ("+", "*") else "")


def _meaning(action: argparse.Action) -> str:
    text = (action.help or "").replace("%(default)s", str(action.default)).replace("%%", "%").replace("|", "\\|")
    default = str(action.default)
    is_told = (
        action.default in (None, False, "", [], argparse.SUPPRESS)
        or f"({default})" in text
        or default in text.split(";")[-1]
    )
    return text if is_told else f"{text} (default {default})"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    DOCUMENT.write_text(reference(), encoding="utf-8")
