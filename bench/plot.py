"""Pictures of what was measured: a bar is the median of the rounds, a dot is a round."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def bars(title: str, panels: Mapping[str, Mapping[str, Sequence[float]]], file: Path) -> None:
    """A panel per quantity, a bar per case; the first case is what the others are beside."""
    figure, axes = plt.subplots(1, len(panels), figsize=(3.6 * len(panels), 3.4))
    for axis, (quantity, cases) in zip(axes, panels.items(), strict=True):
        heights = [median(rounds) for rounds in cases.values()]
        colours = ["#9aa5b1", *["#2563eb"] * (len(cases) - 1)]
        names = [name.replace(" ", "\n", 1) for name in cases]
        drawn = axis.bar(names, heights, color=colours, width=0.6)
        digits = 0 if max(heights) > 100 else 1
        labels = [f"{height:,.{digits}f}" for height in heights]
        axis.bar_label(drawn, labels, label_type="center", color="white", fontsize=8)
        for place, rounds in enumerate(cases.values()):
            axis.plot([place] * len(rounds), rounds, "o", color="#111827", markersize=2.5)
        axis.set_title(quantity, fontsize=10)
        axis.margins(y=0.15)
        axis.tick_params(labelsize=8)
        axis.spines[["top", "right"]].set_visible(False)
    figure.suptitle(title, fontsize=11)
    figure.tight_layout()
    figure.savefig(file, dpi=150)
    plt.close(figure)
