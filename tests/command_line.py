"""One command of `tot`, run in this process."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.cli import main


def tot(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any], str]:
    """Exit code, JSON document and standard error of one command with --json."""
    capsys.readouterr()
    code = main([*(str(word) for word in words), "--json"])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else {}, err
