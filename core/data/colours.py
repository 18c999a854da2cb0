"""Colours of actions: Okabe-Ito first, then those that stay apart for colour-blind eyes, then hues by golden angle."""

from __future__ import annotations

import colorsys
from typing import Final

BACKGROUND_COLOUR: Final = "#5f6368"
UNLABELLED_COLOUR: Final = "#c8ccd0"
_OKABE_ITO: Final = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7")
"""Without its black, which is no colour for a field on a dark window."""
_APART: Final = (
    "#663311", "#9900ff", "#4411aa", "#9977ff", "#99ee77", "#553366", "#aa9955", "#00ee99", "#770033",
    "#995522", "#660088", "#7744cc", "#886644", "#bb0099", "#ffccff", "#ee7788", "#9999ff",
)  # fmt: skip
"""Each the colour farthest from all before it and from both greys, the nearest counted, as seen by normal, protanope,
deuteranope and tritanope eyes (distance in CIELAB, simulation by Machado et al. 2009)."""
_CHOSEN: Final = _OKABE_ITO + _APART
_LIGHTNESS: Final = (0.45, 0.68, 0.34, 0.78)


def colour_for(index: int) -> str:
    """The colour of the action with this place in the list, as ``#rrggbb``; the first seven are Okabe-Ito's.

    >>> colour_for(0)
    '#e69f00'
    """
    if index < len(_CHOSEN):
        return _CHOSEN[max(0, index)]
    step = index - len(_CHOSEN)
    rgb = colorsys.hls_to_rgb((step * 0.618034 + 0.08) % 1, _LIGHTNESS[step % 4], 0.65)
    return "#" + "".join(f"{round(255 * part):02x}" for part in rgb)
