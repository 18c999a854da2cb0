"""Draws every picture of the README from the real window: runs the demo's job and takes its screenshots.

python scripts/make_screenshots.py [FOLDER]      FOLDER keeps the rendered demo for the next time
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PySide6.QtGui import QImage

ROOT = Path(__file__).resolve().parents[1]
QUALITY = 86
PICTURES = {
    "1-after-training": "after-training",
    "2-while-training": "while-training",
    "3-review": "review",
    "4-label-map": "label-map",
    "6-compare": "compare",
    "7-activity": "activity",
    "8-dark": "dark",
}


def main(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "totgui", "--headless-demo", "--out", str(folder)], cwd=ROOT, check=True)
    images = ROOT / "docs" / "images"
    images.mkdir(parents=True, exist_ok=True)
    for source, name in PICTURES.items():
        smaller(folder / f"{source}.png", images / f"{name}.jpg")


def smaller(source: Path, target: Path) -> None:
    """Writes a picture as JPEG: most of it is video, and it takes a quarter of the room."""
    QImage(str(source)).save(str(target), "JPG", QUALITY)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
