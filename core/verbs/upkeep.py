"""The verbs that look after projects and the installation: check, trust, doctor."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import api
from . import wording
from .common import AddVerb, Answer


def register(verb: AddVerb) -> None:
    """Adds the verbs of this module to the command line."""
    add = verb("check", check).add_argument
    add("project", type=Path, metavar="PROJECT.tot")
    add("--repair", type=Path, metavar="NEW.tot", help="save what can be read into a new file")
    verb("trust", trust).add_argument("project", type=Path, metavar="PROJECT.tot")
    verb("doctor", doctor)


def check(options: argparse.Namespace) -> Answer:
    """Verify every row of a project, or save what is left of it."""
    if options.repair is not None:
        found = api.repair(options.project, options.repair)
        answer = {
            "project": str(options.project),
            "ok": not found["lost"],
            "findings": found["lost"],
            "repaired": found,
        }
        return answer, wording.repair_text(found)
    findings = api.check(options.project)
    text = "\n".join(findings) if findings else f"{options.project}: every row is whole."
    return {"project": str(options.project), "ok": not findings, "findings": findings}, text


def trust(options: argparse.Namespace) -> Answer:
    """Allow the folders that a project from elsewhere names to be read, on this computer, from now on."""
    folders = [str(folder) for folder in api.trust(options.project)]
    text = "\n".join(f"{folder}: may be read now" for folder in folders)
    known = f"{options.project} names no folder that was not chosen before."
    return {"project": str(options.project), "folders": folders}, text or known


def doctor(options: argparse.Namespace) -> Answer:
    """Say what this installation consists of."""
    found = api.doctor()
    return found, wording.doctor_text(found)
