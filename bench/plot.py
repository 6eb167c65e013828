"""Draws what was measured. A bar is the median of the rounds, and a dot is one round."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

COLOURS = ("#2563eb", "#d97706", "#9aa5b1")
#: Shorter delays are drawn as this one, also those below 0: a viewer may have a change before the
#: change is acknowledged.
SHORTEST_MS = 0.1


def bars(title: str, panels: Mapping[str, Mapping[str, Sequence[float]]], file: Path) -> None:
    """Draw a panel for each quantity, with a bar for each case. The first case is the one with
    which the others are compared."""
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


def curves(title: str, manners: Mapping[str, Sequence[float]], file: Path) -> None:
    """Draw a curve for each manner: which share of the viewers has a change after how many
    milliseconds."""
    figure, axis = plt.subplots(figsize=(7.2, 3.6))
    for (manner, times), colour in zip(manners.items(), COLOURS, strict=True):
        ordered = sorted(max(each, SHORTEST_MS) for each in times)
        shares = [(nth + 1) / len(ordered) * 100 for nth in range(len(ordered))]
        axis.step(ordered, shares, where="post", color=colour, linewidth=2, label=manner)
    axis.set_xscale("log")
    axis.set_xlim(SHORTEST_MS, 10_000)
    axis.set_xticks([0.1, 1, 10, 100, 1_000, 10_000])
    axis.set_xticklabels(["0.1 ms", "1 ms", "10 ms", "100 ms", "1 s", "10 s"])
    axis.set_ylim(0, 101)
    axis.set_ylabel("viewers who have it, %", fontsize=8)
    axis.tick_params(labelsize=8)
    axis.grid(color="#e5e7eb", linewidth=0.6)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(fontsize=9, frameon=False, loc="upper left")
    axis.set_title(title, fontsize=10)
    figure.tight_layout()
    figure.savefig(file, dpi=150)
    plt.close(figure)
