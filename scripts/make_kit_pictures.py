"""Draws the pictures of docs/kit.md from a kit, in headless Chromium.

tot kit demo.tot --out KIT && python scripts/make_kit_pictures.py KIT
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2

ROOT = Path(__file__).resolve().parents[1]
PICTURES = {
    "kit-page": ("index.html?step=2", 1280, 800, 900),
    "kit-phone": ("index.html", 500, 900, 300),
    "kit-sheet": ("work-instruction.html", 1240, 900, 560),
}
"""Page, size of the window, and width of the picture that is kept."""


def main(kit: Path) -> None:
    """One JPEG a picture in docs/images."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("Chromium is not installed; it draws the pictures.")
    for name, (page, width, height, kept) in PICTURES.items():
        with tempfile.TemporaryDirectory() as folder:
            shot = Path(folder) / "shot.png"
            flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=6000"]
            flags += [f"--window-size={width},{height}", f"--screenshot={shot}", f"--user-data-dir={folder}/profile"]
            address = (kit.absolute() / page.partition("?")[0]).as_uri() + page[len(page.partition("?")[0]) :]
            subprocess.run([browser, *flags, address], check=True, capture_output=True, timeout=120)
            picture = cv2.imread(str(shot))
        small = cv2.resize(picture, (kept, round(height * kept / width)), interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(ROOT / "docs" / "images" / f"{name}.jpg"), small, [cv2.IMWRITE_JPEG_QUALITY, 85])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
