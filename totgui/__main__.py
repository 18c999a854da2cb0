"""Entry of the window. Qt is imported inside `main`: a spawned child imports this module again."""

from __future__ import annotations

import gc
import sys


def main(argv: list[str] | None = None) -> int:
    """Run the application; returns the exit code."""
    import argparse
    from pathlib import Path

    from core import __version__

    parser = argparse.ArgumentParser(prog="totgui", description="Segment, review and correct videos of manual work.")
    parser.add_argument("path", nargs="?", type=Path, help="a project (.tot) or a dataset folder")
    parser.add_argument("--demo", action="store_true", help="open the built-in demo")
    parser.add_argument("--headless-demo", action="store_true", help="do the main job on the demo without a screen")
    parser.add_argument("--out", type=Path, default=Path("totgui-demo"), help="folder for --headless-demo")
    parser.add_argument("--theme", choices=("light", "dark", "system"), help="theme of this start")
    parser.add_argument("--version", action="version", version=f"totgui {__version__}")
    options = parser.parse_args(argv)
    if options.headless_demo:
        from .headless import run_demo

        return run_demo(options.out)
    gc.disable()  # the window's collector takes over; until then there is no garbage, and looking for it takes time
    from .app import run

    return run(options.path, demo=options.demo, theme=options.theme)


if __name__ == "__main__":
    sys.exit(main())
