"""What all verbs share: the shape of an answer, and how their options are read."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.dataset import RunId, VideoId
from ..errors import ConfigError, JobError
from ..events import ShouldStop, StopKind

if TYPE_CHECKING:
    from ..project import Project

Answer = tuple[Any, str]
"""The JSON document of a verb, and the same for people."""
Verb = Callable[[argparse.Namespace], Answer]
AddVerb = Callable[[str, Verb], argparse.ArgumentParser]
"""Makes the sub-parser of a verb; its help is the first line of the function's docstring."""


def flush(project: Project) -> None:
    """Waits until every edit is on disk. Raises JobError when that takes more than a minute."""
    if not project.flush(60):
        reason = project.saved_state().reason
        raise JobError(f"{project.path} could not be written: {reason or 'no answer for a minute'}.", kind="not-saved")


@contextmanager
def opened(paths: Sequence[Path], *, read_only: bool = False) -> Iterator[list[Project]]:
    """Several projects, open until the end. Raises ConfigError where one is named twice."""
    from ..api import open_project

    if len({path.resolve() for path in paths}) < len(paths):
        raise ConfigError("A project is named twice. Name each once.")
    with ExitStack() as until_the_end:
        yield [until_the_end.enter_context(open_project(path, read_only=read_only)) for path in paths]


@contextmanager
def kept_when_interrupted() -> Iterator[ShouldStop]:
    """A `should_stop` that the first Ctrl+C turns into "keep what was learned"; the second one interrupts."""
    asked: list[StopKind] = []

    def on_interrupt(*_: object) -> None:
        asked.append(StopKind.KEEP)
        signal.signal(signal.SIGINT, before)
        print("Stopping; what was learned is kept. Ctrl+C again gives it up.", file=sys.stderr)

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield lambda: asked[0] if asked else None
    finally:
        signal.signal(signal.SIGINT, before)


def with_run(sub: argparse.ArgumentParser, *, optional: bool = False) -> Callable[..., Any]:
    """Adds PROJECT.tot and ``--run``; the sub-parser's `add_argument` comes back."""
    sub.add_argument("project", type=Path, nargs="?" if optional else None, metavar="PROJECT.tot")
    sub.add_argument("--run", type=RunId, metavar="ID", help="the newest that is not hidden when left out")
    return sub.add_argument


def with_videos(add: Callable[..., Any]) -> None:
    """Adds ``--videos``; `chosen_videos` reads it."""
    add(
        "--videos",
        action="append",
        metavar="accepted|all|NAME,...",
        help="accepted when left out; repeat it for several; a name with a comma in it is taken where it is one",
    )


def chosen_videos(options: argparse.Namespace) -> str | list[VideoId]:
    """What ``--videos`` chose: the one text, or all where it was repeated."""
    texts = options.videos or ["accepted"]
    return str(texts[0]) if len(texts) == 1 else [VideoId(text) for text in texts]


def split_sil(add: Callable[..., Any]) -> None:
    """Adds ``--split-sil``, for comparison with figures that were made so."""
    add(
        "--split-sil",
        nargs="?",
        const="SIL",
        metavar="ACTION",
        help="read SIL (or ACTION) as action_start and action_end at the two ends of a video",
    )


def pairs(texts: Sequence[str]) -> dict[str, str]:
    """``NAME=VALUE`` texts as a dict. Raises ConfigError for another form."""
    found: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise ConfigError(f'--set "{text}": wanted NAME=VALUE.')
        found[key] = value
    return found


def rate(text: str) -> Fraction:
    """An exact rate from text, for argparse."""
    with suppress(ValueError, ZeroDivisionError):
        found = Fraction(text)
        if found > 0:
            return found
    raise argparse.ArgumentTypeError(f'"{text}" is no rate; wanted a number above 0, for example 5 or 30000/1001')
