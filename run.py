"""Sets totgui up with the standard library only, then opens it on the demo, or runs the whole suite.

python3 run.py          set up; open the window on the demo (without a display: do the demo's job headless)
python3 run.py test     set up; run the checks and all tests
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
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
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
}
SCREEN_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}


def say(text: str) -> None:
    print(text, flush=True)


def run(command: list[str], what: str) -> None:
    """Run a command with its output shown; ends the program with one line when it fails."""
    say(f"==> {what}")
    began = time.monotonic()
    code = subprocess.call(command)
    if code:
        sys.exit(f"{what} failed with code {code}. The lines above say why.")
    say(f"    {time.monotonic() - began:.0f} s")


def has_display() -> bool:
    """Whether a window can be shown."""
    if os.name == "nt" or sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def has_nvidia() -> bool:
    """Whether this machine has an NVIDIA driver, so that the CUDA build of torch is of use."""
    return bool(shutil.which("nvidia-smi")) or Path("/proc/driver/nvidia").exists()


# --- system libraries ---------------------------------------------------------------------------------------------


def missing_packages() -> list[str]:
    """Debian packages of the shared libraries that Qt needs and that cannot be loaded here."""
    wanted = LIBRARIES | (SCREEN_LIBRARIES if has_display() else {})
    return [package for library, package in wanted.items() if not loads(library)]


def loads(library: str) -> bool:
    """Whether the dynamic loader finds this library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def apt_line(packages: list[str]) -> list[str]:
    """The apt command for these packages; newer releases call glib by another name."""
    renamed = shutil.which("apt-cache") and not subprocess.call(
        ["apt-cache", "show", "libglib2.0-0t64"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    names = ["libglib2.0-0t64" if renamed and name == "libglib2.0-0" else name for name in packages]
    return ["apt-get", "install", "-y", "--no-install-recommends", *names]


def ensure_system_libraries() -> None:
    """Install the Linux libraries that Qt needs, or print the line that does."""
    if not sys.platform.startswith("linux"):
        return
    missing = missing_packages()
    if not missing:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
        run(["apt-get", "update", "-qq"], "Refreshing the package list")
        run(apt_line(missing), "Installing system libraries")
        return
    say("Qt needs these system libraries. Install them, then start again:")
    say("    sudo " + " ".join(apt_line(missing)))
    sys.exit(2)


# --- the environment ----------------------------------------------------------------------------------------------


def stamp_path(*, tests: bool) -> Path:
    """The file that says: `.venv` holds what these very files ask for, at this place."""
    parts = [(ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    key = hashlib.sha256(b"\0".join([*parts, sys.version.encode(), str(ROOT).encode()])).hexdigest()[:16]
    return ENVIRONMENT / f"done-{key}-{'dev' if tests else 'run'}"


def ensure_environment(*, tests: bool) -> None:
    """Make `.venv` and install the program into it, unless that was done before."""
    stamp = stamp_path(tests=tests)
    if PYTHON.exists() and (stamp.exists() or stamp_path(tests=True).exists()):
        return
    if not PYTHON.exists():
        make_environment()
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    ensure_torch(pip)
    target = f"{ROOT}[dev]" if tests else str(ROOT)
    run([*pip, "-c", str(ROOT / "constraints.txt"), "-e", target], "Installing totgui and what it needs")
    stamp.touch()


def make_environment() -> None:
    """Make `.venv` with pip in it, also where Python came without ensurepip (Debian without python3-venv)."""
    say("==> Making .venv")
    bundled = importlib.util.find_spec("ensurepip") is not None
    venv.create(ENVIRONMENT, with_pip=bundled, clear=ENVIRONMENT.exists(), symlinks=os.name != "nt")
    if not bundled:
        run([sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"], "Installing pip")


def ensure_torch(pip: list[str]) -> None:
    """Install the CPU build of torch where there is no NVIDIA GPU and the build can be had; else leave it to pip."""
    if sys.platform == "darwin" or has_nvidia() or has_torch():
        return
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    wanted = next(line.strip() for line in lines if line.startswith("torch=="))
    say(f"==> The CPU build of {wanted} (no NVIDIA GPU here)")
    began = time.monotonic()
    for source in ([], ["--index-url", CPU_INDEX, "--timeout", "5", "--retries", "0"]):
        if subprocess.call([*pip, *source, f"{wanted}+cpu"], stderr=subprocess.DEVNULL) == 0:
            say(f"    {time.monotonic() - began:.0f} s")
            return
    say("    it cannot be had here; pip takes the usual build, which is larger")


def has_torch() -> bool:
    """Whether `.venv` has torch already."""
    probe = "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)"
    return subprocess.call([str(PYTHON), "-c", probe]) == 0


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - nothing has checked it yet  # noqa: UP036 - an older Python gets a sentence, not a traceback
        sys.exit(f"totgui needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    tests = arguments[:1] == ["test"]
    ensure_system_libraries()
    ensure_environment(tests=tests)
    os.chdir(ROOT)
    if tests:
        failed = subprocess.call([str(PYTHON), str(ROOT / "scripts" / "check")])
        code = subprocess.call([str(PYTHON), "-m", "pytest", *arguments[1:]])
        return code or failed
    if has_display():
        return subprocess.call([str(PYTHON), "-m", "totgui", *(arguments or ["--demo"])])
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    say("No display: the demo's job runs without a window.")
    return subprocess.call([str(PYTHON), "-m", "totgui", "--headless-demo", *arguments])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
