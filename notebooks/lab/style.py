"""How plots look: dark ink on a light card, so that they read the same on a dark and on a light page.

Colours are those of Okabe and Ito, which people who see few colours can tell apart; markers and line styles differ too.
"""

from __future__ import annotations

import matplotlib as mpl

INK = "#24292f"
CARD = "#fbfbf9"
GRID = "#d9dbd7"
BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072b2", "#d55e00", "#007a5a", "#8a3c7c", "#6b7075"

STYLE = {
    "figure.facecolor": CARD,
    "savefig.facecolor": CARD,
    "axes.facecolor": CARD,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.prop_cycle": mpl.cycler(color=[BLUE, ORANGE, GREEN, PURPLE]) + mpl.cycler(marker=["o", "s", "^", "D"]),
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "lines.markersize": 6,
    "svg.fonttype": "path",
}


def apply() -> None:
    """Use this style for all plots that follow."""
    mpl.use("Agg")
    mpl.rcParams.update(STYLE)
