"""Draws every picture of the README from the real window: runs the demo's job and takes its screenshots.

python scripts/make_screenshots.py [FOLDER]      FOLDER keeps the rendered demo for the next time
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURES = {
    "1-after-training": "after-training",
    "2-while-training": "while-training",
    "3-label-map": "label-map",
    "5-dark": "dark",
}


def main(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "totgui", "--headless-demo", "--out", str(folder)], cwd=ROOT, check=True)
    images = ROOT / "docs" / "images"
    images.mkdir(parents=True, exist_ok=True)
    for source, name in PICTURES.items():
        shutil.copyfile(folder / f"{source}.png", images / f"{name}.png")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
