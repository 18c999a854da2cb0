"""Every test runs offscreen, with its own home, settings and cache."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_PRIVATE = Path(tempfile.mkdtemp(prefix="totgui-tests-"))
atexit.register(shutil.rmtree, _PRIVATE, ignore_errors=True)
# A law holds on a busy machine as well: without this an example that takes over 200 ms is a failure. Where a change is
# judged (CI) the examples are the same each time; new ones are looked for at the desk.
settings.register_profile(
    "tests", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tests")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.update(
    HOME=str(_PRIVATE),
    XDG_CONFIG_HOME=str(_PRIVATE / "config"),
    XDG_CACHE_HOME=str(_PRIVATE / "cache"),
    XDG_DATA_HOME=str(_PRIVATE / "data"),
    TOT_CACHE_DIR=str(_PRIVATE / "cache" / "totgui"),
)


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder for this test alone."""
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project; the test is skipped where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data is not beside the project")
    return folder


@pytest.fixture(scope="session")
def qapp(qapp):
    """The application of the tests; garbage is collected on its thread, as in the program.

    On a busy machine seeking is slow in any video: no proxy makes itself unless a test wishes for it. Nothing gives way
    to other programs: beside a few busy ones it would hardly come to its turn. Closing waits for its threads as long as
    they need, and edits that follow one another are one step however late the next one comes.
    """
    from totgui import proxies, stills
    from totgui.collector import collect_on_this_thread
    from totgui.jobs import engine
    from totgui.session import opening, session
    from totgui.settings import Settings
    from totgui.sound import waveforms
    from totgui.views.timeline import edits

    for each in (engine, proxies, stills, waveforms):
        each.NICENESS = 0
    session.CLOSE_S = opening.CLOSE_S = 60.0
    edits.GROUP_S = 600.0
    Settings().set_smooths(False)
    collect_on_this_thread(qapp)
    return qapp


LONGEST_MS = 60_000
"""How long what a test waits for may take to come: it ends what hangs, and is no measure of how fast the machine is."""


@pytest.fixture
def qtbot(qtbot):
    """Waits until the thing itself is there; how long a test says for it is the least that it waits, never the most."""

    def patient(wait: Callable[..., object]) -> Callable[..., object]:
        return lambda *what, timeout=0, **how: wait(*what, timeout=max(timeout, LONGEST_MS), **how)

    for name in ("waitUntil", "waitSignal", "waitSignals", "waitExposed", "waitActive"):
        setattr(qtbot, name, patient(getattr(qtbot, name)))
    return qtbot
