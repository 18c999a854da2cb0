"""The `tot` command: its grammar, exit codes and errors. The verbs live in `core.verbs`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections.abc import Sequence

from . import __version__
from .errors import JobError, TotError
from .events import JobCancelled
from .verbs import (
    datasets,
    features,
    importing,
    labels,
    learning,
    review,
    run_list,
    runs,
    sweeps,
    teaching,
    upkeep,
    videos,
)
from .verbs.common import Verb

DONE, CHECK_FAILED, WRONG_INPUT, JOB_FAILED, INTERRUPTED = 0, 1, 2, 3, 130
GROUPS = (datasets, features, runs, run_list, sweeps, learning, labels, review, importing, teaching, upkeep, videos)


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code of one command line."""
    options = parser().parse_args(argv)
    try:
        document, text = options.verb(options)
    except KeyboardInterrupt:
        print("Interrupted. Nothing half-done was left.", file=sys.stderr)
        return INTERRUPTED
    except JobCancelled:
        return INTERRUPTED
    except (TotError, OSError, MemoryError) as error:
        return _failed(error, options.debug)
    _say(json.dumps(document, ensure_ascii=False, indent=1) if options.json else text)
    if isinstance(document, dict) and (shortage := document.get("out_of_memory")):
        print(f"tot: {shortage}", file=sys.stderr)  # what was learned until then is in the answer, and in the project
        return JOB_FAILED
    if isinstance(document, dict) and (run := document.get("stopped")):
        print(f"tot: stopped and kept. Go on with: --resume {run}", file=sys.stderr)
        return INTERRUPTED
    if isinstance(document, dict) and (unfinished := document.get("unfinished")):
        print("\n".join(f"tot: {text}" for text in unfinished), file=sys.stderr)
        return JOB_FAILED
    return CHECK_FAILED if options.name == "check" and not document["ok"] else DONE


def _say(text: str) -> None:
    """Print an answer. A reader that has seen enough (``tot ... | head``) changes no exit code."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # Python flushes once more at its end
        os.close(nowhere)


def _failed(error: BaseException, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    hint = getattr(error, "hint", "") if isinstance(error, JobError) else ""
    print(f"tot: {error or 'out of memory'} {hint}".rstrip(), file=sys.stderr)
    inside = isinstance(error, JobError | MemoryError | OSError) and not isinstance(error, FileNotFoundError)
    return JOB_FAILED if inside else WRONG_INPUT


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="one JSON document on standard output")
    common.add_argument("--debug", action="store_true", help="show the traceback of an error")
    top = argparse.ArgumentParser(prog="tot", description="Unsupervised segmentation of activities in video.")
    top.add_argument("--version", action="version", version=f"tot {__version__}")
    verbs = top.add_subparsers(dest="name", required=True, metavar="VERB")

    def verb(name: str, function: Verb) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=function.__doc__, description=function.__doc__, parents=[common])
        sub.set_defaults(verb=function)
        return sub

    for group in GROUPS:
        group.register(verb)
    return top


if __name__ == "__main__":
    sys.exit(main())
