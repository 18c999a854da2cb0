"""The real window without a screen, for F3: edits, plays and backs up until it is killed, or says what it restored.

python -m faults.window_child work PROJECT     edit for ever; each line is the newest row on disk
python -m faults.window_child look PROJECT     open, print what the bar says, close
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from opened import open_in
from PySide6.QtCore import QTimer

from core.annotation import commands
from core.errors import EditError
from totgui.app import install_hooks, make_application
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings


def a_window(path: Path) -> MainWindow:
    """The window with a project open, shown offscreen."""
    window = MainWindow(Session(), Settings())
    install_hooks(window)
    window.show()
    open_in(window, path)
    return window


def work(path: Path, seed: int) -> None:
    """Edits of every kind from the window's thread, while the film plays and backups are made."""
    dice = random.Random(seed)
    application = make_application()
    window = a_window(path)
    session = window.session
    assert session.project is not None, window.bar.text()
    project, (video, *_) = session.project, session.project.document.videos

    def edit() -> None:
        document = project.document
        track = document.corrected[video]
        frame = dice.randrange(track.n_frames)
        try:
            edits = [
                lambda: commands.relabel(document, video, frame, min(track.n_frames, frame + 7), dice.randrange(3)),
                lambda: commands.move_boundary(document, video, dice.randrange(len(track)), frame),
            ]
            made = dice.choice(edits)()
        except EditError:
            return
        session.edit(made)
        session.playback.seek(frame)

    def told() -> None:
        seq = project._seq  # what is queued now has a place in the log up to here
        if project.flush(0):
            print(seq, flush=True)

    project.on_saved, before = None, project.on_saved
    project.on_saved = before
    for interval, slot in ((3, edit), (7, told), (400, lambda: project.back_up("under load")), (90, window.grab)):
        timer = QTimer(window)
        timer.timeout.connect(slot)
        timer.start(interval)
    print("open", flush=True)
    application.exec()


def look(path: Path) -> None:
    """What the window says after an unclean end, and how many rows the log has."""
    make_application()
    window = a_window(path)
    project = window.session.project
    print(project._seq if project else -1)
    print(project.restored_edits if project else -1)
    print(window.bar.text(), flush=True)
    window.close()


if __name__ == "__main__":
    if sys.argv[1] == "work":
        work(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        look(Path(sys.argv[2]))
