"""An ONNX file is run in a child process first: OpenCV ends its process on some damaged files, and that one may end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from ..errors import InputError

_LIMIT_S = 120.0
_TRY = """
import sys, cv2, numpy as np
net = cv2.dnn.readNetFromONNX(sys.argv[1])
net.setInput(np.zeros([int(n) for n in sys.argv[2:]], np.float32))
net.forward()
"""


def check(path: Path, shape: tuple[int, int, int, int]) -> None:
    """Nothing, unless OpenCV crashes or never ends when it reads the file and runs it on zeros of `shape`.

    Errors that OpenCV raises are left to the caller, who meets them again.

    Raises:
        InputError: it crashed, or took over two minutes.
    """
    options: dict[str, Any] = {"creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0)}
    words = [sys.executable, "-P", "-c", _TRY, str(path.absolute()), *map(str, shape)]
    hint = "The file is damaged, or made to do that. Export the network again."
    try:
        ended = subprocess.run(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=_LIMIT_S, check=False, **options,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise InputError(path, f"OpenCV did not finish with it in {_LIMIT_S:.0f} s.", hint=hint) from None
    crashed = ended.returncode < 0 or ended.returncode > 0x80000000  # a signal; a fault code of Windows
    if crashed:
        raise InputError(path, f"OpenCV crashed on it ({ended.returncode}).", hint=hint)
