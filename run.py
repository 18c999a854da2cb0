"""Sets totgui up with the standard library only, then opens it on the demo, or runs the whole suite.

    python3 run.py          set up; open the window on the demo (without a display: do the demo's job headless)
    python3 run.py test     set up; run the checks and all tests
"""

from __future__ import annotations

import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LIBRARIES = {
    "EGL": "libegl1", "GL": "libgl1", "fontconfig": "libfontconfig1", "dbus-1": "libdbus-1-3",
    "glib-2.0": "libglib2.0-0", "xkbcommon": "libxkbcommon0",
}
SCREEN_LIBRARIES = {
    "xcb-cursor": "libxcb-cursor0", "xkbcommon-x11": "libxkbcommon-x11-0", "xcb-icccm": "libxcb-icccm4",
    "xcb-keysyms": "libxcb-keysyms1", "xcb-shape": "libxcb-shape0",
}


def say(text: str) -> None:
    print(text, flush=True)


def run(command: list[str], what: str) -> None:
    """Run a command, its output shown; end with one line when it fails."""
    say(f"==> {what}")
    began = time.monotonic()
    code = subprocess.call(command)
    if code:
        sys.exit(f"{what} failed with code {code}. The lines above say why.")
    say(f"    {time.monotonic() - began:.0f} s")


def has_display() -> bool:
    return os.name == "nt" or sys.platform == "darwin" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def ensure_system_libraries() -> None:
    """Install the Linux libraries that Qt needs, or print the line that does."""
    if not sys.platform.startswith("linux"):
        return
    wanted = LIBRARIES | (SCREEN_LIBRARIES if has_display() else {})
    missing = [package for name, package in wanted.items() if ctypes.util.find_library(name) is None]
    if not missing:
        return
    line = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        run(["apt-get", "update", "-qq"], "Refreshing the package list")
        if subprocess.call(line):
            newer = [package.replace("libglib2.0-0", "libglib2.0-0t64") for package in missing]
            run([*line[:4], *newer], "Installing system libraries")
        return
    say("Qt needs these system libraries. Install them, then start again:")
    say("    sudo " + " ".join(line))
    sys.exit(2)


def ensure_environment(*, tests: bool) -> None:
    """Make `.venv` and install the program into it, unless that was done for these very files."""
    extra = "[dev]" if tests else ""
    content = (ROOT / "pyproject.toml").read_bytes() + (ROOT / "constraints.txt").read_bytes()
    key = hashlib.sha256(content + sys.version.encode()).hexdigest()
    stamps = [ENVIRONMENT / f"done-{key[:16]}-dev"]
    if not tests:
        stamps.append(ENVIRONMENT / f"done-{key[:16]}-run")
    if PYTHON.exists() and any(stamp.exists() for stamp in stamps):
        return
    if not PYTHON.exists():
        say("==> Making .venv")
        venv.create(ENVIRONMENT, with_pip=True, clear=ENVIRONMENT.exists())
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    ensure_torch(pip)
    run([*pip, "-c", str(ROOT / "constraints.txt"), "-e", f"{ROOT}{extra}"], "Installing totgui and what it needs")
    stamps[-1].touch()


def ensure_torch(pip: list[str]) -> None:
    """Install the CPU build of torch where there is no NVIDIA GPU and the index can be reached; else leave it to pip."""
    probe = [str(PYTHON), "-c", "import torch"]
    if subprocess.call(probe, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0 or shutil.which("nvidia-smi"):
        return
    version = (ROOT / "constraints.txt").read_text(encoding="utf-8").strip()
    local = [*pip, "--quiet", f"{version}+cpu"]
    index = [*pip, "--quiet", "--index-url", "https://download.pytorch.org/whl/cpu", "--timeout", "5", "--retries", "0",
             version]
    say(f"==> Looking for the CPU build of {version} (no NVIDIA GPU here)")
    for command in (local, index):
        if subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            return
    say("    none; pip takes the usual build, which is larger")


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):
        sys.exit(f"totgui needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    tests = arguments[:1] == ["test"]
    ensure_system_libraries()
    ensure_environment(tests=tests)
    os.chdir(ROOT)
    if tests:
        failed = subprocess.call([str(PYTHON), str(ROOT / "scripts" / "check")])
        code = subprocess.call([str(PYTHON), "-m", "pytest", *arguments[1:]])
        return code or failed
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        return subprocess.call([str(PYTHON), "-m", "totgui", "--headless-demo", *arguments])
    return subprocess.call([str(PYTHON), "-m", "totgui", *(arguments or ["--demo"])])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
