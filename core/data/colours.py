"""Colours of actions: Okabe-Ito first, then hues by the golden angle at alternating lightness."""

from __future__ import annotations

import colorsys
from typing import Final

BACKGROUND_COLOUR: Final = "#5f6368"
UNLABELLED_COLOUR: Final = "#c8ccd0"
_OKABE_ITO: Final = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999")
_LIGHTNESS: Final = (0.45, 0.68, 0.34, 0.78)


def colour_for(index: int) -> str:
    """The colour of the action with this place in the list, as ``#rrggbb``; the first eight are Okabe-Ito's.

    >>> colour_for(0)
    '#e69f00'
    """
    if index < len(_OKABE_ITO):
        return _OKABE_ITO[max(0, index)]
    step = index - len(_OKABE_ITO)
    rgb = colorsys.hls_to_rgb((step * 0.618034 + 0.08) % 1, _LIGHTNESS[step % 4], 0.65)
    return "#" + "".join(f"{round(255 * part):02x}" for part in rgb)
