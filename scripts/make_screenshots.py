"""Draws every picture of the README from the real window: runs the demo's job and takes its screenshots.

    python scripts/make_screenshots.py [FOLDER]      FOLDER keeps the rendered demo for the next time
    python scripts/make_screenshots.py --gallery FOLDER [--scale 1.5] [--size 1280x720] [--text 1.5] [--only WORD,WORD]

The gallery draws every panel, dialog and state in both themes, to be looked at; its states are in `gallery_states.py`.
"""

from __future__ import annotations

import argparse
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
    "9-segments": "segments",
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


def pixels(text: str) -> tuple[int, int]:
    """Width and height of ``1280x720``."""
    width, height = text.split("x")
    return int(width), int(height)


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--gallery", action="store_true", help="every state in both themes, instead of the README's")
    parser.add_argument("--scale", type=float, default=1.0, help="of the screen, for the gallery")
    parser.add_argument("--size", type=pixels, help="of the window, for the gallery, as 1280x720")
    parser.add_argument("--text", type=float, default=1.0, help="how much larger the text is, for the gallery")
    parser.add_argument("--theme", choices=("light", "dark"), help="only one, for the gallery")
    parser.add_argument("--only", default="", help="states of the gallery whose name holds one of these words")
    return parser.parse_args()


if __name__ == "__main__":
    asked = arguments()
    if asked.gallery:
        from gallery import THEMES, draw
        from gallery_states import STATES

        themes = THEMES if asked.theme is None else (asked.theme,)
        look = {"scale": asked.scale, "size": asked.size, "text": asked.text, "themes": themes, "only": asked.only}
        sys.exit(draw(STATES, asked.folder.absolute(), **look))
    if asked.folder is not None:
        main(asked.folder.absolute())
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
